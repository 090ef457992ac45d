"""The commands of a committee: a member's (`keys trustee`) and the coordinator's (`keys committee`), by files.

Here live arguments and the order of acts up to decryption. Never here: what comes after it (closing_commands.py), or a
secret printed.
"""

from __future__ import annotations

from pathlib import Path

import click

from keys.committee import exchange, trustee
from keys.committee.closing_commands import destroy, take_retest
from keys.committee.exchange import Exchange
from keys.committee.trustee import TrusteeFile
from keys.prompt import passphrase
from tally.commands.outside_options import outside_options, read_outside
from tally.commands.worker_options import worker_options
from tally.executors import Workers, pool
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.committee import Member
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line
from tally.protocol.manifest import Manifest
from tally.record import Record
from tally.screen import Screen

FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
KEY = click.argument("key", type=click.Path(dir_okay=False, path_type=Path))

WAIT = _("Thời gian chờ khiếu nại trước khi giải mã do ban tổ chức đặt và giữ; hồ sơ này không chứng minh được.")


# --- a member -----------------------------------------------------------------------------------------------------


@click.group("trustee", help=_("Việc của một thành viên ban kiểm phiếu."))
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
        if words := exchange.words(travelling, transcript):
            Screen().say(translate(_("Sáu từ của buổi tạo khóa: {words}")).format(words=" – ".join(words)))
        Screen().say(translate(_("Hãy đọc to: mọi thành viên phải thấy giống hệt nhau, nếu khác thì dừng lại.")))
    Screen().say(str(written))


@trustee_commands.command(help=_("Giải mã tổng của một hồ sơ đã chốt; mọi phép kiểm chạy trước."))
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@KEY
@click.option("--root", required=True, help=_("Mã gốc chép từ giấy, ít nhất tám nhóm bốn ký tự."))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help=_("Thư mục ghi."))
@worker_options
@click.option(
    "--witnesses", type=click.IntRange(0, 99), default=0, help=_("Ít nhất bao nhiêu người chứng kiến đã ký tờ chốt.")
)
@outside_options
def decrypt(
    record: Path, key: Path, root: str, out: Path, workers: Workers, *, witnesses: int, **kept: tuple[Path, ...]
) -> None:
    """Verify a closed record, compare the root with the paper, decrypt its sums once."""
    screen, file = Screen(), TrusteeFile(key, passphrase())
    memory = file.load()
    with pool(workers) as executor:
        closed = trustee.examine(
            memory,
            Record.read(record),
            executor=executor,
            progress=screen.progress,
            listener=screen.listener,
            outside=read_outside(**kept),
        )
    trustee.check_witnessed(closed, witnesses)
    found = trustee.seen(closed)
    _name_round(closed.evidence.manifest)
    screen.say(
        translate(_("Phát ra: {issued}   Thu về: {returned}")).format(issued=found.issued, returned=found.returned)
    )
    screen.say(translate(_("Mã gốc: {root}")).format(root=grouped(found.root, 16)))
    screen.say(translate(WAIT))
    part = trustee.decrypt(file, closed, typed_root=root)
    out.mkdir(parents=True, exist_ok=True)
    path = Exchange(out).put_file(f"partial-{memory.index}.json", part.encode())
    screen.say(str(path))


for command in (take_retest, destroy):
    trustee_commands.add_command(command)


# --- the coordinator: needs no secret -----------------------------------------------------------------------------


@click.group("committee", help=_("Việc của người điều phối buổi tạo khóa; không cần khóa nào."))
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
