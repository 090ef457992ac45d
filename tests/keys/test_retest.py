"""The opening test again when the box is closed: from the record or the folder, over the same call, by one file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keys.committee import exchange
from keys.committee.errors import NotCalled, NotThisTrustee
from keys.committee.exchange import Exchange
from keys.committee.retest import retest
from keys.committee.trustee import TrusteeFile
from keys.store import KdfCost
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Incomplete
from tally.protocol.opening import Opening, Passed
from tests.builders import Round
from tests.commands import DONE, REFUSED, WRONG_USE, run
from tests.keys.folder import new_committee
from tests.keys.member import WORDS, NewFile


@pytest.fixture
def record(round_: Round, tmp_path: Path) -> Path:
    round_.closed().write(tmp_path / "hồ sơ")
    return tmp_path / "hồ sơ"


def called(round_: Round, new_file: NewFile, index: int) -> TrusteeFile:
    """The file with which this member took the first test: tests/sealed.py derives the nonces that stand there."""
    return new_file(round_, index, nonce=sha256_hex(f"nonce {index}".encode()))


@pytest.mark.parametrize("index", [1, 2, 3])
def test_whoever_passed_passes_again_with_a_fresh_proof_over_the_same_point(
    round_: Round, record: Path, new_file: NewFile, index: int
) -> None:
    file = called(round_, new_file, index)
    before = file.path.read_bytes()
    again, first = retest(record, file), Opening.parse(round_.opening).passed[index - 1]
    assert (again.owner, again.nonce, again.factor) == (first.owner, first.nonce, first.factor)
    assert again.proof != first.proof
    assert file.path.read_bytes() == before
    others = tuple(again if p.owner == index else p for p in Opening.parse(round_.opening).passed)
    zero = Opening.parse(round_.opening).zero_report
    Opening(round_.manifest.hash, round_.board.committee.hash, others, zero).check(
        round_.manifest, round_.board.committee
    )


def test_the_command_writes_the_message_beside_a_packed_record_or_wherever_it_is_told(
    round_: Round, record: Path, new_file: NewFile, tmp_path: Path
) -> None:
    file = called(round_, new_file, 2)
    inside = run("keys", "trustee", "retest", record, file.path, stdin=f"{WORDS}\n")
    assert inside.code == WRONG_USE
    assert "hồ sơ không nhận thêm tệp nào" in inside.output
    done = run("keys", "trustee", "retest", record, file.path, "--out", tmp_path / "gửi", stdin=f"{WORDS}\n")
    assert done.code == DONE, done.output
    assert "vẫn dùng được" in done.output
    raw = json.loads((tmp_path / "gửi" / "member-2.retest.json").read_bytes())
    assert Passed.parse(raw, "retest").owner == 2


def test_in_the_folder_of_the_ceremony_the_message_lies_beside_the_others(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    committee.finish()
    folder, file = committee.exchange.folder, committee.files[1]
    with pytest.raises(Incomplete):
        retest(folder, file)
    committee.proceed(1, 2)
    exchange.call_opening(Exchange(folder))
    done = run("keys", "trustee", "retest", folder, file.path, stdin=f"{WORDS}\n")
    assert done.code == DONE, done.output
    assert committee.read(1, "retest")["owner"] == 1
    with pytest.raises(NotCalled):
        retest(folder, committee.files[3])


# threats F2
def test_another_file_than_that_of_the_first_test_is_refused(
    round_: Round, record: Path, new_file: NewFile, tmp_path: Path
) -> None:
    with pytest.raises(NotThisTrustee):
        retest(record, new_file(round_, 2))
    out = tmp_path / "gửi"
    wrong = run("keys", "trustee", "retest", record, tmp_path / "2.trustee.key", "--out", out, stdin=f"{WORDS}\n")
    assert (wrong.code, "NOT_THIS_TRUSTEE" in wrong.output, out.exists()) == (REFUSED, True, False)
