"""Where one demonstration round takes place: its data, folders and console.

Here lives what every act needs to know. Never here: an act, or a key.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from ballot.demo.scenario import Scenario
from ballot.demo.stage import Stage

ISSUERS = ("ban-to-chuc", "ban-kiem-phieu")
MEMBERS = ("Trưởng ban kiểm phiếu; Trưởng ban", "Thành viên thứ hai; Thành viên", "Thành viên thứ ba; Thành viên")
SEATS = range(1, len(MEMBERS) + 1)
THRESHOLD = 2
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _passphrase() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(4))


def _uuid() -> str:
    return "".join(secrets.choice(_BASE58) for _ in range(14))


@dataclass(frozen=True, slots=True)
class Hall:
    """One demonstration round; the passphrase opens all its key files."""

    scenario: Scenario
    folder: Path
    stage: Stage
    uuid: str = field(default_factory=_uuid)
    passphrase: str = field(default_factory=_passphrase, repr=False)

    @property
    def exchange(self) -> Path:
        """The folder that travels between the committee's members."""
        return self.folder / "exchange"

    @property
    def record(self) -> Path:
        """The folder of the record."""
        return self.folder / "record"

    @property
    def parts(self) -> Path:
        """Where members put their partial decryptions."""
        return self.folder / "parts"

    @property
    def keys(self) -> Path:
        """Where the encrypted key files lie."""
        return self.folder / "keys"

    def key(self, name: str) -> Path:
        """Return the place of a key file, e.g. `ban-to-chuc.issuer.key`."""
        return self.keys / name

    def trustee_key(self, seat: int) -> Path:
        """Return the place of a member's key file."""
        return self.key(f"thanh-vien-{seat}.trustee.key")

    def prepare(self) -> None:
        """Make the folders."""
        for folder in (self.exchange, self.record, self.keys):
            folder.mkdir(parents=True, exist_ok=True)

    def voters(self) -> list[str]:
        """Return the roll: numbers, since no names are in the data."""
        return [f"cử tri {number:03d}" for number in range(1, self.scenario.delegates + 1)]
