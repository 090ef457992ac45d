"""The words of a PDF: which no signed document may hold, and which a signature may bring with it.

Here live both lists and the search for them. Never here: an opinion about a word that neither list names, but "no".

A list of what is allowed outlives every trick with what is not; the list of what is forbidden only gives the finding
its name. Source: ISO 32000-1; threats G7.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject, StreamObject

from tally.i18n import marked as _
from tally.signed.errors import SignedExtra

SCRIPT = _("mã lệnh hoặc hành động tự chạy")
ATTACHED = _("tệp đính kèm hoặc nội dung đa phương tiện")
OUTSIDE = _("liên kết hoặc dữ liệu ở ngoài tệp")
FORM = _("biểu mẫu hoặc chú thích không phải ô ký")
LAYER = _("lớp ẩn hiện, hoặc nội dung thay thế")
STRANGE = _("thành phần lạ")

_NAMED = {
    SCRIPT: "JS JavaScript AA OpenAction Launch Named Hide SetOCGState Rendition GoTo3DView RichMediaExecute",
    ATTACHED: "EF EmbeddedFile EmbeddedFiles Filespec RichMedia Movie Sound Screen 3D Collection AF FileAttachment",
    OUTSIDE: "URI GoToR GoToE SubmitForm ImportData Thread Ref OPI FFilter FDecodeParms",
    FORM: "XFA NeedAppearances Tx Btn Ch Link FreeText Popup Stamp Ink Highlight Redact Watermark Markup RV",
    LAYER: "OCProperties OCG OCMD OC Alternates Encrypt ObjStm XRef DSS PieceInfo",
}
FORBIDDEN = {f"/{word}": sentence for sentence, words in _NAMED.items() for word in words.split()}
"""What each of these words would be, as a key or as a kind of thing."""

_SIGNATURE = (
    "Type Sig Filter Adobe.PPKLite SubFilter ETSI.CAdES.detached Contents ByteRange M Reference SigRef TransformMethod "
    "DocMDP FieldMDP TransformParams V P Action Data"
)
SIGNATURE = frozenset(f"/{word}" for word in _SIGNATURE.split())
"""Words of a signature's dictionary."""

_APPEARANCE = (
    "Type Subtype XObject Form BBox Resources Font F# Length Filter FlateDecode Type# CIDFontType# DescendantFonts "
    "Encoding BaseFont ToUnicode CIDSystemInfo Registry Ordering Supplement CIDToGIDMap W FontDescriptor FontName "
    "Ascent Descent FontBBox Flags StemV ItalicAngle CapHeight FontFile#"
)
APPEARANCE = frozenset(f"/{word}" for word in _APPEARANCE.split())
"""Words of what is seen in a signed field, numbers as `#`: text in an embedded font, and no picture."""

_KINDS = ("/Type", "/Subtype", "/S", "/FT", "/Filter", "/SubFilter", "/TransformMethod")
_DIGITS = re.compile(r"\d+")


def inside(objects: Iterable[PdfObject]) -> Iterator[PdfObject]:
    """Yield every value in these objects, themselves first; references are not followed."""
    waiting = list(objects)
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, DictionaryObject):
            waiting.extend(value.raw_get(key) for key in value)
        elif isinstance(value, ArrayObject):
            waiting.extend(value.raw_get(i) for i in range(len(value)))


def words(objects: Iterable[PdfObject]) -> frozenset[str]:
    """Return every key, and every name that says of what kind a thing is; numbers in them as `#`."""
    found: set[str] = set()
    for value in inside(objects):
        if isinstance(value, DictionaryObject):
            found.update(value)
            found.update(kind for key in _KINDS for kind in _names(value, key))
    return frozenset(_DIGITS.sub("#", word) for word in found)


def check_harmless(objects: Iterable[PdfObject], where: str) -> None:
    """Check that nothing here has a forbidden word, or its bytes in another file. Raises SignedExtra."""
    for value in inside(objects):
        if isinstance(value, DictionaryObject):
            named = {*value, *(kind for key in _KINDS for kind in _names(value, key))}
            for word in sorted(named & FORBIDDEN.keys()):
                raise SignedExtra(f"{where}: {word}", what=FORBIDDEN[word])
            if isinstance(value, StreamObject) and "/F" in value:
                raise SignedExtra(f"{where}: /F", what=OUTSIDE)


def check_known(objects: Iterable[PdfObject], known: frozenset[str], where: str) -> None:
    """Check that every word here is among `known` ones. Raises SignedExtra."""
    for word in sorted(words(objects) - known):
        raise SignedExtra(f"{where}: {word}", what=FORBIDDEN.get(word, STRANGE))


def references(objects: Iterable[PdfObject]) -> Iterator[IndirectObject]:
    """Yield every reference in these objects."""
    return (value for value in inside(objects) if isinstance(value, IndirectObject))


def _names(value: DictionaryObject, key: str) -> Iterator[str]:
    if key not in value:
        return
    held = value.raw_get(key)
    for one in held if isinstance(held, ArrayObject) else (held,):
        if isinstance(one, NameObject):
            yield str(one)
