"""The printed sheet: paper, margins, paragraph styles, and what stands on every page whatever is reported.

Here live measures, the footer and the band of a rehearsal. Never here: a result.

Margins and sizes follow the customs of state documents (A4; 20, 20, 30, 20 mm; Times metrics), without the emblem parts
that only a signed document may carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from tally.report import words
from tally.report.balanced import Balanced
from tally.report.tagging import Tags
from tally.report.typeface import Typeface
from tally.report.words import say

TOP, BOTTOM, LEFT, RIGHT = 22 * mm, 22 * mm, 30 * mm, 20 * mm
WIDTH = A4[0] - LEFT - RIGHT
LONG = 200
"""Letters of a text in a table from which on it is set smaller."""
SHORT = 8
"""Letters of a word that is written large across a page."""
INK, IDENTITY, GROUND, RULE = HexColor("#1A1A1A"), HexColor("#8E1B1B"), HexColor("#F4F0E6"), HexColor("#8A8478")


class Styles:
    """The paragraph styles of a document in one family; `para` is the only way from text to a paragraph."""

    def __init__(self, face: Typeface) -> None:
        self.face = face
        self.body = ParagraphStyle(
            "body", fontName=face.regular, fontSize=12, leading=16, textColor=INK, spaceAfter=4, splitLongWords=1
        )
        self.small = self._like("small", fontSize=10, leading=13)
        self.cell = self._like("cell", fontSize=10, leading=12.5, spaceAfter=0)
        self.strong = self._like("strong", parent=self.cell, fontName=face.bold)
        self.cell_small = self._like("cell_small", parent=self.cell, fontSize=7.5, leading=9)
        self.strong_small = self._like("strong_small", parent=self.cell_small, fontName=face.bold)
        self.form = self._like("form", parent=self.strong, fontSize=11, leading=14, textColor=IDENTITY)
        self.form_small = self._like("form_small", parent=self.strong_small, textColor=IDENTITY)
        self.mark = self._like("mark", parent=self.form, fontSize=13, leading=16)
        self.number = self._like("number", parent=self.cell, alignment=TA_RIGHT)
        self.head = self._like("head", parent=self.cell, fontName=face.bold, fontSize=9.5, alignment=TA_CENTER)
        self.centre = self._like("centre", alignment=TA_CENTER, spaceAfter=0)
        self.body_name = self._like("body_name", parent=self.centre, fontName=face.bold)
        self.nature = self._like("nature", parent=self.centre, fontName=face.italic, fontSize=10.5, leading=14)
        self.title = self._like(
            "title", parent=self.centre, fontName=face.bold, fontSize=17, leading=23, textColor=IDENTITY
        )
        self.subtitle = self._like("subtitle", parent=self.centre, fontName=face.bold, fontSize=13, leading=18)
        self.section = self._like("section", fontName=face.bold, fontSize=13, leading=17, spaceBefore=14, spaceAfter=5)
        self.count = self._like("count", alignment=TA_RIGHT, spaceAfter=0)
        self.person = self._like("person", fontName=face.bold, spaceBefore=4, spaceAfter=1)
        self.inset = self._like("inset", leftIndent=14, spaceAfter=2)
        self.hash = self._like("hash", parent=self.cell, fontSize=10.5, leading=14)
        self.note_title = self._like("note_title", parent=self.small, fontName=face.bold, keepWithNext=1)
        self.command = self._like(
            "command",
            fontSize=9.5,
            leading=13,
            backColor=GROUND,
            leftIndent=5,
            rightIndent=5,
            borderPadding=(4, 5, 4, 5),
        )

    def _like(self, name: str, parent: ParagraphStyle | None = None, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=parent or self.body, **changes)

    def para(self, text: str, style: ParagraphStyle | None = None) -> Paragraph:
        """Set `text` exactly as it reads: markup in it is printed, not obeyed."""
        return self.lines([text], style or self.body)

    def balanced(self, text: str, style: ParagraphStyle) -> Balanced:
        """Set a centred text in lines about as long as each other."""
        return Balanced(escape(self.face.spell(text)), style)

    def sized(self, text: str, style: ParagraphStyle, small: ParagraphStyle) -> Paragraph:
        """Set a text for a cell: a long one smaller, so that the longest permitted row still fits a page."""
        return self.para(text, small if len(text) > LONG else style)

    def lines(self, texts: list[str], style: ParagraphStyle) -> Paragraph:
        """Set each text on a line of its own."""
        return Paragraph("<br/>".join(escape(self.face.spell(text)) for text in texts), style)


class NumberedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that knows how many pages there are before it draws the first footer, and the tags of what it drew.

    Pages are numbered from 1 in each `part`; a document that begins no new one has one only.
    """

    def __init__(self, *args: Any, furnish: Callable[[Canvas, int, int], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tags, self.part = Tags(), 0
        self._furnish = furnish
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab's name)
        """Keep the page for later."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw what every page carries, then write the file."""
        pages = self._pages
        parts = [page["part"] for page in pages]
        for place, page in enumerate(pages, start=1):
            self.__dict__.update(page)
            self._furnish(self, parts[:place].count(self.part), parts.count(self.part))
            super().showPage()
        self.tags.write(self._doc)
        super().save()

    @contextmanager
    def ornament(self, kind: str) -> Iterator[None]:
        """Mark what is drawn meanwhile as an ornament (artifact) of this kind."""
        self.tags.begin_artifact(self, kind)
        yield
        self.tags.end(self)


def footer(canvas: Canvas, face: Typeface, *, record_hash: str, number: int, of: int) -> None:
    """Draw the thin rule with the record's short hash, or that there is none, on the left and the page on the right."""
    canvas.saveState()
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(LEFT, BOTTOM - 4 * mm, A4[0] - RIGHT, BOTTOM - 4 * mm)
    canvas.setFillColor(INK)
    canvas.setFont(face.regular, 9.5)
    origin = say(words.FOOTER_RECORD, short=grouped(record_hash[:16])) if record_hash else say(words.FOOTER_PAPER)
    canvas.drawString(LEFT, BOTTOM - 9 * mm, origin)
    canvas.drawRightString(A4[0] - RIGHT, BOTTOM - 9 * mm, say(words.FOOTER_PAGE, page=number, pages=of))
    canvas.restoreState()


def page_number(canvas: Canvas, face: Typeface, *, number: int, of: int) -> None:
    """Draw nothing but the number of the page, large enough for a delegate of seventy."""
    canvas.saveState()
    canvas.setFillColor(INK)
    canvas.setFont(face.regular, 12)
    canvas.drawCentredString(A4[0] / 2, BOTTOM - 9 * mm, say(words.FOOTER_PAGE, page=number, pages=of))
    canvas.restoreState()


def watermark(canvas: Canvas, face: Typeface, text: str = "") -> None:
    """Write `text`, else that of a rehearsal, across the page, pale, to be drawn before the content."""
    text = text or say(words.REHEARSAL)
    canvas.saveState()
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(54)
    canvas.setFillColor(Color(0.56, 0.11, 0.11, alpha=0.10))
    canvas.setFont(face.bold, 34 if len(text) > SHORT else 150)
    canvas.drawCentredString(0, 0, text)
    canvas.restoreState()


def band(canvas: Canvas, face: Typeface) -> None:
    """Draw the hatched band of a rehearsal along the upper edge of the page."""
    height, bottom = 11 * mm, A4[1] - 15 * mm
    canvas.saveState()
    frame = canvas.beginPath()
    frame.rect(0, bottom, A4[0], height)
    canvas.clipPath(frame, stroke=0, fill=0)
    canvas.setStrokeColor(IDENTITY)
    canvas.setLineWidth(3)
    for step in range(-12, int(A4[0]) + 12, 9):
        canvas.line(step, bottom - 2, step + height + 4, bottom + height + 2)
    canvas.restoreState()
    canvas.saveState()
    text = say(words.REHEARSAL)
    width = stringWidth(text, face.bold, 13) + 24
    canvas.setFillColor(white)
    canvas.rect((A4[0] - width) / 2, bottom - 1, width, height + 2, stroke=0, fill=1)
    canvas.setFillColor(IDENTITY)
    canvas.setFont(face.bold, 13)
    canvas.drawCentredString(A4[0] / 2, bottom + 4 * mm, text)
    canvas.restoreState()


def grouped(digits: str) -> str:
    """Return a hash in groups of four, as people compare it aloud."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
