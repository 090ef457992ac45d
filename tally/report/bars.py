"""Where the bars, names, numbers and lines of a chart stand: a matplotlib figure laid out in points.

Here live measures and marks. Never here: what they mean, or pyplot's global state.

One drawing serves the page (tally/report/vector.py), SVG and PNG. Text is measured with the page's own metrics.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth

from tally.report.kinds import INK, Style
from tally.report.typeface import Typeface
from tally.report.vector import FigureFlowable

WIDTH, NAMES, BARS = 453.0, 140.0, 245.0
ROW, BAR, BLOCK, KEY, LABEL, CAPTION = 23.5, 15.0, 23.0, 20.0, 12.5, 36.0
KEY_LINE, SMALL_ROW = 14.0, 12.0
SMALL, TEXT = 9.0, 10.0
NAME_LETTERS = 28
TITLE, TITLE_TEXT = 17.0, (13.0, 10.0)
MARGIN = 14.0
HATCH, IDENTITY = "#6B6459", "#8E1B1B"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: so many of the whole; `told` if its number is written."""

    size: int
    style: Style
    told: bool = True


def key_height(labels: Sequence[str], face: Typeface) -> float:
    """Return how much room the names of the kinds of segments need."""
    return KEY + KEY_LINE * _key_places(labels, face)[-1][1] if labels else 0.0


def _key_places(labels: Sequence[str], face: Typeface) -> list[tuple[float, int]]:
    """Return for each name where it begins, and on which line."""
    places, x, row = [], 0.5, 0
    for label in labels:
        width = 20 + stringWidth(face.spell(label), face.regular, SMALL)
        if x + width > WIDTH and x > 1:
            x, row = 0.5, row + 1
        places.append((x, row))
        x += width + 18
    return places


class Sheet:
    """One figure, `height` points high, y growing downwards; `alt` says in words what it shows."""

    def __init__(self, height: float, face: Typeface, *, alt: str) -> None:
        self.face, self.alt = face, alt
        self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        self._axes.set_axis_off()

    def broken(self, title: str) -> list[str]:
        """Return a title as the lines that it needs."""
        return list(simpleSplit(title, self.face.bold, TITLE_TEXT[0], WIDTH)) or [""]

    def title(self, lines: list[str], *, large: int) -> None:
        """Write what the chart shows above everything else, for the files that stand alone; the first ones `large`."""
        for i, line in enumerate(lines):
            place, size = TITLE * (i - len(lines) + 0.6), TITLE_TEXT[0 if i < large else 1]
            self._write(0, place, line, size=size, bold=i < large, room=WIDTH)

    def key(self, entries: list[tuple[str, Style]]) -> None:
        """Name the kinds of segments, in the order of the bar, on as many lines as they need."""
        places = _key_places([label for label, _ in entries], self.face)
        for (label, style), (x, row) in zip(entries, places, strict=True):
            self._box((x, 3 + KEY_LINE * row, 16, 9), style)
            self._write(x + 20, 11 + KEY_LINE * row, label, size=SMALL, room=WIDTH - x - 20)

    def heading(self, y: float, text: str, *, marked: bool = False) -> None:
        """Write a title above the first bar it stands for; a marked one in the colour of the identity."""
        clear = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        colour = IDENTITY if marked else INK
        self._write(0, y + BLOCK * 0.68, text, size=TEXT, bold=True, room=WIDTH, bbox=clear, color=colour)

    def bar(self, y: float, name: str, segments: list[Segment], *, whole: int) -> None:
        """Draw one bar `whole` units long, the name to its left, numbers on it or, without room, beside it."""
        lines = textwrap.wrap(name, NAME_LETTERS, max_lines=2, placeholder=" …", subsequent_indent="   ")
        for i, line in enumerate(lines):
            self._write(0, y + (15.2 if len(lines) == 1 else 10.2 + 10.4 * i), line, size=TEXT - 0.5, room=NAMES - 6)
        x, top, aside = NAMES, y + (ROW - BAR) / 2, NAMES + BARS + 7
        for segment in segments:
            if segment.size <= 0 or whole <= 0:
                continue
            width = BARS * segment.size / whole
            self._box((x, top, width, BAR), segment.style)
            fits = width >= 6 + stringWidth(str(segment.size), self.face.bold, TEXT)
            if segment.told and fits:
                self._number(x + width / 2, top + BAR * 0.72, segment)
            elif segment.told:
                self._box((aside, top + 3.5, 8, 8), segment.style)
                aside = self._write(aside + 11, top + BAR * 0.72, str(segment.size), size=TEXT - 0.5) + 7
            x += width

    def line(self, top: float, bottom: float, *, share: float, label: str) -> None:
        """Draw a thin upright line at `share` of the bars, with its name at its upper end.

        Its white edges let it be seen on the darkest ground, in grey too.
        """
        x = NAMES + BARS * share
        for colour, width in (("white", 2.9), (IDENTITY, 0.9)):
            self._axes.plot([x, x], [top + 2, bottom], color=colour, linewidth=width, solid_capstyle="butt")
        self._write(x + 4, top + 10, label, size=SMALL, color=IDENTITY)

    def note(self, x: float, y: float, text: str) -> None:
        """Write a small line of text with its baseline at `y`, cut where the figure ends."""
        self._write(x, y, text, size=SMALL, room=WIDTH - x)

    def caption(self, y: float, lines: list[str], mark: str) -> None:
        """Write what a bar is a share of, and a mark (a rehearsal's) in the lower right corner."""
        for i, line in enumerate(lines):
            self._write(0, y + 6 + 12 * i, line, size=SMALL)
        if mark:
            self._write(WIDTH, y + 18, mark, size=SMALL, bold=True, color=IDENTITY, ha="right")

    def block(self) -> FigureFlowable:
        """Return the figure as a block of a document."""
        return FigureFlowable(self.figure, self.face, self.alt)

    def frame(self, lines: int) -> Bbox:
        """Return the outline in inches of a file that stands alone: the figure, `lines` of title, a margin around."""
        width, height = (72 * inches for inches in self.figure.get_size_inches())
        top = height + TITLE * lines + MARGIN
        return Bbox([[-MARGIN / 72, -MARGIN / 72], [(width + MARGIN) / 72, top / 72]])

    def _number(self, x: float, y: float, segment: Segment) -> None:
        style = segment.style
        clear = {"facecolor": style.ground, "edgecolor": "none", "pad": 1.0}
        self._write(x, y, str(segment.size), size=TEXT, bold=True, color=style.number, ha="center", bbox=clear)

    def _box(self, place: tuple[float, float, float, float], style: Style) -> None:
        x, y, width, height = place
        box = Rectangle((x, y), width, height, facecolor=style.ground, edgecolor=INK, linewidth=0.6, hatch=style.hatch)
        box.set_hatch_linewidth(0.5)
        box.set_hatchcolor(HATCH)
        self._axes.add_patch(box)

    def _write(
        self, x: float, y: float, text: str, *, size: float, bold: bool = False, room: float = 0, **how: Any
    ) -> float:
        """Write one line, cut where `room` ends, and return its end; a dollar sign is a letter, never mathematics."""
        name, font = self.face.bold if bold else self.face.regular, self.face.properties(size, bold=bold)
        spelled = self.face.spell(text)
        while room and stringWidth(spelled, name, size) > room:
            spelled = spelled[: -2 if spelled.endswith("…") else -1].rstrip() + "…"
        how = {"color": INK, "va": "baseline", **how}
        self._axes.text(x, y, spelled, fontproperties=font, parse_math=False, **how)
        return x + float(stringWidth(spelled, name, size))
