"""Every act of a round, killed at each of its steps and done again: nothing receipted is lost, nothing is half done.

The command `PTN_STEPS=all python -m pytest -m campaign -s tests/survival/test_killed_acts.py` kills at every step.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from ballot.acts import find_round
from ballot.box_round import round_of
from ballot.life import sealing
from ballot.log import audit
from ballot.models import box as tables
from ballot.result import closing
from ballot.storage import reading
from ballot.written_record import written_root
from keys.issuer import Kind
from tally.protocol.archive import Archive
from tally.protocol.credential_list import CredentialList
from tally.protocol.receipt import Receipt
from tally.record import ARCHIVE, Record
from tally.verify import verify_closed, verify_record
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, rows
from tests.nursery import KILLED, Nursery
from tests.survival.acts import ACTS, RECEIPTED, given_for
from tests.survival.stages import CAST, FIRST_CAST, VOTERS, Stages, shut

PHASES = {
    "seal": ("draft", "issuing"), "freeze": ("issuing", "issuing"), "admit": ("issuing", "ready"),
    "open_voting": ("ready", "voting"), "cast": ("voting", "voting"), "close": ("voting", "closed"),
    "hand_in": ("closed", "closed"), "count": ("closed", "tallied"),
}  # fmt: skip
FEW = {"seal": 16, "freeze": 24, "admit": 8, "open_voting": 6, "cast": 8, "close": 24, "hand_in": 8, "count": 64}
"""Steps of an act among which the quick test chooses; the campaign counts them all."""


@dataclass(frozen=True)
class Bench:
    """The stages of a round and the nursery in which its acts are killed."""

    stages: Stages
    nursery: Nursery

    def perform(self, act: str, folder: Path, *, step: int, counted: Path | None = None) -> tuple[int, str]:
        """Do an act in a folder and die at a step of it; return the exit code and what was said until then."""
        given = self.stages.given(act)
        child = self.nursery.start(
            "tests.survival.acts:perform",
            act=act, folder=str(folder), uuid=self.stages.uuid, given=str(given), step=step, counted=str(counted or ""),
        )  # fmt: skip
        return child.wait(), child.log.read_text()

    def steps(self, act: str) -> int:
        """Return how many steps an act has when nothing happens."""
        counted = self.stages.folder / f"{act}.steps"
        code, said = self.perform(act, self.stages.copy(act), step=0, counted=counted)
        assert code == 0, said
        return int(json.loads(counted.read_text()))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("killed")
    with Nursery(folder) as nursery:
        yield Bench(Stages(folder), nursery)


def killed(bench: Bench, act: str, step: int) -> None:
    """Kill an act at a step, look at what is left, do it again, and look at the whole."""
    folder = bench.stages.copy(act)
    code, said = bench.perform(act, folder, step=step)
    assert code == KILLED, f"no step {step}: {said}"
    hall = bench.stages.open(folder)
    try:
        before = phases(hall)
        assert before in {(p, q) for p in PHASES[act] for q in PHASES[act]} | {("draft", "")}, said
        receipted(bench, hall, said)
        again(bench, hall, act)
        assert phases(hall) == (PHASES[act][1],) * 2, said
        CHECKS[act](bench, hall)
        with reading(hall.house.registry) as session:
            assert sealing.check_all_keys(hall.house) is None
            assert audit.check(session, 1) > 0
    except BaseException as error:
        error.add_note(said)
        raise
    finally:
        shut(hall)


def again(bench: Bench, hall: Hall, act: str) -> None:
    """Do the act once more, as people do after a restart; what was done to its end is done."""
    if phases(hall) != (PHASES[act][1],) * 2 or act in ("freeze", "cast", "hand_in"):
        ACTS[act](hall, given_for(bench.stages.given(act)))
    if act == "close" and not written_root(hall.house, hall.uuid):  # the console says so and offers it
        closing.write_again(hall.house, hall.uuid, hall.actor("to-chuc-1"))


def phases(hall: Hall) -> tuple[str, str]:
    """Return the round's phase at the registry and at the box."""
    with reading(hall.house.registry) as session, reading(hall.house.box) as box:
        row = box.get(tables.Election, hall.uuid)
        return find_round(session, hall.uuid).phase, row.phase if row else ""


def receipted(bench: Bench, hall: Hall, said: str) -> None:
    """Whatever was receipted before the kill is in the box."""
    given = [line for line in said.splitlines() if line.startswith(RECEIPTED)]
    stored = set(ballots(hall))
    for number in range(FIRST_CAST, FIRST_CAST + len(given)):
        assert bench.stages.bodies[number].rstrip() in stored


# --- what is true after the act was done again --------------------------------------------------------------------


def check_sealed(bench: Bench, hall: Hall) -> None:
    with reading(hall.house.registry) as session:
        assert find_round(session, hall.uuid).manifest == hall.manifest.raw
    slip = hall.slip(hall.voters()[0])  # the keys of the manifest are those on this machine
    assert slip
    assert hall.house.keyring.box(hall.uuid).public_hex == hall.manifest.box_key


def check_frozen(bench: Bench, hall: Hall) -> None:
    with reading(hall.house.box) as session:
        listed = CredentialList.parse(round_of(session, hall.uuid).credentials or b"")
        assert session.scalars(select(tables.StagedCredential)).all() == []
    assert len(listed.credentials) == VOTERS
    assert {path.suffixes[0] for path in (hall.house.keyring.folder / hall.uuid).iterdir()} == {
        ".box", ".log", ".statement",
    }  # fmt: skip
    kinds = [row for row in rows(hall.house.registry)["issuer_entry"] if Kind.DESTROYED.value in row]
    assert len(kinds) == 2


def check_admitted(bench: Bench, hall: Hall) -> None:
    assert hall.election.uuid == hall.uuid
    hall.voting()
    assert hall.cast(bench.stages.bodies[0]).status_code == 201  # the same committee's key: the same election


def check_open(bench: Bench, hall: Hall) -> None:
    assert hall.cast(bench.stages.bodies[0]).status_code == 201


def check_cast(bench: Bench, hall: Hall) -> None:
    assert sorted(ballots(hall)) == sorted(body.rstrip() for body in bench.stages.bodies[:CAST])
    for body in bench.stages.bodies[:CAST]:
        Receipt.parse(hall.cast(body).get_json()).check(hall.manifest)
    found = rows(hall.house.box)
    assert len(found["checkpoint"]) == 1
    assert len(found["staged"]) == CAST - 10
    hall.by_two(closing.close)
    verify_closed(Record.read(hall.house.record(hall.uuid)))


def check_closed(bench: Bench, hall: Hall) -> None:
    record = Record.read(hall.house.record(hall.uuid))
    verify_closed(record)
    archive = Archive.parse(record.files[ARCHIVE])
    assert bench.stages.before_hand_in  # closed without being killed
    assert archive.root == bench.stages.root
    assert sorted(archive.ballots) == sorted(body.rstrip() for body in bench.stages.bodies[:CAST])
    assert hall.cast(bench.stages.bodies[CAST]).status_code == 409


def check_handed_in(bench: Bench, hall: Hall) -> None:
    folder = hall.house.folder(hall.uuid) / "parts"
    found = {path.name: path.read_text() for path in folder.glob("partial-*.json")}
    assert found == bench.stages.parts


def check_counted(bench: Bench, hall: Hall) -> None:
    verified = verify_record(Record.read(hall.house.record(hall.uuid)))
    assert len(verified.evidence.ballots) == CAST
    assert (hall.house.record(hall.uuid) / "report" / "report.pdf").is_file() or list(
        (hall.house.record(hall.uuid) / "report").glob("*.pdf")
    )


CHECKS = {
    "seal": check_sealed, "freeze": check_frozen, "admit": check_admitted, "open_voting": check_open,
    "cast": check_cast, "close": check_closed, "hand_in": check_handed_in, "count": check_counted,
}  # fmt: skip


@pytest.mark.parametrize("act", PHASES)
def test_an_act_that_was_killed_at_some_of_its_steps_is_done_again_whole(bench: Bench, act: str) -> None:
    """threats E6, E7, I1, I2, I8"""
    for step in secrets.SystemRandom().sample(range(1, FEW[act] + 1), 2 if act in ("freeze", "close", "count") else 1):
        killed(bench, act, step)


@pytest.mark.campaign
@pytest.mark.parametrize("act", PHASES)
def test_an_act_that_was_killed_at_each_of_its_steps_is_done_again_whole(bench: Bench, act: str) -> None:
    steps = bench.steps(act)
    for step in range(1, steps + 1):
        killed(bench, act, step)
    print(f"\nkill -9 at every step of {act}: {steps} of {steps} done again whole")
