"""The structure of a tagged PDF: a tree that says which piece of a page is a heading, a paragraph, a cell or a figure.

Here lives the tree, its numbering and its PDF objects. Never here: what a page says, or how it looks.

ISO 32000-1, 14.6-14.8. Each piece of content is either marked as some element's or as an ornament (*artifact*), which
a screen reader passes over. Neither PDF/A nor PDF/UA is claimed anywhere: there is no validator of either to test with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference
from reportlab.pdfgen.canvas import Canvas

LAYOUT, FOOTER, HEADER, WATERMARK, REPEATED = (
    "/Type /Layout",
    "/Type /Pagination /Subtype /Footer",
    "/Type /Pagination /Subtype /Header",
    "/Type /Pagination /Subtype /Watermark",
    "/Type /Pagination",
)
"""Kinds of ornament, as the file writes them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a page's content, by the number of the page and its own number there."""

    page: int
    number: int


@dataclass(slots=True, eq=False)
class Element:
    """A node of the tree: its role (a standard structure type), what else is said of it, its kids in reading order."""

    role: str
    entries: dict[str, Any] = field(default_factory=dict)
    kids: list[Element | Mark] = field(default_factory=list)


class Tags:
    """The tree of one document while it is drawn: `begin` and `end` enclose content, `enter` and `leave` elements.

    What is begun inside of something that is already marked is part of that: marks do not nest, and an element that is
    added inside of an ornament is never written.
    """

    def __init__(self) -> None:
        self._open = [Element("Document")]
        self._depth = 0
        self._counts: dict[int, int] = {}

    @property
    def current(self) -> Element:
        """The element that new ones and new content belong to."""
        return self._open[-1]

    def add(self, role: str, **entries: Any) -> Element:
        """Return a new element, the last kid of the current one."""
        element = Element(role, entries)
        if not self._depth:
            self.current.kids.append(element)
        return element

    def enter(self, element: Element) -> None:
        """Let what follows belong to `element`."""
        self._open.append(element)

    def leave(self) -> None:
        """Return to the element around the current one."""
        self._open.pop()

    def begin(self, canvas: Canvas, element: Element) -> None:
        """Mark what is drawn from here on as the content of `element`."""
        page = canvas.getPageNumber()
        if not self._depth:
            number = self._counts.get(page, 0)
            self._counts[page] = number + 1
            element.kids.append(Mark(page, number))
            canvas.addLiteral(f"/{element.role} <</MCID {number}>> BDC")
        self._depth += 1

    def begin_artifact(self, canvas: Canvas, kind: str = LAYOUT) -> None:
        """Mark what is drawn from here on as an ornament."""
        if not self._depth:
            canvas.addLiteral(f"/Artifact <<{kind}>> BDC")
        self._depth += 1

    def end(self, canvas: Canvas) -> None:
        """End what was begun last."""
        self._depth -= 1
        if not self._depth:
            canvas.addLiteral("EMC")

    def write(self, document: Any) -> None:
        """Put the tree into the file, once all pages are in it; the same drawing gives the same objects."""
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        writer = _Writer(document, len(document.Pages.pages))
        root["K"] = PDFArray([writer.element(self._open[0], document.Reference(root))])
        root["ParentTree"] = document.Reference(PDFDictionary({"Nums": PDFArray(writer.parents())}))
        root["ParentTreeNextKey"] = len(writer.lists)
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        for key, page in enumerate(document.Pages.pages):
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]  # reportlab does not know them
            page.StructParents, page.Tabs = key, PDFName("S")


class _Writer:
    """Makes the objects of a tree and remembers the way back: the element of each mark of each page."""

    def __init__(self, document: Any, pages: int) -> None:
        self._document = document
        self.lists: list[list[Any]] = [[] for _ in range(pages)]

    def element(self, element: Element, parent: Any) -> Any:
        """Return the reference to an element, after everything below it."""
        role = {"Type": PDFName("StructElem"), "S": PDFName(element.role), "P": parent}
        entries = PDFDictionary({**role, **element.entries})
        own = self._document.Reference(entries)
        page = next((kid.page for kid in element.kids if not isinstance(kid, Element)), 0)
        if page:
            entries["Pg"] = _page(page)
        entries["K"] = PDFArray([self._kid(kid, own, page) for kid in element.kids])
        return own

    def _kid(self, kid: Element | Mark, own: Any, page: int) -> Any:
        if isinstance(kid, Element):
            return self.element(kid, own)
        marks = self.lists[kid.page - 1]
        marks += [None] * (kid.number + 1 - len(marks))
        marks[kid.number] = own
        if kid.page == page:
            return kid.number
        return PDFDictionary({"Type": PDFName("MCR"), "Pg": _page(kid.page), "MCID": kid.number})

    def parents(self) -> list[Any]:
        """Return the parent tree's numbers, which are the pages', and values."""
        return [item for number, marks in enumerate(self.lists) for item in (number, PDFArray(marks))]


def _page(number: int) -> PDFObjectReference:
    return PDFObjectReference(f"Page{number}")
