"""Recipients, backups of a hall, and what restoring one of them does, for the tests of backups.

Here live these acts on real files. Never here: an expectation.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ballot.backup.making import Made, back_up
from ballot.backup.restoring import Part, restore
from ballot.backup.sealed import PARTS
from ballot.house import House
from keys.backup import create_backup_key
from keys.signers import MACHINE_COST, BackupKey, open_backup_key

WORDS = "sáu từ để mở bản sao lưu"


@dataclass(frozen=True)
class Recipients:
    """One recipient for each part, with the key file that each holder keeps."""

    folder: Path
    names: dict[str, str]

    @classmethod
    def make(cls, folder: Path) -> Recipients:
        folder.mkdir(parents=True, exist_ok=True)
        made = {
            part: create_backup_key(folder / f"{part}.backup.key", name=part, passphrase=WORDS, cost=MACHINE_COST)
            for part in PARTS
        }
        return cls(folder, made)

    def file(self, part: str) -> Path:
        return self.folder / f"{part}.backup.key"

    def key(self, part: str) -> BackupKey:
        return open_backup_key(self.file(part), passphrase=WORDS)

    def back_up(self, house: House, folder: Path, stamp: str = "1") -> dict[str, Made]:
        folder.mkdir(exist_ok=True)
        return {made.part: made for made in back_up(house, folder, self.names, stamp=stamp)}

    def restore(self, made: dict[str, Made], instance: Path) -> list[Part]:
        return [restore(made[part].path, self.key(part), instance) for part in PARTS]
