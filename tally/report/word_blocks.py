"""The blocks of a printed document as blocks of a Word file: the same text, sizes, tables and rules, to be edited.

Here lives that translation. Never here: a sentence. What a document says is written once, for the page that is signed,
so that the copy for editing cannot drift from it. A code that machines read and a field for a signature stay out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, Table

from tally.report.fields import SignatureBox
from tally.report.typeface import Typeface

ALIGNMENTS = {
    0: WD_ALIGN_PARAGRAPH.LEFT,
    1: WD_ALIGN_PARAGRAPH.CENTER,
    2: WD_ALIGN_PARAGRAPH.RIGHT,
    4: WD_ALIGN_PARAGRAPH.JUSTIFY,
}
ROOM = 30
"""Points from which on a gap is room for a signature and no mere distance."""
SHADE = "EDEDED"
HEADINGS = ("title", "section")
"""Names of the styles that are headings, in the order of their levels."""
PADDING = 60
"""Twentieths of a point at both sides of a cell, as on the page."""
GRID_COMMANDS = {"GRID", "INNERGRID", "BOX", "OUTLINE"}
Where = Document | _Cell


class Blocks:
    """Writes blocks into a document or a cell of it; `width` is what they may take there, in points."""

    def __init__(self, where: Where, face: Typeface, width: float) -> None:
        self.where, self.face, self.width = where, face, width
        self._gap = 0.0
        self._fresh = isinstance(where, _Cell)

    def put(self, blocks: Iterable[Any]) -> None:
        """Write blocks one after the other; what a Word file has no use for is left out."""
        for block in blocks:
            if isinstance(block, CondPageBreak):  # to reportlab it is a kind of space
                continue
            if isinstance(block, KeepTogether):
                self.put(block._content)
            elif isinstance(block, Paragraph):
                self._paragraph(block)
            elif isinstance(block, Table):
                self._table(block)
            elif isinstance(block, HRFlowable):
                self._rule(block)
            elif isinstance(block, Spacer | SignatureBox):
                self._space(block.height)

    def _new(self) -> WordParagraph:
        """Return the next paragraph; a cell begins with one that is empty."""
        fresh, self._fresh = self._fresh, False
        paragraph = self.where.paragraphs[0] if fresh else self.where.add_paragraph()
        paragraph.paragraph_format.space_before, self._gap = Pt(self._gap), 0.0
        paragraph.paragraph_format.space_after = Pt(0)
        return paragraph

    def _paragraph(self, block: Paragraph) -> None:
        style, paragraph = block.style, self._new()
        form = paragraph.paragraph_format
        form.alignment = ALIGNMENTS[style.alignment]
        form.first_line_indent, form.left_indent = Pt(style.firstLineIndent), Pt(style.leftIndent)
        form.space_before = Pt((form.space_before or Pt(0)).pt + style.spaceBefore)
        form.space_after = Pt(style.spaceAfter)
        form.keep_with_next = bool(getattr(style, "keepWithNext", 0)) or None
        if style.name in HEADINGS:
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), str(HEADINGS.index(style.name)))
            paragraph._p.get_or_add_pPr().insert_element_before(level, "w:rPr", "w:sectPr")
        for piece in block.frags:
            run = paragraph.add_run(piece.text)
            name = self.face.names.index(piece.fontName)
            run.bold, run.italic = name in (1, 3) or None, name in (2, 3) or None
            run.underline = bool(getattr(piece, "us_lines", None)) or None
            run.font.size = Pt(piece.fontSize)
            if getattr(piece, "lineBreak", False):
                run.add_break()

    def _rule(self, block: HRFlowable) -> None:
        """Draw a rule as the upper edge of an empty line as wide as the rule."""
        paragraph = self._new()
        side = Pt(max(self.width - _points(block.width, self.width), 0) / 2)
        form = paragraph.paragraph_format
        form.left_indent, form.right_indent, form.line_spacing = side, side, Pt(max(block.spaceAfter, 3))
        edges, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            top.set(qn(f"w:{name}"), value)
        edges.append(top)
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(edges, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")

    def _space(self, height: float) -> None:
        if height < ROOM:
            self._gap += height
            return
        form = self._new().paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(height)

    def _table(self, block: Table) -> None:
        rows = [[_content(cell) for cell in row] for row in block._cellvalues]
        filled = [cell for row in rows for cell in row if cell]
        if len(filled) == 1 < len([cell for row in block._cellvalues for cell in row if cell]):
            self.put(filled[0])  # it was a table only for what is left out here
            return
        if self._gap:
            self._new().paragraph_format.line_spacing = Pt(1)
        table = self._new_table(len(rows), len(rows[0]))
        widths = [_points(width, self.width) for width in block._argW]
        _fill(table, rows, widths, self.face)
        _look(table, block)
        self._fresh = False

    def _new_table(self, rows: int, columns: int) -> WordTable:
        table = self.where.add_table(rows, columns)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), str(PADDING))
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")
        return table


def _content(cell: Any) -> list[Any]:
    """Return what a Word file keeps of a cell's content."""
    blocks = cell if isinstance(cell, list | tuple) else [cell]
    return [b for b in blocks if isinstance(b, Paragraph | Table | HRFlowable | KeepTogether | SignatureBox | Spacer)]


def _fill(table: WordTable, rows: Sequence[Sequence[list[Flowable]]], widths: Sequence[float], face: Typeface) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row, contents in zip(table.rows, rows, strict=True):
        for cell, content, width in zip(row.cells, contents, widths, strict=True):
            cell.width = Pt(width)
            Blocks(cell, face, width - 8).put(content)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.line_spacing = paragraph.paragraph_format.line_spacing or 1.0


def _look(table: WordTable, block: Table) -> None:
    """Give a table its lines, a head that is repeated, rows that no page break cuts, and cells that span."""
    lines = {command[0] for command in block._linecmds}
    if lines & GRID_COMMANDS:
        table.style = "Table Grid"
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number < (block.repeatRows or 0):
            properties.append(OxmlElement("w:tblHeader"))
    for _name, (left, top), (right, bottom) in block._spanCmds:
        _merge(table, (left, top), (right, bottom))


def _merge(table: WordTable, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Merge cells, of which all but the first are empty, without the empty lines that merging leaves."""
    columns, rows = len(table.columns), len(table.rows)
    start = table.cell(first[1] % rows, first[0] % columns)
    merged = start.merge(table.cell(last[1] % rows, last[0] % columns))
    for paragraph in merged.paragraphs[1:]:
        if not paragraph.text:
            paragraph._p.getparent().remove(paragraph._p)


def _points(width: Any, available: float) -> float:
    """Return a width that is a number of points or a share such as `80%`."""
    if isinstance(width, str):
        return float(available * int(width.rstrip("%")) // 100)
    return float(width)
