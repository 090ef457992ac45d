"""What the organisers decided for a round, within what a secret ballot allows.

Here live their choices and the bounds of each. Never here: what a law says (the rule set), or who may see a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import boolean, fields, integer, one_of, text
from tally.protocol.ruleset import PUBLIC, RESTRICTED

MINIMUM_BALLOTS = 5
SMALL_ELECTORATE = 10
DISCLOSURES = (PUBLIC, RESTRICTED)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisers decided for this round.

    Below `minimum_ballots` nothing is opened. `own_device` says whether delegates may also vote from a device of their
    own. `disclosure` is who may see the result (DISCLOSURES), `secrecy` the mark on its documents (*dấu mật*) or empty,
    `accepted_by` who acknowledged the warnings of a small electorate, or empty.
    """

    minimum_ballots: int
    own_device: bool = False
    disclosure: str = PUBLIC
    secrecy: str = ""
    accepted_by: str = ""

    @classmethod
    def parse(cls, value: Any, where: str, *, rehearsal: bool, voters: int) -> Policy:
        """Read the choices of a round of so many voters; a rehearsal, whose keys are worthless, may open any sum.

        An electorate under SMALL_ELECTORATE needs the name of whoever acknowledged it, but for a rehearsal. Raises
        reading errors naming the field.
        """
        m = fields(value, where, "minimum_ballots", "own_device", "disclosure", "secrecy", "accepted_by")
        disclosure = one_of(m["disclosure"], f"{where}.disclosure", *DISCLOSURES)
        least = 1 if rehearsal else MINIMUM_BALLOTS
        needs_name = voters < SMALL_ELECTORATE and not rehearsal
        return cls(
            minimum_ballots=integer(m["minimum_ballots"], f"{where}.minimum_ballots", least, 10_000),
            own_device=boolean(m["own_device"], f"{where}.own_device"),
            disclosure=disclosure,
            secrecy=text(m["secrecy"], f"{where}.secrecy", limit=40, empty=True),
            accepted_by=text(m["accepted_by"], f"{where}.accepted_by", limit=200, empty=not needs_name),
        )

    def as_json(self) -> dict[str, Any]:
        """Return its fields in the order of the file."""
        return {
            "minimum_ballots": self.minimum_ballots,
            "own_device": self.own_device,
            "disclosure": self.disclosure,
            "secrecy": self.secrecy,
            "accepted_by": self.accepted_by,
        }
