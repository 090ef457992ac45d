"""The XML of a workbook's parts, walked once from front to back: no declaration, no entity, bounded in every direction.

Here lives the walking (threats H19). Never here: a tree in memory, or a document type.
"""

from __future__ import annotations

from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from ballot.lists.archive import UNREADABLE
from ballot.lists.refusals import Unfit
from tally.i18n import marked as _

MOST_ELEMENTS, MOST_DEEP = 2_000_000, 64

Attributes = dict[str, str]


class Walk(ContentHandler):
    """What a part is walked with: element names come without their prefix, and are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.elements = self.depth = 0

    def startElement(self, name: str, attrs: Attributes) -> None:  # noqa: N802 - the interface's name
        """Count, and pass on the bare name."""
        self.elements, self.depth = self.elements + 1, self.depth + 1
        if self.elements > MOST_ELEMENTS or self.depth > MOST_DEEP:
            raise Unfit(_("một phần trong tệp lớn hoặc nén bất thường"))
        self.begin(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 - the interface's name
        """Pass on the bare name."""
        self.depth -= 1
        self.finish(name.rpartition(":")[2])

    def begin(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""

    def finish(self, name: str) -> None:
        """Take the end of an element."""


def walk(raw: bytes, part: str, handler: ContentHandler | None = None) -> None:
    """Walk a whole part. Raises Unfit naming it.

    It is fed at once: in small pieces expat goes back over a long name or value again and again.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler or Walk())
    try:
        parser.feed(raw)
        parser.close()
    except DefusedXmlException:
        raise Unfit(_("trong tệp có khai báo DOCTYPE hoặc ENTITY, thứ không bảng tính nào cần"), part) from None
    except Unfit as error:
        raise Unfit(error.reason, error.where or part, **error.details) from None
    except (SAXException, ValueError, LookupError):
        raise Unfit(UNREADABLE, part) from None


def check(raw: bytes, part: str) -> None:
    """Refuse a declaration in a part that nothing here reads. Raises Unfit."""
    if part.endswith(".vml"):  # never strict XML, and never read
        if b"<!doctype" in raw.lower() or b"<!entity" in raw.lower():
            raise Unfit(_("trong tệp có khai báo DOCTYPE hoặc ENTITY, thứ không bảng tính nào cần"), part)
        return
    walk(raw, part)
