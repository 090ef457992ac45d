"""The chart of a result: one horizontal bar per official, in ballot order, as long as the base of the percentages.

Here lives what a chart shows, and how it is cut and saved. Never here: a count, or a share that decides.

The question that a chart answers is "did anyone reach a threshold?". The thresholds concern one level (low confidence),
so that level is drawn from the right-hand edge and the thin lines at 1/2 and 2/3 are measured from that edge: a level
that reaches a line has reached its share. Levels differ by lightness, hatch and number, never by hue. What is too
narrow for its number has it to the right of the bar, beside a swatch; zero is not drawn (the table prints it).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import matplotlib

from tally.outcome import OfficialOutcome, Outcome
from tally.protocol.ruleset import RuleSet, Threshold
from tally.report import words
from tally.report.bars import BLOCK, CAPTION, KEY, LABEL, ROW, Segment, Sheet, Style
from tally.report.headings import Heading, headed
from tally.report.typeface import Typeface
from tally.report.words import printed_date, say

TALLEST = 400.0
PNG_DPI = 200
GAP = 8.0

FIRST = Style("#F1ECE0", "")
MIDDLE = Style("#BDB6A8", "////")
LAST = Style("#2E2B29", "", number="#FFFFFF")
VOID = Style("#FFFFFF", "xxxx")
ABSENT = Style("#FFFFFF", "....")


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of segment of every bar: its label, how it is drawn, and its place in `counts` if it is a level."""

    label: str
    style: Style
    level: int | None = None


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
    rules = outcome.manifest.rules
    parts, lines = _parts(rules), _lines(rules) if outcome.base else []
    top = KEY + LABEL * len(lines) + GAP
    bottom = top + _height(page.rows)
    sheet = Sheet(bottom + CAPTION, face)
    seen = {part for part in parts if any(_size(outcome, row, part) for _, row in page.rows)}
    sheet.key([(part.label, part.style) for part in parts if part in seen])
    y = top
    for headings, row in page.rows:
        for heading in headings:
            sheet.heading(y, heading.text, marked=heading.is_form)
            y += BLOCK
        segments = [Segment(_size(outcome, row, part), part.style) for part in parts]
        sheet.bar(y, f"{row.number}. {row.official.name}", segments, whole=outcome.base)
        y += ROW
    for place, threshold in enumerate(lines):
        share = 1 - threshold.numerator / threshold.denominator
        sheet.line(KEY + LABEL * place, bottom, share=share, label=_named(rules, threshold))
    sheet.caption(bottom + GAP, _caption(outcome), say(words.REHEARSAL) if outcome.manifest.rehearsal else "")
    return sheet


def files(outcome: Outcome, page: ChartPage, face: Typeface) -> tuple[bytes, bytes]:
    """Return the chart as SVG (letters as outlines) and PNG, with a title and without dates: always the same bytes."""
    sheet, title = draw(outcome, page, face), _title(outcome, page)
    sheet.title(title)
    frame, name = sheet.frame(len(title)), ". ".join(title)
    svg, png = io.BytesIO(), io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "phieu-tin-nhiem", "svg.fonttype": "path"}):
        nothing = {"Date": None, "Creator": None}
        sheet.figure.savefig(
            svg, format="svg", facecolor="white", bbox_inches=frame, metadata={**nothing, "Title": name}
        )
    sheet.figure.savefig(
        png, format="png", facecolor="white", bbox_inches=frame, dpi=PNG_DPI, metadata={"Software": None, "Title": name}
    )
    return svg.getvalue(), png.getvalue()


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


def _parts(rules: RuleSet) -> list[Part]:
    """Return the parts in their order along a bar: levels, what names no level, and at the edge the watched level."""
    watched = _watched(rules)
    others = [i for i in range(len(rules.levels)) if i != watched]
    styles = [FIRST, *[MIDDLE] * len(others)]
    return [
        *(Part(rules.levels[i].label, style, i) for i, style in zip(others, styles, strict=False)),
        Part(say(words.ABSENT), ABSENT),
        Part(say(words.VOID), VOID),
        Part(rules.levels[watched].label, LAST, watched),
    ]


def _watched(rules: RuleSet) -> int:
    keys = [level.key for level in rules.levels]
    return keys.index(rules.thresholds[0].level) if rules.thresholds else len(keys) - 1


def _lines(rules: RuleSet) -> list[Threshold]:
    """Return the thresholds of the watched level, the highest share (the leftmost line) first."""
    drawn = [t for t in rules.thresholds if t.level == rules.levels[_watched(rules)].key]
    return sorted(drawn, key=lambda t: -t.numerator / t.denominator)


def _size(outcome: Outcome, row: OfficialOutcome, part: Part) -> int:
    if part.level is not None:
        return row.counts[part.level]
    return row.void if part.style == VOID else outcome.base - row.void - sum(row.counts)


def _named(rules: RuleSet, threshold: Threshold) -> str:
    sentence = words.LINE_OVER if threshold.strict else words.LINE_FROM
    share = f"{threshold.numerator}/{threshold.denominator}"
    return say(sentence, level=rules.levels[_watched(rules)].label, share=share)


def _title(outcome: Outcome, page: ChartPage) -> list[str]:
    manifest = outcome.manifest
    part = f" ({page.number}/{page.of})" if page.of > 1 else ""
    return [
        manifest.title + part,
        " – ".join(filter(None, (manifest.body, manifest.session, printed_date(manifest.date)))),
        *([manifest.policy.secrecy.upper()] if manifest.policy.secrecy else []),
    ]


def _caption(outcome: Outcome) -> list[str]:
    rules = outcome.manifest.rules
    base = say(words.CHART_BASE, base=rules.base.words, count=outcome.base)
    return [base, say(words.CHART_LINES, level=rules.levels[_watched(rules)].label)] if rules.thresholds else [base]
