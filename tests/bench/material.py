"""Whole rounds of any size, made by all cores and kept: what is verified, closed, counted and printed.

Here lives the making. Never here: a stopwatch.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from tally.protocol.credential import Credential
from tally.protocol.credential_list import ListedCredential
from tally.protocol.election import Election
from tally.protocol.manifest import Block, Manifest, Official, Roll, roll_digest
from tests import builders, voter

BESIDES = 1
"""Voters who did not come: a roll is not smaller than its slips."""


@dataclass(frozen=True, slots=True)
class Material:
    """A counted record on disk, and the round behind it with all its secrets."""

    folder: Path
    ballots: int
    officials: int

    @property
    def record(self) -> Path:
        """The record's folder."""
        return self.folder / "record"

    @property
    def archive(self) -> Path:
        """Its archive."""
        (found,) = self.record.glob("*.bel")
        return found

    def round(self) -> builders.Round:
        """Read the round back."""
        return pickle.loads((self.folder / "round.pickle").read_bytes())  # noqa: S301 - written by `make` below


def make(stock: Path, ballots: int, officials: int) -> Material:
    """Hold a round of this size, or take the one that was held before."""
    found = Material(stock / f"{ballots}x{officials}", ballots, officials)
    if not (found.folder / "round.pickle").exists():
        found.folder.mkdir(parents=True)
        held = _held(ballots, officials)
        held.record().write(found.record)
        (found.folder / "round.pickle").write_bytes(pickle.dumps(held))
    return found


def _held(ballots: int, officials: int) -> builders.Round:
    hall = builders.new_hall()
    people = tuple(Official(f"cb-{n:02d}", f"Cán bộ {n}", f"Chức vụ {n}") for n in range(1, officials + 1))
    voters = ballots + BESIDES
    roll = Roll(voters, voters, voters, roll_digest(secrets.token_bytes(32), [f"cử tri {n}" for n in range(voters)]))
    manifest = builders.seal(hall, blocks=(Block("Khối thử tải", people),), roll=roll)
    board = builders.convene(manifest)
    election = builders.election(manifest, board.committee)
    with multiprocessing.get_context("fork").Pool(os.cpu_count(), _begin, (hall, manifest, election)) as pool:
        made = pool.map(_voter, range(ballots), chunksize=4)
    held = builders.Round(hall, manifest, (), tuple(listed for listed, _raw in made), (), board)
    opened = replace(held, opening=held.files().opened(*board.shares))
    return replace(opened, ballots=tuple(raw for _listed, raw in made))


_at: list[tuple[builders.Hall, Manifest, Election]] = []


def _begin(hall: builders.Hall, manifest: Manifest, election: Election) -> None:
    _at[:] = [(hall, manifest, election)]


def _voter(_number: int) -> tuple[ListedCredential, bytes]:
    hall, manifest, election = _at[0]
    credential: Credential = voter.new_slip(manifest)[1]
    listed = voter.listed(manifest, hall.signers, credential.public)
    return listed, voter.vote(election, voter.any_levels(len(election.questions)), credential)
