"""Paper that the desk prints: A4 pages drawn on a canvas, in the documents' typeface, and text that always fits.

Here lives what the sheet and the badges share. Never here: a result, or a time: the same roll gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ballot.models.registry.rounds import Round
from tally.report import sheet
from tally.report.typeface import Typeface, family

Furnish = Callable[[Canvas, int, int], None]
SMALLEST, LEADING = 5.5, 1.2


class Headed(Protocol):
    """What every paper needs to know: whose it is, and whether it is a rehearsal's."""

    body: str
    rehearsal: bool


def document(title: str, row: Round | Headed, furnish: Furnish) -> tuple[io.BytesIO, Canvas]:
    """Return an empty A4 document; `furnish` draws on every page what knows its number, a rehearsal shows on each."""
    out, face = io.BytesIO(), family()

    def every_page(canvas: Canvas, number: int, of: int) -> None:
        furnish(canvas, number, of)
        if row.rehearsal:
            sheet.watermark(canvas, face)

    canvas = sheet.NumberedCanvas(
        out, pagesize=A4, invariant=1, lang="vi-VN", initialFontName=face.regular, furnish=every_page
    )
    canvas.setTitle(face.spell(title))
    canvas.setAuthor(face.spell(row.body))
    return out, canvas


def draw_fitted(
    canvas: Canvas, text: str, box: tuple[float, float, float, float], *, size: float, bold: bool = False,
    centred: bool = False,
) -> None:  # fmt: skip
    """Draw `text` inside (x, y of the lower edge, width, height), smaller and on more lines if it must be; all of it.

    A text too long even then ends in an ellipsis: it never runs over its neighbour.
    """
    face = family()
    x, y, width, height = box
    font = face.bold if bold else face.regular
    size, lines = _lines(face, text, font, size=size, width=width, height=height)
    top = y + height / 2 + (len(lines) * size * LEADING) / 2
    canvas.setFont(font, size)
    for number, line in enumerate(lines, start=1):
        at = top - number * size * LEADING + size * 0.28
        (canvas.drawCentredString if centred else canvas.drawString)(x + (width / 2 if centred else 0), at, line)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Return the lines that `draw_fitted` needs for a text at its full size."""
    face = family()
    return _split(face.spell(text), face.regular, size, width)


def _lines(
    face: Typeface, text: str, font: str, *, size: float, width: float, height: float
) -> tuple[float, list[str]]:
    spelled = face.spell(text)
    while True:
        lines, room = _split(spelled, font, size, width), max(1, int(height / (size * LEADING)))
        if len(lines) <= room:
            return size, lines
        if size <= SMALLEST:
            return size, [*lines[: room - 1], lines[room - 1][:-1] + "…"]
        size = max(SMALLEST, size - 0.5)


def _split(text: str, font: str, size: float, width: float) -> list[str]:
    """Break a text into lines between words, and within a word that is wider than a line."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, font, size) <= width:
            lines[-1] = longer
            continue
        lines += [""] if lines[-1] else []
        for letter in word:
            lines += [""] if stringWidth(lines[-1] + letter, font, size) > width and lines[-1] else []
            lines[-1] += letter
    return lines


def rule(canvas: Canvas, x: float, y: float, width: float) -> None:
    """Draw a thin line."""
    canvas.setStrokeColor(sheet.RULE)
    canvas.setLineWidth(0.5)
    canvas.line(x, y, x + width, y)
    canvas.setStrokeColor(sheet.INK)


__all__ = ["A4", "LEADING", "document", "draw_fitted", "mm", "rule", "wrapped"]
