"""A small round, kept as a copy of its folder before each of its acts, with what people hand in at that act.

Here lives the bringing. Never here: an expectation.
"""

from __future__ import annotations

import json
import shutil
from functools import cached_property
from pathlib import Path

from ballot.result import closing, counting
from tally.protocol.ballot import Ballot
from tally.protocol.decryption import Binding, decrypt_partially
from tally.protocol.encoding import sha256_hex
from tally.protocol.sums import EncryptedTally
from tests.ballot.hall import Hall
from tests.ballot.look import ballots
from tests.ballot.prepared import Prepared, new_hall

VOTERS = 24
FIRST_CAST, CAST = 18, 22
"""How many ballots are in the box before the act of casting, and after it; the twentieth seals a batch of ten."""
ROLL = "ma,ho_ten,don_vi\n" + "".join(f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 3}\n" for n in range(VOTERS))
PHASE_BEFORE = {"seal": "draft", "admit": "frozen", "open_voting": "ready"}


def prepared_round(folder: Path) -> Prepared:
    return Prepared(folder, roll=ROLL, delegates=VOTERS)


class Stages:
    """The round before every act."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prepared = prepared_round(folder / "prepared")
        self.uuid = self.prepared.hall.uuid
        self.bodies = [self.voting.body(number) for number in range(VOTERS)]
        self.copies = 0

    @cached_property
    def voting(self) -> Hall:
        return self.prepared.at("voting")

    def before(self, act: str) -> Path:
        """Return the folder of the round as it stands before an act; it is copied, never used."""
        if act in PHASE_BEFORE:
            return self.prepared.folder / PHASE_BEFORE[act]
        return getattr(self, f"before_{act}")

    @cached_property
    def before_freeze(self) -> Path:
        hall = self.prepared.at("issuing")
        hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()]
        self.slips_of_freeze = hall.slips
        return shut(hall)

    @cached_property
    def before_cast(self) -> Path:
        return self._voted(FIRST_CAST)

    @cached_property
    def before_close(self) -> Path:
        return self._voted(CAST)

    def _voted(self, ballots: int) -> Path:
        hall = self.prepared.at("voting")
        for body in self.bodies[:ballots]:
            assert hall.cast(body).status_code == 201
        return shut(hall)

    @cached_property
    def before_hand_in(self) -> Path:
        hall = self.open(self.copy("close"))
        self.root = hall.by_two(closing.close)
        return shut(hall)

    @cached_property
    def before_count(self) -> Path:
        hall = self.open(self.copy("hand_in"))
        for name, raw in self.parts.items():
            counting.keep_part(hall.house, hall.uuid, name, raw.encode(), by="to-chuc-1")
        return shut(hall)

    @cached_property
    def parts(self) -> dict[str, str]:
        """What two members of the committee hand in for the ballots of `before_close`."""
        hall, board = self.open(self.copy("hand_in")), self.prepared.hall.board
        assert board
        election = hall.election
        sums = EncryptedTally.over(election, [(Ballot.parse(raw), 1) for raw in sorted(ballots(hall), key=_hash)])
        made = {}
        for owner in (1, 3):
            binding = Binding(hall.manifest.hash, election.hash, sha256_hex(sums.encode()), owner)
            public, secret = board.committee.trustees.owners[owner - 1], board.shares[owner]
            made[f"partial-{owner}.json"] = decrypt_partially(election, sums, binding, public=public, secret=secret)
        shut(hall)
        return {name: part.encode().decode() for name, part in made.items()}

    @cached_property
    def other_record(self) -> Path:
        """A closed record of the same round over fewer ballots, as a box that lies could show a member."""
        hall = self.open(self.copy("cast"))
        hall.by_two(closing.close)
        shut(hall)
        return hall.house.record(self.uuid)

    def given(self, act: str) -> Path:
        """Write down what people hand in at an act."""
        path = self.folder / f"given-{act}.json"
        if act == "admit":
            hall = self.open(self.copy(act))
            hall.board = self.prepared.hall.board
            committee, tests = hall.committee_files()
            handed: dict[str, object] = {"committee": committee.decode(), "tests": [test.decode() for test in tests]}
            shut(hall)
        else:
            handed = {"cast": {"bodies": [body.decode() for body in self.bodies[FIRST_CAST:CAST]]}}.get(act, {})
            handed |= {"parts": self.parts} if act == "hand_in" else {}
        path.write_text(json.dumps(handed), "utf-8")
        return path

    def copy(self, act: str) -> Path:
        """Return a copy of the folder before an act; what happens there happens nowhere else."""
        source = self.before(act)
        self.copies += 1
        target = self.folder / f"{act}-{self.copies}"
        shutil.copytree(source, target)
        return target

    def open(self, folder: Path) -> Hall:
        """Open the application on a folder, as a restart does: nothing is in memory."""
        hall = new_hall(folder)
        hall.uuid = self.uuid
        hall.slips, hall.board = self.prepared.hall.slips, self.prepared.hall.board
        return hall


def _hash(raw: bytes) -> str:
    return Ballot.parse(raw).hash


def shut(hall: Hall) -> Path:
    """Close the databases of a hall; return its folder."""
    hall.house.registry.dispose()
    hall.house.box.dispose()
    return hall.house.config.instance
