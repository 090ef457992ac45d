"""What a witness knows: the copy in one spelling, what is new in a chain, and when the box contradicts itself.

Here live lies of a box and of a witness. Never here: a record (test_witness_check.py) or a network.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tally.accusing import Watched, check_last_word, compare, head_of, news, unending
from tally.protocol.checkpoint import Closing, Head, Note, encode_notes, sign_note
from tally.protocol.encoding import base64_compact
from tally.protocol.errors import (
    BadHash,
    BadSignature,
    Mismatch,
    NotCanonical,
    NotSorted,
    TallyError,
    WrongCount,
    WrongShape,
)
from tally.witness_errors import BoxContradicts, BoxWentBack, ClosingContradicts, ClosingTooShort
from tally.witnessing import WitnessCopy
from tests.tally.small import make_manifest
from tests.watchers import Watcher, chain, said, signer

BOX, STRANGER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
ELECTION = "ab" * 32
HASHES = [hashlib.sha256(bytes([i])).hexdigest() for i in range(60)]
TENS = [HASHES[i : i + 10] for i in range(0, 50, 10)]
ANOTHER = [*HASHES[10:19], HASHES[55]]
MANIFEST = make_manifest(box_key=BOX.verify_key.encode().hex())
WATCHED = Watched(MANIFEST, ELECTION)
LAN, MAI = (
    Watcher("quan-sat-1", SigningKey(bytes(31) + b"\x01")),
    Watcher("quan-sat-2", SigningKey(bytes(31) + b"\x02")),
)


def box_says(*batches: list[str]) -> list[Note]:
    return chain(MANIFEST, ELECTION, batches, BOX)


def last_word(notes: list[Note], **changes: str) -> Note:
    head = Head(int(notes[-1].lines[1]), notes[-1].head) if notes else Head.start(ELECTION)
    names = ("opening", "credentials", "issuance", "spoiled", "root")
    values = dict.fromkeys(names, "0" * 64) | {"manifest": MANIFEST.hash, "election": ELECTION} | changes
    return said(Closing(head, **values).lines(MANIFEST.origin), MANIFEST, BOX)


NOTES = box_says(*TENS[:3])
END = last_word(NOTES)


# --- the copy -----------------------------------------------------------------------------------------------------


@given(count=st.integers(0, 3), ended=st.booleans(), named=st.booleans())
def test_a_copy_reads_back_as_it_was_written(count: int, ended: bool, named: bool) -> None:
    end = END if ended else None
    copy = LAN.copy(MANIFEST, NOTES[:count], end) if named else WitnessCopy("", "", None, tuple(NOTES[:count]), end)
    raw = copy.encode()
    assert WitnessCopy.parse(raw, MANIFEST, "copy") == copy
    assert WitnessCopy.parse(raw, MANIFEST, "copy").encode() == raw
    assert (copy.size, head_of(copy, WATCHED).size) == (10 * count, 10 * count)


def test_a_copy_is_made_of_notes_that_the_standard_knows() -> None:
    first, second = LAN.copy(MANIFEST, NOTES[:1]).encode().decode().split("\n\n— ")[:2]
    origin = MANIFEST.origin
    assert first == f"{origin}\nwitness quan-sat-1\nkey {LAN.public}"
    assert second.startswith(f"{origin}/quan-sat-1 ")
    assert f"— {origin} " in LAN.copy(MANIFEST, NOTES[:1]).encode().decode()


@pytest.mark.parametrize("name", ["", "Lan", "quan sat", "a/b", "a" * 41, "ốc", "a\n"])
def test_a_name_that_no_witness_has_is_refused(name: str) -> None:
    with pytest.raises(WrongShape):
        Watcher(name).begin(MANIFEST)


def test_a_copy_of_another_round_is_refused() -> None:
    other = make_manifest(box_key=MANIFEST.box_key, uuid="9f2DVMZFFU8VRr")
    with pytest.raises((BadSignature, Mismatch)):
        WitnessCopy.parse(LAN.copy(MANIFEST, NOTES).encode(), other, "copy")
    with pytest.raises((BadSignature, Mismatch)):
        WitnessCopy.parse(encode_notes(NOTES), other, "copy")


def test_the_box_itself_is_no_witness() -> None:
    with pytest.raises(Mismatch):
        WitnessCopy.parse(Watcher("hom-phieu", BOX).copy(MANIFEST, NOTES).encode(), MANIFEST, "copy")


def forged(change) -> bytes:
    return encode_notes(change(list(LAN.copy(MANIFEST, NOTES, END).notes)))


INTRODUCTION = LAN.begin(MANIFEST).introduction
LIES = {
    "nobody signed": lambda n: [INTRODUCTION, *NOTES],
    "another witness signed": lambda n: [INTRODUCTION, *MAI.copy(MANIFEST, NOTES).notes],
    "the witness before the box": lambda n: [INTRODUCTION, Note(n[0].lines, n[0].signatures[::-1])],
    "a stranger for the box": lambda n: [
        INTRODUCTION, *LAN.copy(MANIFEST, chain(MANIFEST, ELECTION, TENS[:1], STRANGER)).notes
    ],
    "a text of two lines": lambda n: [
        INTRODUCTION, *LAN.copy(MANIFEST, [said(NOTES[0].lines[:2], MANIFEST, BOX)]).notes
    ],
    "an introduction by another key": lambda n: [
        sign_note(INTRODUCTION.lines, f"{MANIFEST.origin}/quan-sat-1", MAI.key.verify_key.encode(), signer(MAI.key)), *n
    ],
    "an introduction that names no key": lambda n: [
        sign_note((*INTRODUCTION.lines[:2], "khoa 00"), f"{MANIFEST.origin}/quan-sat-1", LAN.key.verify_key.encode(),
                  signer(LAN.key)), *n
    ],
    "an introduction twice": lambda n: [INTRODUCTION, INTRODUCTION, *n],
    "the last word in the middle": lambda n: [INTRODUCTION, n[-1], *n[:-1]],
    "notes without an introduction": lambda n: n,
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_copy_that_is_not_what_it_says_is_refused(lie: str) -> None:
    raw = forged(LIES[lie])
    with pytest.raises((BadSignature, WrongShape, Mismatch, BadHash, NotSorted)):
        compare(WitnessCopy.parse(raw, MANIFEST, "copy"), NOTES, END, MANIFEST, "copy")


@pytest.mark.parametrize("raw", [b"\n", b"x", b"\xff\xfe", b"a\n\n" * 3])
def test_what_is_no_copy_is_refused(raw: bytes) -> None:
    with pytest.raises((NotCanonical, Mismatch, BadSignature)):
        WitnessCopy.parse(raw, MANIFEST, "copy")


@given(place=st.integers(0, 10**6), mask=st.integers(1, 255))
def test_no_byte_of_a_copy_can_be_changed(place: int, mask: int) -> None:
    raw = bytearray(LAN.copy(MANIFEST, NOTES[:2], END).encode())
    raw[place % len(raw)] ^= mask
    with pytest.raises(TallyError):
        compare(WitnessCopy.parse(bytes(raw), MANIFEST, "copy"), NOTES, END, MANIFEST, "copy")


# --- while voting is open -----------------------------------------------------------------------------------------


def test_what_is_new_is_what_was_not_seen_before() -> None:
    copy = LAN.begin(MANIFEST)
    for count in (0, 1, 1, 3):
        fresh = news(copy, NOTES[:count], WATCHED, "moc.txt")
        assert list(fresh) == NOTES[len(copy.checkpoints) : count]
        copy = copy.with_notes(fresh, MANIFEST, signer(LAN.key))
    assert list(copy.said()) == NOTES


def test_a_box_that_signs_two_heads_is_named() -> None:  # threats 5.12
    copy, fork = LAN.copy(MANIFEST, NOTES[:2]), box_says(TENS[0], ANOTHER)
    with pytest.raises(BoxContradicts) as found:
        news(copy, fork, WATCHED, "moc.txt")
    error = found.value
    lost = base64_compact(bytes.fromhex(HASHES[19]))
    assert (error.code, error.details["batch"], error.details["size"]) == ("BOX_CONTRADICTS", 2, "20")
    assert error.details["server"] == MANIFEST.origin
    assert (error.details["lost"], error.details["trackers"]) == (1, lost)
    assert MANIFEST.origin in str(error)


def test_a_box_that_drops_a_batch_is_named() -> None:
    with pytest.raises(BoxContradicts):
        news(LAN.copy(MANIFEST, NOTES), box_says(TENS[0], TENS[2]), WATCHED, "moc.txt")


@pytest.mark.parametrize("batches", [[HASHES[:11]], [TENS[0], HASHES[10:25]], [TENS[0], HASHES[5:25]], [TENS[1]]])
def test_a_box_that_cuts_its_batches_otherwise_is_named(batches: list[list[str]]) -> None:
    with pytest.raises(BoxContradicts):
        news(LAN.copy(MANIFEST, NOTES[:2]), box_says(*batches), WATCHED, "moc.txt")


@pytest.mark.parametrize("served", [[NOTES[1], NOTES[0]], [NOTES[1]], [NOTES[2]], [NOTES[0], NOTES[2]]])
def test_what_the_box_truly_signed_accuses_it_of_nothing_wherever_it_stands(served: list[Note]) -> None:
    """Whoever stands between box and witness can shuffle its marks or leave some out. threats 5.12"""
    with pytest.raises(NotSorted):
        news(LAN.copy(MANIFEST, NOTES[:2]), served, WATCHED, "moc.txt")


def test_the_true_last_word_among_the_marks_accuses_the_box_of_nothing() -> None:
    with pytest.raises(WrongShape):
        news(LAN.copy(MANIFEST, NOTES), [*NOTES[:2], END], WATCHED, "moc.txt")


def test_a_mark_without_its_ballots_and_with_another_head_is_held_against_the_box() -> None:
    bare = said(box_says(TENS[0], ANOTHER)[1].lines[:3], MANIFEST, BOX)
    with pytest.raises(BoxContradicts):
        news(LAN.copy(MANIFEST, NOTES[:2]), [NOTES[0], bare], WATCHED, "moc.txt")


def test_a_box_that_shows_fewer_marks_than_before_proves_nothing_and_is_not_signed_for() -> None:  # threats I13
    with pytest.raises(BoxWentBack) as found:
        news(LAN.copy(MANIFEST, NOTES), NOTES[:1], WATCHED, "moc.txt")
    assert (found.value.details["seen"], found.value.details["shown"]) == (3, 1)


def test_another_chain_that_the_box_did_not_sign_proves_nothing_against_it() -> None:
    with pytest.raises(BadSignature):
        news(LAN.copy(MANIFEST, NOTES[:2]), chain(MANIFEST, ELECTION, [TENS[3]], STRANGER), WATCHED, "moc.txt")


def test_a_chain_with_a_hole_is_not_signed() -> None:
    with pytest.raises(Mismatch):
        news(LAN.begin(MANIFEST), [NOTES[0], NOTES[2]], WATCHED, "moc.txt")


def test_a_batch_of_fewer_than_ten_is_not_signed() -> None:
    with pytest.raises(WrongCount):
        news(LAN.copy(MANIFEST, NOTES[:1]), box_says(TENS[0], TENS[1][:9]), WATCHED, "moc.txt")


def test_a_chain_of_another_election_is_not_signed() -> None:
    with pytest.raises(Mismatch):
        news(LAN.begin(MANIFEST), NOTES, replace(WATCHED, election="cd" * 32), "moc.txt")


def test_a_second_witness_with_an_older_chain_and_another_end_shows_the_fork() -> None:
    """The box replays an older chain to the second witness and goes on differently: each alone sees nothing wrong."""
    first, second = LAN.copy(MANIFEST, NOTES), MAI.begin(MANIFEST)
    for served in (NOTES[:1], box_says(TENS[0], ANOTHER)):
        second = second.with_notes(news(second, served, WATCHED, "moc.txt"), MANIFEST, signer(MAI.key))
    compare(first, NOTES, END, MANIFEST, "quan-sat-1")
    with pytest.raises(BoxContradicts):
        compare(second, NOTES, END, MANIFEST, "quan-sat-2")


# --- the last word ------------------------------------------------------------------------------------------------


def test_a_last_word_over_the_whole_chain_is_right() -> None:
    check_last_word(LAN.copy(MANIFEST, NOTES), END, WATCHED, "closing.txt")
    check_last_word(LAN.copy(MANIFEST, NOTES, END), END, WATCHED, "closing.txt")
    check_last_word(LAN.begin(MANIFEST), last_word([]), WATCHED, "closing.txt")


@pytest.mark.parametrize(
    "word",
    [
        last_word(NOTES, manifest="1" * 64),
        last_word(NOTES[:2], election="1" * 64),
        NOTES[1],
        last_word(NOTES, election="1" * 64),
        said(END.lines[:-1], MANIFEST, BOX),
        said((*END.lines[:3], "closed", *END.lines[4:]), MANIFEST, BOX),
    ],
)
def test_a_last_word_about_something_else_is_not_signed(word: Note) -> None:
    with pytest.raises((Mismatch, WrongShape)):
        check_last_word(LAN.copy(MANIFEST, NOTES), word, WATCHED, "closing.txt")


def test_a_last_word_by_a_stranger_is_not_signed() -> None:
    with pytest.raises(BadSignature):
        check_last_word(LAN.copy(MANIFEST, NOTES), said(END.lines, MANIFEST, STRANGER), WATCHED, "closing.txt")


@pytest.mark.parametrize("count", range(len(NOTES)))
def test_a_last_word_that_ends_before_a_mark_is_held_against_the_box(count: int) -> None:  # threats 5.12
    word, copy = last_word(NOTES[:count]), LAN.copy(MANIFEST, NOTES)
    with pytest.raises(ClosingTooShort) as found:
        check_last_word(copy, word, WATCHED, "closing.txt")
    assert int(found.value.details["size"]) < int(found.value.details["seen"])
    kept = unending(copy, word, WATCHED)
    assert kept in copy.said()


def test_a_last_word_of_another_chain_with_the_same_end_is_held_against_the_box() -> None:
    other = chain(MANIFEST, ELECTION, [ANOTHER], BOX)
    with pytest.raises(ClosingTooShort):
        check_last_word(LAN.copy(MANIFEST, NOTES[:1]), last_word(other), WATCHED, "closing.txt")


def test_a_last_word_beyond_the_marks_that_were_shown_accuses_nobody() -> None:
    with pytest.raises(Mismatch):
        check_last_word(LAN.copy(MANIFEST, NOTES[:1]), END, WATCHED, "closing.txt")


def test_two_last_words_are_named() -> None:
    with pytest.raises(ClosingContradicts):
        check_last_word(LAN.copy(MANIFEST, NOTES, END), last_word(NOTES, root="1" * 64), WATCHED, "closing.txt")


# --- afterwards ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(4))
def test_a_copy_of_any_beginning_agrees(count: int) -> None:
    compare(LAN.copy(MANIFEST, NOTES[:count]), NOTES, END, MANIFEST, "copy")


def test_a_copy_with_its_marks_in_another_order_accuses_nobody() -> None:
    """A witness can shuffle what the box signed; that must never look like the box's fault."""
    with pytest.raises(NotSorted):
        compare(LAN.copy(MANIFEST, [NOTES[1], NOTES[0]]), NOTES, END, MANIFEST, "copy")
    with pytest.raises(NotSorted):
        compare(LAN.copy(MANIFEST, NOTES[1:]), NOTES, END, MANIFEST, "copy")


def test_a_mark_of_another_election_is_held_against_the_box_that_signed_it() -> None:
    elsewhere = chain(MANIFEST, "cd" * 32, TENS[:1], BOX)
    with pytest.raises(BoxContradicts):
        compare(LAN.copy(MANIFEST, elsewhere), NOTES, END, MANIFEST, "copy")


def test_a_copy_that_knows_more_than_the_record_is_held_against_the_box() -> None:
    with pytest.raises(BoxContradicts) as found:
        compare(LAN.copy(MANIFEST, NOTES), NOTES[:2], last_word(NOTES[:2]), MANIFEST, "copy")
    assert (found.value.details["batch"], found.value.details["lost"]) == (3, 10)
