"""`tally signed`: who signed the documents of a record, and whether they are what the record gives.

Here lives what a person, or a program, reads about signatures. Never here: a check, or a trust in anything.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Incomplete, one_line
from tally.record import REPORT, SIGNED
from tally.screen import Screen
from tally.verify import VerifiedRecord

if TYPE_CHECKING:  # tally.signed is slow to import, and no other command needs it
    from tally.signed.document import Signed
    from tally.signed.folder import Checked

LINE = _("{name}: {title}, {count} chữ ký đúng; {how}.")
SAME_BYTES = _("giống từng byte văn bản lập lại từ hồ sơ")
SAME_PAGES = _("giống về chữ và hình từng trang, nhưng do phiên bản phần mềm khác lập nên không giống từng byte")
WHO = _("{field}, {name}: {when}; chứng thư {subject}, do {issuer} cấp, hiệu lực {start} – {end}{note}")
CLAIMED = _("ký lúc {at} theo máy người ký")
STAMPED = _("dấu thời gian kèm theo, không nằm trong chữ ký, ghi {at} và tên {authority}")
NO_TIME = _("không ghi lúc ký")
OUT_OF_LIFE = _("lúc ký đã ngoài hạn này")
SCOPE = _(
    "Chứng thư được nhận ra bằng bản khai mà từng thành viên ký bằng khóa của buổi tạo khóa; nơi cấp, hạn và giờ ký "
    "chỉ là thông tin."
)


@click.command(
    "signed", help=_("Kiểm tra các văn bản đã ký số trong RECORD/report/signed; hồ sơ được kiểm chứng trước.")
)
@click.argument("record", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--manifest", "manifest_hash", help=_("Mã băm của bản niêm phong, chép từ giấy."))
@click.option("--partial", is_flag=True, help=_("Chấp nhận văn bản còn chờ người ký."))
@click.option("--json", "as_json", is_flag=True, help=_("In kết quả cho chương trình khác đọc."))
@worker_options
def check_signatures(record: Path, manifest_hash: str | None, partial: bool, as_json: bool, workers: Workers) -> None:
    """Verify the record, then every signed document; without any the exit code is 3."""
    from tally.signed.folder import check_folder

    screen = Screen()
    verified = verified_record(None if as_json else screen, record, manifest_hash, workers)
    found = list(check_folder(verified, record / REPORT, complete=not partial))
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        say_checked(screen, one)
        for signature in one.found.signatures:
            screen.say(f"      {_about(signature)}")
    if not found:
        raise Incomplete(REPORT, missing=SIGNED)
    screen.say(translate(SCOPE))
    screen.verdict(verified)


def check_documents(screen: Screen, verified: VerifiedRecord, record: Path) -> None:
    """Check the signed documents beside a record in a folder, a line for each. Raises what `check_folder` raises."""
    if (record / REPORT / SIGNED).is_dir():
        from tally.signed.folder import check_folder

        for one in check_folder(verified, record / REPORT):
            say_checked(screen, one)


def say_checked(screen: Screen, checked: Checked) -> None:
    """Write the line of a document that passed."""
    how = translate(SAME_BYTES if checked.found.identical else SAME_PAGES)
    words = {"name": f"{REPORT}/{SIGNED}/{checked.name}", "title": checked.title, "how": how}
    screen.say(f"   ✓  {translate(LINE).format(count=len(checked.found.signatures), **words)}")


def _about(signature: Signed) -> str:
    certificate = signature.certificate
    return translate(WHO).format(
        field=f"ky-{signature.owner}",
        name=one_line(signature.name),
        when=_when(signature),
        subject=one_line(certificate.subject.rfc4514_string()),
        issuer=one_line(certificate.issuer.rfc4514_string()),
        start=f"{certificate.not_valid_before_utc:%d/%m/%Y}",
        end=f"{certificate.not_valid_after_utc:%d/%m/%Y}",
        note=f" ({translate(OUT_OF_LIFE)})" if signature.in_life is False else "",
    )


def _when(signature: Signed) -> str:
    """Return what the signer has signed of the time, then what anybody could have put beside the signature."""
    said = translate(CLAIMED).format(at=_moment(signature.claimed)) if signature.claimed else translate(NO_TIME)
    if signature.stamp is None:
        return said
    words = {"at": _moment(signature.stamp.at), "authority": one_line(signature.stamp.authority)}
    return f"{said}, {translate(STAMPED).format(**words)}"


def _moment(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M:%S %z}"


def _as_json(checked: Checked) -> dict[str, Any]:
    found = checked.found
    return {
        "name": checked.name,
        "title": checked.title,
        "identical": found.identical,
        "sha256": found.sha256,
        "signatures": [
            {
                "owner": one.owner,
                "name": one.name,
                "claimed": one.claimed.isoformat() if one.claimed else "",
                "stamped": one.stamp.at.isoformat() if one.stamp else "",
                "subject": one.certificate.subject.rfc4514_string(),
                "issuer": one.certificate.issuer.rfc4514_string(),
            }
            for one in found.signatures
        ],
    }
