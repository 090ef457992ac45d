"""The ceremony by files: a folder travels between the members, and may have been changed on the way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from keys.committee import exchange
from keys.committee.errors import NoSuchSeat, NotThisTrustee, NotYourTurn, SeatTaken, TranscriptChanged
from keys.committee.exchange import Exchange
from keys.committee.trustee import TrusteeFile
from keys.errors import BadPrivateMessage, KeyFileExists, WrongPassphrase, WrongRound
from keys.store import KdfCost
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadSignature, BadTrustee, Incomplete
from tally.protocol.group import g_pow
from tally.protocol.opening import Opening
from tests.builders import new_hall, seal
from tests.keys.folder import MEMBERS, WORDS, Committee, new_committee


@pytest.fixture
def committee(tmp_path: Path, cheap: KdfCost) -> Committee:
    return new_committee(tmp_path / "trao đổi", cheap)


def test_the_members_make_a_key_step_by_step(committee: Committee) -> None:
    committee.join(1, 2, 3)
    for kind in ("commitment", "reveal", "key"):
        assert committee.proceed(1, 2, 3) == [f"member-{n}.{kind}.json" for n in (1, 2, 3)]
    finished = exchange.finish(committee.exchange, MEMBERS)
    shares = [committee.files[n].load().require_share() for n in (1, 2, 3)]
    assert tuple(map(g_pow, shares)) == finished.trustees.owners


def test_the_members_pass_the_opening_test_with_their_files(committee: Committee) -> None:
    committee.finish()
    assert committee.proceed(1, 3) == ["member-1.nonce.json", "member-3.nonce.json"]
    assert list(exchange.call_opening(committee.exchange)) == [1, 3]
    committee.proceed(1, 3)
    passed = exchange.passed_tests(committee.exchange)
    finished, manifest = committee.exchange.committee(), committee.exchange.manifest()
    opening = Opening(manifest.hash, finished.hash, passed, "00" * 64)
    with pytest.raises(BadSignature, match="zero_report"):  # all before the box's own report is right
        opening.check(manifest, finished)


def test_a_committee_of_one_needs_two_steps(tmp_path: Path, cheap: KdfCost) -> None:
    (tmp_path / "manifest.json").write_bytes(seal(new_hall(), committee_size=1, threshold=1).raw)
    alone = Committee(Exchange(tmp_path), {1: TrusteeFile(tmp_path / "1.trustee.key", WORDS)}, cheap)
    alone.join(1)
    assert alone.proceed(1) == ["member-1.key.json"]
    assert len(exchange.finish(alone.exchange, MEMBERS[:1]).trustees.owners) == 1


def test_the_folder_holds_no_secret_in_clear(committee: Committee) -> None:
    committee.finish()
    memories = [file.load() for file in committee.files.values()]
    secrets_of_members = [text for m in memories for text in (m.seed, str(m.require_share()))]
    everything = "".join(path.read_text() for path in committee.exchange.folder.iterdir())
    assert not any(secret in everything for secret in secrets_of_members)


# --- order and seats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounds", "kind"), [(0, "certificate"), (1, "commitment"), (2, "reveal")])
def test_a_member_who_is_too_early_waits_for_the_others(committee: Committee, rounds: int, kind: str) -> None:
    committee.join(1, 2, *([3] if rounds else []))
    for step in range(rounds):
        committee.proceed(1, 2, *([3] if step < rounds - 1 else []))
    with pytest.raises(NotYourTurn, match=rf"member-3\.{kind}\.json"):
        committee.proceed(1)


def test_the_committee_is_not_finished_while_a_key_is_missing(committee: Committee) -> None:
    committee.join(1, 2, 3)
    for _ in range(2):
        committee.proceed(1, 2, 3)
    committee.proceed(1, 2)
    with pytest.raises(BadTrustee, match="member 3"):
        exchange.finish(committee.exchange, MEMBERS)


def test_a_taken_seat_is_refused_and_no_key_file_made(committee: Committee, tmp_path: Path, cheap: KdfCost) -> None:
    committee.join(1)
    second = TrusteeFile(tmp_path / "second.trustee.key", WORDS)
    with pytest.raises(SeatTaken):
        exchange.join(committee.exchange, second, 1, cost=cheap)
    assert not second.path.exists()


@pytest.mark.parametrize("seat", [0, 4, -1])
def test_a_seat_that_is_not_there_is_refused(committee: Committee, seat: int) -> None:
    with pytest.raises(NoSuchSeat):
        exchange.join(committee.exchange, committee.files[1], seat)


def test_a_key_file_is_never_overwritten_by_a_second_joining(committee: Committee) -> None:
    committee.join(1)
    committee.path(1, "certificate").unlink()
    with pytest.raises(KeyFileExists):
        committee.join(1)


def test_the_wrong_passphrase_does_nothing(committee: Committee) -> None:
    committee.join(1, 2, 3)
    before = sorted(path.name for path in committee.exchange.folder.iterdir())
    with pytest.raises(WrongPassphrase):
        exchange.proceed(committee.exchange, TrusteeFile(committee.files[1].path, "một mật khẩu khác hẳn"))
    assert sorted(path.name for path in committee.exchange.folder.iterdir()) == before


def test_an_opening_test_of_fewer_than_t_members_is_not_called(committee: Committee) -> None:
    committee.finish()
    committee.proceed(1)
    with pytest.raises(Incomplete):
        exchange.call_opening(committee.exchange)


def test_a_member_whose_nonce_was_replaced_does_not_take_the_test(committee: Committee) -> None:
    committee.finish()
    committee.proceed(1, 2)
    committee.path(1, "nonce").write_bytes(canonical("0" * 64))
    exchange.call_opening(committee.exchange)
    with pytest.raises(NotThisTrustee):
        committee.proceed(1)


# --- a folder changed on the way ----------------------------------------------------------------------------------


def test_a_folder_of_another_round_is_refused(committee: Committee, tmp_path: Path, cheap: KdfCost) -> None:
    other = new_committee(tmp_path / "khác", cheap)
    committee.join(1, 2, 3)
    shutil.copy(other.exchange.folder / "manifest.json", committee.exchange.folder)
    with pytest.raises(WrongRound):
        committee.proceed(1)


def test_commitments_replaced_after_the_reveal_are_noticed(committee: Committee) -> None:
    """A carrier who asks for a second reveal, against other commitments, would see one polynomial twice."""
    committee.join(1, 2, 3)
    committee.proceed(1, 2, 3)
    committee.proceed(1)
    committee.path(1, "reveal").unlink()
    committee.path(3, "commitment").write_bytes(canonical("0" * 64))
    with pytest.raises(TranscriptChanged, match="member 1"):
        committee.proceed(1)


def test_a_reveal_altered_on_the_way_is_refused_and_its_sender_named(committee: Committee) -> None:
    committee.join(1, 2, 3)
    for _ in range(2):
        committee.proceed(1, 2, 3)
    reveal = committee.read(2, "reveal")
    reveal["shares"] = reveal["shares"][::-1]
    committee.path(2, "reveal").write_bytes(canonical(reveal))
    with pytest.raises(BadPrivateMessage, match="member 2"):
        committee.proceed(1)


def test_a_message_put_under_another_members_name_is_refused(committee: Committee) -> None:
    committee.join(1, 2, 3)
    shutil.copy(committee.path(3, "certificate"), committee.path(2, "certificate"))
    with pytest.raises(BadTrustee, match="member 2"):
        committee.proceed(1)


def test_a_link_in_the_folder_does_not_lead_to_a_key_file(committee: Committee) -> None:
    committee.join(1, 2, 3)
    mine = committee.files[2].path
    before = mine.read_bytes()
    for name in (".member-2.commitment.json.part", "member-2.commitment.json.part"):
        (committee.exchange.folder / name).symlink_to(mine)
    committee.proceed(2)
    assert mine.read_bytes() == before
    assert committee.read(2, "commitment") == committee.files[2].load().polynomial.commitment
