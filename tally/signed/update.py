"""What one signature may change in a file: its own field, and as the first one the catalog; nothing else, ever.

Here lives the comparison of a revision with those before it. Never here: cryptography (envelope.py).

Stricter than PDF is: a DocMDP of level 2 would let anybody fill fields, and viewers differ in what they call that.
SPEC 5.20; threats G7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from tally.i18n import marked as _
from tally.signed.errors import SignatureBroken, SignatureOrder, SignedChangedAfter, SignedExtra
from tally.signed.form import root_of
from tally.signed.structure import Revision
from tally.signed.vocabulary import APPEARANCE, SIGNATURE, check_known, references

NOT_A_SIGNATURE = _("một lần sửa không phải là chữ ký")
OTHER_OBJECT = _("đối tượng khác ngoài ô ký")
FIELD = _("thuộc tính của ô ký")
CATALOG = _("thuộc tính của cả văn bản")
UNUSED = _("đối tượng không thuộc chữ ký nào")
NOT_PADES = _("không phải chữ ký PAdES")
NOT_FIRST = _("người ký đầu tiên, và chỉ người đó, phải chứng nhận văn bản ở mức 2 (chỉ cho ký tiếp)")
NOT_LAST = _("người ký cuối cùng, và chỉ người đó, phải khóa mọi ô")
ANOTHER = _("người khác đã ký ở lượt này")
PADES = "/ETSI.CAdES.detached"


@dataclass(frozen=True, slots=True)
class Turn:
    """One signer's turn: whose field, shown as `member`, whether they come first, whether last."""

    name: str
    member: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Update:
    """A revision that is a signature and nothing else: the signature's dictionary, and where its object lies."""

    signature: DictionaryObject
    place: tuple[int, int]


def read_update(
    before: Mapping[int, PdfObject], revision: Revision, fields: Mapping[int, str], turn: Turn, where: str
) -> Update:
    """Return the signature that this revision adds to the objects `before` it.

    Raises SignedChangedAfter, SignedExtra, SignatureOrder, SignatureBroken.
    """
    try:
        return _read(before, revision, fields, turn, where)
    except (KeyError, AttributeError, TypeError, ValueError):
        raise SignedChangedAfter(where, what=NOT_A_SIGNATURE) from None


def _read(
    before: Mapping[int, PdfObject], revision: Revision, fields: Mapping[int, str], turn: Turn, where: str
) -> Update:
    objects, root = revision.objects, root_of(revision)
    changed = set(objects) & set(before)
    signed = [number for number in changed if number in fields]
    if len(signed) != 1:
        raise SignedChangedAfter(where, what=NOT_A_SIGNATURE)
    if fields[signed[0]] != turn.name:
        raise SignatureOrder(where, member=turn.member, reason=ANOTHER)
    if changed - {signed[0], root}:
        raise SignedChangedAfter(where, what=OTHER_OBJECT)
    if root in changed and not turn.first:
        raise SignedChangedAfter(where, what=CATALOG)
    if turn.first and root not in changed:
        raise SignatureOrder(where, member=turn.member, reason=NOT_FIRST)
    value, seen = _check_field(before[signed[0]], objects[signed[0]], where)
    if turn.first:
        _check_catalog(before[root], objects[root], value, where)
    signature = objects[value]
    if not isinstance(signature, DictionaryObject) or value in before:
        raise TypeError
    if signature.get("/SubFilter") != PADES:
        raise SignatureBroken(where, member=turn.member, reason=NOT_PADES)
    new = {number: one for number, one in objects.items() if number not in changed}
    _check_new(new, value, seen, root, where)
    _check_part(signature, turn, root, where)
    return Update(signature, revision.places[value])


def _check_field(old: PdfObject, new: PdfObject, where: str) -> tuple[int, int]:
    """Check that the field only got a value and a look; return the numbers of both objects."""
    _same_but(old, new, {"/V", "/AP"}, FIELD, where)
    appearance = new.raw_get("/AP")  # type: ignore[attr-defined]
    if set(appearance) != {"/N"}:
        raise SignedChangedAfter(where, what=FIELD)
    value, seen = new.raw_get("/V"), appearance.raw_get("/N")  # type: ignore[attr-defined]
    if not isinstance(value, IndirectObject) or not isinstance(seen, IndirectObject):
        raise SignedChangedAfter(where, what=FIELD)
    return value.idnum, seen.idnum


def _check_catalog(old: PdfObject, new: PdfObject, value: int, where: str) -> None:
    """Check that the catalog names the certification and perhaps the version of PDF that it needs, no more."""
    _same_but(old, new, {"/Perms", "/Version"}, CATALOG, where)
    permissions, version = new.raw_get("/Perms"), new.get("/Version")  # type: ignore[attr-defined]
    certified = permissions.raw_get("/DocMDP")
    if set(permissions) != {"/DocMDP"} or not isinstance(certified, IndirectObject) or certified.idnum != value:
        raise SignedChangedAfter(where, what=CATALOG)
    if version not in (None, "/1.7", old.get("/Version")):  # type: ignore[attr-defined]
        raise SignedChangedAfter(where, what=CATALOG)


def _same_but(old: PdfObject, new: PdfObject, keys: set[str], what: str, where: str) -> None:
    if not isinstance(old, DictionaryObject) or not isinstance(new, DictionaryObject):
        raise TypeError
    same = set(old) - keys == set(new) - keys and all(
        _spelled(old.raw_get(key)) == _spelled(new.raw_get(key)) for key in old if key not in keys
    )
    if not same or {"/V", "/AP", "/Perms"} & set(old):
        raise SignedChangedAfter(where, what=what)


def _check_new(new: Mapping[int, PdfObject], value: int, seen: int, root: int, where: str) -> None:
    """Check that every new object serves this signature or its look, in words that those have."""
    check_known([new[value]], SIGNATURE, where)
    if any(reference.idnum != root for reference in references([new[value]])):
        raise SignedExtra(where, what=UNUSED)
    reached, waiting = {value}, [seen]
    while waiting:
        number = waiting.pop()
        if number in reached:
            continue
        if number not in new:
            raise SignedExtra(where, what=UNUSED)
        reached.add(number)
        waiting.extend(reference.idnum for reference in references([new[number]]))
    if set(new) != reached:
        raise SignedExtra(where, what=UNUSED)
    check_known([new[number] for number in reached - {value}], APPEARANCE, where)


def _check_part(signature: DictionaryObject, turn: Turn, root: int, where: str) -> None:
    """Check the part of this turn: DocMDP of level 2 for the first, FieldMDP over all for the last, else neither."""
    listed = signature.raw_get("/Reference") if "/Reference" in signature else ArrayObject()
    methods = [str(one.raw_get("/TransformMethod")) for one in listed]
    if methods.count("/DocMDP") != int(turn.first):
        raise SignatureOrder(where, member=turn.member, reason=NOT_FIRST)
    if methods.count("/FieldMDP") != int(turn.last) or len(methods) != int(turn.first) + int(turn.last):
        raise SignatureOrder(where, member=turn.member, reason=NOT_LAST)
    for method, one in zip(methods, listed, strict=True):
        parameters = one.raw_get("/TransformParams")
        if method == "/DocMDP" and parameters.raw_get("/P") != 2:
            raise SignatureOrder(where, member=turn.member, reason=NOT_FIRST)
        if method == "/FieldMDP" and (parameters.raw_get("/Action"), one.raw_get("/Data").idnum) != ("/All", root):
            raise SignatureOrder(where, member=turn.member, reason=NOT_LAST)


def _spelled(value: PdfObject) -> bytes:
    out = BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()
