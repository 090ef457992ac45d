"""What is decided of a round before it is one: its settings, who is rated, who may vote, who is left out.

Here live these values and what is refused of them. Never here: a list as it was typed, or the writing of a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ballot.result import complaint_wait
from ballot.round_lists import BadList, check_people, check_references
from tally.i18n import marked as _
from tally.i18n import said
from tally.protocol.encoding import integer, text
from tally.protocol.errors import WrongShape
from tally.protocol.manifest import DISCLOSURES, MINIMUM_BALLOTS, SMALL_ELECTORATE, SMALLEST_ROLL, check_date
from tally.protocol.messages import MAX_TRUSTEES
from tally.protocol.ruleset import RESTRICTED

MAX_SITES = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """What is decided for a round besides its lists; `plan` is the approved plan (canonical JSON), if there is one."""

    title: str
    body: str
    session: str
    date: str
    rule_set: str
    rehearsal: bool
    delegates: int
    committee_size: int
    threshold: int
    minimum_ballots: int
    own_device: bool = False
    disclosure: str = RESTRICTED
    secrecy: str = ""
    accepted_by: str = ""
    plan: bytes | None = None
    complaint_minutes: int = complaint_wait.DEFAULT_MINUTES


@dataclass(frozen=True, slots=True)
class Rated:
    """One line of the ballot; `person_id` where the catalogue knows them, `authority` who manages them."""

    name: str
    position: str
    block: str
    form: str = ""
    authority: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entitled:
    """One line of the roll."""

    reference: str
    name: str
    unit: str
    site: str = ""
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who holds a rated post and is exempt."""

    name: str
    position: str
    reason: str
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """All that a round is made of."""

    settings: Settings
    rated: Sequence[Rated]
    roll: Sequence[Entitled]
    exempt: Sequence[LeftOut] = ()

    def in_ballot_order(self) -> list[Rated]:
        """Return the lines with every form, and in it every block, standing together, each where it first stands."""
        forms = list(dict.fromkeys(o.form for o in self.rated))
        blocks = list(dict.fromkeys((o.form, o.block) for o in self.rated))
        return sorted(self.rated, key=lambda o: (forms.index(o.form), blocks.index((o.form, o.block))))


def check_settings(settings: Settings) -> None:
    """Refuse now what a manifest would refuse later, so that every round that exists can be sealed.

    Raises BadText, WrongShape.
    """
    check_date(settings.date, "date")
    integer(settings.committee_size, "committee_size", 1, MAX_TRUSTEES)
    integer(settings.threshold, "threshold", min(2, settings.committee_size), settings.committee_size)
    integer(settings.minimum_ballots, "minimum_ballots", 1 if settings.rehearsal else MINIMUM_BALLOTS, 10_000)
    integer(settings.delegates, "delegates", SMALLEST_ROLL, 1_000_000)
    if settings.disclosure not in DISCLOSURES:
        raise WrongShape("disclosure", expected=" / ".join(DISCLOSURES))
    text(settings.secrecy, "secrecy", limit=40, empty=True)
    text(settings.accepted_by, "accepted_by", limit=200, empty=True)


def check_lists(planned: Planned) -> None:
    """Refuse a reference or a person that stands twice, more sites than a round may have, and a roll out of bounds.

    Raises BadList, BadText, WrongShape.
    """
    settings, rated, roll = planned.settings, planned.rated, planned.roll
    check_references([v.reference for v in roll])
    check_people([(o.name, o.position) for o in rated])
    if not rated:
        raise BadList("officials", reason=_("không có dòng nào"))
    if len({v.site for v in roll}) > MAX_SITES:
        raise BadList("roll", reason=said(_("nhiều hơn {most} điểm"), most=MAX_SITES))
    if len({o.form for o in rated}) > 1 and not all(o.form for o in rated):
        raise BadList("officials", reason=_("có dòng chưa ghi loại phiếu"))
    if not SMALLEST_ROLL <= len(roll) <= settings.delegates:
        raise WrongShape("roll", expected=f"{SMALLEST_ROLL}…{settings.delegates}")
    if len(roll) < SMALL_ELECTORATE and not settings.rehearsal:
        text(settings.accepted_by, "accepted_by", limit=200)
