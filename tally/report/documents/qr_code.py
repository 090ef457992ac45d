"""The QR code on page one of the minutes: how anybody checks the record that the paper is about.

Here lives its text and its drawing. Never here: anything that is not printed in words as well.
"""

from __future__ import annotations

import segno
from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from tally.report.documents.papers import Papers

SIDE = 27 * mm
ALT = "Mã QR có câu lệnh kiểm chứng hồ sơ và các mã in trong biên bản"


def verification_text(papers: Papers, address: str = "") -> str:
    """Return what the code holds: the command that verifies the record, or with `address` the page that does.

    Nothing for a round that was counted on paper.
    """
    seal = papers.outcome.seal
    if seal is None:
        return ""
    if address:
        return f"{address}#manifest={seal.manifest}&record={papers.record_hash}"
    return f"tally verify HO-SO --manifest {seal.manifest} # PTN1-BB {papers.record_hash}"


class QrCode(Flowable):  # type: ignore[misc]
    """A QR code of `SIDE`, quiet zone included; `alt` says to a screen reader what it is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.width = self.height = SIDE
        self.alt = ALT
        self._rows = [bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix_iter()]

    def draw(self) -> None:
        """Draw each run of dark modules of a row as one rectangle; reportlab calls this."""
        canvas, module = self.canv, SIDE / len(self._rows)
        canvas.setFillColor(black)
        for number, row in enumerate(self._rows, start=1):
            start = 0
            for column, dark in enumerate((*row, 0)):
                if not dark:
                    if column > start:
                        width = (column - start) * module
                        canvas.rect(start * module, SIDE - number * module, width, module, stroke=0, fill=1)
                    start = column + 1
