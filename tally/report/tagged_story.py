"""Gives each block of a document its tag: paragraphs, headings, tables with rows and cells, figures, fields, ornaments.

Here lives the walk over a story before it is set. Never here: the tree itself (tagging.py), or any change of the looks.

Writers use ordinary blocks and need not know of this. A paragraph whose style has a heading's name is a heading; rows
of a table that repeat on each page are its head; the first column of a table of pairs heads its rows; a table of one
row only places things beside each other; a drawing with a sentence in its `alt` is a figure, any other an ornament.
"""
# ruff: noqa: N802, N803 (reportlab's names)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFString
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ActionFlowable, Flowable, NullDraw, Paragraph, Table
from reportlab.platypus.doctemplate import FrameActionFlowable

from tally.report.fields import SignatureBox
from tally.report.tagged_table import Cells, Places
from tally.report.tagging import Element

HEADINGS = {"title": "H1", "section": "H2", "person": "H3", "note_title": "H3"}
"""Names of paragraph styles that are headings."""
INVISIBLE = (NullDraw, ActionFlowable, FrameActionFlowable)
ORNAMENT, INHERITED = "Artifact", ""


def tagged(story: Sequence[Flowable]) -> list[Flowable]:
    """Return the same story in the same places, each block with its tag."""
    return [_tagged(block) for block in story]


def _tagged(block: Flowable) -> Flowable:
    if isinstance(block, Table):
        return _tagged_table(block)
    if content := getattr(block, "_content", None):  # KeepTogether and its kin
        block._content = tagged(content)
        return block
    if isinstance(block, (Tagged, *INVISIBLE)):
        return block
    if isinstance(block, Paragraph):
        return Tagged(block, HEADINGS.get(block.style.name, "P"))
    if isinstance(block, SignatureBox):
        return Tagged(block, "Form")
    return Tagged(block, "Figure" if getattr(block, "alt", "") else ORNAMENT)


@dataclass(slots=True)
class Shared:
    """The element of a block that may be split over pages and stays one element."""

    element: Element | None = None


class Tagged(Flowable):  # type: ignore[misc]
    """A block that is drawn as it is and marked as the content of an element with this role."""

    def __init__(self, block: Flowable, role: str, shared: Shared | None = None) -> None:
        super().__init__()
        self.block, self.role, self.shared = block, role, shared or Shared()
        self.style = getattr(block, "style", None)
        self._fixedWidth = block._fixedWidth
        self.width, self.height = getattr(block, "width", 0), getattr(block, "height", 0)

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        """Return the size of the block."""
        self.width, self.height = self.block.wrapOn(getattr(self, "canv", None), availWidth, availHeight)
        return self.width, self.height

    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:
        """Return the parts of the block, which are one element."""
        parts = self.block.splitOn(getattr(self, "canv", None), availWidth, availHeight)
        return [Tagged(part, self.role, self.shared) for part in parts]

    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:
        """Draw the block between the two ends of a mark."""
        if self.role == ORNAMENT:
            canvas.tags.begin_artifact(canvas)
        else:
            canvas.tags.begin(canvas, self._element(canvas))
        self.block.drawOn(canvas, x, y, _sW)
        canvas.tags.end(canvas)

    def _element(self, canvas: Canvas) -> Element:
        if self.shared.element is None:
            alt = {"Alt": PDFString(self.block.alt)} if self.role in {"Figure", "Form"} else {}
            own = self.role != INHERITED
            self.shared.element = canvas.tags.add(self.role, **alt) if own else canvas.tags.current
        return self.shared.element

    def minWidth(self) -> float:
        """Return the block's own."""
        return float(self.block.minWidth())

    def getSpaceBefore(self) -> float:
        """Return the block's own."""
        return float(self.block.getSpaceBefore())

    def getSpaceAfter(self) -> float:
        """Return the block's own."""
        return float(self.block.getSpaceAfter())

    def getKeepWithNext(self) -> int:
        """Return the block's own, unless reportlab has said here that what is kept together does not fit a page."""
        return int(self.__dict__.get("keepWithNext", self.block.getKeepWithNext()))


def _tagged_table(table: Table) -> Table:
    """Have the table tell where its rows and cells begin, and tag what is in them."""
    only_places = table._nrows == 1
    table._cellvalues = [[_tagged_cell(value, only_places) for value in row] for row in table._cellvalues]
    table._renderCB = Places() if only_places else Cells(table)  # reportlab hands it on to the parts of a split table
    return table


def _tagged_cell(value: Any, only_places: bool) -> Any:
    if not isinstance(value, (Flowable, list, tuple)):
        return value
    blocks = tagged([value] if isinstance(value, Flowable) else value)
    if not only_places and len(blocks) == 1 and isinstance(blocks[0], Tagged) and blocks[0].role == "P":
        blocks[0].role = INHERITED  # a cell of one paragraph needs no element for it
    return blocks
