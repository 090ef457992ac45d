"""What a draft holds, as values: one for each step, written as canonical JSON and read back the same.

Here lives the shape of a draft and its encoding. Never here: a database, or a rule about what may stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any

from ballot.result.complaint_wait import DEFAULT_MINUTES
from tally.protocol.encoding import canonical, decode
from tally.protocol.manifest import MINIMUM_BALLOTS

LIMIT = 16 * 1024 * 1024
RATED, EXEMPT, OPEN, REMOVED = "rated", "exempt", "open", "removed"
DECISIONS = (RATED, EXEMPT, OPEN, REMOVED)


@dataclass(frozen=True, slots=True)
class Basis:
    """Step 1: under which rule set, what, when, of which body (`body_id` in the catalogue, 0: typed)."""

    rule_set: str
    title: str
    session: str
    date: str
    body_id: int
    body: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person who holds rated posts: all of them, once. `key` names the line in forms; lines stand in ballot order.

    `decision` is rated, exempt, open (somebody must decide) or removed (not in this round at all). `rule` is the key of
    the exemption that was found. An organiser should look at the `suspended` and at `new_posts` beside older ones.
    """

    key: str
    person_id: int
    name: str
    positions: tuple[str, ...]
    authority: str
    form: str
    block: str
    decision: str
    reason: str = ""
    citation: str = ""
    rule: str = ""
    suspended: bool = False
    new_posts: tuple[str, ...] = ()

    @property
    def position(self) -> str:
        """All posts in one text, as the ballot names them."""
        return "; ".join(self.positions)


@dataclass(frozen=True, slots=True)
class Officials:
    """Steps 2 and 3: the lines, and from which basis they were proposed (`date`, `rule_set`, bodies)."""

    date: str
    rule_set: str
    body_ids: tuple[int, ...]
    lines: tuple[Line, ...]

    def of(self, decision: str) -> tuple[Line, ...]:
        """Return the lines with this decision."""
        return tuple(line for line in self.lines if line.decision == decision)


@dataclass(frozen=True, slots=True)
class Invited:
    """One voter of step 4; `groups` are those they came from, `why` is said where an organiser added them."""

    key: str
    person_id: int
    code: str
    name: str
    unit: str
    site: str
    groups: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Electorate:
    """Steps 4 and 5: groups on a day, their union as voters, who was left out and why; `delegates` is the whole body.

    Voters who were left out have `why` set and stand in `excluded`.
    """

    day: str
    group_ids: tuple[int, ...]
    delegates: int
    voters: tuple[Invited, ...]
    excluded: tuple[Invited, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Step 6: who opens the result, what is disclosed to whom, and how long complaints are waited for before."""

    committee_size: int = 3
    threshold: int = 2
    minimum_ballots: int = MINIMUM_BALLOTS
    own_device: bool = False
    disclosure: str = "public"
    secrecy: str = ""
    complaint_minutes: int = DEFAULT_MINUTES


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Who acknowledged the warnings of a small electorate, and for which numbers."""

    name: str
    voters: int
    officials: int


@dataclass(frozen=True, slots=True)
class Content:
    """A draft. `text` is the plan where somebody edited it, else empty: then it follows the facts.

    `done` are keys of deadlines that were met; `source` is the round this was cloned from.
    """

    basis: Basis | None = None
    officials: Officials | None = None
    electorate: Electorate | None = None
    policy: Policy | None = None
    text: str = ""
    acknowledged: Acknowledged | None = None
    done: tuple[str, ...] = ()
    source: str = ""

    @classmethod
    def parse(cls, raw: bytes) -> Content:
        """Read a draft that `encode` wrote."""
        return _read(decode(raw, "draft", limit=LIMIT))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return canonical(asdict(self))

    @property
    def rated(self) -> tuple[Line, ...]:
        """The lines of the ballot, in ballot order: every form, and in it every block, together."""
        return in_ballot_order(self.officials.of(RATED)) if self.officials else ()

    @property
    def voters(self) -> tuple[Invited, ...]:
        """The roll."""
        return self.electorate.voters if self.electorate else ()

    @property
    def title(self) -> str:
        """What to call this draft."""
        return self.basis.title if self.basis else ""

    @property
    def approved_part(self) -> Content:
        """What a plan's approval covers: all but the acknowledgement and the ticks of the checklist."""
        return replace(self, acknowledged=None, done=())


def in_ballot_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines with every form, and in it every block, standing together, in the order they first stand."""
    lines = tuple(lines)
    forms = {form: place for place, form in enumerate(dict.fromkeys(line.form for line in lines))}
    blocks = {pair: place for place, pair in enumerate(dict.fromkeys((line.form, line.block) for line in lines))}
    return tuple(sorted(lines, key=lambda line: (forms[line.form], blocks[line.form, line.block])))


def _read(value: dict[str, Any]) -> Content:
    return Content(
        basis=_one(Basis, value["basis"]),
        officials=_one(Officials, value["officials"], lines=Line),
        electorate=_one(Electorate, value["electorate"], voters=Invited, excluded=Invited),
        policy=_one(Policy, value["policy"]),
        text=value["text"],
        acknowledged=_one(Acknowledged, value["acknowledged"]),
        done=tuple(value["done"]),
        source=value["source"],
    )


def _one(kind: Any, value: dict[str, Any] | None, **lists: Any) -> Any:
    """Return a value of `kind`; arrays become tuples, of the kinds in `lists` where they hold objects."""
    if value is None:
        return None
    names = {field.name: field for field in fields(kind)}
    since = {name for name, field in names.items() if name not in value and field.default is not MISSING}
    read = {name: value[name] for name in names if name not in since}  # a draft of before a field was thought of
    for name, entry in read.items():
        if isinstance(entry, list):
            read[name] = tuple(_one(lists[name], one) if name in lists else one for one in entry)
    return kind(**read)
