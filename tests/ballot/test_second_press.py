"""Acts pressed twice, or cut off: one happens, nothing is left from which there is no way on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from ballot.committee import readiness
from ballot.life import sealing
from ballot.models.registry.acts import AuditEntry
from ballot.result import closing, record_place
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.storage import reading
from ballot.written_record import written_root
from tally.protocol.phase import Act, WrongPhase
from tests.ballot.asking import do
from tests.ballot.hall import Hall
from tests.ballot.look import code_of
from tests.ballot.rushing import WAIT, at_once

Open = Callable[[str], Hall]


# threats E3
def test_two_presses_of_seal_make_one_manifest_with_the_keys_that_are_there(at: Open) -> None:
    hall = at("draft")
    actor = hall.actor("to-chuc-1")

    def press(_: int) -> str:
        try:
            return sealing.seal(hall.house, hall.uuid, actor)
        except WrongPhase:
            return "too late"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(press, range(2)), key=len)
    assert answers == ["too late", hall.manifest.hash]
    hall.house.keyring._opened.clear()
    assert hall.house.keyring.box(hall.uuid).public_hex == hall.manifest.box_key
    for entry, name in zip(hall.manifest.issuers, ISSUERS, strict=True):
        assert hall.house.keyring.issuer(hall.uuid, name).public == entry.key


# threats E3
@pytest.mark.parametrize(("phase", "press", "act", "moved"), [
    ("ready", "mo", Act.OPEN, "voting"),
    ("voting", "dong", Act.CLOSE, "closed"),
    ("voting", "huy", Act.ANNUL, "void"),
])  # fmt: skip
def test_of_all_presses_at_one_moment_one_moves_the_round(
    at: Open, phase: str, press: str, act: Act, moved: str
) -> None:
    """Two organisers, two windows each: one proposal, one confirmation; whoever comes later reads that it was done."""
    hall, answers = at(phase), []
    if phase == "voting":
        assert {hall.cast(hall.body(number)).status_code for number in range(5)} == {201}
    windows = [hall.person(login) for login in ("to-chuc-1", "to-chuc-2") * 2]
    at_once(*(lambda one=one: answers.append(do(one, hall, press, reason="cả hai cùng bấm")) for one in windows))
    late = {code_of(answer) for answer in answers if answer.status_code != 302}
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
    assert late <= {"SECOND_PERSON_NEEDED", "WRONG_PHASE"}
    assert hall.phase() == moved
    with reading(hall.house.registry) as session:
        log = [(entry.act, entry.actor) for entry in session.scalars(select(AuditEntry))]
    both = [(done, by) for done, by in log if done in (f"propose-{act.value}", act.value)]
    assert [done for done, _by in both] == [f"propose-{act.value}", act.value]
    assert {by for _done, by in both} == {"to-chuc-1", "to-chuc-2"}


def test_a_second_committee_is_refused_before_the_box_learns_of_it(at: Open) -> None:
    hall = at("ready")
    before = hall.election.raw
    committee, tests = hall.committee_files()
    with pytest.raises(WrongPhase):
        readiness.admit_committee(
            hall.house, hall.uuid, committee=committee, tests=tests, actor=hall.actor("to-chuc-2")
        )
    assert hall.election.raw == before


def test_a_record_cut_off_in_the_middle_can_be_written_from_the_page(at: Open) -> None:
    hall = at("voting")
    for number in range(5):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    root = written_root(hall.house, hall.uuid)
    folder = hall.house.record(hall.uuid)
    (folder / "closing.txt").unlink()
    (folder / f"{hall.uuid}.bel").write_bytes(b"half of it")
    organiser, page = hall.person("to-chuc-1"), f"/dot/{hall.uuid}/"
    assert "viec/ho-so" in organiser.get(page).get_data(as_text=True)
    assert organiser.form(f"{page}viec/ho-so", page=page).status_code == 302
    assert written_root(hall.house, hall.uuid) == root != ""


def test_two_who_write_the_record_at_a_time_write_the_same_and_leave_nothing_else(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats E3: side by side through the program that closes the archive; the files are laid by one at a time."""
    hall = at("voting")
    for number in range(5):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    folder = hall.house.record(hall.uuid)
    written, beside = files_of(folder), names_of(folder.parent)
    run_tally, both = record_place.run_tally, Barrier(2, timeout=WAIT)

    def run_together(*arguments: object) -> str:
        both.wait()
        return run_tally(*arguments)

    monkeypatch.setattr(record_place, "run_tally", run_together)
    one, other = (hall.person(login) for login in ("to-chuc-1", "to-chuc-2"))
    with ThreadPoolExecutor(2) as crowd:
        first = crowd.submit(do, one, hall, "ho-so")
        while not both.n_waiting and not first.done():
            pass  # the box's file is written anew by one at a time
        answers = [do(other, hall, "ho-so"), first.result(WAIT)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (files_of(folder), names_of(folder.parent)) == (written, beside)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def names_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
