"""A dossier of a PDF, the room in which it is read, and its upload.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas
from werkzeug.test import TestResponse

from ballot.acts import find_round
from ballot.storage import reading
from tests.ballot.hall import Client, Hall

INK = "chu an trong tep"


def pdf(pages: int = 1, *, size: tuple[float, float] = (595, 842)) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=True)
    for number in range(pages):
        canvas.drawString(60, size[1] - 60, f"{INK} {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def upload(hall: Hall, browser: Client, raw: bytes, **changes: str) -> TestResponse:
    place = f"/dot/{hall.uuid}/tai-lieu"
    values = {"official": "1", "kind": "self_report", "title": "", **changes}
    return browser.form(place, {**values, "paper": (io.BytesIO(raw), "a.pdf")}, page=place)


def room(hall: Hall) -> str:
    with reading(hall.house.registry) as session:
        return f"/doc/{hall.uuid}/{find_round(session, hall.uuid).reading_key}/"
