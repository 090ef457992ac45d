"""The attendance sheet: who receives a slip signs a line; what was signed on a tablet is drawn into its place.

Here lives the sheet's layout. Never here: a time, an order of arrival, or a mark of who has voted.

One part for each site, each part on pages of its own, names in the order of given names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.models.registry.roll import Attested, Voter
from ballot.models.registry.rounds import Round
from ballot.paper import A4, document, draw_fitted, mm, rule
from ballot.vietnamese import alphabetical, by_given_name
from tally.i18n import marked as _
from tally.i18n import translate

LEFT, RIGHT, TOP, BOTTOM = 20 * mm, 15 * mm, 18 * mm, 16 * mm
WIDTH = A4[0] - LEFT - RIGHT
ROW, HEAD, TITLE = 13 * mm, 9 * mm, 34 * mm
COLUMNS = ((_("TT"), 11 * mm), (_("Họ và tên"), 62 * mm), (_("Đơn vị"), 55 * mm), (_("Chữ ký"), 47 * mm))
SHEET = _("TỜ ĐIỂM DANH, KÝ NHẬN THẺ BỎ PHIẾU")
MARGIN, PEN = 1.5 * mm, 0.8

Lines = list[list[list[int]]]


def signing_sheet(session: Session, row: Round) -> bytes:
    """Return the sheet as a PDF; the same roll and signatures give the same bytes. Source: threats A27, B27, 5.6."""
    voters = session.scalars(select(Voter).where(Voter.round_id == row.id)).all()
    signed = select(Attested).join(Voter, Voter.id == Attested.voter_id).where(Voter.round_id == row.id)
    strokes = {found.voter_id: json.loads(found.strokes) for found in session.scalars(signed)}
    out, canvas = document(translate(SHEET), row, _footer)
    ordered = sorted(voters, key=lambda v: (alphabetical(v.site), v.site, by_given_name(v.name), v.reference))
    for site, people in groupby(ordered, key=lambda v: v.site):
        _draw_site(canvas, row, site, enumerate(people, start=1), strokes)
    canvas.save()
    return out.getvalue()


def _footer(canvas: Canvas, number: int, of: int) -> None:
    page = translate(_("Trang {page}/{pages}")).format(page=number, pages=of)
    draw_fitted(canvas, page, (LEFT, 7 * mm, WIDTH, 6 * mm), size=9, centred=True)


def _draw_site(
    canvas: Canvas,
    row: Round,
    site: str,
    people: Iterable[tuple[int, Voter]],
    strokes: dict[int, Lines],
) -> None:
    y = 0.0
    for number, voter in people:
        if y < BOTTOM + ROW:
            if y:
                canvas.showPage()
            y = _draw_head(canvas, row, site)
        y -= ROW
        cells = (str(number), voter.name, voter.unit)
        x = LEFT
        for place, (text, (_heading, width)) in enumerate(zip(cells, COLUMNS, strict=False)):
            box = (x + MARGIN, y, width - 2 * MARGIN, ROW)
            draw_fitted(canvas, text, box, size=11, bold=place == 1, centred=place == 0)
            x += width
        if voter.id in strokes:
            _draw_signature(canvas, strokes[voter.id], (x + MARGIN, y + MARGIN, COLUMNS[-1][1], ROW))
        rule(canvas, LEFT, y, WIDTH)
    canvas.showPage()


def _draw_head(canvas: Canvas, row: Round, site: str) -> float:
    """Draw what stands above the lines of every page and return where the first line begins."""
    y = A4[1] - TOP
    date = "/".join(reversed(row.date.split("-")))
    draw_fitted(canvas, row.body, (LEFT, y - 6 * mm, WIDTH, 6 * mm), size=11, bold=True, centred=True)
    draw_fitted(canvas, translate(SHEET), (LEFT, y - 14 * mm, WIDTH, 8 * mm), size=14, bold=True, centred=True)
    about = " · ".join(part for part in (row.title, row.session, date) if part)
    draw_fitted(canvas, about, (LEFT, y - 22 * mm, WIDTH, 8 * mm), size=11, centred=True)
    if site:
        place = translate(_("Điểm: {site}")).format(site=site)
        draw_fitted(canvas, place, (LEFT, y - 30 * mm, WIDTH, 7 * mm), size=12, bold=True)
    y -= TITLE
    rule(canvas, LEFT, y, WIDTH)
    x = LEFT
    for heading, width in COLUMNS:
        draw_fitted(canvas, translate(heading), (x, y - HEAD, width, HEAD), size=10.5, bold=True, centred=True)
        x += width
    rule(canvas, LEFT, y - HEAD, WIDTH)
    return y - HEAD


def _draw_signature(canvas: Canvas, strokes: Lines, cell: tuple[float, float, float, float]) -> None:
    """Draw the strokes into the cell, all of them at one scale, upright as they were written."""
    x, y, width, height = cell[0], cell[1], cell[2] - 2 * MARGIN, cell[3] - 2 * MARGIN
    xs, ys = [p[0] for line in strokes for p in line], [p[1] for line in strokes for p in line]
    scale = min(width / max(400, max(xs) - min(xs)), height / max(150, max(ys) - min(ys)))
    path = canvas.beginPath()
    for line in strokes:
        points = [(x + (px - min(xs)) * scale, y + (max(ys) - py) * scale) for px, py in line]
        path.moveTo(*points[0])
        for point in points[1:] or points:
            path.lineTo(*point)
    canvas.setLineWidth(PEN)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.drawPath(path, stroke=1, fill=0)


__all__ = ["signing_sheet"]
