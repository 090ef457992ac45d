"""Documents that all members signed with other tools, and that only look like ours to a machine that looks badly.

Here lives what the comparison of pages must see where bytes differ. Never here: a change after signing
(test_signed_revisions.py). Threats G3, G7.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from reportlab.lib.colors import Color, black
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary
from reportlab.platypus import Flowable

from tally.protocol.errors import Refused
from tally.report.engine import Furniture, build
from tally.report.fields import SignatureBox
from tally.report.sheet import Styles
from tally.report.typeface import family
from tally.signed.document import Signed, check_signed
from tally.signed.errors import SignedUnreadable
from tally.signed.likeness import LOOKS, PLACES
from tally.signed.stamp import Stamp
from tally.signed.structure import revisions
from tests.signatories import NAMES, NOW, TEXT, document, identities, signed_by, signers

SIZE = 14


class Numbers(Flowable):
    """Digits as text; over some of them others are painted as outlines, which no search for text finds."""

    def __init__(self, text: str, painted: str = "", ink: Color = black) -> None:
        super().__init__()
        self.text, self.painted, self.ink, self.width, self.height = text, painted, ink, 200, 20

    def draw(self) -> None:
        face, canvas = family(), self.canv
        canvas.setFont(face.names[0], SIZE)
        canvas.drawString(0, 4, self.text)
        left = 0.0
        for letter, over in zip(self.text, self.painted, strict=False):
            advance = canvas.stringWidth(letter, face.names[0], SIZE)
            if letter != over:
                canvas.setFillColorRGB(1, 1, 1)
                if letter != " ":
                    canvas.rect(left, 0, advance, 16, stroke=0, fill=1)
                self._paint(over, left)
            left += advance

    def _paint(self, letter: str, left: float) -> None:
        path = self.canv.beginPath()
        scale, strokes = outline(letter)
        for name, points in strokes:
            flat = [v for x, y in points for v in (left + x * scale, 4 + y * scale)]
            {"moveTo": path.moveTo, "lineTo": path.lineTo, "curveTo": path.curveTo}.get(name, path.close)(*flat)
        self.canv.setFillColor(self.ink)
        self.canv.drawPath(path, stroke=0, fill=1)


@cache
def outline(letter: str) -> tuple[float, list[tuple[str, list[tuple[float, float]]]]]:
    """The strokes of a letter, curves as cubic ones, and points to a unit of the font."""
    with TTFont(family().files[0]) as font:
        glyphs = font.getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[font.getBestCmap()[ord(letter)]].draw(pen)
        strokes: list[tuple[str, list[tuple[float, float]]]] = []
        for name, points in pen.value:
            if name != "qCurveTo":
                strokes.append((name, list(points)))
                continue
            for i, (x, y) in enumerate(points[:-1]):
                start = strokes[-1][1][-1]
                last = i == len(points) - 2
                end = points[-1] if last else ((x + points[i + 1][0]) / 2, (y + points[i + 1][1]) / 2)
                first, second = (((2 * x + px) / 3, (2 * y + py) / 3) for px, py in (start, end))
                strokes.append(("curveTo", [first, second, end]))
        return SIZE / font["head"].unitsPerEm, strokes


class OverEverything(SignatureBox):
    """A field as large as the page: what its signer lets be seen in it hides whatever is below."""

    def _widget(self) -> PDFDictionary:
        widget = super()._widget()
        widget.dict["Rect"] = PDFArray([0, 0, 595, 842])
        return widget


class Hidden(SignatureBox):
    """A field that nobody sees."""

    def _widget(self) -> PDFDictionary:
        widget = super()._widget()
        widget.dict["F"] = 2
        return widget


def page(*story: Flowable, first: type[SignatureBox] = SignatureBox, label: str = "") -> bytes:
    boxes = [
        first("ky-1", 198, 62, label=label),
        SignatureBox("ky-2", 198, 62),
        SignatureBox("ky-3", 198, 62, lock=True),
    ]
    whole = [Styles(family()).para(TEXT), *story, *boxes]
    return build(whole, Furniture("Văn bản thử", "Ban kiểm phiếu", "thử", "c0de" * 16, False), family())


def refused(base: bytes, expected: bytes, how: str) -> None:
    raw = signed_by(base, *enumerate(identities(), start=1))
    with pytest.raises(Refused) as found:
        check_signed(raw, expected=expected, signers=signers(), where="bien-ban.pdf")
    assert (found.value.code, found.value.details.get("how")) == ("SIGNED_DIFFERS", how)


@pytest.mark.parametrize(("text", "painted"), [("130", "180"), ("56", "66"), ("1.230", "1,230"), ("Hòa", "Hóa")])
def test_digits_and_marks_painted_over_others_are_seen(text: str, painted: str) -> None:
    refused(page(Numbers(text, painted)), page(Numbers(text)), LOOKS)


@pytest.mark.parametrize("ink", [Color(0.83, 0.83, 0.83), Color(1, 1, 0.3), Color(1, 0.85, 0.85)])
def test_pale_letters_and_colours_are_seen(ink: Color) -> None:
    refused(page(Numbers("      ", "HHHHHH", ink)), page(Numbers("      ")), LOOKS)


@pytest.mark.parametrize("kind", [OverEverything, Hidden])
def test_a_field_in_another_place_or_hidden_is_seen(kind: type[SignatureBox]) -> None:
    refused(page(first=kind), page(), PLACES)


def test_a_trailer_that_leaves_objects_out_is_refused() -> None:
    """Viewers take an object whose number is not below /Size for none at all (ISO 32000-1, 7.5.5)."""
    whole = document()
    size = int(whole.rpartition(b"/Size ")[2].split()[0])
    before, _word, after = whole.rpartition(b"/Size %d" % size)
    assert revisions(whole, "bien-ban.pdf")
    with pytest.raises(SignedUnreadable):
        revisions(before + b"/Size %d" % (size - 1) + after, "bien-ban.pdf")


def test_a_time_stamp_that_anybody_put_beside_a_signature_casts_no_doubt_on_it() -> None:
    stamp = Stamp(datetime(2019, 1, 1, tzinfo=UTC), "Cơ quan dấu thời gian (tự xưng)")
    signature = Signed(1, NAMES[0], NOW, stamp, identities()[0].certificate, ())
    assert signature.in_life
    assert replace(signature, claimed=None).in_life is False
