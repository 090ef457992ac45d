"""A text as a cell of a table that any spreadsheet may open, and back again.

Here lives the one rule that takes formulas their meaning. Never here: a file format, or a number.

A cell is dangerous where it could be taken for a formula: at its beginning, and after a semicolon or tab within it,
since a spreadsheet whose list separator that is may cut the cell there. An apostrophe goes before each such place and
is taken away in reading, so that what was written is what is read. ASVS 1.2.10; threats H19.
"""

from __future__ import annotations

import re

_STARTERS = "=+\\-@\t\r\0\uff1d\uff0b\uff0d\uff20"
_SAFE = re.compile(f"(^|[;\t\r\n])([\" ]*)('*)(?=[{_STARTERS}])")
_PLAIN = re.compile(f"(^|[;\t\r\n])([\" ]*)'('*)(?=[{_STARTERS}])")


def safe(text: str) -> str:
    """Return `text` as a cell that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("a; -2"), safe("'=1"), safe("a-b")
    ("'=1+1", "a; '-2", "''=1", 'a-b')
    """
    return _SAFE.sub(r"\1\2'\3", text)


def plain(cell: str) -> str:
    """Return a cell as it was before `safe`."""
    return _PLAIN.sub(r"\1\2\3", cell)
