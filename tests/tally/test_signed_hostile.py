"""Files made to break a reader: cut, spliced, looping, nested, encrypted; each is refused, in time, and by a code.

Here lives what is no document at all. Never here: a document that somebody could have signed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

import pytest
from pypdf import PdfReader, PdfWriter

from tally.protocol.errors import Refused
from tally.signed.document import check_signed
from tests.signatories import document, signed, signers

MUTATIONS = 160
PATIENCE = 20.0


def refused(raw: bytes) -> str:
    started = time.monotonic()
    with pytest.raises(Refused) as found:
        check_signed(raw, expected=document(), signers=signers(), where="bien-ban.pdf")
    assert time.monotonic() - started < PATIENCE
    return found.value.code


def drawn(label: str, under: int) -> Iterator[int]:
    """Numbers that look like chance and are the same every time."""
    i = 0
    while True:
        i += 1
        yield int.from_bytes(hashlib.sha256(f"{label}{i}".encode()).digest()) % under


def test_spliced_files_are_refused() -> None:
    raw = signed()
    places, lengths, kinds = drawn("place", len(raw)), drawn("length", 400), drawn("kind", 5)
    for place, length, kind in islice(zip(places, lengths, kinds, strict=False), MUTATIONS):
        before, piece, after = raw[:place], raw[place : place + 1 + length], raw[place + 1 + length :]
        other = (b"", piece * 2, piece[::-1], b"\0" * len(piece), hashlib.shake_128(piece).digest(len(piece)))[kind]
        if other != piece:
            refused(before + other + after)


def pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    xref = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<<\n/Size %d\n%s\n>>\n" % (size, table, size, trailer)
    return out + xref + b"startxref\n%d\n%%%%EOF\n" % len(out)


NESTED = {
    "arrays": b"[" * 50_000 + b"]" * 50_000,
    "dictionaries": b"<</A" * 50_000 + b"1" + b">>" * 50_000,
    "strings": b"(" * 50_000 + b")" * 50_000,
    "many": b"[" + b"1 " * 100_000 + b"]",
    "digits": b"1" * 200_000,
    "a stream longer than the file": b"<</Length 99999999999>>\nstream\nx\nendstream",
    "a stream of negative length": b"<</Length -5>>\nstream\nx\nendstream",
    "a length that is the stream itself": b"<</Length 1 0 R>>\nstream\nx\nendstream",
    "nothing": b"",
    "a lone reference": b"1 0 R",
}


@pytest.mark.parametrize("kind", NESTED)
def test_hostile_objects_are_refused(kind: str) -> None:
    assert refused(pdf(NESTED[kind])).startswith("SIGNED_")


LOOPS = {
    "a table that follows itself": b"/Root 1 0 R /Prev %d",
    "a table before the file": b"/Root 1 0 R /Prev -1",
    "a table that is no number": b"/Root 1 0 R /Prev 1 0 R",
    "an encrypted file": b"/Root 1 0 R /Encrypt 1 0 R",
    "two kinds of tables": b"/Root 1 0 R /XRefStm 9",
    "no catalog": b"/Info 1 0 R",
    "a catalog elsewhere": b"/Root 9 0 R",
    "a key twice": b"/Root 1 0 R /Root 2 0 R",
}


@pytest.mark.parametrize("kind", LOOPS)
def test_hostile_trailers_are_refused(kind: str) -> None:
    catalog = b"<</Type/Catalog/AcroForm<</Fields[]>>>>"
    trailer = LOOPS[kind]
    raw = pdf(catalog, trailer=trailer % 0 if b"%d" in trailer else trailer)
    place = raw.index(b"xref\n")
    assert refused(raw.replace(b"/Prev 0", b"/Prev %d" % place)).startswith("SIGNED_")


def test_a_form_that_loops_is_refused() -> None:
    for form in (b"1 0 R", b"<</Fields 1 0 R>>", b"<</Fields[1 0 R]>>", b"<</Fields[9 0 R]>>", b"[]", b"null"):
        refused(pdf(b"<</Type/Catalog/AcroForm %s>>" % form))


def test_more_bytes_than_any_such_document_are_not_even_read() -> None:
    assert refused(document() + b"\0" * 8 * 1024 * 1024) == "SIGNED_UNREADABLE"
    assert refused(b"%PDF-1.4\n" + b"\0" * 1024 * 1024) == "SIGNED_UNREADABLE"


def test_a_file_written_anew_by_another_program_is_refused() -> None:
    for password in ("", "mật khẩu"):
        out, writer = BytesIO(), PdfWriter()
        writer.append(PdfReader(BytesIO(signed())))
        if password:
            writer.encrypt(password)
        writer.write(out)
        refused(out.getvalue())
