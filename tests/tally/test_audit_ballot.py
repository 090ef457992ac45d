"""`tally audit-ballot` as an observer runs it: what is printed, how it ends, and that no file brings it down.

Here lives the command over files. Never here: the forms one by one (tests/vectors/js/opened_*.json hold those).
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.protocol.booth import Draft, commit_code, shown_commit
from tally.protocol.election import Question
from tally.protocol.errors import TallyError, UnsupportedElection, WrongShape
from tally.protocol.group import random_scalar
from tally.protocol.opened import (
    check_opened,
    file_name,
    opened_file,
    opened_frames,
    read_file,
    read_frames,
)
from tests.commands import DONE, INCOMPLETE, REFUSED, WRONG_USE, tally
from tests.tally.small import RATING, WITH_BLANK, make_election
from tests.voter import draft

ELECTION = make_election(*(Question(RATING.answers, False, 0, 1, f"{i}. Cán bộ {i} – Chức vụ") for i in range(1, 9)),
                         secret=random_scalar())  # fmt: skip
LEVELS = (0, 1, 2, None, 2, 2, 1, None)
DRAFT = draft(ELECTION, LEVELS)
COMMIT = commit_code(ELECTION, DRAFT.ciphertexts)
SHOWN = shown_commit(COMMIT)
MATCHES, UNCOMPARED = "KHỚP: bản nháp này được mã hóa đúng như máy đã hiện.", "NHẤT QUÁN, CHƯA SO MÃ CAM KẾT"
SCOPE = "chỉ nói về bản nháp này"


@pytest.fixture
def election(tmp_path: Path) -> Path:
    path = tmp_path / "election.json"
    path.write_bytes(ELECTION.raw)
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    path = tmp_path / file_name(COMMIT)
    path.write_bytes(opened_file(ELECTION, DRAFT, "B1"))
    return path


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    path = tmp_path / "khung.txt"
    path.write_text("\n\n".join(reversed(opened_frames(ELECTION, DRAFT))) + "\r\n", "ascii")
    return path


def test_the_file_is_named_after_the_commit_code() -> None:
    assert file_name(COMMIT) == f"kiem-tra-may-{COMMIT[:8]}.json"


def test_a_file_says_what_was_encrypted_and_where(election: Path, opened: Path) -> None:
    code, said = tally("audit-ballot", election, opened)
    assert code == DONE
    for line in ("1. Cán bộ 1 – Chức vụ: Tín nhiệm cao", "4. Cán bộ 4 – Chức vụ: Bỏ trống", "Máy: B1",
                 f"Mã cam kết: {SHOWN}", COMMIT):  # fmt: skip
        assert line in said
    assert UNCOMPARED in said
    assert SCOPE in said


def test_frames_in_any_order_say_the_same(election: Path, frames: Path) -> None:
    assert len(opened_frames(ELECTION, DRAFT)) == 2
    code, said = tally("audit-ballot", election, frames, "--commit", SHOWN)
    assert code == DONE
    assert "3. Cán bộ 3 – Chức vụ: Tín nhiệm thấp" in said
    assert MATCHES in said
    assert SCOPE in said


WAYS = {"bare": SHOWN.replace("-", ""), "small": SHOWN.lower(), "full": COMMIT, "full, capitals": COMMIT.upper()}
NO_CODES = {"empty": "", "short": "xyz", "cut": SHOWN[:-1], "full, cut": COMMIT[:-1], "with U": "U" + SHOWN[1:]}


@pytest.mark.parametrize("typed", WAYS.values(), ids=WAYS)
def test_the_commit_code_may_be_typed_in_several_ways(election: Path, opened: Path, typed: str) -> None:
    code, said = tally("audit-ballot", election, opened, "--commit", typed)
    assert code == DONE
    assert MATCHES in said


def test_the_code_of_another_draft_is_refused(election: Path, opened: Path) -> None:
    other = shown_commit(commit_code(ELECTION, draft(ELECTION, LEVELS).ciphertexts))
    code, said = tally("audit-ballot", election, opened, "--commit", other)
    assert code == REFUSED
    assert "MISMATCH" in said
    assert MATCHES not in said


@pytest.mark.parametrize("typed", NO_CODES.values(), ids=NO_CODES)
def test_what_is_no_commit_code_is_wrong_use(election: Path, opened: Path, typed: str) -> None:
    code, said = tally("audit-ballot", election, opened, "--commit", typed)
    assert code == WRONG_USE
    assert "20 ký tự" in said


def test_a_terminal_that_encrypted_another_mark_is_found_out(election: Path, tmp_path: Path) -> None:
    """It shows what the voter marked and its true randomness, but had encrypted something else."""
    lie = Draft(draft(ELECTION, LEVELS[::-1]).choices, DRAFT.randomness, DRAFT.ciphertexts)
    path = tmp_path / "x.json"
    path.write_bytes(opened_file(ELECTION, lie, ""))
    code, said = tally("audit-ballot", election, path, "--commit", SHOWN)
    assert (code, "BAD_PROOF" in said) == (REFUSED, True)
    path.write_text("\n".join(opened_frames(ELECTION, lie)))
    code, said = tally("audit-ballot", election, path, "--commit", SHOWN)
    assert (code, "MISMATCH" in said) == (REFUSED, True)


def test_a_missing_frame_is_named(election: Path, tmp_path: Path) -> None:
    path = tmp_path / "khung.txt"
    path.write_text(opened_frames(ELECTION, DRAFT)[0])
    code, said = tally("audit-ballot", election, path)
    assert code == INCOMPLETE
    assert "INCOMPLETE" in said
    assert "khung mã QR số 2 trong 2 khung" in said


def test_frames_of_two_drafts_are_refused(election: Path, tmp_path: Path) -> None:
    mixed = [opened_frames(ELECTION, DRAFT)[0], opened_frames(ELECTION, draft(ELECTION, LEVELS))[1]]
    path = tmp_path / "khung.txt"
    path.write_text("\n".join(mixed))
    code, said = tally("audit-ballot", election, path)
    assert (code, "MISMATCH" in said) == (REFUSED, True)


HOSTILE = {
    "nothing": b"", "a brace": b"{", "an array": b"[]", "binary": bytes(range(256)), "nested": b'{"a":' + b"[" * 99999,
    "not ASCII": "PTN1:1/2:Ắ".encode(), "a huge file": b"{" + b" " * (4 * 1024 * 1024), "a terminal escape": b"\x1b[2J",
    "a frame without end": b"PTN1:1/2:" + b"A" * 3_000_000, "many lines": b"PTN1\n" * 500_000,
}  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_no_file_ends_in_a_traceback(election: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    for arguments in ((election, path), (path, election)):
        code, said = tally("audit-ballot", *arguments)
        assert code in (REFUSED, INCOMPLETE)
        assert "\x1b" not in said


def test_a_file_that_is_not_there_is_wrong_use(election: Path, tmp_path: Path) -> None:
    assert tally("audit-ballot", election, tmp_path / "không có")[0] == WRONG_USE
    assert tally("audit-ballot", election, tmp_path)[0] == WRONG_USE


def test_questions_that_one_byte_cannot_answer_are_refused() -> None:
    made = make_election(RATING, WITH_BLANK, secret=random_scalar())
    with pytest.raises(UnsupportedElection):
        read_frames(made, [])
    with pytest.raises(UnsupportedElection):
        opened_frames(make_election(Question(("a", "b"), False, 0, 2, "x"), secret=5), DRAFT)


def test_a_name_that_no_terminal_has_is_not_written() -> None:
    with pytest.raises(WrongShape):
        opened_file(ELECTION, DRAFT, "máy 1")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, None]), min_size=1, max_size=25))
def test_what_is_opened_is_read_back_from_either_form(levels: list[int | None]) -> None:
    made = make_election(*(RATING for _ in levels), secret=7)
    honest = draft(made, levels)
    texts = opened_frames(made, honest)
    secrets.SystemRandom().shuffle(texts)
    assert all(len(text) <= 27 + 480 * 8 // 5 for text in texts)
    both = read_file(made, opened_file(made, honest, "B1")), read_frames(made, texts)
    commit = commit_code(made, honest.ciphertexts)
    assert [check_opened(made, ballot).levels for ballot in both] == [tuple(levels)] * 2
    assert [check_opened(made, ballot).commit for ballot in both] == [commit] * 2
    assert [check_opened(made, ballot).terminal for ballot in both] == ["B1", ""]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_frame_with_any_one_character_changed_is_refused_or_the_same(data: st.DataObject) -> None:
    texts = opened_frames(ELECTION, DRAFT)
    place = data.draw(st.integers(0, len(texts[0]) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:/ $%*+-."))
    changed = texts[0][:place] + other + texts[0][place + 1 :]
    if changed == texts[0]:
        return
    with pytest.raises(TallyError):
        read_frames(ELECTION, [changed, texts[1]])
