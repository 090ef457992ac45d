"""The form of a document before anybody signed: exactly the fields of those who sign, empty, and the last one locks.

Here live the checks of the first revision's fields. Never here: a signature, or a look at what a page says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from tally.i18n import marked as _
from tally.signed.errors import SignedDiffers, SignedExtra, SignedUnreadable
from tally.signed.structure import Revision
from tally.signed.vocabulary import FORM, inside, references

NO_FORM = _("thiếu các ô ký")
FIELDS = _("các ô ký không phải là của những người ký, mỗi người một ô trống")
LOCK = _("chỉ ô cuối cùng khóa văn bản, và phải khóa")
_FIELD = {"/Type", "/Subtype", "/FT", "/T", "/TU", "/Rect", "/F", "/P", "/Lock", "/StructParent"}


def field_name(owner: int) -> str:
    """Return the name of the field in which this member signs. Source: SPEC 5.20."""
    return f"ky-{owner}"


def held(objects: Mapping[int, PdfObject], value: PdfObject) -> PdfObject:
    """Return a value, or what a reference to one of these objects leads to. Raises KeyError."""
    return objects[value.idnum] if isinstance(value, IndirectObject) else value


def root_of(revision: Revision) -> int:
    """Return the number of the catalog."""
    root = revision.trailer.raw_get("/Root")
    if not isinstance(root, IndirectObject):
        raise KeyError("/Root")
    return int(root.idnum)


def fields_of(base: Revision, names: Sequence[str], where: str) -> dict[int, str]:
    """Return the names of the fields by the number of their object, once all of the form was checked.

    `names` is in the order of signing. Raises SignedUnreadable, SignedDiffers, SignedExtra.
    """
    try:
        return _fields(base, names, where)
    except (KeyError, AttributeError, TypeError):
        raise SignedUnreadable(where, reason=NO_FORM) from None


def _fields(base: Revision, names: Sequence[str], where: str) -> dict[int, str]:
    objects = base.objects
    form = held(objects, _dictionary(objects[root_of(base)]).raw_get("/AcroForm"))
    listed = held(objects, _dictionary(form).raw_get("/Fields"))
    numbers = [reference.idnum for reference in references([listed])]
    if set(_dictionary(form)) - {"/Fields", "/SigFlags"} or len(numbers) != len(set(numbers)):
        raise SignedExtra(where, what=FORM)
    fields = {number: _dictionary(objects[number]) for number in numbers}
    found = {number: str(field.get("/T", "")) for number, field in fields.items()}
    if sorted(found.values()) != sorted(names) or not all(map(_is_empty, fields.values())):
        raise SignedDiffers(where, how=FIELDS)
    _check_annotations(objects, set(numbers), where)
    for number, name in found.items():
        lock = held(objects, fields[number].raw_get("/Lock")) if "/Lock" in fields[number] else None
        if (name == names[-1]) != (lock is not None) or (lock is not None and not _locks_everything(lock)):
            raise SignedDiffers(where, how=LOCK)
    return found


def _check_annotations(objects: Mapping[int, PdfObject], fields: set[int], where: str) -> None:
    """Check that nothing lies upon a page but the fields."""
    for value in inside(objects.values()):
        if isinstance(value, DictionaryObject):
            if value.get("/Type") == "/Annot" and not any(value is objects[number] for number in fields):
                raise SignedExtra(where, what=FORM)
            if "/Annots" in value:
                listed = held(objects, value.raw_get("/Annots"))
                numbers = {reference.idnum for reference in references([listed])}
                if not isinstance(listed, ArrayObject) or len(listed) != len(numbers) or numbers - fields:
                    raise SignedExtra(where, what=FORM)


def _dictionary(value: PdfObject) -> DictionaryObject:
    if not isinstance(value, DictionaryObject):
        raise TypeError
    return value


def _is_empty(field: DictionaryObject) -> bool:
    kind = (field.get("/Type"), field.get("/Subtype"), field.get("/FT"))
    return kind == ("/Annot", "/Widget", "/Sig") and set(field) <= _FIELD


def _locks_everything(lock: PdfObject) -> bool:
    wanted = {"/Type": "/SigFieldLock", "/Action": "/All", "/P": 1}
    return isinstance(lock, DictionaryObject) and {key: lock.raw_get(key) for key in lock} == wanted
