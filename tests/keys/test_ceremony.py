"""The key ceremony up to the reveals: what honest members get, and who is named when one of them is not honest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from keys.committee import ceremony
from keys.committee.ceremony import Seat
from keys.committee.channel import MemberKeys, random_seed, sign
from tally.protocol.ceremony import Reveal, check_all_certificates, check_reveal
from tally.protocol.errors import BadSignature, BadTrustee, IdentityPoint, TallyError
from tally.protocol.group import IDENTITY, G, Q, g_pow, random_scalar
from tally.protocol.messages import Certificate, Coefexps, Context, certificate_text, coefexps_text
from tally.protocol.result import lagrange
from tests.builders import Board, Round, convene, new_hall, seal
from tests.keys.table import receive_with, seat, table

# --- honest members -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "threshold"), [(1, 1), (4, 2), (3, 2), (3, 3), (5, 3), (9, 5)])
def test_every_t_members_hold_the_key_together(size: int, threshold: int) -> None:
    board = convene(seal(new_hall(), committee_size=size, threshold=threshold))
    public = board.committee.trustees.public_key
    for chosen in combinations(range(1, size + 1), threshold):
        secret = sum(board.shares[k] * lagrange(list(chosen), k) for k in chosen) % Q
        assert g_pow(secret) == public, chosen


def test_fewer_than_t_members_do_not_hold_the_key(board: Board) -> None:
    public = board.committee.trustees.public_key
    assert all(g_pow(share) != public for share in board.shares.values())


def test_two_ceremonies_of_the_same_members_give_different_keys(round_: Round) -> None:
    assert convene(round_.manifest).committee.trustees.public_key != round_.board.committee.trustees.public_key


def test_a_reveal_reads_back_as_it_was_written(board: Board) -> None:
    reveal = board.messages.reveals[1]
    assert Reveal.parse(reveal.as_json(), "member 1") == reveal


def test_no_secret_shows_when_a_polynomial_is_printed(board: Board) -> None:
    assert str(board.polynomials[0].coefficients[0]) not in repr(board.polynomials[0])


# --- certificates -------------------------------------------------------------------------------------------------


def test_nobody_goes_on_without_all_certificates(board: Board) -> None:
    certificates = {i: c for i, c in board.messages.certificates.items() if i != 2}
    with pytest.raises(BadTrustee, match="member 2"):
        check_all_certificates(seat(board, 1).manifest, certificates)


def test_a_certificate_for_another_seat_is_refused_and_its_sender_named(board: Board) -> None:
    certificates = {**board.messages.certificates, 2: board.messages.certificates[3]}
    with pytest.raises(BadTrustee, match="member 2"):
        check_all_certificates(seat(board, 1).manifest, certificates)


@pytest.mark.parametrize("context", [Context(3, 1, 2), Context(4, 2, 2)])
def test_a_certificate_for_another_committee_is_refused(board: Board, context: Context) -> None:
    keys = seat(board, 2).keys
    text = certificate_text(context, verification=keys.signing.public, encryption=keys.receiving.public)
    forged = Certificate.parse(sign(keys.signing.secret, text).as_json(), "member 2")
    with pytest.raises(BadTrustee, match="member 2"):
        check_all_certificates(seat(board, 1).manifest, {**board.messages.certificates, 2: forged})


def test_a_certificate_that_its_key_did_not_sign_is_refused(board: Board) -> None:
    keys = seat(board, 2).keys
    text = certificate_text(Context(3, 2, 2), verification=keys.signing.public, encryption=keys.receiving.public)
    with pytest.raises(BadSignature, match="member 2"):
        Certificate.parse(sign(random_scalar(), text).as_json(), "member 2")


def test_a_member_with_the_keys_of_another_is_refused(board: Board) -> None:
    twin = Seat(seat(board, 2).manifest, 2, seat(board, 1).keys)
    certificates = {**board.messages.certificates, 2: ceremony.make_certificate(twin)}
    with pytest.raises(BadTrustee):
        check_all_certificates(seat(board, 1).manifest, certificates)


# --- commitments and reveals --------------------------------------------------------------------------------------


def test_nobody_reveals_before_all_have_committed(board: Board) -> None:
    certificates, _, _ = table(board)
    two = {i: c for i, c in board.messages.commitments.items() if i != 3}
    with pytest.raises(BadTrustee, match="member 3"):
        ceremony.reveal(seat(board, 1), board.polynomials[0], certificates, two)


def test_a_member_whose_own_commitment_was_replaced_does_not_reveal(board: Board) -> None:
    certificates, _, _ = table(board)
    with pytest.raises(BadTrustee, match="member 1"):
        ceremony.reveal(seat(board, 1), board.polynomials[0], certificates, {**board.messages.commitments, 1: "0" * 64})


def test_a_member_whose_own_certificate_was_replaced_does_not_reveal(board: Board) -> None:
    stranger = Seat(seat(board, 1).manifest, 1, MemberKeys.derive(random_seed()))
    certificates = (ceremony.make_certificate(stranger), *table(board)[0][1:])
    with pytest.raises(BadTrustee, match="member 1"):
        ceremony.reveal(seat(board, 1), board.polynomials[0], certificates, board.messages.commitments)


# threats F5
def test_a_rushing_member_who_changes_the_polynomial_after_the_commitments_is_refused(board: Board) -> None:
    rushing = seat(board, 3)
    later = ceremony.draw_polynomial(rushing)
    certificates, commitments, _ = table(board)
    hurried = ceremony.reveal(rushing, later, certificates, {**board.messages.commitments, 3: later.commitment})
    with pytest.raises(BadTrustee, match="member 3"):
        receive_with(board, hurried, sender=3)
    with pytest.raises(BadTrustee, match="member 3"):
        check_reveal(rushing.manifest, certificates, commitments, 3, hurried)


def test_two_members_who_saw_different_commitments_cannot_finish(board: Board) -> None:
    """The carrier shows member 1 another commitment of member 3 than the rest: their acknowledgements differ."""
    certificates, _, _ = table(board)
    other = {**board.messages.commitments, 3: ceremony.draw_polynomial(seat(board, 3)).commitment}
    misled = ceremony.reveal(seat(board, 1), board.polynomials[0], certificates, other)
    with pytest.raises(BadSignature, match="member 1"):
        receive_with(board, misled)


def test_two_members_who_saw_different_certificates_cannot_finish(board: Board) -> None:
    stranger = Seat(seat(board, 3).manifest, 3, MemberKeys.derive(random_seed()))
    certificates = (*table(board)[0][:2], ceremony.make_certificate(stranger))
    misled = ceremony.reveal(seat(board, 1), board.polynomials[0], certificates, board.messages.commitments)
    with pytest.raises(BadSignature, match="member 1"):
        receive_with(board, misled)


Change = Callable[[Board, Reveal], Reveal]
REVEALS: dict[str, tuple[Change, type[TallyError]]] = {
    "signature": (lambda b, r: replace(r, signature=b.messages.reveals[2].signature), BadSignature),
    "acknowledgement": (lambda b, r: replace(r, acknowledgement=b.messages.reveals[2].acknowledgement), BadSignature),
    "too few shares": (lambda b, r: replace(r, shares=r.shares[:2]), BadTrustee),
    "polynomial of another": (lambda b, r: replace(r, coefexps=b.messages.reveals[2].coefexps), BadTrustee),
}


@pytest.mark.parametrize("name", REVEALS)
def test_a_wrong_reveal_is_refused_and_its_sender_named(board: Board, name: str) -> None:
    change, error = REVEALS[name]
    with pytest.raises(error, match="member 1"):
        receive_with(board, change(board, board.messages.reveals[1]))


@pytest.mark.parametrize("degree", [1, 3])
def test_a_polynomial_of_another_degree_is_refused_and_its_sender_named(board: Board, degree: int) -> None:
    own = seat(board, 1)
    text = coefexps_text(tuple(g_pow(random_scalar()) for _ in range(degree)))
    public = Coefexps.parse(sign(own.keys.signing.secret, text).as_json(), "member 1")
    certificates, commitments, _ = table(board)
    odd = replace(board.messages.reveals[1], coefexps=public)
    with pytest.raises(BadTrustee, match="member 1"):
        check_reveal(own.manifest, certificates, (public.commitment, *commitments[1:]), 1, odd)


def test_a_polynomial_with_the_identity_in_it_is_refused(board: Board) -> None:
    text = coefexps_text((G, IDENTITY))
    with pytest.raises(IdentityPoint, match="member 1"):
        Coefexps.parse(sign(seat(board, 1).keys.signing.secret, text).as_json(), "member 1")
