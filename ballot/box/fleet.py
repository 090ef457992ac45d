"""The attendants' board of terminals: who is idle, in use, stalled or silent, and who calls for help.

Here lives what terminals said last, in this process's memory alone. Never here: a disk, a choice, a slip, a count of
casts, or a time that is shown: the board says how a terminal is, not since when. A restart forgets everything, and the
terminals' next beat, seconds later, fills the board again. Source: threats B12; terminal 5, no. 9.
"""

from __future__ import annotations

import hmac
import re
import threading
from dataclasses import dataclass, field

from ballot.box.locks import fleet_lock
from ballot.box_round import require_one, round_of
from ballot.house import House
from ballot.storage import reading
from tally.i18n import marked as _
from tally.protocol.encoding import boolean, decode, fields, string
from tally.protocol.errors import Refused, WrongShape
from tally.protocol.phase import Phase

IDLE, VOTING, STALLED, OFFLINE = "idle", "voting", "stalled", "offline"
STATES = (IDLE, VOTING, STALLED)
SILENCE = 15.0
"""Seconds without a beat after which a terminal is offline."""
MOST_TERMINALS = 300
LIMIT = 256
_NAME = re.compile(r"[A-Z]{1,2}[0-9]{1,3}\Z")
_URGENCY = {STALLED: 1, OFFLINE: 2, VOTING: 3, IDLE: 4}


class FleetLocked(Refused):
    """Not the key that the organiser's page gives out."""

    code = "FLEET_LOCKED"
    text = _("Liên kết tới bảng các máy không đúng. Xin mở lại bằng liên kết trên trang của người tổ chức.")


class FleetFull(Refused):
    """More terminals report than any hall has: somebody makes them up."""

    code = "FLEET_FULL"
    text = _("Quá nhiều máy báo về cho đợt này; xin báo ngay cho người phụ trách.")


@dataclass(frozen=True, slots=True)
class Beat:
    """What a terminal says of itself every few seconds."""

    terminal: str
    state: str
    call: bool

    @classmethod
    def parse(cls, raw: bytes) -> Beat:
        """Read {"terminal","state","call"}. Raises reading errors."""
        m = fields(decode(raw, "beat", limit=LIMIT), "beat", "terminal", "state", "call")
        if not _NAME.match(string(m["terminal"], "terminal")):
            raise WrongShape("terminal", expected="A1")
        if m["state"] not in STATES:
            raise WrongShape("state", expected=" / ".join(STATES))
        return cls(m["terminal"], m["state"], boolean(m["call"], "call"))

    def as_json(self) -> dict[str, str | bool]:
        """Return {"terminal","state","call"}, as the board shows it."""
        return {"terminal": self.terminal, "state": self.state, "call": self.call}


@dataclass
class Fleet:
    """The last beat of every terminal, with the caller's monotonic clock in seconds."""

    _beats: dict[str, dict[str, tuple[Beat, float]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, uuid: str, beat: Beat, now: float) -> None:
        """Keep a beat. A full board forgets its longest silent terminal first. Raises FleetFull."""
        with self._lock:
            known = self._beats.setdefault(uuid, {})
            if beat.terminal not in known and len(known) >= MOST_TERMINALS:
                silent = min(known, key=lambda name: known[name][1])
                if now - known[silent][1] <= SILENCE:
                    raise FleetFull("terminal")
                del known[silent]
            known[beat.terminal] = (beat, now)

    def board(self, uuid: str, now: float) -> list[Beat]:
        """Return every terminal as it is now, those that need somebody first; a silent one is offline."""
        with self._lock:
            heard = list(self._beats.get(uuid, {}).values())
        seen = [Beat(b.terminal, OFFLINE if now - at > SILENCE else b.state, b.call) for b, at in heard]
        return sorted(seen, key=lambda b: (not b.call, _URGENCY[b.state], _natural(b.terminal)))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort B2 before B10."""
    return [(int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def hear(house: House, fleet: Fleet, uuid: str, body: bytes, *, now: float) -> None:
    """Take a terminal's beat, while there are terminals. Raises WrongPhase, FleetFull, and reading errors."""
    with reading(house.box) as session:
        require_one(round_of(session, uuid), Phase.READY, Phase.VOTING)
    fleet.hear(uuid, Beat.parse(body), now)


def board(house: House, fleet: Fleet, uuid: str, body: bytes, *, now: float) -> list[Beat]:
    """Return the board to who has the key: {"key"}. Raises FleetLocked, and reading errors."""
    key = string(fields(decode(body, "request", limit=LIMIT), "request", "key")["key"], "key")
    with reading(house.box) as session:
        lock = round_of(session, uuid).fleet_lock
    if not hmac.compare_digest(lock, fleet_lock(key)):
        raise FleetLocked("key")
    return fleet.board(uuid, now)
