"""Revisions that are no signature, or more than one: what incremental updates and shadow attacks do to signed PDFs.

Here lives what somebody adds to a file, after signing or while signing. Never here: a byte changed in place
(test_signed_bytes.py). Threats G7.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from keys.documents.signing import Update
from tally.protocol.errors import Refused
from tally.signed.document import check_signed
from tests.signatories import document, identities, part, signed, signed_by, signed_otherwise, signers, updated


def refused(raw: bytes, *codes: str) -> None:
    with pytest.raises(Refused) as found:
        check_signed(raw, expected=document(), signers=signers(), where="bien-ban.pdf")
    assert found.value.code in codes, str(found.value)


def page_of(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return writer.root["/Pages"]["/Kids"][0]


def a_note(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject({
        pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name("/FreeText"),
        pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (80, 700, 300, 760))),
        pdf_name("/Contents"): generic.pdf_string("thu về 31"),
    })  # fmt: skip
    page = page_of(writer)
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def a_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("ky-9", box=(10, 10, 60, 30)))


def an_overlay(writer: IncrementalPdfFileWriter) -> None:
    paint = writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg 80 690 300 80 re f"))
    writer.add_stream_to_page(0, paint)


def a_script(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = writer.add_object(generic.DictionaryObject(action))
    writer.update_root()


def another_page(writer: IncrementalPdfFileWriter) -> None:
    """Hide and replace: the tree of pages leads to another page of the same number."""
    page = generic.DictionaryObject(page_of(writer))
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 g 80 690 300 80 re f"))
    writer.root["/Pages"]["/Kids"][0:1] = [writer.add_object(page)]
    writer.update_container(writer.root["/Pages"]["/Kids"])


def another_font(writer: IncrementalPdfFileWriter) -> None:
    """Replace what draws the letters: the text stays, and what is seen changes."""
    fonts = page_of(writer)["/Resources"]["/Font"]
    font = fonts[next(iter(fonts))]
    font["/FirstChar"] = generic.NumberObject(1)
    writer.update_container(font)


def a_store(writer: IncrementalPdfFileWriter) -> None:
    """Material for checking later: PDF allows it after any signature, we do not."""
    writer.root["/DSS"] = writer.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")}))
    writer.update_root()


def an_orphan(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.StreamObject(stream_data=b"what nobody refers to, yet"))


def a_wider_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][2]
    field["/Rect"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    writer.update_container(field)


def an_older_look(writer: IncrementalPdfFileWriter) -> None:
    """Change what is seen where somebody else has signed."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.root["/Pages"]["/Kids"].raw_get(0)})
    writer.update_container(field)


CHANGES = (
    a_note, a_field, an_overlay, a_script, another_page, another_font, a_store, an_orphan, a_wider_field, an_older_look,
)  # fmt: skip


# threats G7
@pytest.mark.parametrize("change", CHANGES)
def test_a_revision_after_the_last_signature_is_refused(change: Callable[[IncrementalPdfFileWriter], None]) -> None:
    refused(updated(signed(), change), "SIGNED_CHANGED_AFTER", "SIGNED_EXTRA")


@pytest.mark.parametrize("change", CHANGES)
def test_a_member_changes_nothing_while_signing(change: Callable[[IncrementalPdfFileWriter], None]) -> None:
    raw = signed_otherwise(signed(2), 3, identities()[2], part=part(lock=True, level=1), change=change)
    refused(raw, "SIGNED_CHANGED_AFTER", "SIGNED_EXTRA")


# threats G7
def test_a_revision_between_two_signatures_is_refused() -> None:
    _first, second, third = identities()
    between = signed_by(updated(signed(1), an_orphan), (2, second), (3, third))
    refused(between, "SIGNED_CHANGED_AFTER")
    before = signed_by(updated(document(), an_orphan), *enumerate(identities(), start=1))
    refused(before, "SIGNED_CHANGED_AFTER")


def test_the_first_signer_may_not_open_the_catalog_for_more_than_the_certification() -> None:
    first, *others = identities()

    def and_a_label(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/PageLabels"] = generic.DictionaryObject()
        writer.update_root()

    raw = signed_otherwise(document(), 1, first, part=part(certify=True, level=2), change=and_a_label)
    refused(signed_by(raw, *enumerate(others, start=2)), "SIGNED_CHANGED_AFTER")


class Properties(Update):
    """Rewrites the properties of the file with each revision, as most programs do."""

    _update_meta = IncrementalPdfFileWriter._update_meta


def test_the_properties_of_the_file_stay_as_they_were() -> None:
    lock = part(lock=True, level=1)
    raw = signed_otherwise(signed(2), 3, identities()[2], part=lock, writer=Properties)
    refused(raw, "SIGNED_CHANGED_AFTER")
