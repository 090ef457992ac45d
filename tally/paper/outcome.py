"""A paper round with every counter, as the outcome that documents are made of.

Here lives what must be known before a paper may be printed. Never here: a number that is missing and made up.
"""

from __future__ import annotations

from tally.outcome import BallotCounts, Outcome, RoundFacts
from tally.outcome import judge as judge_counts
from tally.paper.judged import JudgedRound
from tally.paper.refusals import PaperContradicts, place
from tally.paper.rounds import COUNTERS
from tally.protocol.errors import Incomplete
from tally.protocol.manifest import Block, Official, Policy


def outcome_of(judged: JudgedRound) -> Outcome:
    """Return the outcome of a round whose counters, names and counts are all known; it has no seal.

    Raises PaperContradicts where its numbers contradict each other, Incomplete naming what is not known.
    """
    for line in judged.lines:
        for finding in line.findings:
            raise PaperContradicts(place(line.line.line), finding=str(finding))
    for finding in judged.findings:
        if finding.code not in ("out_of_force", "base_differs", "no_base"):
            raise PaperContradicts(judged.round.title, finding=str(finding))
    missing = _missing(judged)
    if missing:
        raise Incomplete(judged.round.title, missing=", ".join(missing))
    return _outcome(judged)


def _missing(judged: JudgedRound) -> list[str]:
    known = judged.counters
    values = (known.delegates, known.summoned, known.issued, known.returned, known.valid, known.invalid)
    found = [column for column, value in zip(COUNTERS, values, strict=True) if value is None]
    for line in judged.lines:
        if not line.line.name:
            found.append(place(line.line.line, "name"))
        found += [
            place(line.line.line, level.key)
            for level, count in zip(judged.round.rules.levels, line.line.counts, strict=True)
            if count is None
        ]
    return found


def _outcome(judged: JudgedRound) -> Outcome:
    paper, known = judged.round, judged.counters
    numbers = (known.delegates, known.summoned, known.issued, known.returned, known.invalid)
    delegates, summoned, issued, returned, invalid = (number or 0 for number in numbers)
    facts = RoundFacts(
        title=paper.title, body=paper.body, session=paper.session, date=paper.date, rehearsal=False,
        rules=paper.rules, exempt=(), policy=Policy(1, disclosure=paper.rules.disclosure), voters=summoned, forms=("",),
    )  # fmt: skip
    officials = tuple(
        (Block("", ()), Official(str(line.line.number), line.line.name, line.line.position)) for line in judged.lines
    )
    counts = tuple(tuple(count or 0 for count in line.line.counts) for line in judged.lines)
    ballots = BallotCounts(delegates, summoned, issued, returned, invalid)
    return judge_counts(facts, None, ballots, officials, counts)
