"""Where one demonstration round takes place: its data, folders, console, and the browsers of its people.

Here lives what every act needs to know. Never here: an act, or a key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from ballot.demo.client import Browser
from ballot.demo.scenario import Scenario
from ballot.demo.server import Server
from ballot.demo.stage import Stage
from ballot.demo.station import PythonStation
from tally.protocol.credential import SlipCode

MEMBERS = ("Trưởng ban kiểm phiếu; Trưởng ban", "Thành viên thứ hai; Thành viên", "Thành viên thứ ba; Thành viên")
SEATS = range(1, len(MEMBERS) + 1)
THRESHOLD = 2
FIRST, SECOND, DESK = "to-chuc-1", "to-chuc-2", "tiep-don"


def _passphrase() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(4))


@dataclass(frozen=True)
class Hall:
    """One demonstration round; the passphrase opens the committee members' key files."""

    scenario: Scenario
    folder: Path
    stage: Stage
    server: Server
    passphrase: str = field(default_factory=_passphrase, repr=False)
    envelopes: list[SlipCode] = field(default_factory=list, repr=False)
    _browsers: dict[str, Browser] = field(default_factory=dict, repr=False)
    _stations: list[PythonStation] = field(default_factory=list, repr=False)

    @property
    def exchange(self) -> Path:
        """The folder that travels between the committee's members."""
        return self.folder / "exchange"

    @property
    def parts(self) -> Path:
        """Where members put their partial decryptions."""
        return self.folder / "parts"

    @property
    def keys(self) -> Path:
        """Where the members' encrypted key files lie."""
        return self.folder / "keys"

    def trustee_key(self, seat: int) -> Path:
        """Return the place of a member's key file."""
        return self.keys / f"thanh-vien-{seat}.trustee.key"

    def prepare(self) -> None:
        """Make the folders."""
        for folder in (self.exchange, self.keys):
            folder.mkdir(parents=True, exist_ok=True)

    def person(self, login: str) -> Browser:
        """Return this person's browser, logged in once."""
        if login in self._browsers:
            return self._browsers[login]
        browser = self._browsers[login] = Browser(self.server.config.registry_origin)
        browser.submit("/dang-nhap", "/dang-nhap", {"login": login, "password": self.server.passwords[login]})
        return browser

    @property
    def station(self) -> PythonStation:
        """The station: a browser at a host of its own, paired by whoever uses it first."""
        if not self._stations:
            self._stations.append(PythonStation(Browser(self.server.config.station_origin), self.box()))
        return self._stations[0]

    def box(self) -> Browser:
        """Return a booth's browser: the box's host, without any cookie."""
        return Browser(self.server.config.box_origin)
