"""Checks 6 to 8: who may vote, without saying who: listed credentials, their signatures, the issuers' statements.

Here live checks of credentials.json and issuance.json, each void slip with its proof. Never here: a name, or a ballot.
"""

from __future__ import annotations

from tally.checks.evidence import Check, Evidence
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList, Issuance
from tally.record import CREDENTIALS, ISSUANCE


def form(e: Evidence) -> None:
    """Check 6: the list is sorted, distinct, of this round, not longer than the roll; each void slip was held."""
    e.credentials = CredentialList.parse(e.record[CREDENTIALS])
    e.credentials.check_form(e.manifest)


def signatures(e: Evidence) -> None:
    """Check 7: every listed credential carries a valid signature of every issuer."""
    total = len(e.credentials.credentials)
    for i, credential in enumerate(e.credentials.credentials):
        credential.check_signatures(e.manifest, f"credentials.json[{i}]")
        e.progress(i + 1, total)


def statements(e: Evidence) -> None:
    """Check 8: the issuers' closing statements are signed, agree with each other and with the list."""
    e.issuance = Issuance.parse(e.record[ISSUANCE])
    e.issuance.check(e.manifest, e.credentials)


CHECKS = (
    Check(6, _("Danh sách thẻ: đúng đợt, có thứ tự, không trùng, mỗi thẻ hủy có người giữ thẻ chứng minh"), form),
    Check(7, _("Mỗi thẻ có chữ ký hợp lệ của mọi bên cấp"), signatures),
    Check(8, _("Bản kê của các bên cấp khớp nhau và khớp danh sách"), statements),
)
