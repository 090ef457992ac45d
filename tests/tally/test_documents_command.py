"""`tally documents`: which records and minutes get documents, what is written, and that nothing is written by halves.

Here live tests of the command over real records. Never here: what a document says (test_documents.py).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tally.commands.documents import make_documents
from tally.comparison import PaperDiffers
from tally.protocol.errors import Mismatch
from tally.protocol.minutes import Minutes, PaperCounts, Recount, Signatory
from tally.protocol.witnessed import Witnessed
from tally.record import Record
from tally.report import family
from tally.report.documents import DOCUMENTS, Papers, documents_of
from tally.verify import CheckFailed, verify_record
from tests.builders import Round, new_round
from tests.commands import CONSISTENT, DONE, REFUSED, WRONG_USE, tally
from tests.tally.some_papers import minutes, pages
from tests.tally.watching import watched
from tests.watchers import Watcher

KEYS = (Signatory(1, "c" * 64), Signatory(3, "d" * 64))


@pytest.fixture(scope="module")
def record(round_: Round) -> Record:
    """One record of the round: its proofs are drawn anew whenever it is written."""
    return round_.record()


@pytest.fixture(scope="module")
def said(record: Record) -> Minutes:
    """Minutes whose numbers are those of the record: 7 slips at the desk, one envelope left, 6 ballots."""
    e = verify_record(record).evidence
    paper = PaperCounts(7, 1, slips_counted=True, slips_in_box=6, typed_by=("Lê Thị Hòa", "Ngô Gia Nhập"))
    return minutes(manifest=e.manifest.hash, root=e.archive.root, present=7, absent=(), paper=paper)


@pytest.fixture
def folder(record: Record, tmp_path: Path) -> Path:
    path = tmp_path / "hồ sơ"
    record.write(path)
    return path


def documents(*arguments: object, language: str = "vi") -> Result:
    """Run the command here, since a process of its own would spend most of its time on importing."""
    given = [*map(str, arguments), "--workers", "1"]
    return CliRunner().invoke(make_documents, given, env={"PTN_LANG": language, "COLUMNS": "400"})


def keep(folder: Path, said: Minutes) -> Path:
    report = folder / "report"
    report.mkdir(exist_ok=True)
    (report / "minutes.json").write_bytes(said.encode())
    return report


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_documents_are_those_of_the_record_and_its_minutes(folder: Path, said: Minutes, round_: Round) -> None:
    report = keep(folder, replace(said, signers=KEYS))
    done = documents(folder, "--manifest", round_.manifest.hash)
    assert done.exit_code == DONE, done.output
    papers = Papers.of(verify_record(Record.read(folder)), replace(said, signers=KEYS))
    expected = [f"{document.name}.pdf" for document in documents_of(papers)]
    assert [name for name in names(report) if name.endswith(".pdf")] == sorted(expected)
    assert all(name in done.output for name in expected)
    for document in DOCUMENTS[:2]:  # whoever verifies makes the same bytes, with or without the hash from paper
        assert (report / f"{document.name}.pdf").read_bytes() == document.make(papers, family())


def test_a_record_with_its_documents_is_still_a_record(folder: Path, said: Minutes) -> None:
    keep(folder, said)
    assert tally("documents", folder, "--workers", 1)[0] == DONE
    assert CONSISTENT in tally("verify", folder)[1]


def test_an_english_screen_makes_the_same_documents(folder: Path, said: Minutes, tmp_path: Path) -> None:
    keep(folder, said)
    assert documents(folder, "--out", tmp_path / "vi").exit_code == DONE
    done = documents(folder, "--out", tmp_path / "en", language="en")
    assert done.exit_code == DONE
    assert "They agree." in done.output
    for path in (tmp_path / "vi").glob("*.pdf"):
        assert path.read_bytes() == (tmp_path / "en" / path.name).read_bytes(), path.name


def test_without_minutes_the_documents_are_drafts(folder: Path) -> None:
    done = documents(folder)
    assert done.exit_code == DONE
    assert "Chưa có minutes.json" in done.output
    first = pages((folder / "report" / "bien-ban-kiem-phieu.pdf").read_bytes())[0]
    assert "DỰ THẢO" in first


def test_minutes_may_lie_elsewhere_and_a_zip_needs_a_folder(record: Record, said: Minutes, tmp_path: Path) -> None:
    packed = tmp_path / "ho-so.zip"
    record.write_zip(packed)
    elsewhere = tmp_path / "bien-ban.json"
    elsewhere.write_bytes(said.encode())
    refused = documents(packed, "--minutes", elsewhere)
    assert refused.exit_code == WRONG_USE
    assert "--out" in refused.output
    assert documents(packed, "--minutes", elsewhere, "--out", tmp_path / "out").exit_code == DONE
    assert "Hội trường A" in pages((tmp_path / "out" / "bien-ban-kiem-phieu.pdf").read_bytes())[0]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"manifest": "1" * 64}, "manifest"), ({"root": "1" * 64}, "root"),
        ({"signers": (Signatory(1, ""), Signatory(4, ""))}, "signers"),
        ({"witnesses": (Witnessed("quan-sat-1", "5" * 64, 6, closing=True),)}, "witnesses"),
    ],
)  # fmt: skip
def test_minutes_of_another_record_or_another_committee_are_refused(
    changes: dict[str, object], place: str, folder: Path, said: Minutes
) -> None:
    report = keep(folder, replace(said, **changes))  # type: ignore[arg-type]
    refused = documents(folder).exception
    assert isinstance(refused, Mismatch)
    assert refused.where == f"minutes.json: {place}"
    assert names(report) == ["minutes.json"]


def test_minutes_name_witnesses_whose_copies_lie_beside_the_record(
    round_: Round, record: Record, tmp_path: Path, said: Minutes
) -> None:
    """threats F10"""
    seen = watched(round_, record, Watcher("quan-sat-1"))
    (copy,) = verify_record(seen).evidence.testimony.inside
    assert copy.stated.closing
    seen.write(tmp_path)
    keep(tmp_path, replace(said, witnesses=(copy.stated,)))
    assert documents(tmp_path).exit_code == DONE
    report = tmp_path / "report"
    assert "quan-sat-1" in " ".join(pages((report / "bien-ban-kiem-phieu.pdf").read_bytes()))


def test_minutes_name_nobody_who_left_an_introduction_alone(
    round_: Round, record: Record, tmp_path: Path, said: Minutes
) -> None:
    """threats F10: a name and a key that anybody can leave beside a record are nobody's testimony."""
    seen = replace(record, witnesses={"witness-1.txt": Watcher("quan-sat-1").begin(round_.manifest).encode()})
    (copy,) = verify_record(seen).evidence.testimony.inside
    seen.write(tmp_path)
    keep(tmp_path, replace(said, witnesses=(copy.stated,)))
    refused = documents(tmp_path).exception
    assert isinstance(refused, Mismatch)
    assert refused.where == "minutes.json: witnesses"


def differing(said: Minutes) -> Minutes:
    return replace(said, paper=replace(said.paper, signatures=6))


@pytest.mark.parametrize("what", ["paper", "recount", "no recount"])
def test_nothing_that_waits_for_keys_is_made_over_numbers_that_differ(what: str, folder: Path, said: Minutes) -> None:
    wrong = {
        "paper": differing(said),
        "recount": replace(said, recounts=(Recount("belenios-tool", agrees=False),)),
        "no recount": replace(said, recounts=()),
    }[what]
    report = keep(folder, replace(wrong, signers=KEYS))
    assert isinstance(documents(folder).exception, PaperDiffers)
    assert names(report) == ["minutes.json"]


def test_on_paper_numbers_that_differ_are_printed_as_a_draft(folder: Path, said: Minutes) -> None:
    report = keep(folder, differing(said))
    done = documents(folder)
    assert done.exit_code == DONE
    assert "Không khớp ở phép so 1" in done.output
    found = " ".join(pages((report / "bien-ban-kiem-phieu.pdf").read_bytes()))
    assert "DỰ THẢO" in found
    assert "7; 6 Không khớp" in found


def test_a_record_that_is_not_right_has_no_documents(folder: Path, said: Minutes) -> None:
    report = keep(folder, said)
    result = folder / "result.json"
    result.write_bytes(result.read_bytes().replace(b'"void":1', b'"void":2', 1))
    assert tally("documents", folder, "--workers", 1)[0] == REFUSED
    assert names(report) == ["minutes.json"]


def test_the_wrong_hash_from_paper_is_refused(folder: Path, said: Minutes) -> None:
    report = keep(folder, said)
    assert isinstance(documents(folder, "--manifest", "0" * 64).exception, CheckFailed)
    assert names(report) == ["minutes.json"]


def test_a_rehearsal_says_so_on_every_document(tmp_path: Path) -> None:
    found = Papers.of(verify_record(new_round(rehearsal=True).record()), None)
    for document in documents_of(found):
        assert all("DIỄN TẬP" in page for page in pages(document.make(found, family()))), document.name
