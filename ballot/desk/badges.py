"""Voters' badges, ten on a sheet of A4: name, unit, site, and a code that a desk's scanner types.

Here lives the badge's layout. Never here: a secret; a badge says who somebody is and admits nobody to anything.
"""

from __future__ import annotations

from itertools import groupby

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.desk.finding import BADGE
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.paper import A4, document, draw_fitted, mm
from ballot.vietnamese import alphabetical, by_given_name
from tally.i18n import marked as _
from tally.i18n import translate
from tally.report.sheet import IDENTITY, INK, RULE

ACROSS, DOWN = 2, 5
WIDTH, HEIGHT = 90 * mm, 55 * mm
LEFT, BOTTOM = (A4[0] - ACROSS * WIDTH) / 2, (A4[1] - DOWN * HEIGHT) / 2
BAND, CODE, MARGIN = 10 * mm, 25 * mm, 4 * mm


def badges(session: Session, row: Round) -> bytes:
    """Return everybody's badge as a PDF, by site and given name; the same roll gives the same bytes."""
    voters = session.scalars(select(Voter).where(Voter.round_id == row.id)).all()
    ordered = sorted(voters, key=lambda v: (alphabetical(v.site), v.site, by_given_name(v.name), v.reference))
    out, canvas = document(translate(_("Thẻ đeo của người dự họp")), row, lambda *_page: None)
    for start in range(0, len(ordered), ACROSS * DOWN):
        for place, voter in enumerate(ordered[start : start + ACROSS * DOWN]):
            x, y = LEFT + place % ACROSS * WIDTH, A4[1] - BOTTOM - (place // ACROSS + 1) * HEIGHT
            _draw_badge(canvas, row, voter, x, y)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_badge(canvas: Canvas, row: Round, voter: Voter, x: float, y: float) -> None:
    """Draw one badge with its lower left corner at x, y; the thin frame is where to cut."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.4)
    canvas.rect(x, y, WIDTH, HEIGHT)
    canvas.setFillColor(IDENTITY)
    inner = WIDTH - 2 * MARGIN
    draw_fitted(canvas, row.body, (x + MARGIN, y + HEIGHT - BAND, inner, BAND - MARGIN / 2), size=10, centred=True)
    canvas.setStrokeColor(IDENTITY)
    canvas.line(x + MARGIN, y + HEIGHT - BAND, x + WIDTH - MARGIN, y + HEIGHT - BAND)
    canvas.setFillColor(INK)
    words = inner - CODE - MARGIN / 2
    below = HEIGHT - BAND
    draw_fitted(canvas, voter.name, (x + MARGIN, y + below * 0.45, words, below * 0.5), size=18, bold=True)
    about = " · ".join(part for part in (voter.unit, voter.site) if part)
    draw_fitted(canvas, about, (x + MARGIN, y + below * 0.18, words, below * 0.27), size=11)
    draw_fitted(canvas, voter.reference, (x + MARGIN, y + 2 * mm, words, 6 * mm), size=9)
    _draw_code(canvas, BADGE + voter.reference, x + WIDTH - MARGIN - CODE, y + (below - CODE) / 2)


def _draw_code(canvas: Canvas, text: str, x: float, y: float) -> None:
    """Draw a QR code with its lower left corner at x, y, each row's dark runs as one rectangle."""
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    module = CODE / code.getModuleCount()
    path = canvas.beginPath()
    for number, row in enumerate(code.modules, start=1):
        at = 0
        for dark, run in groupby(map(bool, row)):
            length = len(list(run))
            if dark:
                path.rect(x + at * module, y + CODE - number * module, length * module, module)
            at += length
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFillColor(INK)


__all__ = ["badges"]
