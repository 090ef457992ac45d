"""One round, brought through its phases once, and a fresh copy of it for every test.

Never here: a change to the original.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from ballot.config import Config
from ballot.house import House
from ballot.identity import organisations, passwords
from ballot.identity.login import create_account
from ballot.keyring import Keyring
from tests.ballot.hall import PASSWORD, PEOPLE, PHASES, Hall
from tests.postgres import copy_house, databases


def new_hall(folder: Path, opened: Mapping[Any, Any] = {}) -> Hall:
    """Open a hall; `opened` are keys that were opened before, since stretching a passphrase takes a second."""
    house = House.open(Config.from_environ({"BALLOT_INSTANCE": str(folder)} | databases(folder)))
    ring = Keyring(house.keyring.folder, house.keyring.passphrase_file, dict(opened))
    return Hall(replace(house, keyring=ring))


def with_people(hall: Hall) -> Hall:
    organisation = organisations.found(hall.house, "Đơn vị thử")
    for login, role in PEOPLE.items():
        create_account(hall.house, organisation, login=login, name=f"Người {login}", role=role, password=PASSWORD)
    return hall


passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Accounts of tests: what a real hash costs, some hundred milliseconds of one core, is paid in test_accounts alone."""


class Prepared:
    """One round, kept as a copy of its folder at every phase."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        """Plan the round with `changes` and bring it through its phases."""
        self.folder, self.copies = folder, 0
        self.hall = with_people(new_hall(folder / "round"))
        for phase in PHASES:
            getattr(self.hall, phase)(**(changes if phase == "draft" else {}))
            self._dispose()
            copy_house(folder / "round", folder / phase)
        self.opened = dict(self.hall.house.keyring._opened)

    def _dispose(self) -> None:
        self.hall.house.registry.dispose()
        self.hall.house.box.dispose()

    def at(self, phase: str) -> Hall:
        """Return a hall of its own at this phase; what happens there happens nowhere else."""
        hall = self.copy(self.folder / phase, self.hall.uuid)
        hall.slips, hall.board = self.hall.slips, self.hall.board
        return hall

    def copy(self, folder: Path, uuid: str) -> Hall:
        """Return a hall of its own as it stands in a folder."""
        self.copies += 1
        copy = self.folder / f"copy-{self.copies}"
        copy_house(folder, copy)
        hall = new_hall(copy, self.opened)
        hall.uuid = uuid
        return hall
