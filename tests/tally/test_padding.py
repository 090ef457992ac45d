"""Padding: every ballot of a round has one length on its way, and comes out of it unchanged.

Here live the lengths of real ballots. Never here: the browser's half (tests/browser).
"""

from __future__ import annotations

import pytest

from tally.protocol.ballot import Ballot
from tally.protocol.booth import cast, encrypt
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election, Question
from tally.protocol.errors import NotCanonical, TooLarge
from tally.protocol.group import g_pow
from tally.protocol.padding import padded, padded_length, unpadded

UUID = "11111111111111"


def election(*questions: Question) -> Election:
    return Election.make(name="n", description="d", public_key=g_pow(7), questions=questions, uuid=UUID)


def ballot(made: Election, *choices: tuple[int, ...]) -> bytes:
    credential = Credential.derive(SlipCode.random(), UUID)
    return cast(made, encrypt(made, choices), credential).encode()


ROUND = election(*(Question(("a", "b", "c"), False, 0, 1, str(n)) for n in range(3)))


def test_every_ballot_has_the_same_length_whatever_it_says() -> None:
    bodies = [padded(ballot(ROUND, *row), ROUND) for row in (((1, 0, 0),) * 3, ((0, 0, 0),) * 3, ((0, 0, 1),) * 3)]
    assert {len(body) for body in bodies} == {padded_length(ROUND)}


def test_a_ballot_comes_out_unchanged() -> None:
    raw = ballot(ROUND, (1, 0, 0), (0, 1, 0), (0, 0, 0))
    assert unpadded(padded(raw, ROUND)) == raw


@pytest.mark.parametrize(
    "question", [Question(("a", "b"), True, 1, 1, "q"), Question(("a", "b", "c"), False, 0, 3, "q")]
)
def test_elections_of_other_kinds_fit_as_well(question: Question) -> None:
    made = election(question)
    raw = ballot(made, (0, 1, *(0 for _ in range(question.width - 2))))
    assert len(raw) <= padded_length(made) < len(raw) + 60


def test_only_trailing_ascii_spaces_are_taken_off() -> None:
    for kept in (b"{}\n", b"{}\t", b"{}\x00", b"{}\xc2\xa0", b" {}"):
        assert unpadded(kept + b"  ") == kept


def test_a_space_inside_still_spoils_the_ballot() -> None:
    raw = ballot(ROUND, (0, 0, 0), (0, 0, 0), (0, 0, 0))
    with pytest.raises(NotCanonical):
        Ballot.parse(unpadded(padded(raw.replace(b'","', b'", "', 1), ROUND)))


def test_what_is_too_long_is_no_ballot() -> None:
    with pytest.raises(TooLarge):
        padded(b"x" * (padded_length(ROUND) + 1), ROUND)
