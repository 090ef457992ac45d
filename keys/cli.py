"""The commands of `keys`: a committee's ceremony by file exchange, the opening test, decryption; roles; issuer keys.

Here live arguments, prompts and the order of acts. Never here: a passphrase on a command line, or a secret printed.

A passphrase is asked for without echo; from a program it is read from the first line of standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from keys import exchange, store, trustee
from keys.exchange import Exchange
from keys.roles import ROLES
from keys.signers import create_box_key, create_issuer_key, create_statement_key
from keys.trustee import TrusteeFile
from tally.command import run
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.committee import Member
from tally.protocol.encoding import canonical, grouped
from tally.protocol.errors import one_line
from tally.protocol.manifest import Manifest
from tally.record import Record
from tally.screen import Screen, pool

FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
KEY = click.argument("key", type=click.Path(dir_okay=False, path_type=Path))


@click.group(help=_("Giữ khóa: khóa của ban kiểm phiếu, khóa cấp phiếu, khóa hòm phiếu."))
def commands() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run a command and exit; a crash writes no memory to the disk, since secrets are in it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    run(commands)


def passphrase(*, new: bool = False) -> str:
    """Ask for a passphrase without echo, twice for a new one; from a program read one line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt(translate(_("Mật khẩu của tệp khóa")), hide_input=True, confirmation_prompt=new))
    return sys.stdin.readline().rstrip("\r\n")


# --- a member of the committee ------------------------------------------------------------------------------------


@commands.group("trustee", help=_("Việc của một thành viên ban kiểm phiếu."))
def trustee_commands() -> None:
    """Hold the member's commands together."""


@trustee_commands.command(help=_("Nhận chỗ trong ban kiểm phiếu: tạo tệp khóa và gửi chứng thư vào thư mục trao đổi."))
@FOLDER
@KEY
@click.option("--member", type=click.IntRange(1, 9), required=True, help=_("Số thứ tự thành viên."))
def join(folder: Path, key: Path, member: int) -> None:
    """Make a key file and publish the certificate."""
    _name_round(Exchange(folder).manifest())
    written = exchange.join(Exchange(folder), TrusteeFile(key, passphrase(new=True)), member)
    Screen().say(str(written))


def _name_round(manifest: Manifest) -> None:
    """Show which round a member is about to serve, so that it can be compared with the paper."""
    screen = Screen()
    screen.say(f"{one_line(manifest.body)}: {one_line(manifest.title)}")
    screen.say(translate(_("Bản niêm phong: {code}")).format(code=grouped(manifest.hash, 16)))
    if manifest.rehearsal:
        screen.say(translate(_("DIỄN TẬP: đợt này không có giá trị.")))


@trustee_commands.command("next", help=_("Làm bước kế tiếp của buổi tạo khóa hoặc thử khóa."))
@FOLDER
@KEY
def proceed(folder: Path, key: Path) -> None:
    """Do whatever is due for this member."""
    travelling, file = Exchange(folder), TrusteeFile(key, passphrase())
    _name_round(travelling.manifest())
    written = exchange.proceed(travelling, file)
    transcript = file.load().transcript
    if transcript:
        Screen().say(translate(_("Mã buổi tạo khóa: {code}")).format(code=grouped(transcript, 8)))
        Screen().say(translate(_("Hãy đọc to mã này: mọi thành viên phải thấy cùng một mã, nếu khác thì dừng lại.")))
    Screen().say(str(written))


@trustee_commands.command(help=_("Giải mã tổng của một hồ sơ đã chốt; mọi phép kiểm chạy trước."))
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@KEY
@click.option("--root", required=True, help=_("Mã gốc chép từ giấy, ít nhất tám nhóm bốn ký tự."))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=_("Thư mục ghi."))
@click.option("--workers", type=click.IntRange(1, 256), help=_("Số tiến trình; mặc định: mọi lõi."))
def decrypt(record: Path, key: Path, root: str, out: Path, workers: int | None) -> None:
    """Verify a closed record, compare the root with the paper, decrypt its sums once."""
    screen, file = Screen(), TrusteeFile(key, passphrase())
    memory = file.load()
    with pool(workers) as executor:
        closed = trustee.examine(
            memory, Record.read(record), executor=executor, progress=screen.progress, listener=screen.listener
        )
    found = trustee.seen(closed)
    _name_round(closed.evidence.manifest)
    screen.say(
        translate(_("Phát ra: {issued}   Thu về: {returned}")).format(issued=found.issued, returned=found.returned)
    )
    screen.say(translate(_("Mã gốc: {root}")).format(root=grouped(found.root, 16)))
    part = trustee.decrypt(file, closed, typed_root=root)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"partial-{memory.index}.json"
    path.write_bytes(part.encode())
    screen.say(str(path))


@trustee_commands.command(help=_("Hủy một tệp khóa sau khi báo cáo đã ký."))
@KEY
@click.confirmation_option(prompt=_("Hủy tệp khóa này?"))
def destroy(key: Path) -> None:
    """Overwrite and remove a key file."""
    store.destroy(key)
    Screen().say(translate(_("Đã xóa tệp khóa. Ổ SSD và bản sao lưu có thể còn giữ dữ liệu cũ: hãy hủy cả vật mang.")))


# --- the coordinator: needs no secret -----------------------------------------------------------------------------


@commands.group("committee", help=_("Việc của người điều phối buổi tạo khóa; không cần khóa nào."))
def committee_commands() -> None:
    """Hold the coordinator's commands together."""


@committee_commands.command(help=_("Ghép thông điệp của mọi thành viên thành committee.json."))
@FOLDER
@click.option("--member", "names", multiple=True, required=True, help=_("Họ tên, hoặc 'Họ tên; vai trò', theo thứ tự."))
def finish(folder: Path, names: tuple[str, ...]) -> None:
    """Assemble and check the committee."""
    members = tuple(Member(name.strip(), role.strip()) for name, _sep, role in (n.partition(";") for n in names))
    committee = exchange.finish(Exchange(folder), members)
    Screen().say(f"{folder / 'committee.json'}\n{grouped(committee.hash, 16)}")


@committee_commands.command(help=_("Chốt danh sách thành viên thử khóa lúc này."))
@FOLDER
def call(folder: Path) -> None:
    """Fix who takes the opening test now."""
    nonces = exchange.call_opening(Exchange(folder))
    name = translate(_("thành viên {number}"))
    Screen().say(", ".join(name.format(number=owner) for owner in sorted(nonces)))


# --- keys of issuers and of the box -------------------------------------------------------------------------------


@commands.command("new-issuer", help=_("Tạo khóa cấp phiếu và khóa bản kê của một bên cấp cho một đợt."))
@FOLDER
@click.option("--name", required=True, help=_("Tên bên cấp: chữ thường, số, gạch nối."))
@click.option("--uuid", required=True, help=_("Mã đợt."))
def new_issuer(folder: Path, name: str, uuid: str) -> None:
    """Make both keys of an issuer and print the public halves for the manifest."""
    secret = passphrase(new=True)
    issuer, statement = ROLES["issuer"], ROLES["statement"]
    key = create_issuer_key(folder / f"{name}{issuer.suffix}", name=name, round_id=uuid, passphrase=secret)
    public = create_statement_key(folder / f"{name}{statement.suffix}", name=name, round_id=uuid, passphrase=secret)
    click.echo(canonical({"name": name, "key": key.encode(), "statement_key": public}).decode())


@commands.command("new-box", help=_("Tạo khóa hòm phiếu cho một đợt."))
@FOLDER
@click.option("--uuid", required=True, help=_("Mã đợt."))
def new_box(folder: Path, uuid: str) -> None:
    """Make the box's key and print its public half for the manifest."""
    secret = passphrase(new=True)
    path = folder / f"{uuid}{ROLES['box'].suffix}"
    click.echo(create_box_key(path, name=uuid, round_id=uuid, passphrase=secret))


@commands.command(help=_("Ai được mở khóa nào."))
def roles() -> None:
    """Print the table of roles."""
    screen = Screen()
    for role in ROLES.values():
        screen.say(f"{role.suffix:<16} {translate(role.name)}")
        for label, value in ((_("người mở"), role.opened_by), (_("để"), role.purpose), (_("hủy"), role.destroyed)):
            screen.say(f"{'':16}   {translate(label)}: {translate(value)}")
