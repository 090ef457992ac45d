"""A centred text of several lines that are about as long as each other, so that no last word stands alone.

Here lives the narrowing of its lines. Never here: another number of lines than the full width gives.
"""

from __future__ import annotations

import copy
from typing import Any

from reportlab.platypus import Paragraph

CLOSE_ENOUGH = 1.0


class Balanced(Paragraph):  # type: ignore[misc]
    """A paragraph that is set as narrow as its number of lines allows, in the middle of the width it is given."""

    style: Any

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803 (reportlab's names)
        """Find the width, then set the paragraph; reportlab calls this."""
        side = (availWidth - self._narrowest(availWidth)) / 2
        self.style = copy.copy(self.style)  # styles are shared
        self.style.leftIndent = self.style.rightIndent = side
        size: tuple[float, float] = super().wrap(availWidth, availHeight)
        return size

    def _narrowest(self, width: float) -> float:
        """Return the least width, to a point, that gives as many lines as `width` and parts no word."""
        least, enough = min(float(self.minWidth()), width), width
        lines = self._lines(width)
        while enough - least > CLOSE_ENOUGH:
            middle = (least + enough) / 2
            least, enough = (least, middle) if self._lines(middle) == lines else (middle, enough)
        return enough

    def _lines(self, width: float) -> int:
        return len(self.breakLines([width, width]).lines)
