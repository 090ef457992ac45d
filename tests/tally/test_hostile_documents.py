"""Two hundred hostile names through every document and export of a count: each is text there, and nothing more.

Here live the files that follow a count. Never here: a page, or a paper before the count (tests/ballot).
"""

from __future__ import annotations

import csv
import io
import json
from functools import cache

import pytest
from docx import Document as Word
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from tally.cells import plain
from tally.protocol.manifest import Block, Official
from tally.report import family
from tally.report.documents import DOCUMENTS, Papers, per_person
from tally.report.exports import DATA, MINUTES, TABLE, WORKBOOK, exports_of
from tests.ballot.hostile_names import NAMES
from tests.tally.judged import a_round, counted
from tests.tally.some_papers import minutes, papers

PART = 70
ACTIVE = {"/JS", "/JavaScript", "/Launch", "/URI", "/OpenAction", "/AA", "/EmbeddedFile", "/EmbeddedFiles", "/GoToR"}
PARTS = [NAMES[at : at + PART] for at in range(0, len(NAMES), PART)]
every_part = pytest.mark.parametrize("part", range(len(PARTS)))


@cache
def hostile(part: int) -> Papers:
    """A counted round in which officials, posts, block, title, body and session are hostile."""
    names = PARTS[part]
    people = tuple(Official(f"cb-{n}", name, names[-n]) for n, name in enumerate(names, start=1))
    manifest = a_round(Block(names[0], people), title=names[1], body=names[2], session=names[3])
    said = minutes(place=names[4], room=names[5], complaints=names[6])
    return papers(counted(manifest, *[(20, 7, 3)] * len(people)), said)


def active(raw: bytes) -> set[str]:
    """Return every key of a PDF that makes a reader do something."""
    reader = PdfReader(io.BytesIO(raw))
    objects = [reader.get_object(IndirectObject(n, 0, reader)) for n in reader.xref.get(0, {}) if n]
    keys = {str(key) for one in objects if isinstance(one, DictionaryObject) for key in one}
    return keys & ACTIVE | ({"/Annots"} if any(page.annotations for page in reader.pages) else set())


def test_there_are_two_hundred_names() -> None:
    assert len(set(NAMES)) >= 200


@every_part
def test_every_document_is_made_and_does_nothing(part: int) -> None:
    """threats H3, G7"""
    about, face = hostile(part), family()
    made = [*(d for d in DOCUMENTS if d.when(about)), *per_person(about)[:3]]
    pdfs = {document.name: document.make(about, face) for document in made}
    assert len(pdfs) >= 8
    assert {name: active(raw) for name, raw in pdfs.items() if active(raw)} == {}
    said = "".join(page.extract_text() for raw in pdfs.values() for page in PdfReader(io.BytesIO(raw)).pages)
    printed = [name for name in PARTS[part] if name.isascii()]  # of other letters a reader of PDF gives other spellings
    assert [name for name in printed if "".join(name.split()) not in "".join(said.split())] == []
    print(f"\n{len(PARTS[part])} hostile names in each of {len(pdfs)} documents: as text, nothing active")


@every_part
def test_every_export_holds_the_names_as_text(part: int) -> None:
    """threats H3, H4"""
    files = exports_of(hostile(part))
    book = load_workbook(io.BytesIO(files[WORKBOOK]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    rows = csv.reader(io.StringIO(files[TABLE].decode("utf-8-sig"), newline=""))
    word = Word(io.BytesIO(files[MINUTES]))
    found = {
        WORKBOOK: {str(cell.value).replace("_x005F_", "_") for cell in cells},  # as a spreadsheet reads it
        TABLE: {plain(cell) for row in rows for cell in row},
        DATA: {official["name"] for official in json.loads(files[DATA])["officials"]},
        MINUTES: "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells),
    }
    for place in (WORKBOOK, TABLE, DATA):
        assert set(PARTS[part]) - found[place] == set(), place
    assert [name for name in PARTS[part] if " ".join(name.split()) not in found[MINUTES]] == []  # a blank twice is one
