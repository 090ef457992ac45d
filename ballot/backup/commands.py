"""The commands `ballot backup`, `ballot restore`, `ballot resume`: what whoever runs the machine does.

Here live arguments and what is shown. Never here: a passphrase in an argument, or a rule.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from ballot.backup import resuming
from ballot.backup.errors import NothingInNotes, StillBehind
from ballot.backup.making import back_up
from ballot.backup.parts import NAMES, check_all_there
from ballot.backup.restoring import restore as restore_part
from ballot.backup.sealed import BOX, KEYS, REGISTRY
from ballot.config import Config
from ballot.house import House
from ballot.phases import phase_name
from ballot.settings.databases import checked_database
from keys.prompt import passphrase
from keys.signers import open_backup_key
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.checkpoint import Note
from tally.protocol.encoding import grouped
from tally.protocol.errors import one_line
from tally.screen import Screen

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
NOTHING = _("Cần ít nhất một người nhận: --registry-to, --box-to, --keys-to.")


@click.command("backup", help=_("Sao lưu khi đang chạy: mỗi phần một tệp, mã hóa cho người nhận riêng của phần ấy."))
@click.argument("folder", type=FOLDER)
@click.option("--registry-to", help=_("Người nhận bản sao danh sách (lệnh keys backup new in ra)."))
@click.option("--box-to", help=_("Người nhận bản sao hòm phiếu."))
@click.option("--keys-to", help=_("Người nhận bản sao khóa của máy chủ."))
def backup(folder: Path, registry_to: str | None, box_to: str | None, keys_to: str | None) -> None:
    """Write a backup of every part that has a recipient; show the digest of each."""
    given = {REGISTRY: registry_to, BOX: box_to, KEYS: keys_to}
    recipients = {part: recipient for part, recipient in given.items() if recipient}
    if not recipients:
        raise click.UsageError(translate(NOTHING))
    house = House.existing(Config.from_environ(os.environ))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for made in back_up(house, folder, recipients, stamp=f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"):
        _say(_("Đã sao lưu {part}: {path}"), part=translate(NAMES[made.part]), path=one_line(str(made.path)))
        Screen().say(f"  SHA-256 {grouped(made.digest, 16)}")
        _show_rounds(made.rounds)


@click.command("restore", help=_("Khôi phục một phần từ bản sao lưu vào thư mục chưa có phần ấy."))
@click.argument("folder", type=FOLDER)
@click.argument("file", type=FILE)
@click.argument("key", type=FILE)
@click.option("--into", default="", help=_("Địa chỉ cơ sở dữ liệu trống để ghi vào, thay cho tệp trong thư mục."))
def restore(folder: Path, file: Path, key: Path, into: str) -> None:
    """Restore one part with its recipient's key."""
    into = into and checked_database("--into", into)
    found = restore_part(file, open_backup_key(key, passphrase=passphrase(of=key.name)), folder.resolve(), into=into)
    _say(_("Đã khôi phục {part} vào {folder}."), part=translate(NAMES[found.part]), folder=one_line(str(folder)))
    _show_rounds(found.rounds)
    for uuid in found.behind:
        _say(
            _("Đợt {uuid} chưa nhận phiếu; khi đã khôi phục đủ các phần, xin chạy: ballot resume {uuid} --witness …"),
            uuid=uuid,
        )


@click.command("resume", help=_("Cho hòm phiếu vừa khôi phục nhận phiếu lại, khi mọi mốc và phiếu đã biết đều có đủ."))
@click.argument("uuid")
@click.option("--witness", "notes", type=FILE, multiple=True, help=_("Bản của người chứng kiến, hoặc checkpoints.txt."))
@click.option("--copy", "url", help=_("Địa chỉ bản sao thứ hai, nếu không phải bản đang dùng (BALLOT_BOX_COPY)."))
@click.option("--ballot", "ballots", type=FILE, multiple=True, help=_("Phiếu riêng lẻ đã mã hóa còn giữ ở nơi khác."))
def resume(uuid: str, notes: tuple[Path, ...], url: str | None, ballots: tuple[Path, ...]) -> None:
    """Fill what is missing and open the box again, or say what stands in the way.

    Raises StillBehind where the box still waits: that ends with a code of its own, 3.
    """
    config, url = Config.from_environ(os.environ), url and checked_database("--copy", url)
    check_all_there(config)
    house = House.existing(config)
    resuming.check_waits(house, uuid)
    copy = url or house.config.box_copy_url or None
    known = _notes(notes, uuid, alone=copy is None)
    found = resuming.resume(house, uuid, notes=known, copy=copy, ballots=[path.read_bytes() for path in ballots])
    _say(_("Số phiếu bổ sung từ ngoài: {count}"), count=found.ballots)
    _say(_("Số mốc trong chuỗi: {count}, bổ sung {added}"), count=found.chain, added=found.checkpoints)
    _say(_("Phiếu mở để kiểm máy bổ sung: {tests}; thẻ vô hiệu bổ sung: {voids}"), tests=found.tests, voids=found.voids)
    if not found.whole:
        raise StillBehind()
    _say(STAYS_CLOSED if resuming.has_ended(house, uuid) else OPEN)


def _notes(paths: tuple[Path, ...], uuid: str, *, alone: bool) -> list[Note]:
    """Read what others kept of this box; a file that holds nothing of it is named, and passed over beside others.

    Before the first checkpoint a witness has nothing, and the second copy everything. Raises NothingInNotes, and what
    reading refuses.
    """
    found: list[Note] = []
    empty: list[NothingInNotes] = []
    for path in paths:
        kept = resuming.read_notes(path.read_bytes(), one_line(path.name))
        if resuming.are_of(kept, uuid):
            found += kept
        else:
            empty.append(NothingInNotes(path.name, uuid=uuid))
    if empty and alone and not found:
        raise empty[0]
    for one in empty:
        Screen().say(str(one))
    return found


OPEN = _("Hòm phiếu nhận phiếu trở lại. Mọi phiếu mà bản sao thứ hai giữ đều ở trong hòm.")
STAYS_CLOSED = _(
    "Hòm phiếu đã đủ phiếu và vẫn chốt như trước. Xin người của ban tổ chức mở trang của đợt và làm tiếp bước đang chờ."
)


def _show_rounds(rounds: tuple[tuple[str, str], ...]) -> None:
    """Show which rounds are in a backup; never how many ballots, which is secret while people vote."""
    for uuid, phase in rounds:
        Screen().say(f"  {one_line(uuid)}: {one_line(phase_name(phase))}")
    if not rounds:
        _say(_("  Không có đợt nào trong đó."))


def _say(sentence: str, **details: object) -> None:
    Screen().say(translate(sentence).format(**details))
