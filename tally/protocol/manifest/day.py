"""The day of a round: one spelling, and the one time that its archive bears.

Here lives what makes text a day. Never here: today, or an hour.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tally.protocol.encoding import matching
from tally.protocol.errors import WrongShape

_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")


def check_date(value: Any, where: str) -> str:
    """Return `value` if it is a day from 1970 on, as yyyy-mm-dd. Raises WrongShape."""
    found = matching(_DATE, value, where)
    try:
        if date.fromisoformat(found).year < 1970:
            raise ValueError
    except ValueError:
        raise WrongShape(where, expected="yyyy-mm-dd") from None
    return found


def midnight(day: str) -> int:
    """Return 0:00 UTC of a day that `check_date` let pass, in seconds since 1970."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400
