"""The end of a share: signed over a record with its result, or thrown away unused; nothing in between loses a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.committee import destruction
from keys.committee.errors import KeyHasServed, NotThisTrustee, OtherRootDecrypted, TranscriptChanged
from keys.committee.trustee import TrusteeFile
from keys.errors import KeyFileExists, WrongRound
from tally.protocol.destruction import Destruction
from tally.verify import VerifiedRecord, verify_record
from tests.builders import Round, new_round
from tests.commands import DONE, INCOMPLETE, REFUSED, Done, run, tally
from tests.keys.member import WORDS, NewFile


@pytest.fixture(scope="module")
def verified(round_: Round) -> VerifiedRecord:
    return verify_record(round_.record())


@pytest.fixture
def mine(round_: Round, new_file: NewFile) -> TrusteeFile:
    """The file of a member who can sign as its certificate says."""
    return new_file(round_, 2)


def destroy(file: TrusteeFile, *arguments: object, words: str = WORDS) -> Done:
    done = run("keys", "trustee", "destroy", file.path, "--yes", *arguments, stdin=f"{words}\n")
    assert words not in done.output
    return done


# --- signed for ---------------------------------------------------------------------------------------------------


def test_a_share_is_signed_for_and_gone(
    round_: Round, mine: TrusteeFile, verified: VerifiedRecord, tmp_path: Path
) -> None:
    out = tmp_path / "destruction-2.json"
    destruction.destroy_share(mine, verified, out)
    assert not mine.path.exists()
    assert list(tmp_path.glob(f"{mine.path.name}*")) == []
    stated = Destruction.parse(out.read_bytes())
    stated.check(round_.board.committee)
    assert (stated.owner, stated.root) == (2, round_.files().chained.root)


def test_the_command_verifies_signs_and_erases_and_others_can_check_it(
    round_: Round, mine: TrusteeFile, tmp_path: Path
) -> None:
    record, out = tmp_path / "HO-SO", tmp_path / "destruction-2.json"
    round_.record().write(record)
    done = destroy(mine, "--record", record, "--out", out, "--workers", 1)
    assert done.code == DONE, done.output
    assert "hãy hủy cả vật mang" in done.output
    assert not mine.path.exists()
    assert tally("destruction", out, record, "--workers", 1)[0] == DONE


def test_a_record_without_its_result_destroys_nothing(round_: Round, mine: TrusteeFile, tmp_path: Path) -> None:
    round_.closed().write(tmp_path / "HO-SO")
    before = mine.path.read_bytes()
    done = destroy(mine, "--record", tmp_path / "HO-SO", "--out", tmp_path / "out.json", "--workers", 1)
    assert done.code == INCOMPLETE
    assert mine.path.read_bytes() == before
    assert not (tmp_path / "out.json").exists()


def test_a_record_of_another_round_destroys_nothing(round_: Round, mine: TrusteeFile, tmp_path: Path) -> None:
    other = verify_record(new_round(hall=round_.hall).record())
    with pytest.raises(WrongRound):
        destruction.destroy_share(mine, other, tmp_path / "out.json")
    assert mine.load().share


WRONG = {
    NotThisTrustee: {"share": 5},
    TranscriptChanged: {"transcript": "0" * 64},
    OtherRootDecrypted: {"decrypted_root": "0" * 64},
}


@pytest.mark.parametrize("error", WRONG)
def test_a_key_that_is_not_of_this_record_is_kept(
    round_: Round, new_file: NewFile, verified: VerifiedRecord, tmp_path: Path, error: type[Exception]
) -> None:
    file = new_file(round_, 2, **WRONG[error])
    with pytest.raises(error):
        destruction.destroy_share(file, verified, tmp_path / "out.json")
    assert file.path.exists()
    assert not (tmp_path / "out.json").exists()


def test_a_statement_that_cannot_be_written_costs_no_key(
    mine: TrusteeFile, verified: VerifiedRecord, tmp_path: Path
) -> None:
    for out, error in ((mine.path, KeyFileExists), (tmp_path / "nowhere" / "out.json", OSError)):
        with pytest.raises(error):
            destruction.destroy_share(mine, verified, out)
        assert mine.load().share


def test_a_statement_is_made_only_with_the_key_that_a_link_leads_to(
    mine: TrusteeFile, verified: VerifiedRecord, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(mine.path)
    destruction.destroy_share(TrusteeFile(link, WORDS), verified, tmp_path / "out.json")
    assert (tmp_path / "out.json").exists()
    assert not mine.path.exists()


# --- unused -------------------------------------------------------------------------------------------------------


def test_a_key_that_never_served_goes_without_a_statement(mine: TrusteeFile) -> None:
    done = destroy(mine, "--unused")
    assert (done.code, "không có bản khai" in done.output) == (DONE, True)
    assert not mine.path.exists()


def test_a_key_that_has_decrypted_is_not_unused(round_: Round, new_file: NewFile) -> None:
    served = new_file(round_, 2, decrypted_root="ab" * 32)
    with pytest.raises(KeyHasServed):
        destruction.destroy_unused(served)
    done = destroy(served, "--unused")
    assert (done.code, "KEY_HAS_SERVED" in done.output) == (REFUSED, True)
    assert served.load().decrypted_root


@pytest.mark.parametrize("given", [(), ("--record", "."), ("--out", "out.json"), ("--record", ".", "--unused")])
def test_without_record_and_out_or_unused_nothing_is_destroyed(mine: TrusteeFile, given: tuple[str, ...]) -> None:
    done = destroy(mine, *given)
    assert (done.code, "RECORD_NEEDED" in done.output) == (REFUSED, True)
    assert mine.path.exists()


def test_a_wrong_passphrase_destroys_nothing(mine: TrusteeFile) -> None:
    done = destroy(mine, "--unused", words="không phải câu đó")
    assert (done.code, "WRONG_PASSPHRASE" in done.output) == (REFUSED, True)
    assert mine.path.exists()
