"""One person in one post over several rounds as pictures: which lines make one, and the picture itself.

Here lives the choice of lines. Never here: the drawing (tally/report/history_chart.py), or two posts in one picture.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from ballot.history.people import POST, Rated
from ballot.history.ratings import Rating
from tally.report.history_chart import HistoryPoint, history_files
from tally.report.typeface import family

FEWEST = 2
"""One round alone is told by its numbers."""


@dataclass(frozen=True, slots=True)
class Series:
    """Rounds of one post in one body and of one kind, oldest first, with everything that a picture needs known."""

    title: str
    ratings: tuple[Rating, ...]


def series(rated: Rated) -> list[Series]:
    """Return the pictures that there are, in the order of their last rounds, latest first."""
    lines: dict[tuple[str, str], list[list[Rating]]] = defaultdict(list)
    for rating in rated.ratings:
        if not _is_known(rating):
            continue
        rows = lines[rating.held.place, rating.held.rules.kind]
        mine = next((row for row in rows if row[-1].posts & rating.posts), None)
        if mine is None:
            rows.append([rating])
        else:
            mine.append(rating)
    found = [tuple(row) for rows in lines.values() for row in rows if len(row) >= FEWEST]
    found.sort(key=lambda row: row[-1].held.date, reverse=True)
    return [Series(_title(rated, row[-1]), row) for row in found]


def _is_known(rating: Rating) -> bool:
    return bool(rating.held.base) and None not in rating.counts and rating.unmarked is not None


def _title(rated: Rated, last: Rating) -> str:
    where = f"{last.position}, {last.held.body}"
    return where if rated.how == POST else f"{rated.name}\n{where}"


def picture(series_: Series) -> bytes:
    """Return the picture as SVG."""
    return _drawn(series_.title, tuple(_point(rating) for rating in series_.ratings))


@lru_cache(maxsize=128)
def _drawn(title: str, points: tuple[HistoryPoint, ...]) -> bytes:
    return history_files(title, points, family())[0]


def _point(rating: Rating) -> HistoryPoint:
    held = rating.held
    return HistoryPoint.under(
        held.rules,
        label=held.title,
        date=held.date,
        base=held.base or 0,
        counts=[count or 0 for count in rating.counts],
        void=rating.unmarked or 0,
    )
