"""Written exceptions to the conflict of interest: a rated official's name in an office of the same round.

Here live their form in opening.json and the check that none is missing. Never here: a way to grant one (ballot/).
SPEC 4.9, 5.8; threats P4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.i18n import marked as _
from tally.protocol.committee import Committee
from tally.protocol.encoding import array, entries, fields, one_of, text
from tally.protocol.errors import ConflictOfInterest, Mismatch, NotSorted, WrongShape
from tally.protocol.manifest import Manifest
from tally.protocol.names import same_person_key

MEMBER, ORGANISER, DESK = "member", "organiser", "desk"
OFFICES = {
    MEMBER: _("thành viên ban kiểm phiếu"),
    ORGANISER: _("ban tổ chức"),
    DESK: _("bàn tiếp đón"),
}
"""The offices of a round, and what a report calls them."""
MOST = 200
LONGEST_NAME, LONGEST_LOGIN = 200, 60
SHORTEST_REASON, LONGEST_REASON = 10, 400


@dataclass(frozen=True, slots=True)
class Override:
    """Why somebody with a rated official's name holds an office anyway; who proposed it and who confirmed it."""

    name: str
    office: str
    reason: str
    first: str
    second: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Override:
        """Read {"name","office","reason","first","second"}. Raises BadText, WrongShape."""
        m = fields(value, where, "name", "office", "reason", "first", "second")
        office = one_of(m["office"], f"{where}.office", *OFFICES)
        first = text(m["first"], f"{where}.first", limit=LONGEST_LOGIN)
        second = text(m["second"], f"{where}.second", limit=LONGEST_LOGIN)
        if first == second:
            raise WrongShape(f"{where}.second", expected="≠ first")
        name = text(m["name"], f"{where}.name", limit=LONGEST_NAME)
        return cls(name, office, check_reason(m["reason"], f"{where}.reason"), first, second)

    def as_json(self) -> dict[str, str]:
        """Return the object in the order of the format."""
        return {
            "name": self.name, "office": self.office, "reason": self.reason, "first": self.first, "second": self.second,
        }  # fmt: skip


def check_reason(value: Any, where: str) -> str:
    """Return a written reason of 10 to 400 characters. Raises BadText, WrongShape."""
    reason = text(value, where, limit=LONGEST_REASON)
    if len(reason) < SHORTEST_REASON:
        raise WrongShape(where, expected=f"{SHORTEST_REASON}…{LONGEST_REASON}")
    return reason


def parse_overrides(value: Any, where: str) -> tuple[Override, ...]:
    """Read the list, strictly ascending by name and office. Raises NotSorted, WrongShape, BadText."""
    if len(array(value, where)) > MOST:
        raise WrongShape(where, expected=f"0…{MOST}")
    found = tuple(Override.parse(entry, place) for entry, place in entries(value, where))
    order = [(o.name, o.office) for o in found]
    if order != sorted(set(order)):
        raise NotSorted(where)
    return found


def check_conflicts(manifest: Manifest, committee: Committee, overrides: tuple[Override, ...], where: str) -> None:
    """Check that every exception is about a rated official, and that no member needs one that is not there.

    Raises Mismatch, ConflictOfInterest naming the member. Source: SPEC 5.8, step 6.
    """
    rated = {same_person_key(official.name) for _block, official in manifest.officials()}
    for i, override in enumerate(overrides):
        if same_person_key(override.name) not in rated:
            raise Mismatch(f"{where}.overrides[{i}]", other="manifest.json")
    excused = {same_person_key(o.name) for o in overrides if o.office == MEMBER}
    for i, member in enumerate(committee.members):
        key = same_person_key(member.name)
        if key in rated and key not in excused:
            raise ConflictOfInterest(f"committee.json.members[{i}]", name=member.name)
