"""The deadlines of a rule set as days of a calendar, with what is late and what falls on a weekend.

Here lives counting of days; today is given. Never here: a clock, or a public holiday, which nobody gave us a list of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tally.i18n import marked as _
from tally.i18n import said, translate
from tally.protocol.ruleset import Deadline

SATURDAY = 5
SOON = 7


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline of a round: its last day, the working day before it where that is a weekend's, and how it stands."""

    deadline: Deadline
    day: str
    working_day: str
    weekend: str
    standing: str
    late: bool
    done: bool


def checklist(deadlines: Iterable[Deadline], session: str, today: date, done: Iterable[str] = ()) -> list[Due]:
    """Return the deadlines of a session in order of their days."""
    met = set(done)
    ordered = sorted(deadlines, key=lambda deadline: -deadline.days)
    return [_due(deadline, date.fromisoformat(session), today, deadline.key in met) for deadline in ordered]


def _due(deadline: Deadline, session: date, today: date, done: bool) -> Due:
    day = session - timedelta(days=deadline.days)
    working = day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    late = not done and day < today
    return Due(
        deadline,
        day=day.isoformat(),
        working_day=working.isoformat(),
        weekend=_weekend(day, working),
        standing=translate(_("đã làm")) if done else _standing((day - today).days),
        late=late,
        done=done,
    )


def _weekend(day: date, working: date) -> str:
    """Return what to say of a last day on a weekend, or nothing."""
    if working == day:
        return ""
    name = translate(_("thứ Bảy")) if day.weekday() == SATURDAY else translate(_("Chủ nhật"))
    return said(_("rơi vào {day}: nên xong từ thứ Sáu {before}"), day=name, before=f"{working:%d/%m/%Y}")


def _standing(left: int) -> str:
    if left < 0:
        return said(_("đã quá hạn {days} ngày"), days=-left)
    if left == 0:
        return translate(_("hạn là hôm nay"))
    if left <= SOON:
        return said(_("sắp đến hạn, còn {days} ngày"), days=left)
    return said(_("còn {days} ngày"), days=left)
