"""A document that three members signed: accepted as it is, and by poppler; another document or another signer is not.

Here lives what is signed and by whom. Never here: changes to a file after signing (test_signed_revisions.py).
"""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFString
from reportlab.platypus import Flowable, Spacer

from tally.protocol.errors import Refused
from tally.report.engine import Furniture, build
from tally.report.fields import SignatureBox
from tally.report.sheet import Styles
from tally.report.typeface import family
from tally.signed.document import Expected, SignedDocument, check_signed
from tally.signed.likeness import LOOKS, TEXTS
from tests.signatories import (
    IN_HANOI,
    NAMES,
    NOW,
    TEXT,
    document,
    identities,
    identity,
    part,
    signed,
    signed_by,
    signed_otherwise,
    signers,
)

needs_poppler = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed")


def checked(raw: bytes, expected: bytes | None = None, *, complete: bool = True) -> SignedDocument:
    return check_signed(
        raw, expected=expected or document(), signers=signers(), where="bien-ban.pdf", complete=complete
    )


def refused(raw: bytes, code: str, expected: bytes | None = None, people: tuple[Expected, ...] = ()) -> Refused:
    with pytest.raises(Refused) as found:
        check_signed(raw, expected=expected or document(), signers=people or signers(), where="bien-ban.pdf")
    assert found.value.code == code, str(found.value)
    assert str(found.value).startswith("bien-ban.pdf")
    return found.value


def test_three_members_sign_and_everything_holds() -> None:
    found = checked(signed())
    assert found.identical
    assert [one.name for one in found.signatures] == list(NAMES)
    assert {one.claimed for one in found.signatures} == {NOW}
    assert all(one.in_life and one.stamp is None and len(one.chain) == 1 for one in found.signatures)


@needs_poppler
def test_poppler_agrees(tmp_path: Path) -> None:
    (tmp_path / "bien-ban.pdf").write_bytes(signed())
    done = subprocess.run(["pdfsig", "-nocert", tmp_path / "bien-ban.pdf"], capture_output=True, text=True, check=True)
    assert done.stdout.count("Signature is Valid.") == 3
    assert done.stdout.count("ETSI.CAdES.detached") == 3
    assert done.stdout.count("SHA-256") == 3
    assert done.stdout.count("Total document signed") == 1
    assert all(f"Common Name: {name}" in done.stdout for name in NAMES)


def test_signing_leaves_the_page_alone() -> None:
    before, after = (PdfReader(BytesIO(raw)).pages[0] for raw in (document(), signed()))
    assert after.extract_text() == before.extract_text()
    assert all("/N" in widget.get_object()["/AP"] for widget in after["/Annots"])


@needs_poppler
def test_what_is_seen_names_member_and_time_in_vietnamese(tmp_path: Path) -> None:
    (tmp_path / "bien-ban.pdf").write_bytes(signed())
    done = subprocess.run(["pdftotext", tmp_path / "bien-ban.pdf", "-"], capture_output=True, text=True, check=True)
    assert done.stdout.count("Ký số") == 3
    assert all(name in done.stdout for name in NAMES)
    assert f"{NOW.astimezone(IN_HANOI):%d/%m/%Y %H:%M:%S} +07:00" in done.stdout


def test_who_has_not_signed_is_named_and_may_still_be_awaited() -> None:
    for count in (0, 1, 2):
        assert len(checked(signed(count), complete=False).signatures) == count
        assert NAMES[count] in str(refused(signed(count), "SIGNATURE_MISSING"))


def test_one_member_alone_certifies_and_locks() -> None:
    alone = document(owners=(1,))
    raw = signed_by(alone, (1, identities()[0]))
    assert len(check_signed(raw, expected=alone, signers=signers()[:1]).signatures) == 1


def test_the_head_need_not_be_member_one() -> None:
    order = (signers()[1], signers()[0])
    both = document(owners=(2, 1))
    raw = signed_by(both, (2, identities()[1]), (1, identities()[0]), first=2)
    assert [one.owner for one in check_signed(raw, expected=both, signers=order).signatures] == [2, 1]


# --- which document ------------------------------------------------------------------------------------------------


def test_the_same_pages_in_other_bytes_pass_and_it_is_said() -> None:
    other = document(subject="của phiên bản khác")
    assert other != document()
    raw = signed_by(other, *enumerate(identities(), start=1))
    assert not checked(raw).identical


def test_another_number_on_the_page_is_refused() -> None:  # threats G3
    raw = signed_by(document(TEXT.replace("30", "31")), *enumerate(identities(), start=1))
    assert refused(raw, "SIGNED_DIFFERS").details["how"] == TEXTS


def test_the_same_text_that_looks_otherwise_is_refused() -> None:
    face = family()
    boxes = [SignatureBox(f"ky-{i}", 198, 62, lock=i == 3) for i in (1, 2, 3)]
    moved = build(
        [Spacer(1, 40), Styles(face).para(TEXT), *boxes],
        Furniture("Văn bản thử", "Ban kiểm phiếu", "thử", "c0de" * 16, False), face,
    )  # fmt: skip
    raw = signed_by(moved, *enumerate(identities(), start=1))
    assert refused(raw, "SIGNED_DIFFERS").details["how"] == LOOKS


def test_a_signed_document_in_the_place_of_another_is_refused() -> None:  # threats G15
    report = document("Báo cáo kết quả phiếu tín nhiệm (số liệu thử).")
    refused(signed(), "SIGNED_DIFFERS", expected=report)


def test_fields_of_other_members_are_refused() -> None:
    raw = signed_by(document(owners=(1, 2, 4)), (1, identities()[0]))
    refused(raw, "SIGNED_DIFFERS")


class Planted(Flowable):
    """Something that no document of ours holds, put into the first revision."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.width, self.height = kind, 100, 20

    def draw(self) -> None:
        canvas, catalog = self.canv, self.canv._doc.Catalog
        if self.kind == "script":
            script = {"S": PDFName("JavaScript"), "JS": PDFString("app.alert(1)")}
            catalog.OpenAction = PDFDictionary(script)
        elif self.kind == "link":
            canvas.linkURL("https://example.org/", (0, 0, 50, 10))
        elif self.kind == "field":
            text = {"FT": PDFName("Tx"), "T": PDFString("so-phieu"), "V": PDFString("31")}
            catalog.AcroForm["Fields"].sequence.append(canvas._doc.Reference(PDFDictionary(text)))
        elif self.kind == "file":
            names = PDFDictionary({"Names": PDFString("x")})
            catalog.Names = PDFDictionary({"EmbeddedFiles": names})


@pytest.mark.parametrize("kind", ["script", "link", "field", "file"])
def test_what_no_document_of_ours_holds_is_refused_even_where_it_was_signed(kind: str) -> None:  # threats G7
    face = family()
    boxes = [SignatureBox(f"ky-{i}", 198, 62, lock=i == 3) for i in (1, 2, 3)]
    story = [Styles(face).para(TEXT), *boxes, Planted(kind)]
    base = build(story, Furniture("Văn bản thử", "Ban kiểm phiếu", "thử", "c0de" * 16, False), face)
    raw = signed_by(base, *enumerate(identities(), start=1))
    refused(raw, "SIGNED_EXTRA")
    refused(raw, "SIGNED_EXTRA", expected=base)


# --- who -----------------------------------------------------------------------------------------------------------


def test_a_certificate_that_the_member_did_not_state_is_refused() -> None:  # threats G8
    raw = signed_by(signed(1), (2, identity("Kẻ Lạ")), (3, identities()[2]))
    assert NAMES[1] in str(refused(raw, "SIGNER_UNKNOWN"))


def test_one_member_cannot_sign_for_two() -> None:
    refused(signed_by(signed(1), (2, identities()[0]), (3, identities()[2])), "SIGNER_UNKNOWN")


def test_signing_out_of_order_is_refused() -> None:
    first, second, third = identities()
    refused(signed_by(signed(1), (3, third), (2, second)), "SIGNATURE_ORDER")
    refused(signed_by(document(), (2, second), (1, first), (3, third), first=2), "SIGNATURE_ORDER")


def test_the_first_signature_must_certify_and_allow_signing_only() -> None:
    first, second, third = identities()
    after = ((2, second), (3, third))
    assert first.sign(b"x")
    uncertified = signed_otherwise(document(), 1, first)
    refused(signed_by(uncertified, *after), "SIGNATURE_ORDER")
    for level in (1, 3):
        certified = signed_otherwise(document(), 1, first, part=part(certify=True, level=level))
        refused(signed_by(certified, *after), "SIGNATURE_ORDER")
    agreed = signed_otherwise(document(), 1, first, part=part(certify=True, level=2))
    assert len(checked(signed_by(agreed, *after)).signatures) == 3


def test_nobody_certifies_later_or_locks_earlier_and_the_last_one_locks() -> None:
    _first, second, third = identities()
    certified_late = signed_otherwise(signed(1), 2, second, part=part(certify=True, level=2))
    refused(signed_by(certified_late, (3, third)), "SIGNED_CHANGED_AFTER")
    locked_early = signed_otherwise(signed(1), 2, second, part=part(lock=True, level=1))
    refused(signed_by(locked_early, (3, third)), "SIGNATURE_ORDER")
    refused(signed_otherwise(signed(2), 3, third), "SIGNATURE_ORDER")


def test_weak_digests_and_other_kinds_of_signatures_are_refused() -> None:
    from pyhanko.sign.fields import SigSeedSubFilter

    third = identities()[2]
    lock = part(lock=True, level=1)
    for digest in ("sha1", "sha512"):
        refused(signed_otherwise(signed(2), 3, third, part=lock, digest=digest), "SIGNATURE_BROKEN")
    other = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    refused(signed_otherwise(signed(2), 3, third, part=lock, subfilter=other), "SIGNATURE_BROKEN")
    assert len(checked(signed_otherwise(signed(2), 3, third, part=lock)).signatures) == 3


def test_a_time_outside_the_life_of_a_certificate_is_shown_and_decides_nothing() -> None:
    from keys.documents.signing import sign_document

    late = (NOW + timedelta(days=500)).astimezone(IN_HANOI)
    raw = sign_document(signed(2), field="ky-3", identity=identities()[2], first=False, at=late)
    assert [one.in_life for one in checked(raw).signatures] == [True, True, False]
