"""Partial decryptions: honest ones, and those that Belenios' own proof lets through.

Here lives what a dishonest trustee may try. Never here: the combination of parts (test_result.py).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tally.protocol.decryption import (
    Binding,
    Owned,
    PartialDecryption,
    check_partial,
    check_strong_proofs,
    decrypt_partially,
)
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import BadDecryption, BadPoint, BadScalar, NoStrongProof, TallyError, WrongShape
from tally.protocol.group import IDENTITY, Point, Q, g_pow, random_scalar
from tally.protocol.proofs import Proof, challenge, prove_decryption, prove_strong
from tally.protocol.sums import EncryptedTally
from tests.tally.small import RATING, WITH_BLANK, make_election, vote

SECRET = random_scalar()
PUBLIC = g_pow(SECRET)
ELECTION = make_election(RATING, WITH_BLANK, secret=SECRET)
BALLOTS = [vote(ELECTION, (1, 0, 0), (0, 0, 0, 1)), vote(ELECTION, (1, 0, 0), (1, 0, 0, 0))]
TALLY = EncryptedTally.over(ELECTION, ((ballot, 1) for ballot in BALLOTS))
BINDING = Binding("ab" * 32, ELECTION.hash, sha256_hex(TALLY.encode()), 1)
PART = decrypt_partially(ELECTION, TALLY, BINDING, public=PUBLIC, secret=SECRET)


def strong(part: PartialDecryption, *, binding: Binding = BINDING, tally: EncryptedTally = TALLY) -> None:
    check_strong_proofs(tally, part, binding, PUBLIC, "trustee 1")


def with_first(rows: tuple[tuple[object, ...], ...], value: object) -> tuple[tuple[object, ...], ...]:
    return ((value, *rows[0][1:]), *rows[1:])


def test_an_honest_part_passes_both_proofs() -> None:
    check_partial(ELECTION, TALLY, PART, PUBLIC, "trustee 1")
    strong(PART)


def test_a_part_is_read_back_byte_for_byte() -> None:
    assert PartialDecryption.parse(PART.encode(), ELECTION, "part") == PART
    bare = replace(PART, strong=None)
    assert PartialDecryption.parse(bare.encode(), ELECTION, "part") == bare


def forge(alpha: Point) -> tuple[Point, Proof]:
    """Return a false factor with a proof that Belenios accepts: it hashes A and B, but neither alpha nor factor.

    A = g^w as it should be, B anything; then r = w − x·c, and the factor is solved from B = alpha^r · factor^c.
    """
    w = random_scalar()
    a, b = g_pow(w), g_pow(random_scalar())
    c = challenge(f"decrypt|{ELECTION.fingerprint}|{PUBLIC.encode()}|", a, b)
    r = (w - SECRET * c) % Q
    return (b / alpha**r) ** pow(c, -1, Q), Proof(c, r)


def forged_part() -> PartialDecryption:
    factor, proof = forge(TALLY.rows[0][0].alpha)
    return replace(PART, factors=with_first(PART.factors, factor), proofs=with_first(PART.proofs, proof))


def test_belenios_own_proof_lets_a_dishonest_trustee_through() -> None:
    part = forged_part()
    assert part.factors[0][0] != TALLY.rows[0][0].alpha ** SECRET
    check_partial(ELECTION, TALLY, part, PUBLIC, "trustee 1")


def test_the_strong_proof_of_the_true_factor_does_not_cover_a_forged_one() -> None:
    with pytest.raises(BadDecryption) as refusal:
        strong(forged_part())
    assert refusal.value.where == "trustee 1.strong_proofs[0][0]"


def test_a_strong_proof_made_for_the_forged_factor_is_refused() -> None:
    part, alpha = forged_part(), TALLY.rows[0][0].alpha
    claim = BINDING.claim(question=0, answer=0, public=PUBLIC, alpha=alpha, factor=part.factors[0][0])
    with pytest.raises(BadDecryption):
        strong(replace(part, strong=with_first(PART.strong or (), prove_strong(claim, SECRET))))


def test_the_same_trick_fails_on_the_strong_proof() -> None:
    """Solving for the factor after the challenge changes the challenge, for the factor is in the hash."""
    alpha, w = TALLY.rows[0][0].alpha, random_scalar()
    a, b = g_pow(w), g_pow(random_scalar())
    c = BINDING.claim(question=0, answer=0, public=PUBLIC, alpha=alpha, factor=PART.factors[0][0]).challenge(a, b)
    r = (w - SECRET * c) % Q
    factor = (b / alpha**r) ** pow(c, -1, Q)
    part = replace(PART, factors=with_first(PART.factors, factor), strong=with_first(PART.strong or (), Proof(c, r)))
    with pytest.raises(BadDecryption):
        strong(part)


def test_a_part_without_strong_proofs_is_refused() -> None:
    with pytest.raises(NoStrongProof):
        strong(replace(PART, strong=None))


# threats F4
@pytest.mark.parametrize(
    "other",
    [
        replace(BINDING, manifest="ac" * 32),
        replace(BINDING, election="ac" * 32),
        replace(BINDING, encrypted_tally="ac" * 32),
        replace(BINDING, owner=2),
        replace(BINDING, manifest=BINDING.election, election=BINDING.manifest),
    ],
    ids=["manifest", "election", "tally", "owner", "two swapped"],
)
def test_strong_proofs_made_in_another_context_are_refused(other: Binding) -> None:
    with pytest.raises(BadDecryption):
        strong(PART, binding=other)


def test_the_claim_holds_every_field_once_and_in_order() -> None:
    alpha, factor = g_pow(2), g_pow(3)
    claim = BINDING.claim(question=4, answer=5, public=PUBLIC, alpha=alpha, factor=factor)
    hashes = [bytes.fromhex(h) for h in (BINDING.manifest, BINDING.election, BINDING.encrypted_tally)]
    assert claim.label == b"phieu-tin-nhiem/v1/decryption"
    assert list(claim.context) == [*hashes, bytes(7) + b"\x01", bytes(7) + b"\x04", bytes(7) + b"\x05"]
    assert (claim.public, claim.alpha, claim.factor) == (PUBLIC, alpha, factor)


# threats C7
@pytest.mark.parametrize("left_out", range(6), ids=["manifest", "election", "tally", "owner", "question", "answer"])
def test_a_strong_proof_that_leaves_a_field_out_of_its_hash_is_refused(left_out: int) -> None:
    alpha, factor = TALLY.rows[0][0].alpha, PART.factors[0][0]
    claim = BINDING.claim(question=0, answer=0, public=PUBLIC, alpha=alpha, factor=factor)
    short = replace(claim, context=claim.context[:left_out] + claim.context[left_out + 1 :])
    with pytest.raises(BadDecryption):
        strong(replace(PART, strong=with_first(PART.strong or (), prove_strong(short, SECRET))))


def test_proofs_of_two_answers_or_questions_do_not_change_places() -> None:
    rows = PART.strong or ()
    for swapped in (((rows[0][1], rows[0][0], *rows[0][2:]), *rows[1:]), (rows[1][:3], (*rows[0], rows[1][3]))):
        with pytest.raises(BadDecryption):
            strong(replace(PART, strong=swapped))


def test_another_tally_needs_other_proofs() -> None:
    other = EncryptedTally.over(ELECTION, ((ballot, 1) for ballot in BALLOTS[:1]))
    with pytest.raises(BadDecryption):
        strong(PART, tally=other)
    with pytest.raises(BadDecryption):
        check_partial(ELECTION, other, PART, PUBLIC, "trustee 1")


@pytest.mark.parametrize("factor", [IDENTITY, g_pow(1), PART.factors[0][1], PART.factors[0][0] ** (Q - 1)])
def test_a_false_factor_is_refused_at_its_place(factor: Point) -> None:
    with pytest.raises(BadDecryption) as refusal:
        check_partial(ELECTION, TALLY, replace(PART, factors=with_first(PART.factors, factor)), PUBLIC, "trustee 1")
    assert refusal.value.where == "trustee 1[0][0]"


def test_a_proof_for_another_election_or_key_is_refused() -> None:
    alpha = TALLY.rows[0][0].alpha
    for fingerprint, secret in (("x", SECRET), (ELECTION.fingerprint, SECRET + 1)):
        proof = prove_decryption(fingerprint, g_pow(secret), alpha, secret)
        with pytest.raises(BadDecryption):
            check_partial(ELECTION, TALLY, replace(PART, proofs=with_first(PART.proofs, proof)), PUBLIC, "trustee 1")


FIRST_FACTOR, FIRST_RESPONSE = PART.factors[0][0].encode().encode(), str(PART.proofs[0][0].response).encode()
MISSHAPEN = {
    "factor outside the group": (PART.encode().replace(FIRST_FACTOR, b"02" * 32), BadPoint),
    "scalar over the order": (PART.encode().replace(FIRST_RESPONSE, str(Q).encode()), BadScalar),
    "factor missing": (PART.encode().replace(b'"' + FIRST_FACTOR + b'",', b""), WrongShape),
    "empty": (b"{}", WrongShape),
    "extra field": (PART.encode()[:-1] + b',"x":1}', WrongShape),
    "fields in another order": (b'{"strong_proofs":[],"decryption_factors":[],"decryption_proofs":[]}', WrongShape),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSHAPEN)
def test_a_part_of_another_shape_is_refused(case: str) -> None:
    raw, error = MISSHAPEN[case]
    with pytest.raises(error):
        PartialDecryption.parse(raw, ELECTION, "part")


@pytest.mark.parametrize("owner", ["0", "-1", "true", '"1"', "1.0", "100001"])
def test_an_owner_is_a_number_from_one(owner: str) -> None:
    with pytest.raises(TallyError):
        Owned.parse(f'{{"owner":{owner},"payload":"{"ab" * 32}"}}'.encode(), "owned")
