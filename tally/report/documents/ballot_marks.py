"""What only a sheet to vote on has: the empty square that voters mark, and pages that are numbered for each sheet.

Here lives their drawing. Never here: what stands beside them.
"""

from __future__ import annotations

from reportlab.lib.colors import black
from reportlab.platypus import Flowable, NullDraw

SIDE, LINE = 17.0, 1.3


class Box(Flowable):  # type: ignore[misc]
    """A square of six millimetres; `alt` is what a screen reader says of it."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.alt = f"Ô trống: {label}"
        self.width = self.height = SIDE
        self.hAlign = "CENTER"

    def wrap(self, *_room: float) -> tuple[float, float]:
        """Return its size, whatever room there is."""
        return SIDE, SIDE

    def draw(self) -> None:
        """Draw the square; reportlab calls this."""
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(LINE)
        self.canv.rect(LINE / 2, LINE / 2, SIDE - LINE, SIDE - LINE, stroke=1, fill=0)


class NewSheet(NullDraw):  # type: ignore[misc]
    """The page it stands on is page 1 of a sheet of its own."""

    def draw(self) -> None:
        """Begin a part of the document (tally/report/sheet.py); reportlab calls this."""
        self.canv.part += 1
