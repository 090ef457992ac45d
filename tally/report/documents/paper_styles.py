"""The look of official documents: sizes and styles by layout, and the table with thin black lines.

Here live measures. Never here: a sentence, or a number that was counted.

Party documents follow Hướng dẫn 36-HD/VPTW (body 14, heading 15, type 16), state documents Nghị định 30/2020/NĐ-CP
(body 13, Quốc hiệu 12, type 14). Everything is black.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, LongTable, Paragraph

from tally.report.documents.papers import Papers
from tally.report.sheet import WIDTH, Styles
from tally.report.typeface import Typeface

LINE = 0.5
INDENT = 28.0


class PaperStyles(Styles):
    """The paragraph styles of a document in the layout of a round; `state` chooses between the two.

    Lines of dots make words that no line holds, so a text that people complete by hand is `ragged`, else justified.
    """

    def __init__(self, face: Typeface, *, state: bool, ragged: bool = False) -> None:
        super().__init__(face)
        self.state = state
        size, full = 13 if state else 14, TA_LEFT if ragged else TA_JUSTIFY
        self.body = self._set("body", size, alignment=full, firstLineIndent=INDENT, spaceAfter=5, splitLongWords=1)
        self.plain = self._set("plain", size, spaceAfter=3)
        self.item = self._set("item", size, alignment=full, firstLineIndent=INDENT, spaceAfter=3)
        self.centre = self._set("centre", size, alignment=TA_CENTER)
        self.strong_centre = self._set("strong_centre", size, bold=True, alignment=TA_CENTER)
        self.italic_centre = self._set("italic_centre", size, italic=True, alignment=TA_CENTER)
        self.italic = self._set("italic", size, italic=True, alignment=full, firstLineIndent=INDENT, spaceAfter=3)
        self.title = self._set("title", 14 if state else 16, bold=True, alignment=TA_CENTER)
        self.subtitle = self._set("subtitle", 14, bold=True, alignment=TA_CENTER)
        self.section = self._set("section", size, bold=True, spaceBefore=8, spaceAfter=4, keepWithNext=1)
        self.person = self._set("person", size, bold=True, spaceBefore=4, spaceAfter=2, keepWithNext=1)
        self.emphasis = self._set("emphasis", size, bold=True, alignment=full, firstLineIndent=INDENT, spaceAfter=5)
        self.inset = self._set("inset", size, alignment=full, leftIndent=INDENT, spaceAfter=2)
        self.named = self._set(
            "named", size, bold=True, italic=True, firstLineIndent=INDENT, spaceBefore=3, spaceAfter=2
        )
        self.resolves = self._set("resolves", size, bold=True, alignment=TA_CENTER, spaceBefore=8, spaceAfter=8)
        self._head_styles()
        self._cell_styles()

    def led(self, lead: str, text: str) -> Paragraph:
        """Set a paragraph that begins with a few bold words, such as *Điều 1.*"""
        first, rest = (escape(self.face.spell(part)) for part in (lead, text))
        return Paragraph(f"<b>{first}</b> {rest}", self.body)

    def _head_styles(self) -> None:
        small = 12 if self.state else 14
        self.issuer = self._set("issuer", small, alignment=TA_CENTER)
        self.issuer_strong = self._set("issuer_strong", small, bold=True, alignment=TA_CENTER)
        self.issuer_small = self._set("issuer_small", 6.5, alignment=TA_CENTER)  # the longest permitted fits a page
        self.nation = self._set("nation", 12 if self.state else 15, bold=True, alignment=TA_CENTER)
        self.motto = self._set("motto", 13, bold=True, alignment=TA_CENTER)
        self.number_line = self._set("number_line", 13 if self.state else 14, alignment=TA_CENTER)
        self.date_line = self._set("date_line", 13 if self.state else 14, italic=True, alignment=TA_CENTER)
        self.mark = self._set("mark", 13, bold=True, alignment=TA_CENTER)
        self.to_title = self._set("to_title", 12)
        self.to_title.fontName = self.face.names[3] if self.state else self.face.regular
        self.to = self._set("to", 11 if self.state else 12)
        self.caption = self._set("caption", 13, bold=True, alignment=TA_CENTER)
        self.hint = self._set("hint", 11, italic=True, alignment=TA_CENTER)

    def _cell_styles(self) -> None:
        self.small = self._set("small", 11, alignment=TA_JUSTIFY, spaceAfter=3)
        self.cell = self._set("cell", 11)
        self.strong = self._set("strong", 11, bold=True)
        self.cell_small = self._set("cell_small", 8)
        self.strong_small = self._set("strong_small", 8, bold=True)
        self.number = self._set("number", 11, alignment=TA_RIGHT)
        self.middle = self._set("middle", 11, alignment=TA_CENTER)
        self.head = self._set("head", 11, bold=True, alignment=TA_CENTER)
        self.post = self._set("post", 10)
        self.figure = self._set("figure", 10, alignment=TA_RIGHT)
        self.head_close = self._set("head_close", 10, bold=True, alignment=TA_CENTER)
        self.count = self._set("count", 13 if self.state else 14, alignment=TA_RIGHT)
        self.hash = self._set("hash", 11)
        self.command = self._set("command", 9.5, spaceAfter=3)

    def _set(
        self, name: str, size: float, *, bold: bool = False, italic: bool = False, **changes: Any
    ) -> ParagraphStyle:
        font = self.face.bold if bold else self.face.italic if italic else self.face.regular
        plain: dict[str, Any] = {"alignment": TA_LEFT, "splitLongWords": 1, "textColor": black}
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=round(size * 1.28, 1), **(plain | changes))


def styles_of(papers: Papers, face: Typeface) -> PaperStyles:
    """Return the styles of the layout that the round's rules ask for."""
    return PaperStyles(face, state=papers.state, ragged=papers.minutes is None)


def boxed(
    heads: Sequence[Sequence[Any]],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[float],
    styles: Styles,
    *,
    extra: Iterable[tuple[Any, ...]] = (),
) -> LongTable:
    """Return a table with a thin line around every cell; `widths` are parts of the page's, heads stand on each page."""
    return LongTable(
        [*(list(head) for head in heads), *(list(row) for row in rows)],
        colWidths=[WIDTH * part for part in widths],
        repeatRows=len(heads),
        style=[
            ("FONTNAME", (0, 0), (-1, -1), styles.face.regular),
            ("GRID", (0, 0), (-1, -1), LINE, black),
            ("VALIGN", (0, 0), (-1, len(heads) - 1), "MIDDLE"),
            ("VALIGN", (0, len(heads)), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            *extra,
        ],
    )


def head_row(texts: Iterable[str], styles: Styles) -> list[Flowable]:
    """Return texts as the cells of a table's head."""
    return [styles.para(text, styles.head) for text in texts]
