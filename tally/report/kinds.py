"""The kinds of pieces that a bar of a chart is made of, how each is drawn, and which shares are marked by a line.

Here live grounds, hatches and their meaning. Never here: a count, or where a bar stands.

Kinds differ by lightness and hatch and never by hue, so that they survive a copier and any eye.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tally.protocol.ruleset import RuleSet, Threshold
from tally.report import words
from tally.report.words import say

INK = "#1A1A1A"


@dataclass(frozen=True, slots=True)
class Style:
    """How one kind of segment is told from the others: ground, hatch, and the colour of its number."""

    ground: str
    hatch: str
    number: str = INK


FIRST = Style("#F1ECE0", "")
MIDDLE = Style("#BDB6A8", "////")
LAST = Style("#2E2B29", "", number="#FFFFFF")
VOID = Style("#FFFFFF", "xxxx")
INVALID = Style("#FFFFFF", "----")
ABSENT = Style("#FFFFFF", "....")
ALONG = (FIRST, MIDDLE, ABSENT, INVALID, VOID, LAST)
"""Their order along a bar."""
COUNTED, REST = Style("#BDB6A8", ""), Style("#FFFFFF", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of segment of every bar: its label, how it is drawn, and its place in `counts` if it is a level."""

    label: str
    style: Style
    level: int | None = None


def parts(labels: tuple[str, ...], watched: int) -> list[Part]:
    """Return the parts in their order along a bar: levels, what names no level, and at the edge the watched level."""
    others = [i for i in range(len(labels)) if i != watched]
    styles = [FIRST, *[MIDDLE] * len(others)]
    return [
        *(Part(labels[i], style, i) for i, style in zip(others, styles, strict=False)),
        Part(say(words.ABSENT), ABSENT),
        Part(say(words.INVALID_BALLOTS), INVALID),
        Part(say(words.VOID), VOID),
        Part(labels[watched], LAST, watched),
    ]


def labels_of(rules: RuleSet) -> tuple[str, ...]:
    """Return what the levels are called, in ballot order."""
    return tuple(level.label for level in rules.levels)


def watched_level(rules: RuleSet) -> int:
    """Return the place of the level that the thresholds concern."""
    keys = [level.key for level in rules.levels]
    return keys.index(rules.thresholds[0].level) if rules.thresholds else len(keys) - 1


def lines(rules: RuleSet) -> list[Threshold]:
    """Return the thresholds of the watched level, the highest share (the leftmost line) first."""
    drawn = [t for t in rules.thresholds if t.level == rules.levels[watched_level(rules)].key]
    return sorted(drawn, key=lambda t: -t.numerator / t.denominator)


def named(label: str, *, numerator: int, denominator: int, strict: bool) -> str:
    """Return what a line says: the level and the share from which, or over which, it is reached."""
    return say(words.LINE_OVER if strict else words.LINE_FROM, level=label, share=f"{numerator}/{denominator}")


def told(counted: Iterable[tuple[str, int]]) -> str:
    """Return counts with their labels as a sentence says them."""
    return ", ".join(f"{label} {count}" for label, count in counted)
