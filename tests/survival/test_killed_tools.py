"""The tools of counting, of the committee and of a site, killed in the middle of their writes and run again.

`python -m pytest -m campaign -s tests/survival/test_killed_tools.py` kills them at every step.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from keys.committee import exchange
from keys.committee.errors import OtherRootDecrypted
from keys.committee.trustee import TrusteeFile
from keys.errors import KeyFileDamaged
from keys.signers import MACHINE_COST
from tally.protocol.encoding import grouped
from tally.record import Record, UnknownFile
from tally.verify import verify_record
from tests.keys.folder import MEMBERS, WORDS, Committee, new_committee
from tests.keys.member import memory_of
from tests.nursery import KILLED, Nursery
from tests.survival.stages import CAST, Stages

OWNER = 2


@dataclass(frozen=True)
class Bench:
    """A closed record with its members' key files, and the nursery in which tools are killed."""

    stages: Stages
    nursery: Nursery
    folder: Path

    def place(self) -> Path:
        """Return a folder with a copy of the record, the parts handed in, and a member's key file."""
        self.folder.mkdir(exist_ok=True)
        place = self.folder / secrets.token_hex(4)
        house = self.stages.before_count
        (dot,) = house.glob("dot-*")
        shutil.copytree(dot, place)
        board = self.stages.prepared.hall.board
        around: Any = SimpleNamespace(board=board, manifest=self.stages.voting.manifest)
        key(place).create(memory_of(around, OWNER), name="member", cost=MACHINE_COST)
        return place

    def tool(
        self, place: Path, tool: str, *arguments: object, step: int, counted: Path | None = None
    ) -> tuple[int, str]:
        child = self.nursery.start(
            "tests.survival.acts:command", tool=tool, arguments=[str(argument) for argument in arguments],
            inside=str(place), step=step, said=WORDS, counted=str(counted or ""), environ={"PTN_LANG": "vi"},
        )  # fmt: skip
        return child.wait(), child.log.read_text()

    def steps(self, act: Callable[..., tuple[int, str]]) -> int:
        place = self.place()
        counted = place.with_name(f"{place.name}.steps")
        code, said = act(self, place, step=0, counted=counted)
        assert code == 0, said
        return int(json.loads(counted.read_text()))

    @property
    def root(self) -> str:
        assert self.stages.before_hand_in
        return self.stages.root


def key(place: Path) -> TrusteeFile:
    return TrusteeFile(place / "mine.trustee.key", WORDS)


def count(bench: Bench, place: Path, **more: Any) -> tuple[int, str]:
    parts = sorted((place / "parts").glob("partial-*.json"))
    return bench.tool(place, "tally", "count", place / "record", *parts, "--workers", 1, **more)


def report(bench: Bench, place: Path, **more: Any) -> tuple[int, str]:
    if not (place / "record" / "result.json").is_file():
        code, said = count(bench, place, step=0)
        assert code == 0, said
    return bench.tool(place, "tally", "report", place / "record", "--workers", 1, **more)


def decrypt(bench: Bench, place: Path, record: Path | None = None, root: str = "", **more: Any) -> tuple[int, str]:
    path = key(place).path
    arguments = ("--root", grouped(root or bench.root), "--out", place / "out", "--workers", 1)
    return bench.tool(place, "keys", "trustee", "decrypt", record or place / "record", path, *arguments, **more)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("tools")
    with Nursery(folder) as nursery:
        yield Bench(Stages(folder), nursery, folder / "places")


def counted_whole(bench: Bench, step: int) -> None:
    place = bench.place()
    code, said = count(bench, place, step=step)
    assert code == KILLED, said
    code, again = count(bench, place, step=0)
    assert code == 0, said + again
    verified = verify_record(Record.read(place / "record"))
    assert len(verified.evidence.ballots) == CAST


def reported_whole(bench: Bench, step: int) -> None:
    place = bench.place()
    code, said = report(bench, place, step=step)
    assert code == KILLED, said
    code, again = report(bench, place, step=0)
    assert code == 0, said + again
    code, files = bench.tool(place, "tally", "check-files", place / "record", step=0)
    assert code == 0, said + files


def decrypted_once(bench: Bench, step: int) -> None:
    """Whatever is cut off: a part stands nowhere before the file remembers its root, and never is there a second."""
    place = bench.place()
    code, said = decrypt(bench, place, step=step)
    assert code == KILLED, said
    memory, written = key(place).load(), (place / "out" / f"partial-{OWNER}.json").is_file()
    assert memory.decrypted_root in ("", bench.root)
    assert memory.decrypted_root or not written
    remove_lock_as_told(bench, place)
    if memory.decrypted_root:
        other, root = bench.stages.other_record, "0" * 64
        code, refused = decrypt(bench, place, other, root, step=0)
        assert code == 1 and "ROOT_MISMATCH" in refused, refused
        with pytest.raises(OtherRootDecrypted):
            memory.bound_to_root(root)
    code, again = decrypt(bench, place, step=0)
    assert code == 0, said + again
    assert (place / "out" / f"partial-{OWNER}.json").is_file()


def remove_lock_as_told(bench: Bench, place: Path) -> None:
    """A lock that a killed command left is named to the member, who removes it."""
    for lock in place.glob("*.lock"):
        code, said = decrypt(bench, place, step=0)
        assert code == 1 and "KEY_FILE_BUSY" in said and lock.name in said, said
        lock.unlink()


TOOLS = {"count": (count, counted_whole), "report": (report, reported_whole), "decrypt": (decrypt, decrypted_once)}


FEW = {"count": 16, "decrypt": 6}
"""Steps of a tool among which the quick test chooses; the campaign counts them all."""


@pytest.mark.parametrize("name", FEW)
def test_a_tool_that_was_killed_at_one_of_its_steps_ends_its_work_when_it_is_run_again(bench: Bench, name: str) -> None:
    """threats F7, G10, I8, E6"""
    TOOLS[name][1](bench, 1 + secrets.randbelow(FEW[name]))


@pytest.mark.campaign
@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_that_was_killed_at_each_of_its_steps_ends_its_work_when_it_is_run_again(
    bench: Bench, name: str
) -> None:
    act, check = TOOLS[name]
    steps = bench.steps(act)
    for step in range(1, steps + 1):
        check(bench, step)
    print(f"\nkill -9 at every step of {name}: {steps} of {steps} ended when run again")


def test_a_draft_in_a_record_is_passed_over_and_a_link_of_that_name_is_refused(bench: Bench) -> None:
    """threats G10, H18: whoever writes the record would write through the link."""
    record = bench.place() / "record"
    whole, draft = Record.read(record), record / ".result.json.part"
    draft.write_bytes(b"{")
    assert Record.read(record) == whole
    draft.unlink()
    draft.symlink_to(record / "manifest.json")
    with pytest.raises(UnknownFile):
        Record.read(record)
    draft.unlink()
    (record / ".other.part").write_bytes(b"")
    with pytest.raises(UnknownFile):
        Record.read(record)


# --- the committee by files ---------------------------------------------------------------------------------------

TURNS = ("join", "commit", "reveal", "share")


def ceremony_cut_off(nursery: Nursery, place: Path, turn: str, step: int) -> bool:
    """Bring a committee to its key; kill member 1 at a step of this turn. Return whether that step was reached."""
    place.parent.mkdir(exist_ok=True)
    table = new_committee(place, MACHINE_COST)
    reached = False
    for now in TURNS:
        if now == turn:
            arguments: dict[str, Any] = {"folder": str(place), "key": str(table.files[1].path), "step": step}
            what, seat = ("join", {"member": 1}) if now == "join" else ("proceed", {})
            child = nursery.start(f"tests.survival.acts:{what}", **arguments, **seat)
            reached = child.wait() == KILLED
            assert reached or child.wait() == 0, child.log.read_text()
            if reached:
                once_more(table, now)
        else:
            take(table, now, 1)
        for member in (2, 3):
            take(table, now, member)
    finish(table)
    return reached


def take(table: Committee, turn: str, member: int) -> None:
    table.join(member) if turn == "join" else table.proceed(member)


def once_more(table: Committee, turn: str) -> None:
    """Run member 1's command again, as somebody does who saw it end; what it had written stands."""
    kind = {"join": "certificate", "commit": "commitment", "reveal": "reveal", "share": "key"}[turn]
    try:
        table.files[1].load()
    except KeyFileDamaged:  # cut off before anything was in it: the member takes another name
        table.files[1] = TrusteeFile(table.files[1].path.with_name("another.trustee.key"), WORDS)
    except Exception:
        assert not table.files[1].path.exists()
    while not table.path(1, kind).is_file():
        if turn == "join" and not table.files[1].path.exists():
            table.join(1)
        else:
            table.proceed(1)


def finish(table: Committee) -> None:
    """Make the committee's file and pass the opening test with every key file."""
    exchange.finish(table.exchange, MEMBERS)
    table.proceed(1, 2, 3)
    exchange.call_opening(table.exchange)
    table.proceed(1, 2, 3)
    assert len(exchange.passed_tests(table.exchange)) == len(MEMBERS)


@pytest.mark.parametrize("turn", TURNS)
def test_a_member_whose_command_is_killed_runs_it_again_and_the_key_comes_to_be(
    bench: Bench, tmp_path: Path, turn: str
) -> None:
    """threats F5, I8"""
    ceremony_cut_off(bench.nursery, tmp_path / "committee", turn, 1 + secrets.randbelow(4))


@pytest.mark.campaign
@pytest.mark.parametrize("turn", TURNS)
def test_a_member_whose_command_is_killed_at_each_step_runs_it_again(bench: Bench, tmp_path: Path, turn: str) -> None:
    step = 1
    while ceremony_cut_off(bench.nursery, tmp_path / str(step) / "committee", turn, step):
        step += 1
    assert step > 2
    print(f"\nkill -9 at every step of keys trustee ({turn}): {step - 1} of {step - 1} ended when run again")
