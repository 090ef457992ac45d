"""Bytes to values and back, in exactly one spelling: strict JSON, hashes, texts and small integers.

Here live the readers that every file of a round goes through first. Never here: a lenient reading.

The law of this module is `parse(raw).encode() == raw`: JSON without spaces, fields in the order of the specification,
UTF-8 unescaped, no duplicate key, no float, no surrogate, nesting and size bounded before the parser runs. SPEC 2.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NoReturn

from tally.protocol.errors import (
    BadHash,
    BadText,
    DuplicateKey,
    NotCanonical,
    NotJson,
    TooDeep,
    TooLarge,
    WrongShape,
)

MAX_DEPTH = 12
MAX_INTEGER = 2**53 - 1
_HASH = re.compile(r"[0-9a-f]{64}\Z")
# Letters and marks that show nothing, though `str.isprintable` takes them: two names must never look alike.
_SHOWS_NOTHING = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
_STACKED = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3}")


def canonical(value: Any) -> bytes:
    """Return the one permitted JSON spelling of `value`: compact, UTF-8 unescaped, fields in the given order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def decode(raw: bytes, where: str, *, limit: int, exact: bool = True) -> Any:
    """Read strict JSON of at most `limit` bytes; with `exact` it must also be canonical.

    Raises TooLarge, TooDeep, DuplicateKey, NotJson, NotCanonical. Source: SPEC 2.1.
    """
    if len(raw) > limit:
        raise TooLarge(where, limit=limit)
    _check_depth(raw, where)
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=lambda pairs: _object(pairs, where),
            parse_float=lambda _: _not_json(where),
            parse_constant=lambda _: _not_json(where),
        )
        again = canonical(value)
    except (ValueError, RecursionError):
        raise NotJson(where) from None
    if exact and again != raw:
        raise NotCanonical(where)
    return value


_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""Never goes back over a string, even one without an end: a body of quotes costs linear time."""
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))


def _check_depth(raw: bytes, where: str) -> None:
    """Bound the nesting before the recursive parser sees it: outside strings a bracket goes one down or one up."""
    steps = memoryview(_STRINGS.sub(b"", raw).translate(_STEPS, _NO_BRACKETS)).cast("b")
    if max(accumulate(steps), default=0) > MAX_DEPTH:
        raise TooDeep(where)


def _object(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKey(where)
    return found


def _not_json(where: str) -> NoReturn:
    raise NotJson(where)


# --- shapes ------------------------------------------------------------------------------------------------------


def fields(value: Any, where: str, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return `value` if it is an object with exactly `names` in this order, `optional` ones (in order) after them.

    Raises WrongShape. Source: SPEC 2.1.
    """
    if not isinstance(value, dict):
        raise WrongShape(where, expected="{" + ", ".join(names) + "}")
    keys = list(value)
    allowed = [*names, *(name for name in optional if name in value)]
    if keys != allowed:
        raise WrongShape(where, expected="{" + ", ".join(allowed) + "}")
    return value


def mapping(value: Any, where: str, *names: str) -> dict[str, Any]:
    """Return `value` if it is an object with exactly `names`, in any order (for data written by people)."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise WrongShape(where, expected="{" + ", ".join(names) + "}")
    return value


def array(value: Any, where: str, length: int | None = None) -> list[Any]:
    """Return `value` if it is an array (of `length` entries where given)."""
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise WrongShape(where, expected="[…]" if length is None else f"[{length}]")
    return value


def entries(value: Any, where: str, length: int | None = None) -> Iterator[tuple[Any, str]]:
    """Yield each entry of an array (of `length` entries where given) with its own place name, `where[i]`."""
    return ((entry, f"{where}[{i}]") for i, entry in enumerate(array(value, where, length)))


def objects(value: Any, where: str) -> Iterator[tuple[Any, str]]:
    """Yield each entry of a non-empty array with its own place name, `where[i]`."""
    if not array(value, where):
        raise WrongShape(where, expected="[…]")
    return entries(value, where)


def integer(value: Any, where: str, low: int, high: int = MAX_INTEGER) -> int:
    """Return `value` if it is a JSON integer in [low, high]; a boolean is not an integer."""
    if type(value) is not int or not low <= value <= high:
        raise WrongShape(where, expected=f"{low}…{high}")
    return value


def boolean(value: Any, where: str) -> bool:
    """Return `value` if it is true or false."""
    if not isinstance(value, bool):
        raise WrongShape(where, expected="true / false")
    return value


def string(value: Any, where: str) -> str:
    """Return `value` if it is a JSON string, whatever it says."""
    if not isinstance(value, str):
        raise WrongShape(where, expected="…")
    return value


def one_of(value: Any, where: str, *choices: str) -> str:
    """Return `value` if it is one of the named choices."""
    if value not in choices:
        raise WrongShape(where, expected=" / ".join(choices))
    return str(value)


def matching(pattern: re.Pattern[str], value: Any, where: str) -> str:
    """Return `value` if it is a JSON string that `pattern` matches from its first character. Raises WrongShape."""
    found = string(value, where)
    if not pattern.match(found):
        raise WrongShape(where, expected=pattern.pattern)
    return found


def text(value: Any, where: str, *, empty: bool = False, limit: int = 2000) -> str:
    """Return `value` if it is a text for people: NFC, nothing invisible, one kind of blank, none at the ends.

    Raises BadText. Source: SPEC 2.4; threats G13, H21.
    """
    if len(string(value, where)) > limit:  # first: composing takes the square of a text's marks (composing.py)
        raise BadText(where)
    bad = not value.isprintable() or _SHOWS_NOTHING.search(value) or _STACKED.search(value)
    if bad or unicodedata.normalize("NFC", value) != value or value != value.strip():
        raise BadText(where)
    if not value and not empty:
        raise BadText(where)
    return value  # type: ignore[no-any-return]


def texts(value: Any, where: str) -> tuple[str, ...]:
    """Return the entries of an array of texts."""
    return tuple(text(entry, place) for entry, place in entries(value, where))


def hex_hash(value: Any, where: str) -> str:
    """Return `value` if it is a SHA-256 in 64 lower-case hexadecimal digits."""
    if not isinstance(value, str) or not _HASH.match(value):
        raise BadHash(where)
    return value


# --- hashes ------------------------------------------------------------------------------------------------------


def sha256_hex(raw: bytes) -> str:
    """Return the SHA-256 of `raw` in lower-case hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def base64_compact(raw: bytes) -> str:
    """Return standard Base64 without padding, as trackers and election fingerprints are written."""
    return base64.b64encode(raw).decode("ascii").rstrip("=")


def sha256_compact(raw: bytes) -> str:
    """Return the SHA-256 of `raw` in 43 characters: a ballot's tracker, an election's fingerprint."""
    return base64_compact(hashlib.sha256(raw).digest())


def grouped(hexadecimal: str, groups: int = 8) -> str:
    """Return the first `groups` groups of four digits, as hashes are read aloud and copied onto paper."""
    return " ".join(hexadecimal[i : i + 4] for i in range(0, 4 * groups, 4))
