"""What a table tells the structure of its document while it is drawn: rows, cells, heads, and what is mere ornament.

Here live reportlab's call-backs of a table. Never here: what a cell says, or how wide it is.

One object serves all parts of a table that is split over pages: they are one element, and the head that each further
page repeats is an ornament.
"""
# ruff: noqa: N802 (reportlab's names)

from __future__ import annotations

from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName
from reportlab.platypus import Table
from reportlab.platypus.tables import TableRenderCB

from tally.report.tagging import LAYOUT, REPEATED, Element


class Places(TableRenderCB):  # type: ignore[misc]
    """A table that only puts things beside each other: its texts are paragraphs, its lines and grounds ornaments."""

    def __init__(self) -> None:
        self._text = False

    def startTable(self, table: Table) -> None:
        """Begin a part of the table."""

    def startBG(self, table: Table) -> None:
        """Begin the grounds, before the cells."""
        table.canv.tags.begin_artifact(table.canv, LAYOUT)

    def endBG(self, table: Table) -> None:
        """End the grounds."""
        table.canv.tags.end(table.canv)

    def startRow(self, table: Table, row: int) -> None:
        """Begin a row."""

    def startCell(self, table: Table, row: int, col: int, value: Any, *measures: Any) -> None:
        """Begin a cell; text that is no block of its own is marked here."""
        self._text = not isinstance(value, (list, tuple)) and bool(str(value or "").strip())
        if self._text:
            table.canv.tags.begin(table.canv, self._holder(table))

    def endCell(self, table: Table) -> None:
        """End a cell."""
        if self._text:
            table.canv.tags.end(table.canv)

    def endRow(self, table: Table) -> None:
        """End a row."""

    def startLines(self, table: Table) -> None:
        """Begin the lines, after the cells."""
        self.startBG(table)

    def endLines(self, table: Table) -> None:
        """End the lines."""
        self.endBG(table)

    def endTable(self, table: Table) -> None:
        """End a part of the table."""

    def _holder(self, table: Table) -> Element:
        element: Element = table.canv.tags.add("P")
        return element


class Cells(Places):
    """A table of data: Table, TR, TH and TD."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        repeated = table.repeatRows
        self._heads = frozenset(range(repeated) if isinstance(repeated, int) else repeated)
        self._pairs = not self._heads and table._ncols == 2
        self._element: Element | None = None
        self._continued, self._repeated = False, False
        self._row, self._cells = Element("TR"), dict[int, Element]()

    def startTable(self, table: Table) -> None:
        """Enter the table's element, which its first part has made."""
        self._continued = self._element is not None
        if self._element is None:
            self._element = table.canv.tags.add("Table")
        table.canv.tags.enter(self._element)

    def startRow(self, table: Table, row: int) -> None:
        """Enter a new row, or again the last one if the page was too short for it."""
        tags = table.canv.tags
        self._repeated = self._continued and row < len(self._heads)
        if self._repeated:
            tags.begin_artifact(table.canv, REPEATED)
        elif not (self._continued and _is_begun(table._cellvalues[row])):
            self._row, self._cells = tags.add("TR"), {}
        tags.enter(self._row)

    def startCell(self, table: Table, row: int, col: int, value: Any, *measures: Any) -> None:
        """Enter a cell, a head's where it heads a column or, in a table of pairs, its row."""
        tags = table.canv.tags
        if not self._repeated and col not in self._cells:
            scope = "Column" if not self._continued and row in self._heads else "Row" if self._pairs and not col else ""
            self._cells[col] = tags.add("TH" if scope else "TD", **_described(table, row, col, scope))
        tags.enter(self._row if self._repeated else self._cells[col])
        super().startCell(table, row, col, value, *measures)

    def endCell(self, table: Table) -> None:
        """Leave the cell."""
        super().endCell(table)
        table.canv.tags.leave()

    def endRow(self, table: Table) -> None:
        """Leave the row."""
        table.canv.tags.leave()
        if self._repeated:
            table.canv.tags.end(table.canv)

    def endTable(self, table: Table) -> None:
        """Leave the table's element."""
        table.canv.tags.leave()

    def _holder(self, table: Table) -> Element:
        element: Element = table.canv.tags.current
        return element


def _is_begun(row: list[Any]) -> bool:
    """Say whether a block of this row has been drawn in part, on the page before."""
    blocks = (block for value in row if isinstance(value, (list, tuple)) for block in value)
    shared = (getattr(block, "shared", None) for block in blocks)
    return any(one is not None and one.element is not None for one in shared)


def _described(table: Table, row: int, col: int, scope: str) -> dict[str, Any]:
    """Return what else a cell's element says: what it heads, how many columns and rows it stands over."""
    left, top, right, bottom = getattr(table, "_spanRanges", {}).get((col, row)) or (col, row, col, row)
    said: dict[str, Any] = {"Scope": PDFName(scope)} if scope else {}
    if right > left:
        said["ColSpan"] = right - left + 1
    if bottom > top:
        said["RowSpan"] = bottom - top + 1
    return {"A": PDFDictionary({"O": PDFName("Table"), **said})} if said else {}
