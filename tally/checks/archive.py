"""Checks 9 to 14: the archive's bytes and order, and that its set-up is exactly what was sealed.

Here live checks of everything in the archive before the first ballot. Never here: a ballot or a sum.
"""

from __future__ import annotations

from tally.checks.evidence import Check, Evidence
from tally.checks.listed import Listed
from tally.i18n import marked as _
from tally.protocol.archive import DAY, Archive
from tally.protocol.election import Election
from tally.protocol.errors import BadArchive, Mismatch
from tally.protocol.opening import Opening
from tally.protocol.public_credentials import public_credentials
from tally.protocol.trustees import Trustees
from tally.record import ARCHIVE, OPENING


def archive_bytes(e: Evidence) -> None:
    """Check 9: headers, hashes, chain and padding are the one spelling; a round's one time is its manifest's date."""
    e.archive = Archive.parse(e.record.stored(ARCHIVE))
    if not e.bare and e.archive.timestamp != e.manifest.timestamp:
        raise Mismatch("archive.timestamp", other="manifest.json: date")
    if not e.bare and e.archive.timestamp % DAY:
        raise BadArchive("archive", reason=_("thời gian phải làm tròn đến ngày"))


def order(e: Evidence) -> None:
    """Check 10: the events come in an order that an election can have."""
    e.archive.check_order("archive")


def trustees(e: Evidence) -> None:
    """Check 11: trustees' messages and keys are right, and are the committee's."""
    _, raw, _ = e.archive.setup("archive.setup")
    e.trustees = Trustees.parse(raw)
    if not e.bare and raw != e.committee.trustees.raw:
        raise Mismatch("archive.trustees", other="committee.json")


def election(e: Evidence) -> None:
    """Check 12: the election has the trustees' key, and says what the manifest says."""
    raw, _, _ = e.archive.setup("archive.setup")
    e.election = Election.parse(raw)
    if e.election.public_key != e.trustees.public_key:
        raise Mismatch("election.public_key", other="trustees")
    if e.bare:
        return
    if raw != e.committee.election(e.manifest).raw:
        raise Mismatch("election", other="manifest.json, committee.json")


def credentials(e: Evidence) -> None:
    """Check 13: the archive's credentials are members of the group, distinct, and exactly the listed ones."""
    _, _, raw = e.archive.setup("archive.setup")
    e.listed = Listed.of(public_credentials(raw))
    if not e.bare and raw != e.credentials.public():
        raise Mismatch("archive.public_credentials", other="credentials.json")


def opening(e: Evidence) -> None:
    """Check 14: enough members can decrypt, the box reported zero ballots, no official holds a key unwritten."""
    e.opening = Opening.parse(e.record[OPENING])
    e.opening.check(e.manifest, e.committee)


CHECKS = (
    Check(9, _("Kho lưu trữ: từng byte, mã băm và chuỗi sự kiện"), archive_bytes, bare=True),
    Check(10, _("Kho lưu trữ: trình tự sự kiện"), order, bare=True),
    Check(11, _("Thông điệp và khóa của ban kiểm phiếu"), trustees, bare=True),
    Check(12, _("Tệp bầu cử đúng khóa và đúng bản niêm phong"), election, bare=True),
    Check(13, _("Danh sách thẻ trong kho lưu trữ"), credentials, bare=True),
    Check(14, _("Thử khóa trước khi mở và báo cáo hòm phiếu trống"), opening),
)
