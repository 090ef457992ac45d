"""The thread that hands on: turns for every round, evenly while the line is up, more slowly while it is down.

Here live the clock of turns and the tidying of the file between them. Never here: what one turn does (forwarding.py).
"""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from logging import getLogger

from sqlalchemy import func, select

from ballot.models.site import HeldBallot, SiteRound
from ballot.site.forwarding import turn
from ballot.site.house import SiteHouse
from ballot.site.line import Line, Wire
from ballot.site.rounds import every
from ballot.storage import RewriteFailed, reading, rewrite

PATIENCE = 3  # turns for which a few ballots wait for company
EVERY, LONGEST = 20, 60  # seconds between turns; between tries while the line is down
_CHANCE = secrets.SystemRandom()


@dataclass
class Forwarder:
    """Turns of all rounds, for ever, in one thread."""

    house: SiteHouse
    _waited: dict[str, int] = field(default_factory=dict)
    _lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    _failures: int = 0
    _tidied: object = None
    _ending: threading.Event = field(default_factory=threading.Event)

    def start(self) -> threading.Thread:
        """Begin turns in a thread that ends with the process."""
        thread = threading.Thread(target=self._run, name="forwarder", daemon=True)
        thread.start()
        return thread

    def end(self) -> None:
        """End after the turn that runs."""
        self._ending.set()

    def turns(self) -> float:
        """Give every round one turn; return the seconds until the next."""
        self._tidy()
        up = [self._turn(row) for row in every(self.house)]
        self._tidy()
        self._failures = 0 if all(up) else self._failures + 1
        longest = min(LONGEST, 2 ** min(self._failures, 6)) if self._failures else EVERY
        return longest / 2 + _CHANCE.random() * longest / 2

    def _turn(self, row: SiteRound) -> bool:
        waited = self._waited.get(row.uuid, 0)
        self._waited[row.uuid] = 0 if waited >= PATIENCE else waited + 1
        return turn(self.house, row.uuid, self._line(row), alone=waited >= PATIENCE)

    def _line(self, row: SiteRound) -> Line:
        key = (row.uuid, row.box_url)
        if key not in self._lines:
            self._lines[key] = line_of(self.house, row)
        return self._lines[key]

    def _tidy(self) -> None:
        """Write the file anew if anything came or changed since it was written anew."""
        now = fill(self.house)
        if now != self._tidied and tidy(self.house):
            self._tidied = now

    def _run(self) -> None:
        delay = 0.0
        while not self._ending.wait(delay):
            try:
                delay = self.turns()
            except Exception as error:  # whatever it is, what is held must be tried again
                getLogger("ballot").error("fault %s while handing on", type(error).__name__)
                delay = LONGEST


def line_of(house: SiteHouse, row: SiteRound) -> Line:
    """Return the line to a round's box, trusting the certificate authority of the settings."""
    return Line(Wire(row.box_url, house.settings.ca))


def fill(house: SiteHouse) -> tuple[tuple[str, str, int], ...]:
    """Return how many ballots stand in which state: it differs after whatever left an order in the file."""
    table = HeldBallot
    counted = select(table.uuid, table.state, func.count()).group_by(table.uuid, table.state)
    with reading(house.engine) as session:
        return tuple(sorted(tuple(row) for row in session.execute(counted)))


def tidy(house: SiteHouse, *, patience: int = 200) -> bool:
    """Write the file anew in key order and empty its log; return whether it was done. Source: design 6; threats K3."""
    with suppress(RewriteFailed):  # somebody was reading all the time: the next turn tries again
        rewrite(house.engine, patience=patience)
        return True
    return False
