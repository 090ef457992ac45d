"""The chain of sealed batches, and the box's last statement.

Here lives a box key and what it signs. Never here: a record (test_record.py).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tally.protocol.checkpoint import (
    BATCH,
    Closing,
    Head,
    Note,
    checkpoint_lines,
    encode_notes,
    replay,
    sealed_batches,
    sign_note,
)
from tally.protocol.errors import BadHash, BadSignature, Mismatch, NotSorted, TallyError, WrongCount
from tests.tally.small import make_manifest

BOX, STRANGER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
ELECTION = "ab" * 32
HASHES = [hashlib.sha256(bytes([i])).hexdigest() for i in range(40)]


@pytest.fixture(scope="module")
def manifest():
    return make_manifest(box_key=BOX.verify_key.encode().hex())


def sign(lines: Sequence[str], name: str, key: SigningKey = BOX) -> Note:
    return sign_note(lines, name, key.verify_key.encode(), lambda text: key.sign(text).signature)


def chain(origin: str, *sizes: int, hashes: list[str] = HASHES) -> list[Note]:
    head, notes, at = Head.start(ELECTION), [], 0
    for size in sizes:
        batch = hashes[at : at + size]
        head, at = head.after(batch), at + size
        notes.append(sign(checkpoint_lines(origin, head, batch), origin))
    return notes


# --- batches ------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 60), max_size=20))
def test_no_batch_is_smaller_than_ten_unless_it_is_all_there_is(arrivals: list[int]) -> None:
    staged, sizes = 0, []
    for number, arrived in enumerate([*arrivals, 0]):
        sealed = sealed_batches(staged + arrived, closing=number == len(arrivals))
        staged += arrived - sum(sealed)
        sizes += sealed
    assert (sum(sizes), staged) == (sum(arrivals), 0)
    assert min(sizes, default=BATCH) >= BATCH or sizes == [sum(arrivals)]


# threats B13
@given(st.integers(0, 200))
def test_while_voting_is_open_ten_to_nineteen_ballots_stay_hidden(staged: int) -> None:
    sizes = sealed_batches(staged, closing=False)
    assert set(sizes) <= {BATCH}
    assert staged < 20 if not sizes else 10 <= staged - sum(sizes) < 20


@pytest.mark.parametrize(("staged", "sizes"), [(0, []), (1, [1]), (9, [9]), (19, [19]), (20, [10, 10]), (25, [10, 15])])
def test_closing_seals_the_rest_in_one_batch(staged: int, sizes: list[int]) -> None:
    assert sealed_batches(staged, closing=True) == sizes


# --- the chain ----------------------------------------------------------------------------------------------------


def test_a_chain_is_replayed_to_its_head_and_its_ballots(manifest) -> None:
    head, ballots = replay(chain(manifest.origin, 10, 10, 15), manifest, ELECTION)
    assert (head.size, sorted(ballots)) == (35, sorted(HASHES[:35]))


def test_the_head_is_the_hash_of_everything_before_it() -> None:
    start = hashlib.sha256(b"phieu-tin-nhiem/v1/checkpoint-start|" + ELECTION.encode()).digest()
    batch = b"".join(bytes.fromhex(h) for h in sorted(HASHES[:2]))
    link = hashlib.sha256(b"phieu-tin-nhiem/v1/checkpoint|" + start + bytes(7) + b"\x02" + batch).digest()
    assert Head.start(ELECTION) == Head(0, start)
    assert Head.start(ELECTION).after(HASHES[1::-1]) == Head(2, link)


def test_no_ballot_and_one_small_batch_are_chains_too(manifest) -> None:
    assert replay([], manifest, ELECTION) == (Head.start(ELECTION), [])
    assert replay(chain(manifest.origin, 3), manifest, ELECTION)[0].size == 3


@pytest.mark.parametrize("sizes", [(9, 10), (10, 9), (10, 1), (1, 1), (10, 0)])
def test_a_batch_of_fewer_than_ten_is_refused(manifest, sizes: tuple[int, ...]) -> None:
    with pytest.raises(WrongCount):
        replay(chain(manifest.origin, *sizes), manifest, ELECTION)


def test_an_empty_batch_is_refused(manifest) -> None:
    with pytest.raises(Mismatch):
        replay(chain(manifest.origin, 0), manifest, ELECTION)


def test_a_ballot_in_two_batches_is_refused(manifest) -> None:
    with pytest.raises(NotSorted):
        replay(chain(manifest.origin, 10, 10, hashes=HASHES[:10] * 2), manifest, ELECTION)


def test_batches_in_another_order_or_left_out_break_the_chain(manifest) -> None:
    one, two, three = chain(manifest.origin, 10, 10, 10)
    for notes in ([two, one, three], [one, three], [two, three], [one, one, two]):
        with pytest.raises(Mismatch):
            replay(notes, manifest, ELECTION)


def test_a_chain_of_another_election_or_origin_is_refused(manifest) -> None:
    with pytest.raises(Mismatch):
        replay(chain(manifest.origin, 10), manifest, "ac" * 32)
    with pytest.raises(BadSignature):
        replay(chain("phieu-tin-nhiem/xxxxxxxxxxxxxx", 10), manifest, ELECTION)


@pytest.mark.parametrize("line", [0, 1, 2, 3, 12])
def test_a_signed_checkpoint_with_another_line_is_refused(manifest, line: int) -> None:
    lines = list(chain(manifest.origin, 10)[0].lines)
    lines[line] = {1: "010", 2: base64.b64encode(bytes(32)).decode()}.get(line, lines[line] + "0")
    with pytest.raises((Mismatch, BadHash)):
        replay([sign(lines, manifest.origin)], manifest, ELECTION)


def test_ballots_out_of_order_or_under_another_word_are_refused(manifest) -> None:
    lines = list(chain(manifest.origin, 10)[0].lines)
    for changed in (
        [*lines[:3], *lines[:2:-1]],
        [*lines[:3], lines[3].replace("ballot", "Ballot"), *lines[4:]],
        lines[:2],
    ):
        with pytest.raises(TallyError):
            replay([sign(changed, manifest.origin)], manifest, ELECTION)


# --- closing.txt --------------------------------------------------------------------------------------------------

CLOSING = Closing(Head(20, bytes(32)), "11" * 32, ELECTION, *(digit * 64 for digit in "34567"))


def test_the_last_statement_is_the_boxs_and_says_exactly_this(manifest) -> None:
    CLOSING.check(sign(CLOSING.lines(manifest.origin), manifest.origin).encode(), manifest)
    with pytest.raises(BadSignature):
        CLOSING.check(sign(CLOSING.lines(manifest.origin), manifest.origin, STRANGER).encode(), manifest)


@pytest.mark.parametrize(
    "field", ["head", "manifest", "election", "opening", "credentials", "issuance", "spoiled", "root"]
)
def test_a_last_statement_about_something_else_is_refused(manifest, field: str) -> None:
    other = replace(CLOSING, **{field: Head(21, bytes(32)) if field == "head" else "99" * 32})
    with pytest.raises(Mismatch):
        CLOSING.check(sign(other.lines(manifest.origin), manifest.origin).encode(), manifest)


def test_a_last_statement_with_a_line_more_or_less_or_twice_is_refused(manifest) -> None:
    lines = CLOSING.lines(manifest.origin)
    for changed in (lines[:-1], [*lines, "x"], [*lines[:4], *lines[:3:-1]]):
        with pytest.raises(TallyError):
            CLOSING.check(sign(changed, manifest.origin).encode(), manifest)
    note = sign(lines, manifest.origin)
    with pytest.raises(TallyError):
        CLOSING.check(encode_notes([note, note]), manifest)
