"""From counts to meaning: void lines, percentages, thresholds, consequence texts; the file result.json.

Here lives integer arithmetic over counts that others have verified. Never here: cryptography, or a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import canonical
from tally.protocol.errors import Incomplete
from tally.protocol.manifest import Block, Exempt, Manifest, Official, Policy
from tally.protocol.ruleset import DELEGATES, THRESHOLD, RuleSet, Threshold, Trigger

FORMAT = "phieu-tin-nhiem/result/v1"


@dataclass(frozen=True, slots=True)
class BallotCounts:
    """The counters of a round: ballots, never percentages. Điều 6 QĐ 96-QĐ/TW; khoản 1 Điều 19 NQ 96/2023/QH15."""

    delegates: int
    summoned: int
    issued: int
    returned: int
    invalid: int = 0

    @property
    def valid(self) -> int:
        """Ballots that count: returned and not invalid as a whole, which an electronic one never is."""
        return self.returned - self.invalid

    @property
    def not_returned(self) -> int:
        """Slips given out that never became a ballot."""
        return self.issued - self.returned


@dataclass(frozen=True, slots=True)
class Seal:
    """What ties an outcome to its record: hash of the manifest, root of the archive, size and threshold of the
    committee. A round that was counted on paper has none.
    """

    manifest: str
    root: str
    committee_size: int
    threshold: int


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What documents say of a round besides its numbers; `voters` is the length of its roll."""

    title: str
    body: str
    session: str
    date: str
    rehearsal: bool
    rules: RuleSet
    exempt: tuple[Exempt, ...]
    policy: Policy
    voters: int
    forms: tuple[str, ...]

    @classmethod
    def of(cls, manifest: Manifest) -> RoundFacts:
        """Take them from a manifest."""
        return cls(
            manifest.title, manifest.body, manifest.session, manifest.date, manifest.rehearsal, manifest.rules,
            manifest.exempt, manifest.policy, manifest.roll.voters, manifest.forms,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfficialOutcome:
    """One row of the result: `counts` in the order of the rule set's levels, `void` lines, what follows from them.

    `form` names the *loại phiếu* and is empty where the round has one only.
    """

    number: int
    official: Official
    form: str
    block: str
    counts: tuple[int, ...]
    void: int
    percent: tuple[str, ...]
    met: tuple[str, ...]
    deciding: Threshold | None
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that result.json says. `base` is the number that every percentage is a share of; `seal` is missing
    where a round was counted on paper.
    """

    round: RoundFacts
    seal: Seal | None
    ballots: BallotCounts
    base: int
    officials: tuple[OfficialOutcome, ...]

    def encode(self) -> bytes:
        """Return the canonical bytes of result.json (SPEC 4.13). Raises Incomplete for a round counted on paper."""
        return canonical(_document(self))


def percent(count: int, base: int) -> str:
    """Return `count` of `base` as it is printed: half-up, two decimals, comma, trailing zeros dropped.

    >>> percent(52, 81), percent(2, 3), percent(1, 2), percent(0, 0)
    ('64,2%', '66,67%', '50%', '0%')
    """
    if base == 0:
        return "0%"
    hundredths = (20_000 * count + base) // (2 * base)  # half-up of 10000·count/base
    whole, rest = divmod(hundredths, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole},{decimals}%" if decimals else f"{whole}%"


def evaluate(
    manifest: Manifest, *, root: str, issued: int, returned: int, counts: tuple[tuple[int, ...], ...]
) -> Outcome:
    """Turn verified counts (one tuple per official, in ballot order) into the outcome under the round's own rules."""
    ballots = BallotCounts(manifest.roll.delegates, manifest.roll.summoned, issued, returned)
    seal = Seal(manifest.hash, root, manifest.committee_size, manifest.threshold)
    return judge(RoundFacts.of(manifest), seal, ballots, tuple(manifest.officials()), counts)


def judge(
    facts: RoundFacts,
    seal: Seal | None,
    ballots: BallotCounts,
    officials: tuple[tuple[Block, Official], ...],
    counts: tuple[tuple[int, ...], ...],
) -> Outcome:
    """Apply the rules of a round to its counters and counts, whether a record or a committee with paper gave them."""
    base = ballots.delegates if facts.rules.base.kind == DELEGATES else ballots.returned
    rows = tuple(
        _official(facts.rules, number, block, official, counts[number - 1], base=base, valid=ballots.valid)
        for number, (block, official) in enumerate(officials, start=1)
    )
    return Outcome(facts, seal, ballots, base, rows)


def _official(
    rules: RuleSet, number: int, block: Block, official: Official, counts: tuple[int, ...], *, base: int, valid: int
) -> OfficialOutcome:
    by_key = {level.key: count for level, count in zip(rules.levels, counts, strict=True)}
    met = tuple(t for t in rules.thresholds if t.is_met(count=by_key[t.level], base=base))
    return OfficialOutcome(
        number=number,
        official=official,
        form=block.form,
        block=block.title,
        counts=counts,
        void=valid - sum(counts),
        percent=tuple(percent(count, base) for count in counts),
        met=tuple(t.key for t in met),
        deciding=met[0] if met else None,
        triggers=tuple(t for t in rules.triggers if t.kind == THRESHOLD and met and t.threshold == met[0].key),
    )


def _document(outcome: Outcome) -> dict[str, Any]:
    facts, seal, ballots = outcome.round, outcome.seal, outcome.ballots
    if seal is None:
        raise Incomplete("result.json", missing="manifest.json")
    rules = facts.rules
    return {
        "format": FORMAT,
        "manifest": seal.manifest,
        "root": seal.root,
        "round": facts.title,
        "body": facts.body,
        "date": facts.date,
        "rehearsal": facts.rehearsal,
        "rules": {"id": rules.id, "number": rules.number},
        "ballots": {
            "delegates": ballots.delegates,
            "summoned": ballots.summoned,
            "issued": ballots.issued,
            "returned": ballots.returned,
            "not_returned": ballots.not_returned,
            "valid": ballots.valid,
            "invalid": ballots.invalid,
        },
        "base": {"kind": rules.base.kind, "count": outcome.base, "words": rules.base.words},
        "levels": [{"key": level.key, "label": level.label} for level in rules.levels],
        "officials": [_row(row) for row in outcome.officials],
    }


def _row(row: OfficialOutcome) -> dict[str, Any]:
    return {
        "number": row.number,
        "form": row.form,
        "block": row.block,
        "id": row.official.id,
        "name": row.official.name,
        "position": row.official.position,
        "counts": list(row.counts),
        "void": row.void,
        "percent": list(row.percent),
        "thresholds": list(row.met),
        "triggers": [trigger.key for trigger in row.triggers],
        "consequence": row.deciding.consequence if row.deciding else "",
        "citation": row.deciding.citation if row.deciding else "",
    }
