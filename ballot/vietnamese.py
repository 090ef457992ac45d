"""Vietnamese names for people who search and for lists that are read aloud: without diacritics, and in order; days.

Here lives comparing, and how a day is written. Never here: a change to a name; two spellings of one tone stay two
names (threats H21).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Grave, hook, tilde, acute, dot below: the order of dictionaries; a syllable without a mark comes first."""

_MARKS = re.compile(r"[\u0300-\u036f]+")
_TONES = re.compile(f"[{TONES}]")
_RANK = {letter: f"{place:02d}" for place, letter in enumerate(ALPHABET, start=36)} | {
    digit: f"{place:02d}" for place, digit in enumerate("0123456789", start=11)
}

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")

Order = tuple[tuple[str, ...], tuple[str, ...]]


def plain(value: str) -> str:
    """Return a text in lower case without diacritics, for comparing with what people type."""
    decomposed = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    return " ".join(_MARKS.sub("", decomposed).split())


def vndate(day: str) -> str:
    """Return a day written yyyy-mm-dd as people write it, dd/mm/yyyy; anything else stays as it is."""
    found = _DAY.match(day)
    return "/".join(reversed(found.groups())) if found else day


@lru_cache(maxsize=20_000)
def by_given_name(name: str) -> tuple[Order, Order]:
    """Return the key that sorts full names as lists in Vietnam do: by the given name, which is the last word."""
    words = name.split()
    return alphabetical(" ".join(words[-1:])), alphabetical(name)


def alphabetical(value: str) -> Order:
    """Return the key that sorts texts word by word: first by letters (a, ă, â, b…), then by tones."""
    words = value.casefold().split()
    return tuple(map(_letters, words)), tuple(map(_tones, words))


def _letters(word: str) -> str:
    bare = unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word)))
    return "".join(_RANK.get(c, f"99{c}") for c in bare)


def _tones(word: str) -> str:
    return "".join(str(TONES.index(c) + 1) for c in unicodedata.normalize("NFD", word) if c in TONES)
