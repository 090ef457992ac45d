"""The commands of a member after the box is closed: the opening test once more, and the end of the share.

Here live arguments and the order of acts. Never here: a share shown, or a key file erased without a question.
"""

from __future__ import annotations

from pathlib import Path

import click

from keys.committee import destruction
from keys.committee.errors import RecordNeeded
from keys.committee.exchange import Exchange
from keys.committee.retest import RETEST, is_record, retest
from keys.committee.trustee import TrusteeFile
from keys.prompt import passphrase
from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

FILE = click.Path(dir_okay=False, path_type=Path)
PLACE = click.Path(exists=True, path_type=Path)
ERASED = _("Đã xóa tệp khóa. Ổ SSD và bản sao lưu có thể còn giữ dữ liệu cũ: hãy hủy cả vật mang.")
NEVER_SERVED = _("Khóa này chưa giải mã kết quả nào nên không có bản khai.")


# --- the opening test again ---------------------------------------------------------------------------------------


@click.command("retest", help=_("Thử khóa lần nữa, khi hòm phiếu đã chốt và mọi người còn ở lại."))
@click.argument("place", type=PLACE)
@click.argument("key", type=FILE)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=_("Thư mục ghi; mặc định: PLACE."))
def take_retest(place: Path, key: Path, out: Path | None) -> None:
    """Take the opening test again from a record or an exchange folder, and write member-N.retest.json."""
    passed = retest(place, TrusteeFile(key, passphrase()))
    written = Exchange(_folder(place, out)).put(passed.owner, RETEST, passed.as_json())
    screen = Screen()
    screen.say(translate(_("Tệp khóa và mật khẩu vẫn dùng được.")))
    screen.say(str(written))


def _folder(place: Path, out: Path | None) -> Path:
    """Return where the message goes: never into a record, which takes no other file."""
    if out is None and is_record(place):
        raise click.UsageError(translate(_("Với một hồ sơ, hãy cho --out: hồ sơ không nhận thêm tệp nào.")))
    folder = out or place
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# --- the end of a share -------------------------------------------------------------------------------------------


@click.command(help=_("Hủy phần khóa khi đã có kết quả: ký bản khai, ghi ra tệp, rồi xóa tệp khóa."))
@click.argument("key", type=FILE)
@click.option("--record", type=PLACE, help=_("Hồ sơ đã có kết quả; được kiểm chứng trước."))
@click.option("--out", type=FILE, help=_("Tệp bản khai sẽ ghi."))
@click.option("--unused", is_flag=True, help=_("Khóa chưa từng giải mã: xóa mà không có bản khai."))
@click.confirmation_option(prompt=_("Hủy tệp khóa này?"))
@worker_options
def destroy(key: Path, record: Path | None, out: Path | None, unused: bool, workers: Workers) -> None:
    """Sign for the end of a share and erase it; or erase one that never served."""
    screen = Screen()
    if unused and record is None:
        destruction.destroy_unused(TrusteeFile(key, passphrase()))
        screen.say(translate(NEVER_SERVED))
    elif record is None or out is None or unused:
        raise RecordNeeded(key.name)
    else:
        file = TrusteeFile(key, passphrase())
        verified = verified_record(screen, record, file.load().manifest, workers)
        destruction.destroy_share(file, verified, out)
        screen.say(str(out))
    screen.say(translate(ERASED))
