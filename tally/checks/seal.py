"""Checks 1 to 5: the files are there, the round is the one on paper, the committee's key was made properly.

Here live checks of what was fixed before issuing and before voting. Never here: a ballot.
"""

from __future__ import annotations

from itertools import combinations
from math import gcd

from tally.checks.evidence import Check, Evidence
from tally.i18n import marked as _
from tally.protocol.committee import Committee
from tally.protocol.errors import Mismatch, OriginUnproven
from tally.protocol.manifest import Manifest
from tally.record import COMMITTEE, MANIFEST, NAMES, RESULT


def files(e: Evidence) -> None:
    """Check 1: every file of a record is there; reading has refused unknown ones."""
    for name in NAMES:
        if name != RESULT:
            e.record[name]


def manifest(e: Evidence) -> None:
    """Check 2: the manifest is well formed, its keys are sound and each serves one purpose."""
    e.manifest = Manifest.parse(e.record[MANIFEST])
    keys = [e.manifest.box_key, e.manifest.log_key, *(issuer.statement_key for issuer in e.manifest.issuers)]
    if len(set(keys)) != len(keys):
        raise Mismatch("manifest.json", other="statement_key ≠ box_key ≠ log_key")
    for left, right in combinations(e.manifest.issuers, 2):
        if gcd(left.key.modulus, right.key.modulus) != 1:
            raise Mismatch("manifest.json: issuers", other="gcd = 1")
    if e.record.archive_name != f"{e.manifest.uuid}.bel":
        raise Mismatch(e.record.archive_name, other="manifest.json: uuid")


def origin(e: Evidence) -> None:
    """Check 3: the manifest is the one whose hash stands on paper, where that hash was given."""
    if e.expected_manifest is not None and e.expected_manifest != e.manifest.hash:
        raise OriginUnproven("manifest.json")


def committee(e: Evidence) -> None:
    """Check 4: the committee is the one the manifest asked for."""
    e.committee = Committee.parse(e.record[COMMITTEE])
    e.committee.check_for(e.manifest)


def ceremony(e: Evidence) -> None:
    """Check 5: everybody had committed before anybody revealed."""
    e.committee.check_ceremony()


CHECKS = (
    Check(1, _("Hồ sơ đủ tệp, không có tệp lạ"), files),
    Check(2, _("Bản niêm phong đúng dạng, khóa hợp lệ và mỗi khóa một mục đích"), manifest),
    Check(3, _("Bản niêm phong đúng với mã trên giấy"), origin),
    Check(4, _("Ban kiểm phiếu đúng với bản niêm phong"), committee),
    Check(5, _("Buổi tạo khóa: mọi thành viên cam kết trước khi công bố"), ceremony),
)
