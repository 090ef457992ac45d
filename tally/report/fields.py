"""An empty signature field as a block of a document: a place on the page, a name, and nothing in it yet.

Here lives the PDF object that waits to be signed. Never here: a signature, a certificate, or who signs in what order.

The fields must be in the one revision that the engine writes: a field that is added later would be a change of a
document that its first signature has certified (SPEC 5.20; threats G7).
"""

from __future__ import annotations

from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString
from reportlab.platypus import Flowable

from tally.report import words
from tally.report.sheet import RULE
from tally.report.words import say

PRINT_LOCKED = 132
"""Flags of the annotation (ISO 32000-1, table 165): it is printed (4), and people cannot move it (128)."""
SIGNATURES_EXIST_APPEND_ONLY = 3
"""Flags of the form (ISO 32000-1, table 219): who opens the file must add to it and never rewrite it."""


class SignatureBox(Flowable):  # type: ignore[misc]
    """A field called `name`, `width` by `height` points, over a dotted line for whoever signs the paper by hand.

    `lock` lets nothing in the file be changed once the field is signed. `label` is what a screen reader says of it.
    """

    def __init__(self, name: str, width: float, height: float, *, lock: bool = False, label: str = "") -> None:
        super().__init__()
        self.name, self.width, self.height, self.lock = name, width, height, lock
        self.alt = label or say(words.SIGNATURE)

    def draw(self) -> None:
        """Draw the line and leave the field; reportlab calls this."""
        canvas = self.canv
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.6)
        canvas.setDash([0.6, 2.4])
        canvas.line(0, 2, self.width, 2)
        canvas._addAnnotation(self._widget(), self.name)
        _form(canvas).append(PDFObjectReference(canvas._doc.annotationName(self.name)))

    def _widget(self) -> PDFDictionary:
        """Return the field and its place on the page, which are one object (ISO 32000-1, 12.5.6.19 and 12.7.4.5)."""
        canvas = self.canv
        left, bottom = canvas.absolutePosition(0, 0)
        right, top = canvas.absolutePosition(self.width, self.height)
        entries: dict[str, Any] = {
            "Type": PDFName("Annot"),
            "Subtype": PDFName("Widget"),
            "FT": PDFName("Sig"),
            "T": PDFString(self.name),
            "TU": PDFString(self.alt),
            "Rect": PDFArray([left, bottom, right, top]),
            "F": PRINT_LOCKED,
            "P": PDFObjectReference(f"Page{canvas.getPageNumber()}"),
        }
        if self.lock:
            lock = {"Type": PDFName("SigFieldLock"), "Action": PDFName("All"), "P": 1}
            entries["Lock"] = canvas._doc.Reference(PDFDictionary(lock))
        return PDFDictionary(entries)


def _form(canvas: Any) -> list[Any]:
    """Return the list of the document's fields, with the form around it from the first field on."""
    catalog = canvas._doc.Catalog
    if not hasattr(catalog, "AcroForm"):
        fields = PDFArray([])
        catalog.AcroForm = PDFDictionary({"Fields": fields, "SigFlags": SIGNATURES_EXIST_APPEND_ONLY})
    sequence: list[Any] = catalog.AcroForm["Fields"].sequence
    return sequence
