"""What a load test casts: boxes that are open, and real encrypted ballots for them, made beforehand by all cores.

Here lives the making, once, into a folder that later runs take again. Never here: a request, or a clock.

A stock is an instance folder of a box (`instance/`), one file of ballots for each round, all of one length, and
`stock.json`. As on real days no round has more than a hall of voters; a long run goes from one round to the next.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nacl.signing import SigningKey

from ballot.config import Config
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import writing
from keys import signers
from tally.protocol.booth import cast
from tally.protocol.credential_list import CredentialList
from tally.protocol.election import Election
from tally.protocol.manifest import Block, Manifest, Official, Roll, roll_digest
from tally.protocol.padding import padded
from tally.protocol.phase import Phase
from tests import builders, voter

HALL = 500
"""Voters of one round."""
FILE = "stock.json"


@dataclass(frozen=True, slots=True)
class Lot:
    """The ballots of one round: its name, how many, and how long each is as it is sent."""

    uuid: str
    ballots: int
    size: int


@dataclass(frozen=True, slots=True)
class Stock:
    """A folder with open boxes and ballots for them."""

    folder: Path
    officials: int
    lots: tuple[Lot, ...]

    @property
    def instance(self) -> Path:
        """The instance folder of the box."""
        return self.folder / "instance"

    @property
    def ballots(self) -> int:
        """How many there are in all."""
        return sum(lot.ballots for lot in self.lots)

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """Yield (round, body) in the order of casting, one at a time: all of them would not fit into memory."""
        for lot in self.lots:
            with (self.folder / f"{lot.uuid}.ballots").open("rb") as file:
                for _ in range(lot.ballots):
                    yield lot.uuid, file.read(lot.size)

    @classmethod
    def read(cls, folder: Path) -> Stock:
        """Take a stock that was made before."""
        known = json.loads((folder / FILE).read_text("utf-8"))
        return cls(folder, known["officials"], tuple(Lot(**lot) for lot in known["lots"]))


def house_of(instance: Path, **settings: str) -> House:
    """Open the box of a stock, as its server does with these BALLOT_* settings."""
    return House.open(Config.from_environ({"BALLOT_INSTANCE": str(instance), "BALLOT_ROLES": "box"} | settings))


def make(folder: Path, *, ballots: int, officials: int, workers: int = os.cpu_count() or 1) -> Stock:
    """Make a stock of so many ballots about so many officials, in rounds of a hall each."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "instance").mkdir(mode=0o700)
    house = house_of(folder / "instance")
    lots = []
    for start in range(0, ballots, HALL):
        lots.append(_lot(house, folder, min(HALL, ballots - start), officials, workers))
        known = {"officials": officials, "lots": [{n: getattr(lot, n) for n in Lot.__slots__} for lot in lots]}
        (folder / FILE).write_text(json.dumps(known), "utf-8")
    house.box.dispose()
    return Stock.read(folder)


def _lot(house: House, folder: Path, count: int, officials: int, workers: int) -> Lot:
    """Seal and open one round, and let its voters fill in their ballots."""
    hall = builders.new_hall()
    uuid = "".join(secrets.choice(builders.ALPHABET) for _ in range(14))
    (house.keyring.folder / uuid).mkdir(parents=True)
    box_key = signers.create_box_key(
        house.keyring.path(uuid, "hom-phieu.box.key"),
        name="hom-phieu", round_id=uuid, cost=signers.MACHINE_COST,
        passphrase=signers.machine_secret(house.keyring.passphrase_file),
    )  # fmt: skip
    people = tuple(Official(f"cb-{n:02d}", f"Cán bộ {n}", f"Chức vụ {n}") for n in range(1, officials + 1))
    roll = Roll(count, count, count, roll_digest(secrets.token_bytes(32), [f"cử tri {n}" for n in range(count)]))
    manifest = builders.seal(hall, uuid=uuid, blocks=(Block("Khối thử tải", people),), roll=roll, box_key=box_key)
    board = builders.convene(manifest)
    election = builders.election(manifest, board.committee)
    made = _filled_in(hall, manifest, election, count, workers)
    listed = CredentialList.make(manifest, [voter_ for voter_, _body in made], ())
    _open(house, manifest, election, board.committee.encode(), listed)
    with (folder / f"{uuid}.ballots").open("wb") as file:
        file.writelines(body for _voter, body in made)
    return Lot(uuid, count, len(made[0][1]))


def _open(house: House, manifest: Manifest, election: Election, committee: bytes, listed: CredentialList) -> None:
    with writing(house.box) as session:
        session.add(
            tables.Election(
                uuid=manifest.uuid, phase=Phase.VOTING.value, manifest=manifest.raw, credentials=listed.encode(),
                committee=committee, election=election.raw, opening=b"{}",
                freeze_key=SigningKey.generate().verify_key.encode().hex(),
                fleet_lock=secrets.token_bytes(32), staging_lock=secrets.token_bytes(32),
            )
        )  # fmt: skip


def _filled_in(hall: builders.Hall, manifest: Manifest, election: Election, count: int, workers: int) -> list:
    """Share the voters out among processes: each has its slip signed blindly, marks by chance, encrypts, proves."""
    if workers == 1:
        return [_voter(hall, manifest, election) for _ in range(count)]
    shares = [count // workers + (n < count % workers) for n in range(workers)]
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, _begin, (hall, manifest.raw, election.raw)) as pool:
        return [one for part in pool.map(_part, shares, chunksize=1) for one in part]


_at: list = []


def _begin(hall: builders.Hall, manifest: bytes, election: bytes) -> None:
    _at[:] = [hall, Manifest.parse(manifest), Election.parse(election)]


def _part(count: int) -> list:
    return [_voter(*_at) for _ in range(count)]


def _voter(hall: builders.Hall, manifest: Manifest, election: Election) -> tuple:
    _code, credential = voter.new_slip(manifest)
    listed = voter.listed(manifest, hall.signers, credential.public)
    draft = voter.draft(election, voter.any_levels(len(election.questions)))
    return listed, padded(cast(election, draft, credential).encode(), election)
