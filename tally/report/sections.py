"""The sections of the working report, each as a list of blocks for the page.

Here lives the wording in its place. Never here: a computation, a font, or a measure of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from tally.outcome import OfficialOutcome, Outcome
from tally.protocol.override import Override
from tally.report import chart, sheet, words
from tally.report.forms_table import forms
from tally.report.people_tables import exceptions_table, exempt_table
from tally.report.remarks import few, unanimous
from tally.report.results_table import results_table
from tally.report.sheet import RULE, Styles, grouped
from tally.report.turnout_chart import turnout
from tally.report.words import say
from tally.slips import MOST_NAMED, SlipCounts, of_each


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report says besides the outcome: verdict, the record's hash, counters of slips, exceptions granted."""

    verdict: str
    record_hash: str
    slips: SlipCounts
    overrides: tuple[Override, ...] = ()


def counters(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return the counters of the round, all printed even when zero, and the base of the percentages in words.

    Several forms have a line each; a small electorate has the name of whoever answers for it (threats D2).
    """
    ballots, rules, policy = outcome.ballots, outcome.round.rules, outcome.round.policy
    rows = [
        (words.DELEGATES, ballots.delegates),
        (words.SUMMONED, ballots.summoned),
        (words.ISSUED, ballots.issued),
        (words.RETURNED, ballots.returned),
        (words.NOT_RETURNED, ballots.not_returned),
        (words.VALID, ballots.valid),
        (words.INVALID, ballots.invalid),
    ]
    cells = [[styles.para(say(name), styles.body), styles.para(str(count), styles.count)] for name, count in rows]
    citation = f" ({rules.base.citation})" if rules.base.citation else ""
    return [
        _pairs(cells, styles, sheet.WIDTH - 60, 60),
        Spacer(1, 6),
        *([] if rules.bad_line_voids_ballot else [styles.para(say(words.BLANK_LINE))]),
        styles.para(say(words.BASE, base=rules.base.words, count=outcome.base, citation=citation)),
        *([_electorate(outcome, styles)] if policy.accepted_by else []),
        *(forms(outcome, styles)),
    ]


def _electorate(outcome: Outcome, styles: Styles) -> Flowable:
    facts = outcome.round
    return styles.para(say(words.ELECTORATE, count=facts.voters, name=facts.policy.accepted_by))


def slips(counts: SlipCounts, styles: Styles) -> list[Flowable]:
    """Return how slips were made and terminals tested, all printed even when zero."""
    rows = [
        (say(words.VOTERS), of_each(counts.issued)),
        (say(words.REISSUED), of_each(counts.reissued)),
        (say(words.ENVELOPES), of_each(counts.envelopes)),
        (say(words.SPOILED), str(counts.spoiled)),
        (say(words.UNUSED), str(counts.unused)),
        (say(words.UNDELIVERED), of_each(counts.undelivered)),
        (say(words.TESTS), str(sum(counts.tests.values()))),
        *(
            (say(words.TESTS_OF, terminal=name) if name else say(words.TESTS_UNNAMED), str(number))
            for name, number in list(counts.tests.items())[:MOST_NAMED]
        ),
        *([(say(words.TESTS_OTHERS), str(counts.others))] if counts.others else []),
    ]
    cells = [[styles.para(name, styles.body), styles.para(count, styles.count)] for name, count in rows]
    return [_pairs(cells, styles, sheet.WIDTH - 60, 60), Spacer(1, 4), styles.para(say(words.SLIPS_NOTE), styles.small)]


def _pairs(cells: list[list[Any]], styles: Styles, *widths: float) -> Table:
    return Table(
        cells, colWidths=widths, hAlign="LEFT",
        style=[
            ("FONTNAME", (0, 0), (-1, -1), styles.face.regular),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )  # fmt: skip


def results(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return the table of officials and what its last column means."""
    return [results_table(outcome, styles), Spacer(1, 4), styles.para(say(words.VOID_NOTE), styles.small)]


def consequences(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return who reached a threshold and what follows, then a neutral word where the numbers tell more than sums."""
    rules = outcome.round.rules
    reached = [row for row in outcome.officials if row.deciding]
    story = [_reached(outcome, row, styles) for row in reached]
    if not reached:
        story.append(styles.para(say(words.NOBODY, rules=rules.number)))
    if sentence := unanimous(outcome):
        story += [Spacer(1, 6), styles.para(sentence)]
    if sentence := few(outcome):
        story.append(styles.para(sentence))
    return story


def _reached(outcome: Outcome, row: OfficialOutcome, styles: Styles) -> Flowable:
    rules, threshold = outcome.round.rules, row.deciding
    if threshold is None:
        raise ValueError("a row without a threshold has no consequence")
    index = [level.key for level in rules.levels].index(threshold.level)
    share = say(
        words.REACHED, level=rules.levels[index].label, count=row.counts[index], percent=row.percent[index],
        base=rules.base.words, words=threshold.words,
    )  # fmt: skip
    source = words.SOURCE if threshold.citation else words.SOURCE_RULES
    cited = say(source, citation=threshold.citation, rules=rules.number)
    return KeepTogether(
        [
            styles.para(f"{row.number}. {row.official.name}, {row.official.position}", styles.person),
            styles.para(share, styles.inset),
            styles.para(say(words.CONSEQUENCE, text=threshold.consequence, source=cited), styles.inset),
        ]
    )


def exempt(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return who holds a rated post and is not rated, with reason and source; nothing if nobody."""
    people = outcome.round.exempt
    if not people:
        return []
    return [styles.para(say(words.EXEMPT_NOTE)), Spacer(1, 4), exempt_table(people, styles)]


def charts(outcome: Outcome, styles: Styles) -> list[Flowable]:
    """Return the charts as vector drawings: how many ballots, then each official."""
    story: list[Flowable] = [turnout(outcome, styles.face).block(), Spacer(1, 12)]
    for page in chart.pages(outcome):
        story += [chart.draw(outcome, page, styles.face).block(), Spacer(1, 12)]
    return story


def exceptions(overrides: tuple[Override, ...], styles: Styles) -> list[Flowable]:
    """Return who holds an office in spite of a rated official's name, why, and who allowed it; nothing if nobody."""
    if not overrides:
        return []
    return [styles.para(say(words.EXCEPTIONS_NOTE)), Spacer(1, 4), exceptions_table(overrides, styles)]


def verification(outcome: Outcome, findings: Findings, styles: Styles) -> list[Flowable]:
    """Return the verdict, the hashes to compare and the command that checks them, and what nobody has compared yet."""
    facts, seal = outcome.round, outcome.seal
    if seal is None:
        raise ValueError("a round without a record has nothing to verify")
    committee = say(words.COMMITTEE_VALUE, members=seal.committee_size, threshold=seal.threshold)
    issuers = f"{len(findings.slips.issuers)} ({', '.join(findings.slips.issuers)})"
    rows = (
        (words.VERDICT, [findings.verdict]),
        (words.MANIFEST_HASH, _halves(seal.manifest)),
        (words.ROOT, _halves(seal.root)),
        (words.RECORD_HASH, _halves(findings.record_hash)),
        (words.ISSUERS, [issuers]),
        (words.COMMITTEE, [committee]),
    )
    cells = [[styles.para(say(name), styles.cell), styles.lines(value, styles.hash)] for name, value in rows]
    command = f"tally verify {say(words.RECORD_FOLDER)} --manifest {seal.manifest}"
    notes = [styles.para(f"– {note}", styles.small) for note in facts.rules.verify]
    title = styles.para(say(words.NOT_COMPARED), styles.note_title)
    return [
        _pairs(cells, styles, 118, sheet.WIDTH - 118),
        Spacer(1, 6),
        KeepTogether([styles.para(say(words.COMMAND)), Spacer(1, 4), styles.para(command, styles.command)]),
        *([Spacer(1, 10), KeepTogether([title, *notes])] if notes else []),
    ]


def _halves(digits: str) -> list[str]:
    return [grouped(digits[:32]), grouped(digits[32:])]
