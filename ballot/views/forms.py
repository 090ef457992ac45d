"""Fields of plain forms that are more than text. Here lives reading them; never a view.

Never here: a default for a field that is missing or wrong; it is refused.
"""

from __future__ import annotations

from contextlib import closing

from flask import request

from tally.protocol.errors import WrongShape

MOST_DIGITS = 6


def number(name: str) -> int:
    """Return a field as a whole number from 0 to 999999, written with plain digits. Raises WrongShape."""
    value = request.form[name].strip()
    if not (value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS):
        raise WrongShape(name, expected="0…999999")
    return int(value)


def uploaded(name: str, *, limit: int) -> bytes:
    """Return the bytes of an uploaded file, one more than `limit` at most; nothing where none was sent."""
    file = request.files.get(name)
    if file is None:
        return b""
    with closing(file):
        return file.read(limit + 1)
