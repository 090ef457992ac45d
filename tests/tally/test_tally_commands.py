"""`python -m tally`: exit codes and the words that a person goes by; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tally import rules
from tally.protocol.encoding import grouped
from tally.record import Record
from tests.builders import Round, new_round
from tests.commands import CONSISTENT, DONE, INCOMPLETE, REFUSED, VERIFIED, WRONG_USE, run, tally, written


@pytest.fixture(scope="module")
def folder(round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hồ sơ")
    round_.record().write(path)
    return path


# --- verify -------------------------------------------------------------------------------------------------------


# threats G5
def test_a_good_record_without_the_hash_is_only_consistent(folder: Path) -> None:
    code, output = tally("verify", folder)
    assert code == DONE
    assert CONSISTENT in output
    assert VERIFIED not in output


@pytest.mark.parametrize("written_as", [str, str.upper, lambda h: grouped(h, 16), lambda h: f" {grouped(h, 16)} "])
def test_a_good_record_with_the_hash_from_paper_is_verified(folder: Path, round_: Round, written_as: type) -> None:
    code, output = tally("verify", folder, "--manifest", written_as(round_.manifest.hash))
    assert code == DONE
    assert VERIFIED in output
    assert CONSISTENT not in output


def test_every_check_has_its_line(folder: Path) -> None:
    _, output = tally("verify", folder)
    numbers = [int(line.split()[0]) for line in output.splitlines() if line[:4].strip().isdigit()]
    assert sorted(numbers) == list(range(1, 29))


def test_a_zip_is_verified_like_its_folder(folder: Path, round_: Round, tmp_path: Path) -> None:
    path = tmp_path / "hồ sơ.zip"
    round_.record().write_zip(path)
    assert tally("verify", path)[0] == DONE


def test_two_processes_come_to_the_same_verdict(folder: Path) -> None:
    done = run("tally", "verify", folder, "--workers", 2)
    assert done.code == DONE


@pytest.mark.parametrize("command", ["verify", "archive"])
def test_without_the_fast_library_the_verdict_is_the_same_and_the_screen_says_so(folder: Path, command: str) -> None:
    place = folder if command == "verify" else next(folder.glob("*.bel"))
    (fast, fast_words), (slow, words) = tally(command, place), tally(command, place, PTN_KERNEL="off")
    assert (fast, slow) == (DONE, DONE)
    assert "libsodium tính thay" in words
    told = [line for line in words.splitlines() if "libsodium" not in line]
    assert told == [line for line in fast_words.splitlines() if "libsodium" not in line]


# threats G5
def test_the_wrong_hash_is_refused_at_check_3(folder: Path) -> None:
    code, output = tally("verify", folder, "--manifest", "0" * 64)
    assert code == REFUSED
    assert "WRONG_MANIFEST" in output
    assert "Phép kiểm số 3 không đạt" in output


@pytest.mark.parametrize("typed", ["", "0", "không phải mã"])
def test_what_is_no_hash_is_refused_and_never_ignored(folder: Path, typed: str) -> None:
    code, output = tally("verify", folder, "--manifest", typed)
    assert code == REFUSED
    assert VERIFIED not in output
    assert CONSISTENT not in output


def test_a_failing_check_is_named(round_: Round, tmp_path: Path) -> None:
    document = json.loads(round_.files().result_json)
    document["officials"][0]["counts"] = [6, 0, 0]
    raw = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    code, output = tally("verify", written(round_.record(result_json=raw), tmp_path))
    assert code == REFUSED
    assert "Phép kiểm số 27 không đạt" in output
    assert "MISMATCH" in output


def test_a_closed_record_is_incomplete(round_: Round, tmp_path: Path) -> None:
    code, output = tally("verify", written(round_.closed(), tmp_path))
    assert code == INCOMPLETE
    assert "CHƯA ĐẦY ĐỦ" in output


# threats G12
def test_a_record_without_one_of_its_files_is_incomplete(round_: Round, tmp_path: Path) -> None:
    written(round_.record(), tmp_path)
    (tmp_path / "opening.json").unlink()
    assert tally("verify", tmp_path)[0] == INCOMPLETE


def test_a_rehearsal_says_that_it_is_one(tmp_path: Path) -> None:
    code, output = tally("verify", written(new_round(rehearsal=True).record(), tmp_path))
    assert code == DONE
    assert "DIỄN TẬP" in output


@pytest.mark.parametrize("language", ["en", "vi", "xx", "../etc"])
def test_any_language_comes_to_the_same_verdict(folder: Path, round_: Round, language: str) -> None:
    assert tally("verify", folder, "--manifest", round_.manifest.hash, PTN_LANG=language)[0] == DONE


# --- the other commands -------------------------------------------------------------------------------------------


def test_a_bare_archive_is_verified_and_its_limits_named(folder: Path, round_: Round) -> None:
    code, output = tally("archive", folder / f"{round_.manifest.uuid}.bel")
    assert code == DONE
    assert "  25  –" in output
    assert "Tín nhiệm cao 4, Tín nhiệm 1, Tín nhiệm thấp 0" in output


def test_closing_counting_and_reporting_follow_each_other(round_: Round, tmp_path: Path) -> None:
    files = round_.files(parts={})
    record = written(files.record, tmp_path / "hồ sơ")
    parts = []
    for owner in (1, 2):
        parts.append(tmp_path / f"partial-{owner}.json")
        parts[-1].write_bytes(files.part(owner).encode())
    assert tally("count", record, *parts)[0] == DONE
    assert tally("report", record, "--manifest", round_.manifest.hash)[0] == DONE
    assert (record / "report" / "ket-qua.pdf").read_bytes().startswith(b"%PDF-")
    assert tally("verify", record)[0] == DONE


def test_a_closed_archive_gets_its_root_and_cannot_be_closed_twice(round_: Round, tmp_path: Path) -> None:
    files = round_.files(parts={})
    path = tmp_path / "zzzzzzzzzzzzzz.bel"
    path.write_bytes(round_.files(events=files.events[:-2]).archive)
    code, output = tally("close", path)
    assert code == DONE
    assert grouped(files.chained.root, 16) in output
    assert path.read_bytes() == files.archive
    assert tally("close", path)[0] == REFUSED
    assert path.read_bytes() == files.archive


def test_counting_with_too_few_parts_changes_nothing(round_: Round, tmp_path: Path) -> None:
    files = round_.files(parts={})
    record = written(files.record, tmp_path / "hồ sơ")
    part = tmp_path / "partial-1.json"
    part.write_bytes(files.part(1).encode())
    assert tally("count", record, part)[0] == INCOMPLETE
    assert Record.read(record) == files.record


def test_a_part_under_another_name_is_wrong_use(folder: Path, tmp_path: Path) -> None:
    part = tmp_path / "phan-1.json"
    part.write_bytes(b"{}")
    assert tally("count", folder, part)[0] == WRONG_USE


def test_an_unverified_record_has_no_report(round_: Round, tmp_path: Path) -> None:
    record = written(round_.closed(), tmp_path / "hồ sơ")
    assert tally("report", record)[0] == INCOMPLETE
    assert not (record / "report").exists()


def test_the_rule_sets_are_listed() -> None:
    code, output = tally("rules")
    assert code == DONE
    assert all(name in output for name in rules.names())


@pytest.mark.parametrize(
    ("good", "bad", "field"),
    [
        ("days = 30", "days = 401", "deadlines[1].days"),
        ('kind = "operator"', 'kind = "age"', "exemptions[2].kind"),
        ('kind = "operator"\nvalue = ""', 'kind = "operator"\nvalue = "6"', "exemptions[2].value"),
        (
            'kind = "status"\nvalue = "retirement_notice"',
            'kind = "months_in_post"\nvalue = "121"',
            "exemptions[0].value",
        ),
        ('key = "dossier"', 'key = "list"', "deadlines.key"),
        ("points = [", "poinst = [", "criteria[0]"),
        ("[[criteria]]", "[[criterion]]", ""),
    ],
)
def test_what_is_wrong_with_a_rule_set_is_named_and_hides_no_other(
    tmp_path: Path, good: str, bad: str, field: str
) -> None:
    source = (rules.FOLDER / "NQ96_2023.toml").read_text("utf-8")
    assert good in source
    (tmp_path / "MOT.toml").write_text(source.replace(good, bad), "utf-8")
    (tmp_path / "HAI.toml").write_text(source, "utf-8")
    (tmp_path / "ZZ.toml").write_text("id = ", "utf-8")
    code, output = tally("rules", tmp_path)
    assert code == REFUSED
    assert ": ".join(filter(None, ("WRONG_SHAPE", f"MOT.{field}" if field else "MOT"))) in output
    assert "HAI: Nghị quyết số 96/2023/QH15" in output
    assert "RULE_SET_UNREADABLE" in output
