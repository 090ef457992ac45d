"""Statements which certificate is a member's: their one form, whose signature they bear, whom they bind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.protocol.destruction import Destruction
from tally.protocol.errors import BadSignature, Mismatch, TallyError, TooLarge
from tally.protocol.signer import LIMIT, SignerStatement
from tests.builders import Round, convene, seal

CERTIFICATE = "5e" * 32


def stated(round_: Round, owner: int = 2, *, secret: int | None = None) -> SignerStatement:
    signing = round_.board.seats[owner - 1].keys.signing.secret
    return SignerStatement.make(round_.board.committee, owner=owner, certificate=CERTIFICATE, secret=secret or signing)


@pytest.mark.parametrize("owner", [1, 2, 3])
def test_every_member_can_sign_and_is_believed(round_: Round, owner: int) -> None:
    made = stated(round_, owner)
    again = SignerStatement.parse(made.encode())
    again.check(round_.board.committee)
    assert again == made
    assert again.encode() == made.encode()


def test_a_committee_of_one_signs_with_its_share(round_: Round) -> None:
    alone = convene(seal(round_.hall, committee_size=1, threshold=1))
    made = SignerStatement.make(alone.committee, owner=1, certificate=CERTIFICATE, secret=alone.shares[1])
    made.check(alone.committee)
    with pytest.raises(BadSignature):
        replace(made, certificate="cd" * 32).check(alone.committee)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"manifest": "0" * 64}, Mismatch), ({"committee": "0" * 64}, Mismatch), ({"owner": 4}, Mismatch),
        ({"owner": 1}, BadSignature), ({"certificate": "0" * 64}, BadSignature),
    ],
)  # fmt: skip
def test_a_statement_with_one_thing_changed_is_refused(
    round_: Round, changes: dict[str, object], error: type[TallyError]
) -> None:
    with pytest.raises(error):
        replace(stated(round_), **changes).check(round_.board.committee)


def test_another_members_key_signs_for_nobody_else(round_: Round) -> None:
    with pytest.raises(BadSignature):
        stated(round_, 2, secret=round_.board.seats[0].keys.signing.secret).check(round_.board.committee)


def test_a_signature_for_another_purpose_does_not_serve(round_: Round) -> None:
    """The label keeps a statement of destruction, with the same words at the same places, from being one of these."""
    other = Destruction.make(
        round_.board.committee, owner=2, root=CERTIFICATE, secret=round_.board.seats[1].keys.signing.secret
    )
    with pytest.raises(BadSignature):
        replace(stated(round_), proof=other.proof).check(round_.board.committee)


def test_a_statement_has_one_size(round_: Round) -> None:
    with pytest.raises(TooLarge):
        SignerStatement.parse(stated(round_).encode() + b" " * LIMIT)


@given(st.integers(0), st.integers(1, 255))
def test_no_byte_may_be_another(round_: Round, place: int, change: int) -> None:
    raw = bytearray(stated(round_).encode())
    raw[place % len(raw)] ^= change
    with pytest.raises(TallyError):
        SignerStatement.parse(bytes(raw)).check(round_.board.committee)
