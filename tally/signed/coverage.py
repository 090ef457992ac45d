"""Which bytes a signature covers: everything up to the end of its revision but the hole in which it stands itself.

Here lives the reading of ByteRange, and what pyHanko thinks of the same file. Never here: cryptography, or trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from tally.i18n import marked as _
from tally.signed.errors import SignatureBroken, SignedChangedAfter
from tally.signed.structure import Revision
from tally.signed.update import Update

PART = _("chữ ký không bao hết văn bản")
PYHANKO = _("phép kiểm của pyHanko không chấp nhận các lần sửa")


def covered(raw: bytes, revision: Revision, update: Update, *, member: str, where: str) -> tuple[bytes, bytes]:
    """Return the SHA-256 digest of what is signed, and the contents of the hole. Raises SignatureBroken."""
    begin, end = update.place
    try:
        zero, hole, after, rest = (int(n) for n in update.signature.raw_get("/ByteRange"))
        contents: bytes = update.signature.raw_get("/Contents").original_bytes
    except (KeyError, AttributeError, TypeError, ValueError):
        raise SignatureBroken(where, member=member, reason=PART) from None
    spelled = b"<" + contents.hex().upper().encode() + b">"  # the one spelling: a hole of other letters hides a change
    if zero or not begin < hole < after < end or after + rest != revision.end or raw[hole:after] != spelled:
        raise SignatureBroken(where, member=member, reason=PART)
    return hashlib.sha256(raw[:hole] + raw[after : revision.end]).digest(), contents


def check_by_pdf_rules(raw: bytes, names: Sequence[str], where: str) -> None:
    """Let pyHanko judge: the fields signed in this order, each over its whole revision, and no change but signing.

    One comparison suffices, of all later revisions with the first: its certification forbids what any later one does.
    Raises SignedChangedAfter.
    """
    try:
        _judge(raw, names)
    except Exception:  # its own errors, and what hostile bytes make of its code
        raise SignedChangedAfter(where, what=PYHANKO) from None


def _judge(raw: bytes, names: Sequence[str]) -> None:
    reader = PdfFileReader(BytesIO(raw), strict=True)
    found = reader.embedded_signatures
    if [one.field_name for one in found] != list(names) or reader.xrefs.total_revisions != len(names) + 1:
        raise ValueError("fields")
    for i, one in enumerate(found, start=1):
        one.compute_integrity_info(skip_diff=i > 1)
        whole = SignatureCoverageLevel.ENTIRE_FILE if i == len(found) else SignatureCoverageLevel.ENTIRE_REVISION
        if one.coverage != whole or one.signed_revision != i:
            raise ValueError("coverage")
    if found:
        result = found[0].diff_result
        if not isinstance(result, DiffResult) or result.modification_level > ModificationLevel.FORM_FILLING:
            raise ValueError("changes")
