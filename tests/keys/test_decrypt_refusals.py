"""`keys trustee decrypt` refuses what would open one person's vote: the command as a member runs it, in its own words.

Here live records of dishonest boxes, consistent wherever the liar can make them so. Never here: a refused record that
changed the key file, or left a part behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keys.committee.trustee import TrusteeFile
from tally.protocol.ballot import Ballot
from tally.protocol.encoding import canonical, grouped, sha256_hex
from tally.protocol.sums import EncryptedTally
from tally.record import Record
from tests.builders import VOTES, Round, new_round
from tests.commands import DONE, REFUSED, Done, run
from tests.keys.member import WORDS, NewFile
from tests.voter import vote

Change = Callable[[Round], Round]


@dataclass(frozen=True)
class Member:
    """A member at a table: the key file, and where parts would be written."""

    file: TrusteeFile
    place: Path

    def decrypt(self, record: Record, root: str) -> Done:
        folder = self.place / "hồ sơ"
        record.write(folder)
        out = self.place / "phần"
        arguments = ("decrypt", folder, self.file.path, "--root", grouped(root, 16), "--out", out, "--workers", 1)
        done = run("keys", "trustee", *arguments, stdin=f"{WORDS}\n")
        for path in sorted(folder.rglob("*"), reverse=True):
            path.unlink()
        return done

    def is_refused(self, record: Record, root: str, *sentences: str) -> None:
        before = self.file.path.read_bytes()
        done = self.decrypt(record, root)
        assert done.code == REFUSED, done.output
        for sentence in sentences:
            assert sentence in done.output, done.output
        assert self.file.path.read_bytes() == before
        assert not (self.place / "phần").exists()


@pytest.fixture
def member(round_: Round, new_file: NewFile, tmp_path: Path) -> Member:
    return Member(new_file(round_, 1), tmp_path)


def added(round_: Round) -> Round:
    """The box adds a ballot with a slip that was given out and not used."""
    return replace(round_, ballots=(*round_.ballots, vote(round_.election, VOTES[0], round_.unused)))


def dropped(round_: Round) -> Round:
    return replace(round_, ballots=round_.ballots[1:])


def root_of(round_: Round) -> str:
    return round_.files().chained.root


# --- other ballots than those of the closing ----------------------------------------------------------------------


# threats F9
@pytest.mark.parametrize("change", [dropped, added])
def test_a_ballot_dropped_or_added_after_the_closing_is_refused(round_: Round, member: Member, change: Change) -> None:
    honest, other = round_.files(), change(round_)
    record = other.closed(checkpoints=honest.checkpoints, closing=honest.closing)
    member.is_refused(
        record, root_of(other), "KHÔNG ĐƯỢC KIỂM CHỨNG", "Phép kiểm số 21 không đạt", "Các mốc niêm phong", "MISMATCH"
    )


@pytest.mark.parametrize("change", [dropped, added])
def test_a_ballot_dropped_or_added_by_the_box_itself_has_another_root_than_paper(
    round_: Round, member: Member, change: Change
) -> None:
    """The liar signs checkpoints and closing anew, so every check passes: only the paper tells."""
    member.is_refused(
        change(round_).closed(), root_of(round_), "ROOT_MISMATCH", "không khớp mã ghi trên giấy", "chưa được dùng"
    )


# threats D8, F8
@pytest.mark.parametrize("change", [dropped, added])
def test_a_second_record_is_refused_even_with_its_own_root_on_paper(
    round_: Round, member: Member, change: Change
) -> None:
    assert member.decrypt(round_.closed(), root_of(round_)).code == DONE
    for path in (member.place / "phần").iterdir():
        path.unlink()
    (member.place / "phần").rmdir()
    other = change(round_)
    member.is_refused(
        other.closed(), root_of(other), "OTHER_ROOT_DECRYPTED", "đã giải mã một kết quả khác", "không bao giờ"
    )
    assert member.file.load().decrypted_root == root_of(round_)


# --- too few ------------------------------------------------------------------------------------------------------


# threats D4
@pytest.mark.parametrize("ballots", [1, 4])
def test_fewer_ballots_than_the_manifest_allows_are_refused(new_file: NewFile, tmp_path: Path, ballots: int) -> None:
    few = new_round(VOTES[:ballots])
    member = Member(new_file(few, 1), tmp_path)
    member.is_refused(
        few.closed(), root_of(few), "Phép kiểm số 22 không đạt", "không dưới mức tối thiểu", "TOO_FEW_BALLOTS"
    )


# --- one ballot posed as a tally ----------------------------------------------------------------------------------


def posed(round_: Round, *, ballots: int) -> tuple[Record, str]:
    """Return a record of all ballots whose tally is the first one's ciphertexts, hashed and chained to fit."""
    one = EncryptedTally.over(round_.election, [(Ballot.parse(round_.ballots[0]), 1)]).encode()
    size = {"num_tallied": ballots, "total_weight": ballots, "encrypted_tally": sha256_hex(one)}
    forged = round_.files(parts={}, encrypted_tally=one, sized=canonical(size))
    return forged.record, forged.chained.root


# threats D8, F7
@pytest.mark.parametrize("ballots", [1, len(VOTES)])
def test_one_ballot_posed_as_the_tally_is_refused(round_: Round, member: Member, ballots: int) -> None:
    record, root = posed(round_, ballots=ballots)
    member.is_refused(
        record, root, "Phép kiểm số 23 không đạt", "Tổng mã hóa đúng là tích của các phiếu được tính", "MISMATCH"
    )
