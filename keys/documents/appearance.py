"""What is seen in a signed field: "Ký số", who, in which office, when; blue, as Nghị định 30/2020/NĐ-CP has it.

Here lives a drawing of four lines. Never here: a claim that it proves anything; what proves is the signature behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from tally.report.typeface import family

MARK = "Ký số"
BLUE = (0.05, 0.19, 0.53)
MARGIN = 4.0
LARGE, SMALL = 12.0, 9.0
LEADING, ASCENT = 1.25, 0.95
PDF_UNITS = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the field shows: a name, an office (may be empty), the moment with its offset from UTC."""

    name: str
    role: str
    at: datetime

    @property
    def lines(self) -> tuple[tuple[str, bool], ...]:
        """Each line, and whether it is the strong one."""
        offset = f"{self.at:%z}"
        when = f"{self.at:%d/%m/%Y %H:%M:%S} {offset[:3]}:{offset[3:5]}" if offset else f"{self.at:%d/%m/%Y %H:%M:%S}"
        texts = ((MARK, False), (self.name, True), (self.role, False), (when, False))
        return tuple((text, strong) for text, strong in texts if text)


class Appearance(AppearanceContent):
    """The lines in the middle of a box, each as large as fits. Documents are Vietnamese, whatever the screen speaks."""

    def __init__(self, writer: BasePdfFileWriter, box: BoxConstraints, shown: Shown) -> None:
        super().__init__(writer=writer, box=box)
        self._into, self._shown = writer, shown

    def render(self) -> bytes:
        """Return the drawing; pyHanko calls this once, when it registers the appearance."""
        width, height = float(self.box.width), float(self.box.height)
        face = family()
        lines = [(face.spell(text), strong) for text, strong in self._shown.lines]
        letters = "".join(sorted({letter for text, _strong in lines for letter in text}))
        fonts = {strong: self._font(1 + strong, _fit_for_pdf(face.files[strong], letters)) for strong in (False, True)}
        sizes = [_fitting(text, fonts[strong], LARGE if strong else SMALL, width) for text, strong in lines]
        shrink = min(1.0, height / (LEADING * sum(sizes)))
        below = (height + shrink * LEADING * sum(sizes)) / 2
        out = [b"q %g %g %g rg" % BLUE]
        for (text, strong), size in zip(lines, (shrink * size for size in sizes), strict=True):
            fonts[strong].font_size = size  # type: ignore[assignment]  # pyHanko multiplies by it, whatever it is
            shaped = fonts[strong].shape(text)
            left = (width - size * shaped.x_advance) / 2
            place = (1 + strong, size, left, below - ASCENT * size)
            out.append(b"BT /F%d %g Tf %g %g Td %s ET" % (*place, shaped.graphics_ops))
            below -= LEADING * size
        return b"\n".join([*out, b"Q"])

    def _font(self, number: int, raw: bytes) -> GlyphAccumulator:
        font = GlyphAccumulator(self._into, BytesIO(raw), font_size=1)
        self.set_resource(ResourceType.FONT, pdf_name(f"/F{number}"), font.as_resource())
        return font


@lru_cache(maxsize=16)
def _fit_for_pdf(file: Path, letters: str) -> bytes:
    """Return the part of a font that these letters need, in thousandths of an em.

    pyHanko writes widths in the font's own units, and PDF reads them as thousandths: Tinos has 2048 to an em.
    """
    options = Options(layout_features=["kern"], name_IDs=["*"], notdef_outline=True)
    subsetter, out = Subsetter(options), BytesIO()
    with TTFont(file) as font:
        subsetter.populate(text=letters)
        subsetter.subset(font)
        scale_upem(font, PDF_UNITS)
        font.save(out)
    return out.getvalue()


def _fitting(text: str, font: GlyphAccumulator, size: float, width: float) -> float:
    """Return the size at which a text is no wider than the box, at most `size`."""
    return min(size, (width - 2 * MARGIN) / max(font.shape(text).x_advance, 0.1))
