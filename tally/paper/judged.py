"""A paper round under its rule set: percentages, void lines, thresholds, and what contradicts what.

Here lives integer arithmetic over what is known. Never here: a conclusion from numbers that contradict each other, or
from one that is missing where it could matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from tally.outcome import percent
from tally.paper.findings import FROM_COUNTERS, FROM_FILE, FROM_PARTS, UNKNOWN, Finding, of_line, of_round
from tally.paper.published import Checked, Summary, check
from tally.paper.rounds import Counters, PaperLine, PaperRound
from tally.protocol.ruleset import DELEGATES, THRESHOLD, Threshold, Trigger


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """What follows from one line. None is not known: `void` without the valid ballots, `met` where it cannot be said.

    `unmarked`: returned ballots that count for no level here, be the line void or the ballot invalid. `checks` has a
    place per level, None where nothing was published.
    """

    line: PaperLine
    percent: tuple[str | None, ...]
    void: int | None
    unmarked: int | None
    met: tuple[str, ...] | None
    deciding: Threshold | None
    triggers: tuple[Trigger, ...]
    checks: tuple[Checked | None, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """A round with its base, where that came from, and its lines in the order of the file."""

    round: PaperRound
    counters: Counters
    base: int | None
    base_from: str
    lines: tuple[JudgedLine, ...]
    findings: tuple[Finding, ...]

    @property
    def summary(self) -> Summary:
        """How the published percentages fared."""
        return Summary.of(check for line in self.lines for check in line.checks if check)


def judge(paper: PaperRound) -> JudgedRound:
    """Apply a round's own rules to its counts."""
    counters = _completed(paper.counters)
    base, base_from = _base(paper, counters)
    lines = tuple(_line(paper, counters, base, line) for line in paper.lines)
    return JudgedRound(paper, counters, base, base_from, lines, of_round(paper, counters, base, base_from))


def _completed(known: Counters) -> Counters:
    """Derive the one counter that the two others of returned = valid + invalid give; a written one is never changed."""
    returned, valid, invalid = known.returned, known.valid, known.invalid
    if returned is None and valid is not None and invalid is not None:
        returned = valid + invalid
    if returned is not None and valid is None and invalid is not None:
        valid = returned - invalid
    if returned is not None and invalid is None and valid is not None:
        invalid = returned - valid
    return Counters(known.delegates, known.summoned, known.issued, returned, valid, invalid)


def _base(paper: PaperRound, counters: Counters) -> tuple[int | None, str]:
    """Return the base by the rule set; only where the counters do not give it, the one that the file names."""
    written = paper.counters
    of_delegates = paper.rules.base.kind == DELEGATES
    base = counters.delegates if of_delegates else counters.returned
    if base is not None:
        derived = not of_delegates and written.returned is None
        return base, FROM_PARTS if derived else FROM_COUNTERS
    return paper.percent_base, UNKNOWN if paper.percent_base is None else FROM_FILE


def _line(paper: PaperRound, counters: Counters, base: int | None, line: PaperLine) -> JudgedLine:
    known = [count for count in line.counts if count is not None]
    whole = len(known) == len(line.counts)
    findings = of_line(paper, counters, base, line)
    met = None if findings else _met(paper, counters, base, line)
    first = next((t for t in paper.rules.thresholds if met and t.key in met), None)
    void = counters.valid - sum(known) if whole and counters.valid is not None else None
    unmarked = counters.returned - sum(known) if whole and counters.returned is not None else None
    return JudgedLine(
        line=line,
        percent=tuple(None if count is None or base is None else percent(count, base) for count in line.counts),
        void=None if findings else void,
        unmarked=None if findings else unmarked,
        met=met,
        deciding=first,
        triggers=tuple(t for t in paper.rules.triggers if t.kind == THRESHOLD and met and t.threshold == met[0]),
        checks=_checks(paper, counters, base, line),
        findings=findings,
    )


def _met(paper: PaperRound, counters: Counters, base: int | None, line: PaperLine) -> tuple[str, ...] | None:
    """Return the keys of all thresholds that are met; None if a missing number leaves one open.

    A missing count cannot be more than the ballots that the others leave, which often suffices.
    """
    if base is None:
        return None
    limit = next(n for n in (counters.valid, counters.returned, base) if n is not None)
    left = limit - sum(count for count in line.counts if count is not None)
    by_key = {level.key: count for level, count in zip(paper.rules.levels, line.counts, strict=True)}
    met = []
    for threshold in paper.rules.thresholds:
        count = by_key[threshold.level]
        if threshold.is_met(count=left if count is None else count, base=base):
            if count is None:
                return None
            met.append(threshold.key)
    return tuple(met)


def _checks(paper: PaperRound, counters: Counters, base: int | None, line: PaperLine) -> tuple[Checked | None, ...]:
    known = [count for count in line.counts if count is not None]
    others = {
        "ballots_returned": counters.returned,
        "ballots_valid": counters.valid,
        "total_delegates": counters.delegates,
        "ballots_issued": counters.issued,
        "summoned": counters.summoned,
        "sum": sum(known) if len(known) == len(line.counts) else None,
        "percent_base": paper.percent_base,
    }
    candidates = {name: count for name, count in others.items() if count}
    return tuple(
        check(level.key, published, count=count, base=base, others=candidates) if published else None
        for level, count, published in zip(paper.rules.levels, line.counts, line.published, strict=True)
    )
