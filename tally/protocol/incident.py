"""The book of incidents and the wait for complaints, as the minutes of a count state them.

Here live their values, their bounds and the kinds of incidents. Never here: a voter's name, or a clock.

Whoever decrypts at once leaves nobody the time to find that their ballot is missing; so there is a wait between the
close and the count, and the minutes say how long it was, or who ended it early and why. SPEC 4.17; threats F9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tally.i18n import marked as _
from tally.protocol.encoding import array, entries, fields, integer, one_of, text
from tally.protocol.errors import WrongShape

MOST_INCIDENTS = 300
MOST_MINUTES = 240
TEXT_LIMIT = 1000
REASON_LIMIT = 400
KINDS: Mapping[str, str] = {
    "complaint": _("Khiếu nại, kiến nghị"),
    "receipt": _("Biên nhận không tra thấy"),
    "slip": _("Thẻ mất, hỏng, bị người khác dùng"),
    "check-in": _("Xác nhận có mặt nhầm"),
    "terminal": _("Máy bỏ phiếu hỏng, bị nghi ngờ"),
    "station": _("Trạm in thẻ hỏng"),
    "power": _("Mất điện"),
    "network": _("Mất mạng, máy chủ ngừng"),
    "site": _("Điểm cầu gián đoạn"),
    "secrecy": _("Nghi lộ bí mật phiếu"),
    "order": _("Trật tự trong phòng"),
    "other": _("Việc khác"),
}
"""Kinds of incidents by code, in the order in which forms offer them."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


@dataclass(frozen=True, slots=True)
class ComplaintWindow:
    """How many minutes passed at least between close and count; `ended_by` are the two who ended the wait early."""

    minutes: int = 0
    ended_by: tuple[str, ...] = ()
    reason: str = ""

    @classmethod
    def parse(cls, value: Any, where: str) -> ComplaintWindow:
        """Read a wait. Raises reading errors. Source: SPEC 4.17."""
        m = fields(value, where, "minutes", "ended_by", "reason")
        minutes = integer(m["minutes"], f"{where}.minutes", 0, MOST_MINUTES)
        names = tuple(text(v, f"{where}.ended_by[{i}]", limit=200) for i, v in enumerate(array(m["ended_by"], where)))
        if len(names) not in (0, 2) or len(set(names)) != len(names) or (names and not minutes):
            raise WrongShape(f"{where}.ended_by", expected="0 / 2, ≠")
        reason = text(m["reason"], f"{where}.reason", empty=not names, limit=REASON_LIMIT if names else 0)
        return cls(minutes, names, reason)

    def as_json(self) -> dict[str, Any]:
        """Return what `parse` reads."""
        return {"minutes": self.minutes, "ended_by": list(self.ended_by), "reason": self.reason}


NO_WAIT = ComplaintWindow()


@dataclass(frozen=True, slots=True)
class Incident:
    """One entry of the book: a kind of KINDS, the time `HH:MM` as typed, what happened, how it was settled."""

    kind: str
    time: str
    text: str
    settled: str = ""

    @classmethod
    def parse(cls, value: Any, where: str) -> Incident:
        """Read an entry. Raises reading errors. Source: SPEC 4.17."""
        m = fields(value, where, "kind", "time", "text", "settled")
        return cls(
            kind=one_of(m["kind"], f"{where}.kind", *KINDS),
            time=time_of_day(m["time"], f"{where}.time"),
            text=text(m["text"], f"{where}.text", limit=TEXT_LIMIT),
            settled=text(m["settled"], f"{where}.settled", empty=True, limit=TEXT_LIMIT),
        )

    def as_json(self) -> dict[str, str]:
        """Return what `parse` reads."""
        return {"kind": self.kind, "time": self.time, "text": self.text, "settled": self.settled}


def incidents(value: Any, where: str) -> tuple[Incident, ...]:
    """Read a book in the order of its entries. Raises reading errors. Source: SPEC 4.17."""
    if len(array(value, where)) > MOST_INCIDENTS:
        raise WrongShape(where, expected=f"≤ {MOST_INCIDENTS}")
    return tuple(Incident.parse(entry, place) for entry, place in entries(value, where))


def time_of_day(value: Any, where: str) -> str:
    """Return `value` if it is a time `HH:MM`. Raises WrongShape."""
    if not isinstance(value, str) or not _TIME.match(value):
        raise WrongShape(where, expected="HH:MM")
    return value
