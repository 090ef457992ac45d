"""A count that is cut off: until the phase has moved nobody is handed anything of it, and it is done again whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ballot.acts import find_round
from ballot.result import closing, counting
from ballot.result.tally_process import TallyRefused
from ballot.storage import reading
from tally.record import NAMES, RESULT, Record
from tally.verify import verify_record
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST, cast
from tests.postgres import forget

Open = Callable[[], Hall]


class CutOff(Exception):
    """Stands for a process that ends here: nothing after it is done, and no transaction is committed."""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, Hall]:
    """A restricted round that was closed, with enough parts to be counted."""
    prepared = Prepared(tmp_path_factory.mktemp("restricted"), disclosure="restricted")
    hall = prepared.at("voting")
    cast(hall, range(6))
    hall.by_two(closing.close)
    hand_in_parts(hall, hall.person(FIRST))
    shut(hall)
    return prepared, hall


@pytest.fixture
def closed(ready: tuple[Prepared, Hall]) -> Iterator[Hall]:
    """A fresh copy of that round."""
    prepared, hall = ready
    copy = prepared.copy(hall.house.config.instance, hall.uuid)
    yield copy
    shut(copy)
    forget(copy.house.config.instance)


def shut(hall: Hall) -> None:
    hall.house.registry.dispose()
    hall.house.box.dispose()


def files(hall: Hall) -> dict[str, bytes]:
    """Return every file in the record's folder."""
    record = hall.house.record(hall.uuid)
    return {str(path.relative_to(record)): path.read_bytes() for path in record.rglob("*") if path.is_file()}


def archive(hall: Hall) -> bytes:
    """Return the archive as the committee's host hands it out to anybody."""
    answer = hall.at_committee().get(f"/dot/{hall.uuid}/ho-so/{hall.uuid}.bel")
    assert answer.status_code == 200
    assert answer.content_length == len(answer.get_data())
    return answer.get_data()


def hands_out_the_closed_record(hall: Hall, before: dict[str, bytes]) -> None:
    """Check all that anybody gets of a round that is closed and not counted."""
    with reading(hall.house.registry) as session:
        assert (find_round(session, hall.uuid).phase, hall.phase()) == ("closed", "closed")
    zipped = hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip")
    with zipfile.ZipFile(io.BytesIO(zipped.get_data())) as found:
        assert {name: found.read(name) for name in found.namelist()} == before
    assert archive(hall) == before[f"{hall.uuid}.bel"]
    page = hall.booth().get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert "ho-so.zip" in page
    assert "bao-cao/" not in page
    for name in ("ket-qua.pdf", "bieu-do-1.svg"):
        assert hall.booth().get(f"/dot/{hall.uuid}/bao-cao/{name}").status_code == 404
        assert hall.person(FIRST).get(f"/dot/{hall.uuid}/ket-qua/{name}").status_code == 404


def counts_again(hall: Hall, before: dict[str, bytes]) -> None:
    """Press again, and look at the whole."""
    assert do(hall.person(FIRST), hall, "kiem-phieu").status_code == 302
    assert hall.phase() == "tallied"
    verified = verify_record(Record.read(hall.house.record(hall.uuid)), expected_manifest=hall.manifest.hash)
    assert len(verified.evidence.ballots) == 6
    after = files(hall)
    assert {name: after[name] for name in before if not name.endswith(".bel")} == {
        name: raw for name, raw in before.items() if not name.endswith(".bel")
    }
    assert {"report/ket-qua.pdf", "report/ket-qua.json"} <= set(after)
    assert set(after) - set(before) == {RESULT, *(name for name in after if name.startswith("report/"))}
    assert [path.name for path in hall.house.folder(hall.uuid).iterdir() if path.name.startswith("ban-sao-")] == []
    refused(hall.booth().get(f"/dot/{hall.uuid}/ho-so.zip"), 403, "RESULT_RESTRICTED")
    refused(hall.at_committee().get(f"/dot/{hall.uuid}/ho-so/{hall.uuid}.bel"), 403, "RESULT_RESTRICTED")


@pytest.mark.parametrize("command", ["count", "report"])
def test_a_count_of_which_a_part_fails_leaves_nothing_in_the_record(
    closed: Hall, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """threats E5"""
    before, real = files(closed), counting.run_tally

    def fails(*arguments: Any) -> str:
        said = real(*arguments)
        assert files(closed) == before
        if arguments[0] == command:
            raise TallyRefused(output=command)
        return said

    monkeypatch.setattr(counting, "run_tally", fails)
    with nothing_changes(closed.house.registry, closed.house.box):
        refused(do(closed.person(FIRST), closed, "kiem-phieu"), 400, "TALLY_REFUSED")
    assert files(closed) == before
    hands_out_the_closed_record(closed, before)
    monkeypatch.undo()
    counts_again(closed, before)


@pytest.mark.parametrize("moved", [1, 2, 5, 100])
def test_a_count_that_was_cut_off_among_its_files_is_handed_out_to_nobody_and_done_again(
    closed: Hall, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    """threats E5, E6: the last is cut off between the files and the phase."""
    before, real = files(closed), counting._move_files

    def cut_off(source: Path, record: Path, names: list[str]) -> None:
        real(source, record, names[:moved])
        raise CutOff

    monkeypatch.setattr(counting, "_move_files", cut_off)
    with nothing_changes(closed.house.registry, closed.house.box), pytest.raises(CutOff):
        counting.tally(closed.house, closed.uuid, closed.actor(FIRST))
    assert (RESULT in files(closed)) is (moved > 1)
    assert files(closed) != before
    hands_out_the_closed_record(closed, before)
    monkeypatch.undo()
    counts_again(closed, before)


def test_a_record_that_is_written_again_after_a_count_was_cut_off_is_counted_whole(
    closed: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = files(closed), counting._move_files

    def cut_off(*arguments: Any) -> None:
        real(*arguments)
        raise CutOff

    monkeypatch.setattr(counting, "_move_files", cut_off)
    with pytest.raises(CutOff):
        counting.tally(closed.house, closed.uuid, closed.actor(FIRST))
    monkeypatch.undo()
    closing.write_again(closed.house, closed.uuid, closed.actor(FIRST))
    hands_out_the_closed_record(closed, before)
    counts_again(closed, before)


def test_a_count_that_was_cut_off_between_box_and_registry_is_done_again(
    closed: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats E6"""

    def cut_off(*_arguments: Any) -> None:
        raise CutOff

    before = files(closed)
    monkeypatch.setattr(counting, "move", cut_off)
    with nothing_changes(closed.house.registry), pytest.raises(CutOff):
        counting.tally(closed.house, closed.uuid, closed.actor(FIRST))
    assert closed.phase() == "tallied"
    refused(closed.booth().get(f"/dot/{closed.uuid}/ho-so.zip"), 403, "RESULT_RESTRICTED")
    assert archive(closed) == before[f"{closed.uuid}.bel"]
    monkeypatch.undo()
    counts_again(closed, before)


def test_a_record_that_was_not_written_to_its_end_is_not_handed_out(closed: Hall) -> None:
    (closed.house.record(closed.uuid) / "closing.txt").unlink()
    refused(closed.booth().get(f"/dot/{closed.uuid}/ho-so.zip"), 400, "INCOMPLETE")
    refused(do(closed.person(FIRST), closed, "kiem-phieu"), 400, "INCOMPLETE")
    assert set(files(closed)) < {*NAMES, f"{closed.uuid}.bel"}
