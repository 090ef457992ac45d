"""Whether the box takes a ballot: one code for each reason to refuse, and a refused ballot leaves no trace.

Here lives a box of two sets. Never here: a database (tests/ballot).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import pytest

from tally.protocol.acceptance import accept, overtaken
from tally.protocol.ballot import Ballot
from tally.protocol.booth import cast, encrypt
from tally.protocol.cipher import Ciphertext
from tally.protocol.errors import AlreadyCast, DuplicateCiphertext, Refused, TallyError
from tally.protocol.group import Point, Q, random_scalar
from tests.tally.small import RATING, cheat, make_election, new_credential, signed, vote

SECRET = random_scalar()
ELECTION = make_election(RATING, secret=SECRET)
SECOND_QUESTION = make_election(RATING, replace(RATING, question="2."), secret=SECRET)
ANNA, BINH, CHI, VOIDED, STRANGER = (new_credential() for _ in range(5))
LISTED = frozenset(c.public for c in (ANNA, BINH, CHI, VOIDED))


@dataclass
class MemoryBox:
    """The ballots taken so far; the alphas in them and of ciphertexts that were opened in a test."""

    ballots: dict[Point, bytes] = field(default_factory=dict)
    alphas: set[Point] = field(default_factory=set)

    def ballot_under(self, credential: Point) -> bytes | None:
        return self.ballots.get(credential)

    def holds(self, ciphertexts: Collection[Ciphertext]) -> bool:
        return not self.alphas.isdisjoint(c.alpha for c in ciphertexts)

    def take(self, raw: bytes, *, election=ELECTION) -> Ballot:
        accepted = accept(raw, election, listed=LISTED, void={VOIDED.public}, box=self)
        if not accepted.repeated:
            self.ballots[accepted.ballot.credential] = raw
            self.alphas.update(c.alpha for c in accepted.ballot.ciphertexts())
        return accepted.ballot

    def refuses(self, raw: bytes, code: str) -> None:
        before = dict(self.ballots), set(self.alphas)
        with pytest.raises(TallyError) as refusal:
            self.take(raw)
        assert refusal.value.code == code
        assert isinstance(refusal.value, Refused)
        assert (self.ballots, self.alphas) == before


@pytest.fixture
def first() -> Ballot:
    return vote(ELECTION, (1, 0, 0), by=ANNA)


@pytest.fixture
def box(first: Ballot) -> MemoryBox:
    found = MemoryBox()
    found.take(first.encode())
    return found


def test_a_ballot_of_a_listed_credential_is_taken(box: MemoryBox) -> None:
    taken = box.take(vote(ELECTION, (0, 0, 0), by=BINH).encode())
    assert len(box.ballots) == 2
    assert taken.credential == BINH.public


class LateBox(MemoryBox):
    """A box that is handed the same bytes by somebody else right after it was first asked."""

    def ballot_under(self, credential: Point) -> bytes | None:
        found, self.alphas = super().ballot_under(credential), self.alphas | self.coming
        self.ballots |= self.meanwhile
        return found

    meanwhile: dict[Point, bytes] = {}  # noqa: RUF012 - set by the test
    coming: set[Point] = set()  # noqa: RUF012


def test_the_same_bytes_twice_at_once_are_taken_once_and_both_get_the_receipt(first: Ballot) -> None:
    """threats I2: the second of two equal requests finds its own ciphertexts, and that is no copy of somebody's."""
    box = LateBox()
    box.meanwhile, box.coming = {ANNA.public: first.encode()}, {c.alpha for c in first.ciphertexts()}
    assert accept(first.encode(), ELECTION, listed=LISTED, void=set(), box=box).repeated
    box = LateBox()
    box.meanwhile, box.coming = {BINH.public: b"another"}, {c.alpha for c in first.ciphertexts()}
    with pytest.raises(TallyError) as refusal:
        accept(first.encode(), ELECTION, listed=LISTED, void=set(), box=box)
    assert refusal.value.code == "DUPLICATE_CIPHERTEXT"


# threats C3
def test_who_was_overtaken_between_decision_and_storing_is_told_what_came_first(box: MemoryBox, first: Ballot) -> None:
    overtaken(first, first.encode(), box)  # by the same bytes
    with pytest.raises(AlreadyCast):
        overtaken(second := vote(ELECTION, (0, 1, 0), by=ANNA), second.encode(), box)
    with pytest.raises(DuplicateCiphertext):
        overtaken(copied := vote(ELECTION, (1, 0, 0), by=BINH), copied.encode(), box)  # none of theirs is there


def test_the_same_bytes_again_get_the_same_receipt_and_no_second_place(box: MemoryBox, first: Ballot) -> None:
    assert box.take(first.encode()).tracker == first.tracker
    assert len(box.ballots) == 1


def test_the_same_bytes_again_are_known_as_a_repetition(box: MemoryBox, first: Ballot) -> None:
    assert accept(first.encode(), ELECTION, listed=LISTED, void=(), box=box).repeated
    assert not accept(first.encode(), ELECTION, listed=LISTED, void=(), box=MemoryBox()).repeated


def test_a_second_ballot_is_refused(box: MemoryBox) -> None:
    box.refuses(vote(ELECTION, (0, 0, 1), by=ANNA).encode(), "ALREADY_CAST")


def test_a_second_ballot_with_the_same_ciphertexts_is_refused(box: MemoryBox, first: Ballot) -> None:
    box.refuses(signed(ELECTION, ANNA, first.answers).encode(), "ALREADY_CAST")


def test_a_copied_ballot_is_refused(box: MemoryBox, first: Ballot) -> None:
    box.refuses(signed(ELECTION, BINH, first.answers).encode(), "DUPLICATE_CIPHERTEXT")


def test_one_copied_ciphertext_is_enough_to_be_refused(box: MemoryBox, first: Ballot) -> None:
    own = vote(ELECTION, (0, 1, 0), by=BINH).answers[0]
    mixed = replace(own, choices=(first.answers[0].choices[0], *own.choices[1:]))
    box.refuses(signed(ELECTION, BINH, (mixed,)).encode(), "DUPLICATE_CIPHERTEXT")


def test_one_ciphertext_twice_in_a_ballot_is_refused(box: MemoryBox) -> None:
    own = vote(ELECTION, (0, 0, 0), by=BINH).answers[0]
    twice = replace(own, choices=(own.choices[0], own.choices[0], own.choices[2]))
    box.refuses(signed(ELECTION, BINH, (twice,)).encode(), "DUPLICATE_CIPHERTEXT")


def test_the_randomness_of_another_ballot_is_refused_under_any_beta(box: MemoryBox, first: Ballot) -> None:
    own = vote(ELECTION, (0, 1, 0), by=BINH).answers[0]
    mixed = Ciphertext(first.answers[0].choices[0].alpha, own.choices[0].beta)
    box.refuses(
        signed(ELECTION, BINH, (replace(own, choices=(mixed, *own.choices[1:])),)).encode(), "DUPLICATE_CIPHERTEXT"
    )
    twice = Ciphertext(own.choices[1].alpha, own.choices[0].beta)
    box.refuses(
        signed(ELECTION, BINH, (replace(own, choices=(twice, *own.choices[1:])),)).encode(), "DUPLICATE_CIPHERTEXT"
    )


def test_an_opened_ciphertext_can_never_be_cast(box: MemoryBox) -> None:
    draft = encrypt(ELECTION, ((0, 0, 1),))
    box.alphas.update(c.alpha for c in draft.ciphertexts[0])
    box.refuses(cast(ELECTION, draft, BINH).encode(), "DUPLICATE_CIPHERTEXT")


def test_an_unlisted_credential_is_refused(box: MemoryBox) -> None:
    box.refuses(vote(ELECTION, (1, 0, 0), by=STRANGER).encode(), "CREDENTIAL_NOT_LISTED")


def test_a_void_credential_is_refused(box: MemoryBox) -> None:
    box.refuses(vote(ELECTION, (1, 0, 0), by=VOIDED).encode(), "CREDENTIAL_VOID")


# threats C4
def test_a_ballot_of_another_election_is_refused(box: MemoryBox) -> None:
    box.refuses(vote(SECOND_QUESTION, (1, 0, 0), (1, 0, 0), by=BINH).encode(), "WRONG_ELECTION")


# threats C16
def test_a_ballot_with_an_official_left_out_is_refused() -> None:
    whole = vote(SECOND_QUESTION, (1, 0, 0), (1, 0, 0), by=BINH)
    with pytest.raises(TallyError) as refusal:
        MemoryBox().take(signed(SECOND_QUESTION, BINH, whole.answers[:1]).encode(), election=SECOND_QUESTION)
    assert refusal.value.code == "WRONG_SHAPE"


# threats C14
@pytest.mark.parametrize("number", [2, -1, 100])
def test_an_over_vote_is_refused(box: MemoryBox, number: int) -> None:
    box.refuses(cheat(ELECTION, (number, 0, 0), BINH).encode(), "BAD_PROOF")


def _unsigned(ballot: Ballot) -> bytes:
    response = (ballot.signature.response + 1) % Q
    return replace(ballot, signature=replace(ballot.signature, response=response)).encode()


SPOILED: dict[str, tuple[Callable[[Ballot], bytes], str]] = {
    "signature of nobody": (_unsigned, "BAD_SIGNATURE"),
    "hash of something else": (lambda b: replace(b, signed_hash="A" * 43).encode(), "MISMATCH"),
    "signed for another voter": (lambda b: replace(b, credential=CHI.public).encode(), "MISMATCH"),
    "a newline at the end": (lambda b: b.encode() + b"\n", "NOT_CANONICAL"),
    "a blank inside": (lambda b: b.encode().replace(b",", b", ", 1), "NOT_CANONICAL"),
    "a byte order mark": (lambda b: b"\xef\xbb\xbf" + b.encode(), "NOT_JSON"),
    "a key twice": (lambda b: b'{"election_uuid":"x",' + b.encode()[1:], "DUPLICATE_KEY"),
    "an extra key": (lambda b: b.encode()[:-1] + b',"name":"x"}', "WRONG_SHAPE"),
    "a point in upper case": (lambda b: b.encode().replace(*_upper(b)), "BAD_POINT"),
    "the identity": (lambda b: b.encode().replace(_alpha(b), b"0" * 63 + b"1"), "IDENTITY_POINT"),
    "the other scalar": (lambda b: b.encode().replace(*_over(b)), "BAD_SCALAR"),
    "too large": (lambda b: b.encode()[:-1] + b" " * 4 * 1024 * 1024 + b"}", "TOO_LARGE"),
    "too deep": (lambda b: b"[" * 5000 + b"]" * 5000, "TOO_DEEP"),
    "nothing": (lambda b: b"", "NOT_JSON"),
    "a number": (lambda b: b"1", "WRONG_SHAPE"),
}


def _alpha(ballot: Ballot) -> bytes:
    return ballot.answers[0].choices[0].alpha.encode().encode()


def _upper(ballot: Ballot) -> tuple[bytes, bytes]:
    return _alpha(ballot), _alpha(ballot).upper()


def _over(ballot: Ballot) -> tuple[bytes, bytes]:
    response = ballot.answers[0].overall[0].response
    return b'"%d"' % response, b'"%d"' % (response + Q)


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_ballot_is_refused_with_its_code(box: MemoryBox, case: str) -> None:
    spoil, code = SPOILED[case]
    box.refuses(spoil(vote(ELECTION, (0, 1, 0), by=BINH)), code)


def test_a_refused_voter_may_still_cast_a_good_ballot(box: MemoryBox) -> None:
    box.refuses(cheat(ELECTION, (2, 0, 0), BINH).encode(), "BAD_PROOF")
    box.take(vote(ELECTION, (1, 0, 0), by=BINH).encode())
    assert len(box.ballots) == 2
