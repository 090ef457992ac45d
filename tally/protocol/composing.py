"""A text in its composed form (NFC), for whatever people, files and strangers hand in.

Here lives the one way to compose what nobody has measured yet. Never here: what else a text must be (encoding.py).

Marks on one letter are put in order by moving each before those that it precedes: the square of their number in steps,
which nothing interrupts. So half a megabyte of marks would hold a process, with all that it does for others, for
minutes, and a file of megabytes for days. Unicode has no letter with more than thirty marks in a row.
Source: UAX #15, 13 (Stream-Safe Text Format); threats C18, G10, H16, H19.
"""

from __future__ import annotations

import unicodedata

from tally.protocol.errors import BadText

MOST_MARKS = 30
SHORT = 400
"""Of so many characters all may be marks: they are in order at once. No name in a record is longer (SPEC 4.1, 4.9)."""
_UNMARKED = "\u0f73\u0f75\u0f81"
"""Vowels of Tibetan that count for no mark, and become two."""


def composed(value: str, where: str) -> str:
    """Return a text in NFC. Raises BadText where more marks stand on a letter than any has."""
    if len(value) > SHORT:
        _check_marks(value, where)
    return unicodedata.normalize("NFC", value)


def _check_marks(value: str, where: str) -> None:
    marks = 0
    for character in value:
        marks = marks + 1 if unicodedata.combining(character) or character in _UNMARKED else 0
        if marks > MOST_MARKS:
            raise BadText(where)
