"""`tally witness` and `keys witness new`: watching a box from a laptop of one's own, and the key for it.

Here live arguments, waiting, and what a person sees. Never here: a comparison, or a signature.

    keys witness new ~/chung-kien --name quan-sat-1 --uuid B7kQ2mXv9TzRw4
    tally witness https://hom-phieu.lan B7kQ2mXv9TzRw4 --manifest "hash from paper" --key quan-sat-1.witness.key
"""

from __future__ import annotations

import time
from pathlib import Path

import click

from keys.prompt import passphrase, without_core
from keys.roles import ROLES, WITNESS
from keys.witness.errors import BoxNotReached, EndOnlyClaimed
from keys.witness.fetching import fetch
from keys.witness.key import WitnessSigner, create_witness_key, open_witness_signer
from keys.witness.line import Line
from keys.witness.watching import EVIDENCE, Look, Watch
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped
from tally.protocol.errors import CodedError, Incomplete
from tally.screen import Screen
from tally.witness_errors import BoxContradicts, BoxWentBack

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EVERY = 30
COPY = _("Bản chép của quý vị: {path}. Xin giữ lại cho đến khi hồ sơ đã được kiểm chứng.")
SEEN = _("{size} phiếu, mã đầu chuỗi {head}")
ROOT = _("Tờ chốt đã kiểm chứng cùng toàn bộ hồ sơ. Mã gốc, xin so với giấy: {root}")
NOT_TAKEN = _("Hòm phiếu chưa nhận chữ ký này, bản chép vẫn đủ: {reason}")
AGAIN = _("Sẽ hỏi lại sau {seconds} giây; dừng bằng Ctrl-C.")
TWO_NOTES = _("Hai mốc trái nhau nằm trong {path}. Xin đừng xóa, và đưa cho ban kiểm phiếu.")


@click.group("witness", help=_("Khóa của người chứng kiến; việc chứng kiến là lệnh: tally witness."))
def witness_commands() -> None:
    """Hold the commands about a witness's key together."""


@witness_commands.command("new", help=_("Tạo khóa của một người chứng kiến cho một đợt; in phần công khai."))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", required=True, help=_("Tên người chứng kiến: chữ thường, số, gạch nối."))
@click.option("--uuid", required=True, help=_("Mã đợt."))
def new(folder: Path, name: str, uuid: str) -> None:
    """Make a witness's key; the organisers enter what is printed."""
    path = folder / f"{name}{ROLES[WITNESS].suffix}"
    public = create_witness_key(path, witness=name, uuid=uuid, passphrase=passphrase(new=True))
    Screen().say(f"{path}\n{grouped(public, 16)}")


@click.command(
    "witness", help=_("Chứng kiến một hòm phiếu: hỏi các mốc, so với mọi điều đã thấy, ký thêm, giữ bản chép.")
)
@click.argument("url")
@click.argument("uuid")
@click.option("--manifest", "typed", required=True, help=_("Mã băm của bản niêm phong, chép từ giấy."))
@click.option("--key", type=FILE, help=_("Tệp khóa của người chứng kiến; không có thì chỉ giữ bản chép."))
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help=_("Nơi giữ; mặc định: chung-kien-UUID.")
)
@click.option("--ca", type=FILE, help=_("Chứng thư của nơi đã ký chứng thư máy chủ hòm phiếu."))
@click.option("--every", type=click.IntRange(1, 3600), default=EVERY, help=_("Bao nhiêu giây hỏi một lần."))
@click.option("--once", is_flag=True, help=_("Hỏi một lần rồi thôi."))
def watch(
    url: str, uuid: str, *, typed: str, key: Path | None, folder: Path | None, ca: Path | None, every: int, once: bool
) -> None:
    """Watch until the last word is signed; a box that contradicts itself ends it at once.

    Raises EndOnlyClaimed where the box only says that the round is void: that ends with a code of its own, 3.
    """
    without_core()
    signer = open_witness_signer(key, uuid=uuid, passphrase=passphrase()) if key else None
    place, line, screen = folder or Path(f"chung-kien-{uuid}"), Line(url, ca), Screen()
    watching: Watch | None = None
    told = ""
    while True:
        try:
            watching = watching or _begun(place, line, signer, screen, uuid=uuid, typed=typed)
            look = watching.look(screen.listener)
            told = _tell(screen, look, told)
        except (BoxNotReached, BoxWentBack, Incomplete) as error:
            if once:
                raise
            told = _wait(screen, error, told, every)
        except BoxContradicts:
            screen.say(translate(TWO_NOTES).format(path=place / EVIDENCE))
            raise
        else:
            if look.only_claimed:
                raise EndOnlyClaimed(watching.path.name, size=look.head.size)
            if once or look.ended:
                return
        time.sleep(every)


def _begun(place: Path, line: Line, signer: WitnessSigner | None, screen: Screen, **asked: str) -> Watch:
    watching = Watch(place, line, fetch(place, line, **asked), signer)
    if signer:
        screen.say(f"{signer.name}: {grouped(signer.public.hex(), 16)}")
    screen.say(translate(COPY).format(path=watching.path))
    return watching


def _tell(screen: Screen, look: Look, told: str) -> str:
    """Say what changed since last time, and return it."""
    lines = [translate(SEEN).format(size=look.head.size, head=grouped(look.head.hash.hex(), 16))]
    if look.root:
        lines.append(translate(ROOT).format(root=grouped(look.root, 16)))
    if look.declined:
        lines.append(translate(NOT_TAKEN).format(reason=look.declined))
    text = "\n".join(lines)
    if text != told:
        screen.say(text)
    return text


def _wait(screen: Screen, error: CodedError, told: str, every: int) -> str:
    """Say once what is waited for, and that it is asked for again."""
    text = f"{error.code}: {error}\n{translate(AGAIN).format(seconds=every)}"
    if text != told:
        screen.say(text)
    return text
