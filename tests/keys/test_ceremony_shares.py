"""The key ceremony from the shares on: wrong shares, rogue keys, and the committee that is put together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keys.committee import ceremony
from keys.committee.ceremony import Polynomial
from keys.committee.channel import send, sign
from keys.errors import BadPrivateMessage
from tally.protocol.ceremony import Reveal, assemble
from tally.protocol.errors import BadSignature, BadTrustee
from tally.protocol.group import Point, g_pow, product, random_scalar
from tally.protocol.messages import Coefexps, TrusteeKey, coefexps_text
from tally.protocol.proofs import Proof, knowledge_prefix, schnorr_sign
from tests.builders import Board
from tests.keys.table import receive_with, seat, table

# --- shares -------------------------------------------------------------------------------------------------------


def with_share(board: Board, text: str, *, sender: int = 1, receiver: int = 2) -> Reveal:
    honest = board.messages.reveals[sender]
    recipient = board.messages.certificates[receiver].encryption
    shares = list(honest.shares)
    shares[receiver - 1] = send(seat(board, sender).keys.signing, recipient, text)
    return replace(honest, shares=tuple(shares))


@pytest.mark.parametrize("text", ['{"secret":"7"}', '{"secret":"-1"}', "{}", "", '{"secret":5}'])
def test_a_wrong_share_is_refused_and_its_sender_named(board: Board, text: str) -> None:
    with pytest.raises(BadTrustee, match="member 1"):
        receive_with(board, with_share(board, text))


def test_a_share_meant_for_another_member_is_refused_and_its_sender_named(board: Board) -> None:
    honest = board.messages.reveals[1]
    swapped = replace(honest, shares=(honest.shares[0], honest.shares[2], honest.shares[1]))
    with pytest.raises(BadPrivateMessage, match="member 1"):
        receive_with(board, swapped)


# --- public keys --------------------------------------------------------------------------------------------------


def put_together(board: Board, **changes: object) -> None:
    assemble(seat(board, 1).manifest, board.committee.members, replace(board.messages, **changes))


def test_a_rogue_key_that_cancels_the_others_needs_shares_that_nobody_can_make(board: Board) -> None:
    """A member publishes X divided by the others' keys, so that the product is X, whose secret it alone knows."""
    wanted, thief = random_scalar(), seat(board, 3)
    others = product(p.public.points[0] for p in board.polynomials[:2])
    points: tuple[Point, ...] = (g_pow(wanted) / others, g_pow(random_scalar()))
    public = Coefexps.parse(sign(thief.keys.signing.secret, coefexps_text(points)).as_json(), "member 3")
    rogue = Polynomial((wanted, random_scalar()), public)
    certificates, _, _ = table(board)
    committed = {**board.messages.commitments, 3: rogue.commitment}
    message = ceremony.reveal(thief, rogue, certificates, committed)
    honest = tuple(ceremony.reveal(seat(board, i), board.polynomials[i - 1], certificates, committed) for i in (1, 2))
    with pytest.raises(BadTrustee, match="member 3"):
        ceremony.receive_share(seat(board, 1), certificates, tuple(committed.values()), (*honest, message))


# threats F6
def test_a_rogue_single_key_has_no_proof_of_knowledge() -> None:
    public, secret = g_pow(random_scalar()), random_scalar()
    proof = schnorr_sign(knowledge_prefix(public), secret)
    document = {"pok": proof.as_json(), "public_key": public.encode()}
    with pytest.raises(BadSignature, match="member 1"):
        TrusteeKey.parse(document, "member 1")


def test_a_key_that_does_not_fit_the_polynomials_is_refused_and_its_sender_named(board: Board) -> None:
    wrong = ceremony.publish_key(random_scalar(), seat(board, 2).keys.signing)
    with pytest.raises(BadTrustee, match="member 2"):
        put_together(board, keys={**board.messages.keys, 2: wrong})


def test_a_key_signed_by_another_member_is_refused_and_its_sender_named(board: Board) -> None:
    wrong = ceremony.publish_key(board.shares[2], seat(board, 1).keys.signing)
    with pytest.raises(BadSignature, match="member 2"):
        put_together(board, keys={**board.messages.keys, 2: wrong})


@pytest.mark.parametrize("kind", ["certificates", "commitments", "reveals", "keys"])
def test_a_committee_is_not_put_together_while_a_member_is_missing(board: Board, kind: str) -> None:
    some = {i: message for i, message in getattr(board.messages, kind).items() if i != 2}
    with pytest.raises(BadTrustee, match="member 2"):
        put_together(board, **{kind: some})


def test_a_committee_is_not_put_together_with_a_false_acknowledgement(board: Board) -> None:
    forged = replace(board.messages.reveals[2], acknowledgement=Proof(1, 1))
    with pytest.raises(BadSignature):
        put_together(board, reveals={**board.messages.reveals, 2: forged})
