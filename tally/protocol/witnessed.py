"""What minutes say of those who watched the box: each witness's name, key, and how far they signed.

Here lives the shape. Never here: a copy of a witness (tally/witnessing.py), or whether a statement is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.cosignature import NAME
from tally.protocol.encoding import boolean, entries, fields, hex_hash, integer
from tally.protocol.errors import NotSorted, WrongShape

MOST = 9
MOST_BALLOTS = 10**9


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One witness: the marks that they signed cover `ballots`; `closing` says whether they signed closing.txt."""

    name: str
    key: str
    ballots: int
    closing: bool

    @classmethod
    def parse(cls, value: Any, where: str) -> Witnessed:
        """Read one. Raises WrongShape, BadHash naming the field."""
        m = fields(value, where, "name", "key", "ballots", "closing")
        if not isinstance(m["name"], str) or not NAME.match(m["name"]):
            raise WrongShape(f"{where}.name", expected="a-z, 0-9, -; 1…40")
        ballots = integer(m["ballots"], f"{where}.ballots", 0, MOST_BALLOTS)
        key = hex_hash(m["key"], f"{where}.key")
        return cls(m["name"], key, ballots, boolean(m["closing"], f"{where}.closing"))

    def as_json(self) -> dict[str, Any]:
        """Return the object as it stands in the file."""
        return {"name": self.name, "key": self.key, "ballots": self.ballots, "closing": self.closing}


def witnessed(value: Any, where: str) -> tuple[Witnessed, ...]:
    """Read one to nine by ascending name; nobody is not a list. Raises WrongShape, BadHash, NotSorted."""
    found = tuple(Witnessed.parse(entry, place) for entry, place in entries(value, where))
    if not 1 <= len(found) <= MOST:
        raise WrongShape(where, expected=f"1…{MOST}")
    names = [each.name for each in found]
    if names != sorted(set(names)) or len({each.key for each in found}) != len(found):
        raise NotSorted(where)
    return found
