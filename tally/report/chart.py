"""The chart of a result: one horizontal bar per official, in ballot order, as long as the base of the percentages.

Here lives what a chart shows, and how it is cut. Never here: a count, or a share that decides.

The question that a chart answers is "did anyone reach a threshold?". The thresholds concern one level (low confidence),
so that level is drawn from the right-hand edge and the thin lines at 1/2 and 2/3 are measured from that edge: a level
that reaches a line has reached its share. Levels differ by lightness, hatch and number, never by hue. What is too
narrow for its number has it to the right of the bar, beside a swatch; zero is not drawn (the table prints it).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from tally.outcome import OfficialOutcome, Outcome
from tally.protocol.ruleset import RuleSet, Threshold
from tally.report import picture, words
from tally.report.bars import BLOCK, CAPTION, LABEL, ROW, Segment, Sheet, key_height
from tally.report.headings import Heading, headed
from tally.report.kinds import ABSENT, INVALID, VOID, Part, labels_of, lines, named, parts, told, watched_level
from tally.report.typeface import Typeface
from tally.report.words import printed_date, say

TALLEST = 400.0
GAP = 8.0


@dataclass(frozen=True, slots=True)
class ChartPage:
    """What stands on one figure: officials, each with the headings that begin there."""

    rows: tuple[tuple[tuple[Heading, ...], OfficialOutcome], ...]
    number: int
    of: int


def pages(outcome: Outcome) -> list[ChartPage]:
    """Cut the officials into figures that fit half a page or a slide: between blocks where possible, else evenly."""
    cut: list[list[OfficialOutcome]] = []
    for piece in _pieces(outcome.officials):
        if cut and _height(headed([*cut[-1], *piece])) <= TALLEST:
            cut[-1].extend(piece)
        else:
            cut.append(list(piece))
    return [ChartPage(tuple(headed(rows)), i, len(cut)) for i, rows in enumerate(cut, start=1)]


def draw(outcome: Outcome, page: ChartPage, face: Typeface) -> Sheet:
    """Draw one figure at 72 dpi, a point to a unit."""
    rules = outcome.round.rules
    kinds, drawn = parts(labels_of(rules), watched_level(rules)), lines(rules) if outcome.base else []
    seen = [part for part in kinds if any(_size(outcome, row, part) > 0 for _, row in page.rows)]
    key = key_height([part.label for part in seen], face)
    top = key + LABEL * len(drawn) + GAP
    bottom = top + _height(page.rows)
    sheet = Sheet(bottom + CAPTION, face, alt=_alt(outcome, page))
    sheet.key([(part.label, part.style) for part in seen])
    y = top
    for headings, row in page.rows:
        for heading in headings:
            sheet.heading(y, heading.text, marked=heading.is_form)
            y += BLOCK
        segments = [Segment(_size(outcome, row, part), part.style) for part in kinds]
        sheet.bar(y, f"{row.number}. {row.official.name}", segments, whole=outcome.base)
        y += ROW
    for place, threshold in enumerate(drawn):
        share = 1 - threshold.numerator / threshold.denominator
        sheet.line(key + LABEL * place, bottom, share=share, label=_named(rules, threshold))
    sheet.caption(bottom + GAP, _caption(outcome), say(words.REHEARSAL) if outcome.round.rehearsal else "")
    return sheet


def files(outcome: Outcome, page: ChartPage, face: Typeface) -> tuple[bytes, bytes]:
    """Return the figure as SVG and PNG."""
    part = f" ({page.number}/{page.of})" if page.of > 1 else ""
    return picture.files(draw(outcome, page, face), title_lines(outcome, part))


def title_lines(outcome: Outcome, part: str = "") -> list[str]:
    """Return what stands above a figure that stands alone: the round, whose it is and when, its mark of secrecy."""
    facts = outcome.round
    return [
        facts.title + part,
        " – ".join(filter(None, (facts.body, facts.session, printed_date(facts.date)))),
        *([facts.policy.secrecy.upper()] if facts.policy.secrecy else []),
    ]


# --- what is drawn -----------------------------------------------------------------------------------------------


def _pieces(officials: tuple[OfficialOutcome, ...]) -> Iterator[list[OfficialOutcome]]:
    """Yield each block, or its equal parts if it is too tall for one figure."""
    for (form, _), block in groupby(officials, key=lambda row: (row.form, row.block)):
        rows = list(block)
        fitting = int((TALLEST - (2 if form else 1) * BLOCK) // ROW)
        parts = -(-len(rows) // fitting)
        yield from (rows[len(rows) * i // parts : len(rows) * (i + 1) // parts] for i in range(parts))


def _height(rows: Iterable[tuple[tuple[Heading, ...], OfficialOutcome]]) -> float:
    return sum(ROW + BLOCK * len(headings) for headings, _ in rows)


def _size(outcome: Outcome, row: OfficialOutcome, part: Part) -> int:
    if part.level is not None:
        return row.counts[part.level]
    ballots = outcome.ballots
    return {VOID: row.void, INVALID: ballots.invalid, ABSENT: outcome.base - ballots.returned}[part.style]


def _named(rules: RuleSet, threshold: Threshold) -> str:
    label = rules.levels[watched_level(rules)].label
    return named(label, numerator=threshold.numerator, denominator=threshold.denominator, strict=threshold.strict)


def _alt(outcome: Outcome, page: ChartPage) -> str:
    """Return in words what the figure shows: each one's counts, and who reached a line."""
    rules = outcome.round.rules
    drawn = {threshold.key: _named(rules, threshold) for threshold in lines(rules)}
    said = [say(words.CHART_ALT, base=rules.base.words, count=outcome.base)]
    for _, row in page.rows:
        counts = [*zip(labels_of(rules), row.counts, strict=True), (say(words.VOID), row.void)]
        reached = next((f"; {say(words.CHART_REACHED, line=drawn[key])}" for key in row.met if key in drawn), "")
        said.append(f"{row.number}. {row.official.name}: {told(counts)}{reached}.")
    return " ".join(said)


def _caption(outcome: Outcome) -> list[str]:
    rules = outcome.round.rules
    base = say(words.CHART_BASE, base=rules.base.words, count=outcome.base)
    if not rules.thresholds:
        return [base]
    return [base, say(words.CHART_LINES, level=rules.levels[watched_level(rules)].label)]
