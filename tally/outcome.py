"""From counts to meaning: void lines, percentages, thresholds, consequence texts; the file result.json.

Here lives integer arithmetic over counts that others have verified. Never here: cryptography, or a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import canonical
from tally.protocol.manifest import Block, Manifest, Official
from tally.protocol.ruleset import DELEGATES, RuleSet, Threshold

FORMAT = "phieu-tin-nhiem/result/v1"


@dataclass(frozen=True, slots=True)
class BallotCounts:
    """The counters of a round: ballots, never percentages. Điều 6 QĐ 96-QĐ/TW; khoản 1 Điều 19 NQ 96/2023/QH15."""

    delegates: int
    summoned: int
    issued: int
    returned: int

    @property
    def not_returned(self) -> int:
        """Slips given out that never became a ballot."""
        return self.issued - self.returned


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that result.json says. `base` is the number that every percentage is a share of."""

    manifest: Manifest
    root: str
    ballots: BallotCounts
    base: int
    officials: tuple[OfficialOutcome, ...]

    def encode(self) -> bytes:
        """Return the canonical bytes of result.json (SPEC 4.13)."""
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
    rules = manifest.rules
    ballots = BallotCounts(manifest.roll.delegates, manifest.roll.summoned, issued, returned)
    base = ballots.delegates if rules.base.kind == DELEGATES else ballots.returned
    rows = tuple(
        _official(rules, number, block, official, counts[number - 1], base=base, returned=returned)
        for number, (block, official) in enumerate(manifest.officials(), start=1)
    )
    return Outcome(manifest, root, ballots, base, rows)


def _official(
    rules: RuleSet, number: int, block: Block, official: Official, counts: tuple[int, ...], *, base: int, returned: int
) -> OfficialOutcome:
    by_key = {level.key: count for level, count in zip(rules.levels, counts, strict=True)}
    met = tuple(t for t in rules.thresholds if t.is_met(count=by_key[t.level], base=base))
    return OfficialOutcome(
        number=number,
        official=official,
        form=block.form,
        block=block.title,
        counts=counts,
        void=returned - sum(counts),
        percent=tuple(percent(count, base) for count in counts),
        met=tuple(t.key for t in met),
        deciding=met[0] if met else None,
    )


def _document(outcome: Outcome) -> dict[str, Any]:
    manifest, rules, ballots = outcome.manifest, outcome.manifest.rules, outcome.ballots
    return {
        "format": FORMAT,
        "manifest": manifest.hash,
        "root": outcome.root,
        "round": manifest.title,
        "body": manifest.body,
        "date": manifest.date,
        "rehearsal": manifest.rehearsal,
        "rules": {"id": rules.id, "number": rules.number},
        "ballots": {
            "delegates": ballots.delegates,
            "summoned": ballots.summoned,
            "issued": ballots.issued,
            "returned": ballots.returned,
            "not_returned": ballots.not_returned,
            "valid": ballots.returned,
            "invalid": 0,
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
        "consequence": row.deciding.consequence if row.deciding else "",
        "citation": row.deciding.citation if row.deciding else "",
    }
