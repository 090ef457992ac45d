"""`ballot resume` as whoever runs the machine sees it: what is wrong with what they gave it, and how it ends.

Here live sentences and exit codes. Never here: what is filled in (test_resume.py).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ballot.backup.test_restored_parts import Parts
from tests.ballot.look import rows
from tests.ballot.prepared import Prepared
from tests.commands import INCOMPLETE, REFUSED, Done, run
from tests.postgres import Server, chosen

pytestmark = pytest.mark.skipif(chosen(), reason="these parts are files in a folder")
BALLOTS = 21


class Spare:
    """A restored installation in mid-vote; what a witness of its box kept is in `witness`."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        hall = prepared.at("voting")
        for number in range(BALLOTS):
            assert hall.cast(hall.body(number)).status_code == 201
        self.uuid, self.folder, self.witness = hall.uuid, folder, folder / "witness.txt"
        self.witness.write_bytes(b"\n".join(bytes(row[3]) for row in rows(hall.house.box)["checkpoint"]))
        self.parts, self.place = Parts(hall, folder / "parts"), folder / "place"
        self.parts.into(self.place, "registry", "box", "keys")

    def resume(self, *arguments: object, uuid: str = "", **more: str) -> Done:
        return run("ballot", "resume", uuid or self.uuid, *arguments, BALLOT_INSTANCE=str(self.place), **more)


@pytest.fixture(scope="module")
def spare(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Spare:
    return Spare(prepared, tmp_path_factory.mktemp("spare"))


def test_a_copy_that_cannot_be_read_is_said_to_the_operator_and_none_is_made(
    spare: Spare, postgres: Server, tmp_path: Path
) -> None:
    (tmp_path / "other.txt").write_text("no database" * 1000)
    (tmp_path / "empty.db").touch()
    urls = [f"sqlite:///{tmp_path / name}" for name in ("absent.db", "no-folder/copy.db", "other.txt", "empty.db")]
    urls += [f"sqlite:///{spare.place / 'registry.db'}", postgres.url("of_nobody")]
    urls += [f"postgresql+psycopg://nobody@/none?host={tmp_path}"]
    for url in urls:
        done = spare.resume("--copy", url)
        assert (done.code, "COPY_AWAY: " in done.output) == (REFUSED, True), done.output
        assert "giữ thẻ" not in done.output
        assert "--copy" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.db", "other.txt"]
    assert (tmp_path / "empty.db").stat().st_size == 0


def test_a_round_that_is_not_here_is_named_before_any_evidence_is_asked_for(spare: Spare) -> None:
    for given in ((), ("--witness", spare.witness)):
        done = spare.resume(*given, uuid="B7kQ2mXv9TzRw4")
        assert (done.code, "NO_SUCH_ROUND" in done.output) == (REFUSED, True), done.output


def test_a_file_that_holds_nothing_of_this_box_is_named_and_is_no_evidence(spare: Spare, tmp_path: Path) -> None:
    empty, other = tmp_path / "trong.txt", tmp_path / "dot-khac.txt"
    empty.touch()
    other.write_bytes(spare.witness.read_bytes().replace(spare.uuid.encode(), b"B7kQ2mXv9TzRw4"))
    assert other.read_bytes() != spare.witness.read_bytes()
    for file in (empty, other):
        done = spare.resume("--witness", file)
        assert (done.code, f"EVIDENCE_NEEDED: {file.name}: " in done.output) == (REFUSED, True), done.output
        assert "không giữ mốc nào" in done.output
        assert "Cần ít nhất một bản" not in done.output


def test_before_the_first_checkpoint_an_empty_file_is_passed_over_beside_other_evidence(
    spare: Spare, tmp_path: Path
) -> None:
    (tmp_path / "trong.txt").touch()
    done = spare.resume("--witness", tmp_path / "trong.txt", "--copy", f"sqlite:///{tmp_path}/absent.db")
    assert "COPY_AWAY" in done.output
    assert "trong.txt: Tệp này không giữ mốc nào" in done.output


def test_a_box_that_still_waits_ends_the_command_with_3_and_says_for_whom(spare: Spare) -> None:
    """threats I13: the chain is whole, and what came after its end may be gone."""
    for _again in range(2):
        done = spare.resume("--witness", spare.witness)
        assert (done.code, "BOX_BEHIND: Chuỗi mốc đã đủ" in done.output) == (INCOMPLETE, True), done.output
        assert "Hai người của ban tổ chức" in done.output
        assert "Số mốc trong chuỗi: " in done.output
