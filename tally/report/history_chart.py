"""The chart of one person in one post over several rounds: a bar for each, on its own base and with its own thresholds.

Here lives what it shows and how a round becomes a bar. Never here: a judgement of a change, or two posts in one bar.

Rounds under different rules have different bases, levels and thresholds. So each bar has the same length, says below
what it is a share of, and has its own lines; nothing is drawn from one bar to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tally.outcome import percent
from tally.protocol.ruleset import RuleSet
from tally.report import kinds, picture, words
from tally.report.bars import CAPTION, NAMES, ROW, SMALL_ROW, Segment, Sheet, key_height
from tally.report.chart import GAP
from tally.report.kinds import ABSENT, INVALID, VOID, Part, Style, labels_of, lines, parts, watched_level
from tally.report.typeface import Typeface
from tally.report.words import printed_date, say

STEP = SMALL_ROW + ROW + SMALL_ROW + 9.0


@dataclass(frozen=True, slots=True)
class Line:
    """A share of the watched level from which (`strict`: over which) something follows."""

    numerator: int
    denominator: int
    strict: bool

    @property
    def label(self) -> str:
        """What the line says."""
        share = f"{self.numerator}/{self.denominator}"
        return say(words.SHARE_OVER if self.strict else words.SHARE_FROM, share=share)


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One person in one post in one round: what the round is called, its ISO date, the number of its rules, the base.

    `levels` are labels and counts in ballot order, `watched` the place of the one that `lines` concern; `void` and
    `invalid` count what names no level.
    """

    label: str
    date: str
    rules: str
    base: int
    base_words: str
    levels: tuple[tuple[str, int], ...]
    watched: int
    lines: tuple[Line, ...] = ()
    void: int = 0
    invalid: int = 0

    @classmethod
    def under(
        cls,
        rules: RuleSet,
        *,
        label: str,
        date: str,
        base: int,
        counts: Sequence[int],
        void: int = 0,
        invalid: int = 0,
    ) -> HistoryPoint:
        """Take labels, words and thresholds from the rules of the round; ValueError for other levels than theirs."""
        return cls(
            label=label, date=date, rules=rules.number, base=base, base_words=rules.base.words,
            levels=tuple(zip(labels_of(rules), counts, strict=True)), watched=watched_level(rules),
            lines=tuple(Line(t.numerator, t.denominator, t.strict) for t in lines(rules)), void=void, invalid=invalid,
        )  # fmt: skip


def history(points: Sequence[HistoryPoint], face: Typeface) -> Sheet:
    """Draw the rounds from the top in the order given, at 72 dpi, a point to a unit."""
    styles = _styles(points)
    seen = {part.label for point in points for part, size in _sizes(point) if size > 0}
    key = {label: style for label, style in styles.items() if label in seen}
    top = key_height(list(key), face)
    bottom = top + STEP * len(points) + GAP
    sheet = Sheet(bottom + CAPTION, face, alt=_alt(points))
    sheet.key(list(key.items()))
    for i, point in enumerate(points):
        _draw(sheet, top + STEP * i, point, styles)
    with_lines = [say(words.HISTORY_LINES)] if any(point.lines for point in points) else []
    sheet.caption(bottom, [say(words.HISTORY_CAPTION), *with_lines], "")
    return sheet


def _draw(sheet: Sheet, top: float, point: HistoryPoint, styles: dict[str, Style]) -> None:
    """Draw one round: the names of its lines, the bar, and below it the date and what it is a share of."""
    bar, below = top + SMALL_ROW, top + SMALL_ROW + ROW
    segments = [Segment(size, styles[part.label]) for part, size in _sizes(point)]
    sheet.bar(bar, point.label, segments, whole=point.base)
    for line in point.lines if point.base else ():
        sheet.line(top, below - 2, share=1 - line.numerator / line.denominator, label=line.label)
    sheet.note(0, below + 9, printed_date(point.date))
    about = say(words.HISTORY_BASE, base=point.base_words, count=point.base, rules=point.rules)
    sheet.note(NAMES, below + 9, about)


def history_files(title: str, points: Sequence[HistoryPoint], face: Typeface) -> tuple[bytes, bytes]:
    """Return the chart under its title (a line for each line of it) as SVG and PNG."""
    return picture.files(history(points, face), title.split("\n"))


def _parts(point: HistoryPoint) -> list[Part]:
    return parts(tuple(label for label, _ in point.levels), point.watched)


def _styles(points: Sequence[HistoryPoint]) -> dict[str, Style]:
    """Return how each label is drawn in all bars, in the order of the bars: as in the round with the most levels."""
    styles: dict[str, Style] = {}
    for point in sorted(points, key=lambda point: -len(point.levels)):
        for part in _parts(point):
            styles.setdefault(part.label, part.style)
    return dict(sorted(styles.items(), key=lambda item: kinds.ALONG.index(item[1])))


def _sizes(point: HistoryPoint) -> list[tuple[Part, int]]:
    """Return each part of the bar with its size; what is left of the base is people without a ballot."""
    counts = [count for _, count in point.levels]
    left = point.base - sum(counts) - point.void - point.invalid
    others = {VOID: point.void, INVALID: point.invalid, ABSENT: left}
    return [(part, others[part.style] if part.level is None else counts[part.level]) for part in _parts(point)]


def _alt(points: Sequence[HistoryPoint]) -> str:
    """Return in words what the figure shows: each round's counts and shares."""
    said = [say(words.HISTORY_ALT)]
    for point in points:
        counts = ", ".join(f"{label} {count} ({percent(count, point.base)})" for label, count in point.levels)
        about = say(words.HISTORY_BASE, base=point.base_words, count=point.base, rules=point.rules)
        said.append(f"{point.label}, {printed_date(point.date)}: {counts}. {about}.")
    return " ".join(said)
