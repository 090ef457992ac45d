"""Makes a PDF of blocks: paper, what stands on every page, metadata, tags, signature fields that wait to be signed.

Here lives what all documents share whatever they say. Never here: a sentence, or a signature.

The same blocks give the same bytes: fonts are embedded, nothing is drawn at random, and no clock is read. Title and
language are in the file's properties and not in XMP as well: each signature would write that anew, with its own time.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from tally.report import sheet, words
from tally.report.tagged_story import tagged
from tally.report.tagging import FOOTER, HEADER, WATERMARK
from tally.report.typeface import Typeface
from tally.report.words import say

VERSION = (1, 7)
"""Of PDF: the one whose structure types are used here."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands around the blocks: names in the file's properties, what the footer says, the band of a rehearsal.

    `record_hash` is empty for a round that was counted on paper; the footer then says so. Without `footer` a page has
    nothing below but its number where there are several, as a sheet to vote on; `across` is written over each page.
    """

    title: str
    author: str
    subject: str
    record_hash: str
    rehearsal: bool
    footer: bool = True
    across: str = ""


def build(story: Sequence[Flowable], furniture: Furniture, face: Typeface) -> bytes:
    """Return the whole document."""
    out = io.BytesIO()
    title = f"{say(words.REHEARSAL)}: {furniture.title}" if furniture.rehearsal else furniture.title
    template = BaseDocTemplate(
        out, pagesize=A4, lang="vi-VN", initialFontName=face.regular, invariant=1, displayDocTitle=True,
        title=title, author=furniture.author, subject=furniture.subject,
    )  # fmt: skip
    frame = Frame(
        sheet.LEFT, sheet.BOTTOM, sheet.WIDTH, A4[1] - sheet.TOP - sheet.BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip

    def under(canvas: Canvas, _template: BaseDocTemplate) -> None:
        if furniture.across or furniture.rehearsal:
            with canvas.ornament(WATERMARK):
                sheet.watermark(canvas, face, furniture.across)

    def over(canvas: Canvas, number: int, of: int) -> None:
        with canvas.ornament(FOOTER):
            if furniture.footer:
                sheet.footer(canvas, face, record_hash=furniture.record_hash, number=number, of=of)
            elif of > 1:
                sheet.page_number(canvas, face, number=number, of=of)
        if furniture.rehearsal:
            with canvas.ornament(HEADER):
                sheet.band(canvas, face)

    template.addPageTemplates(PageTemplate("page", [frame], onPage=under))
    template.build(tagged(story), canvasmaker=partial(sheet.NumberedCanvas, furnish=over, pdfVersion=VERSION))
    return out.getvalue()
