"""The tags of a PDF as a screen reader gets them: the tree, what is marked, what is an ornament, fields to sign in.

Here live tests of structure. Never here: a test of what a document says (test_report.py).
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pypdf import PdfReader
from pypdf.generic import ContentStream
from reportlab.platypus import HRFlowable, KeepTogether, LongTable, Spacer, Table

from tally.protocol.manifest import Block, Exempt
from tally.report import chart, family
from tally.report.document import pdf
from tally.report.documents import documents_of
from tally.report.engine import Furniture, build
from tally.report.fields import SignatureBox
from tally.report.sections import Findings
from tally.report.sheet import Styles
from tests.tally.judged import RECORD_HASH, SLIPS, VERDICT, a_round, counted, officials, usual
from tests.tally.some_papers import minutes, papers, state_rating

SHOWS_TEXT = {b"Tj", b"TJ", b"'", b'"'}
FURNITURE = Furniture("Biên bản", "Hội đồng", "Kỳ họp", RECORD_HASH, rehearsal=True)
Mark = tuple[int, int]
"""Number of a page from 0, and of a piece of content there."""


@dataclass
class Node:
    """A structure element as it stands in the file; `marks` are its own content."""

    role: str
    entries: Any
    kids: list[Node] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def below(self, role: str) -> list[Node]:
        return [node for node in self.walk() if node.role == role]


@dataclass
class Content:
    """What a page draws: marks in the order of drawing, and operators that show text outside of any mark."""

    marks: list[int]
    artifacts: list[str]
    loose: list[bytes]


class Tagged:
    """A document taken apart: its tree, and its pages as they are drawn."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.reader = raw, PdfReader(io.BytesIO(raw))
        self.catalog: Any = self.reader.trailer["/Root"]
        self.numbers = {page.indirect_reference.idnum: i for i, page in enumerate(self.reader.pages)}  # type: ignore[union-attr]
        self.contents = [self._content(page) for page in self.reader.pages]
        (top,) = self.catalog["/StructTreeRoot"]["/K"]
        self.tree = self._node(top.get_object())

    def _node(self, entries: Any) -> Node:
        node = Node(entries["/S"], entries)
        for kid in (kid.get_object() for kid in entries["/K"]):
            if isinstance(kid, int):
                node.marks.append((self._page(entries), int(kid)))
            elif kid.get("/Type") == "/MCR":
                node.marks.append((self._page(kid), int(kid["/MCID"])))
            else:
                assert kid["/P"].get_object() == entries
                node.kids.append(self._node(kid))
        return node

    def _page(self, entries: Any) -> int:
        return self.numbers[entries.raw_get("/Pg").idnum]

    def _content(self, page: Any) -> Content:
        found, open_ = Content([], [], []), []
        for operands, operator in ContentStream(page.get_contents(), self.reader).operations:
            if operator == b"BDC":
                assert not open_, "marks do not nest"
                open_.append(operands[0])
                if operands[0] == "/Artifact":
                    found.artifacts.append(str(operands[1].get("/Subtype", operands[1]["/Type"])))
                else:
                    found.marks.append(int(operands[1]["/MCID"]))
            elif operator == b"EMC":
                open_.pop()
            elif operator in SHOWS_TEXT and not open_:
                found.loose.append(operator)
        assert not open_
        return found

    def drawn(self) -> list[Mark]:
        return [(page, mark) for page, content in enumerate(self.contents) for mark in content.marks]


@pytest.fixture(scope="module")
def report() -> Tagged:
    """Forty officials of two blocks in a rehearsal: tables over pages, headings in them, charts, somebody exempt."""
    blocks = (Block("Khối A", officials(*map("Người A{}".format, range(20)))),
              Block("Khối B", officials(*map("Người B{}".format, range(20)))))  # fmt: skip
    exempt = (Exempt("Trần Thị Bưởi", "Giám đốc Sở Y tế", "Đã có thông báo nghỉ hưu", "khoản 5 Điều 2"),)
    outcome = counted(a_round(*blocks, exempt=exempt, rehearsal=True), *[(20, 7, 3)] * 40)
    return Tagged(pdf(outcome, Findings(VERDICT, RECORD_HASH, SLIPS), family()))


@pytest.fixture(scope="module")
def ours() -> Tagged:
    """One of each thing that a document may be made of, put together as awkwardly as writers may."""
    return Tagged(build(story(), FURNITURE, family()))


def story() -> list[Any]:
    styles = Styles(family())
    long = styles.para("Nội dung dài của biên bản. " * 400)
    font = ("FONTNAME", (0, 0), (-1, -1), styles.face.regular)
    inner = Table([["trong", "bảng"], ["hai", "hàng"], ["ba", "hàng"]], style=[font])
    heads = [["Cột một", styles.para("Cột hai", styles.head), ""], ["", "trái", "phải"]]
    rows = ([f"số {i}", [styles.para(f"một {i}"), styles.para("hai")], inner if i == 1 else ""] for i in range(60))
    table = LongTable(
        [*heads, *rows], repeatRows=2, colWidths=[80, 100, 200],
        style=[font, ("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0)),
               ("GRID", (0, 0), (-1, -1), 0.5, "black"), ("BACKGROUND", (0, 0), (-1, 0), "#eeeeee")],
    )  # fmt: skip
    sign = [[styles.para("TRƯỞNG BAN"), SignatureBox("ky-1", 150, 50), styles.para("Nguyễn Văn An")],
            [styles.para("THƯ KÝ"), SignatureBox("ky-2", 150, 50, lock=True, label="Thư ký: Lê Thị Bình")]]  # fmt: skip
    return [
        styles.para("Biên bản", styles.title), HRFlowable(), styles.para("Mở đầu", styles.section), long, Spacer(1, 9),
        KeepTogether([styles.para("Giữ cùng nhau", styles.person), KeepTogether([styles.para("bên trong")])]), table,
        chart.draw(usual(), chart.pages(usual())[0], family()).block(), Table([sign]),
    ]  # fmt: skip


@pytest.fixture(params=["report", "ours"])
def document(request: pytest.FixtureRequest) -> Tagged:
    found: Tagged = request.getfixturevalue(request.param)
    return found


def test_every_piece_of_content_belongs_to_exactly_one_element(document: Tagged) -> None:
    held = Counter(mark for node in document.tree.walk() for mark in node.marks)
    assert set(held.values()) == {1}
    assert sorted(held) == sorted(document.drawn())
    assert all(content.marks == list(range(len(content.marks))) for content in document.contents)


def test_no_text_is_shown_outside_of_a_mark(document: Tagged) -> None:
    assert len(document.contents) > 3
    assert not [content.loose for content in document.contents if content.loose]


def test_each_page_knows_the_way_back_to_its_elements(document: Tagged) -> None:
    numbers = document.catalog["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    back = {int(numbers[i]): numbers[i + 1].get_object() for i in range(0, len(numbers), 2)}
    for number, page in enumerate(document.reader.pages):
        assert page["/Tabs"] == "/S"
        for mark, element in enumerate(back[page["/StructParents"]]):
            (holder,) = (node for node in document.tree.walk() if (number, mark) in node.marks)
            assert element.get_object() is holder.entries


def test_elements_are_read_in_the_order_in_which_they_are_drawn(document: Tagged) -> None:
    first = [node.marks[0] for node in document.tree.walk() if node.marks]
    assert first == sorted(first)


def test_what_every_page_carries_is_an_ornament_and_so_are_lines(document: Tagged) -> None:
    for content in document.contents:
        assert content.artifacts[0] == "/Watermark"
        assert content.artifacts[-2:] == ["/Footer", "/Header"]
        assert set(content.artifacts[1:-2]) <= {"/Layout", "/Pagination"}
    assert any("/Pagination" in content.artifacts for content in document.contents), "a head that is repeated"


def test_the_document_says_that_it_is_tagged_and_shows_its_title(document: Tagged) -> None:
    assert document.catalog["/MarkInfo"]["/Marked"]
    assert document.catalog["/Lang"] == "vi-VN"
    assert document.catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.raw.startswith(b"%PDF-1.7\n")
    title = document.reader.metadata.title  # type: ignore[union-attr]
    assert title.startswith("DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ: ")


def test_no_claim_is_made_that_nobody_has_checked(document: Tagged) -> None:
    assert not re.search(rb"pdfaid|pdfuaid|GTS_PDFA", document.raw)


def test_the_table_of_officials_is_one_table_with_a_row_for_each(report: Tagged) -> None:
    (table,) = (node for node in report.tree.below("/Table") if len(node.kids) > 40)
    rows = [[cell.role for cell in row.kids] for row in table.kids]
    assert all(row.role == "/TR" for row in table.kids)
    assert rows[:2] == [["/TH"] * 7, ["/TH"] * 6]
    assert rows.count(["/TD"] * 10) == 40
    assert rows.count(["/TD"]) == 2, "headings of blocks"
    assert len(rows) == 44


def test_a_head_says_how_far_it_reaches(report: Tagged) -> None:
    (table,) = (node for node in report.tree.below("/Table") if len(node.kids) > 40)
    upper, lower, block = (row.kids for row in table.kids[:3])
    told = [dict(cell.entries["/A"]) for cell in (upper[0], upper[3], lower[0], block[0])]
    assert [attributes.pop("/O") for attributes in told] == ["/Table"] * 4
    assert told == [
        {"/RowSpan": 2, "/Scope": "/Column"},
        {"/ColSpan": 2, "/Scope": "/Column"},
        {"/Scope": "/Column"},
        {"/ColSpan": 10},
    ]


def test_a_counter_has_its_name_as_head(report: Tagged) -> None:
    counters = report.tree.below("/Table")[0]
    assert [[cell.role for cell in row.kids] for row in counters.kids] == [["/TH", "/TD"]] * 7
    assert counters.kids[0].kids[0].entries["/A"]["/Scope"] == "/Row"


def test_sections_are_headings(report: Tagged) -> None:
    assert len(report.tree.below("/H1")) == 1
    assert len(report.tree.below("/H2")) == 7
    assert not report.tree.below("/Form")


def test_a_chart_says_in_words_what_it_shows() -> None:
    tagged = Tagged(pdf(usual(), Findings(VERDICT, RECORD_HASH, SLIPS), family()))
    turnout, levels = (node.entries["/Alt"] for node in tagged.tree.below("/Figure"))
    assert "Tổng số đại biểu 34, Số người được triệu tập 32, Số phiếu phát ra 31" in turnout
    assert "mỗi người một thanh dài bằng tổng số phiếu thu về (30)" in levels
    assert "1. Nguyễn Thị Hường: Tín nhiệm cao 20, Tín nhiệm 7, Tín nhiệm thấp 3, Dòng trống 0." in levels
    assert "Dòng trống 3; đạt ngưỡng “Tín nhiệm thấp quá 1/2”." in levels


def test_a_paragraph_and_a_table_over_several_pages_stay_one(ours: Tagged) -> None:
    (long,) = (node for node in ours.tree.below("/P") if len(node.marks) > 1)
    assert len({page for page, _ in long.marks}) > 1
    table = ours.tree.below("/Table")[0]
    assert len({page for node in table.walk() for page, _ in node.marks}) > 1
    assert len(table.kids) == 62


def test_a_row_over_two_pages_stays_one_with_its_cells() -> None:
    styles = Styles(family())
    article = [styles.para("Điều 1.", styles.cell), styles.para("Lời văn. " * 700, styles.cell)]
    rows = [["", ""], ["một", "hai"], [article, styles.para("x")], ["ba", "bốn"]]
    font = ("FONTNAME", (0, 0), (-1, -1), styles.face.regular)
    table = LongTable(rows, colWidths=[300, 100], repeatRows=2, splitInRow=1, style=[font])
    tagged = Tagged(build([table], FURNITURE, family()))
    (found,) = tagged.tree.below("/Table")
    assert [len(row.kids) for row in found.kids] == [2, 2, 2, 2]
    first, long = found.kids[2].kids[0].kids
    assert [len(first.marks), {page for page, _ in long.marks}] == [1, {0, 1}]
    assert Counter(mark for node in tagged.tree.walk() for mark in node.marks) == Counter(tagged.drawn())


def test_blocks_in_blocks_and_bare_texts_have_tags(ours: Tagged) -> None:
    assert [node.role for node in ours.tree.kids[:5]] == ["/H1", "/H2", "/P", "/H3", "/P"]
    table = ours.tree.below("/Table")[0]
    row = table.kids[3]
    assert [len(row.kids[0].marks), [node.role for node in row.kids[1].kids]] == [1, ["/P", "/P"]]
    (inner,) = row.kids[2].kids
    assert [[cell.role for cell in line.kids] for line in inner.kids] == [["/TH", "/TD"]] * 3


def test_a_table_of_one_row_only_places_what_is_in_it(ours: Tagged) -> None:
    assert [node.role for node in ours.tree.kids[-5:]] == ["/P", "/Form", "/P", "/P", "/Form"]
    assert [node.entries["/Alt"] for node in ours.tree.below("/Form")] == ["Ô chữ ký", "Thư ký: Lê Thị Bình"]


def test_fields_to_sign_in_are_empty_and_in_the_first_and_only_revision(ours: Tagged) -> None:
    """threats G7"""
    reader = PdfFileReader(io.BytesIO(ours.raw))
    fields = [(name, value, reference.get_object()) for name, value, reference in enumerate_sig_fields(reader)]
    assert [(name, value) for name, value, _ in fields] == [("ky-1", None), ("ky-2", None)]
    assert reader.xrefs.total_revisions == 1
    assert not list(reader.embedded_signatures)
    last = len(ours.reader.pages) - 1
    for _, _, entries in fields:
        assert ours.numbers[entries.raw_get("/P").idnum] == last
        assert [entries["/FT"], entries["/Subtype"], entries["/F"]] == ["/Sig", "/Widget", 132]
        left, bottom, right, top = entries["/Rect"]
        assert (round(right - left, 3), round(top - bottom, 3)) == (150, 50)
    lock = fields[1][2]["/Lock"]
    assert {key: lock[key] for key in lock} == {"/Type": "/SigFieldLock", "/Action": "/All", "/P": 1}
    assert "/Lock" not in fields[0][2]
    assert [fields[0][2]["/TU"], fields[1][2]["/TU"]] == ["Ô chữ ký", "Thư ký: Lê Thị Bình"]
    form = ours.catalog["/AcroForm"]
    assert (form["/SigFlags"], len(form["/Fields"])) == (3, 2)


def test_a_document_without_fields_has_no_form(report: Tagged) -> None:
    assert "/AcroForm" not in report.catalog
    assert not any("/Annots" in page for page in report.reader.pages)


def test_the_same_blocks_give_the_same_bytes(ours: Tagged) -> None:
    assert build(story(), FURNITURE, family()) == ours.raw


def test_a_round_on_paper_says_so_where_others_have_their_record() -> None:
    styles = Styles(family())
    paper = replace(FURNITURE, record_hash="", rehearsal=False)
    text = PdfReader(io.BytesIO(build([styles.para("Biên bản")], paper, family()))).pages[0].extract_text()
    assert "Kiểm phiếu giấy" in text
    assert "Hồ sơ" not in text


def test_every_official_document_is_tagged_throughout() -> None:
    for document in documents_of(papers(state_rating(), minutes())):
        tagged = Tagged(document.make(papers(state_rating(), minutes()), family()))
        held = Counter(mark for node in tagged.tree.walk() for mark in node.marks)
        assert held == Counter(tagged.drawn()), document.name
        assert not [content.loose for content in tagged.contents if content.loose], document.name
        assert len(tagged.tree.below("/H1")) == 1, document.name


@pytest.mark.parametrize("tool", ["pdfinfo", "pdftotext"])
def test_somebody_elses_tools_read_the_tags_and_the_text(tool: str, report: Tagged, tmp_path: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} (poppler-utils) is not installed")
    path = tmp_path / "ket-qua.pdf"
    path.write_bytes(report.raw)
    options = {"pdfinfo": [path], "pdftotext": [path, "-"]}[tool]
    ran = subprocess.run([tool, *options], capture_output=True, text=True, check=True)
    assert not ran.stderr
    if tool == "pdfinfo":
        assert re.search(r"^Tagged: +yes$", ran.stdout, re.MULTILINE)
    else:
        assert all(f"Người B{i}" in ran.stdout for i in range(20))
