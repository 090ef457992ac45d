"""The scripts and style sheets of the voting pages: what each file must hash to.

Here lives the reading of that list. Never here: a file itself, or its bundling (ballot/frontend).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tally.protocol.encoding import matching
from tally.protocol.errors import WrongShape

MOST_SOFTWARE = 200
_FILE_NAME = re.compile(r"[a-z][a-z0-9._-]{0,79}\Z")  # never a number: JavaScript would move it to the front
_INTEGRITY = re.compile(r"sha384-[A-Za-z0-9+/]{64}\Z")


def read_software(value: Any, where: str) -> Mapping[str, str]:
    """Read the names of files, ascending, with the SHA-384 of each (W3C Subresource Integrity). Raises WrongShape."""
    if not isinstance(value, dict) or len(value) > MOST_SOFTWARE or list(value) != sorted(value):
        raise WrongShape(where, expected="{name: sha384-…}, a … z")
    for name, integrity in value.items():
        matching(_FILE_NAME, name, where)
        matching(_INTEGRITY, integrity, f"{where}.{name}")
    return value
