"""Blind signatures against the RFC's own run, and against everything an attacker may hand in instead.

Here lives a plain signer that shares no code with the product. Never here: a key used anywhere else.
"""

from __future__ import annotations

import json
import math
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from tally.protocol.blind import (
    BadIssuerKey,
    BlindMessageRange,
    CredentialSignature,
    IssuerPublicKey,
    Randomness,
    SignatureInvalid,
    blind,
    check_signature,
    credential_message,
    finalize,
)
from tally.protocol.errors import BadHash, TallyError, WrongShape

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "rfc9474.json").read_text(encoding="utf-8"))
ROUND, OTHER_ROUND, CREDENTIAL, OTHER_CREDENTIAL = ("11" * 32, "22" * 32, "33" * 32, "44" * 32)
NAME = "Ban kiểm phiếu"
MESSAGE = credential_message(manifest_hash=ROUND, issuer_name=NAME, credential_hex=CREDENTIAL)


@dataclass(frozen=True)
class PlainSigner:
    """RSA as the textbook writes it: fit to cross-check with, and for nothing else."""

    public: IssuerPublicKey
    d: int

    def sign(self, blinded: bytes) -> bytes:
        m = int.from_bytes(blinded)
        return int(gmpy2.powmod(m, self.d, self.public.modulus)).to_bytes(self.public.length)


def make_signer() -> PlainSigner:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=3072).private_numbers()
    return PlainSigner(IssuerPublicKey(numbers.public_numbers.n), numbers.d)


@pytest.fixture(scope="session")
def signer() -> PlainSigner:
    return make_signer()


@pytest.fixture(scope="session")
def other_signer() -> PlainSigner:
    return make_signer()


def obtain(signer: PlainSigner, message: bytes = MESSAGE) -> CredentialSignature:
    blinding = blind(signer.public, message)
    return finalize(signer.public, message, blinding=blinding, blind_signature=signer.sign(blinding.blinded_message))


def number(name: str) -> int:
    return int(VECTOR[name], 16)


def octets(name: str) -> bytes:
    return bytes.fromhex(VECTOR[name])


# --- the RFC's own vector ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def rfc_key() -> IssuerPublicKey:
    return IssuerPublicKey(number("n"), bits=4096)


@pytest.fixture
def rfc_randomness() -> Randomness:
    return Randomness(
        prefix=lambda: octets("msg_prefix"),
        salt=lambda: octets("salt"),
        blinding_factor=lambda modulus: pow(number("inv"), -1, modulus),
    )


def test_the_vector_is_an_rsa_key() -> None:
    assert number("p") * number("q") == number("n")
    assert number("e") == 65537
    assert number("d") * number("e") % math.lcm(number("p") - 1, number("q") - 1) == 1
    assert octets("msg_prefix") + octets("msg") == octets("input_msg")


def test_the_rfc_blinded_message_comes_out(rfc_key: IssuerPublicKey, rfc_randomness: Randomness) -> None:
    blinding = blind(rfc_key, octets("msg"), randomness=rfc_randomness)
    assert blinding.prefix == octets("msg_prefix")
    assert blinding.blinded_message == octets("blinded_msg")
    assert blinding.inverse == number("inv")


def test_the_rfc_blind_signature_comes_out(rfc_key: IssuerPublicKey) -> None:
    assert PlainSigner(rfc_key, number("d")).sign(octets("blinded_msg")) == octets("blind_sig")


def test_the_rfc_signature_comes_out(rfc_key: IssuerPublicKey, rfc_randomness: Randomness) -> None:
    blinding = blind(rfc_key, octets("msg"), randomness=rfc_randomness)
    signature = finalize(rfc_key, octets("msg"), blinding=blinding, blind_signature=octets("blind_sig"))
    assert signature == CredentialSignature(octets("msg_prefix"), octets("sig"))
    check_signature(rfc_key, octets("msg"), signature)


# --- credentials of our own --------------------------------------------------------------------------------------


def test_the_message_is_spelt_as_specified() -> None:
    expected = f"phieu-tin-nhiem/v1/credential|{ROUND}|{NAME}|{CREDENTIAL}"
    assert MESSAGE.decode() == expected


@pytest.mark.parametrize("bad", ["", "11" * 31, "11" * 33, "AA" * 32, "11" * 31 + "1g", "11" * 32 + "\n"])
def test_a_message_needs_hashes_in_their_one_spelling(bad: str) -> None:
    with pytest.raises(BadHash):
        credential_message(manifest_hash=bad, issuer_name=NAME, credential_hex=CREDENTIAL)
    with pytest.raises(BadHash):
        credential_message(manifest_hash=ROUND, issuer_name=NAME, credential_hex=bad)


def test_a_blindly_signed_credential_verifies(signer: PlainSigner) -> None:
    check_signature(signer.public, MESSAGE, obtain(signer))


def test_blinding_twice_shows_the_issuer_two_unrelated_numbers(signer: PlainSigner) -> None:
    first, second = blind(signer.public, MESSAGE), blind(signer.public, MESSAGE)
    assert first.blinded_message != second.blinded_message
    assert (first.prefix, first.inverse) != (second.prefix, second.inverse)


def test_a_blinding_shows_no_secret(signer: PlainSigner) -> None:
    blinding = blind(signer.public, MESSAGE)
    assert str(blinding.inverse) not in repr(blinding)
    assert "inverse" not in repr(blinding)


@pytest.mark.parametrize(
    "message",
    [
        credential_message(manifest_hash=OTHER_ROUND, issuer_name=NAME, credential_hex=CREDENTIAL),
        credential_message(manifest_hash=ROUND, issuer_name="Ban tổ chức", credential_hex=CREDENTIAL),
        credential_message(manifest_hash=ROUND, issuer_name=NAME, credential_hex=OTHER_CREDENTIAL),
        b"",
        MESSAGE + b"\x00",
    ],
    ids=["another round", "another issuer", "another credential", "nothing", "one byte more"],
)
def test_a_signature_is_for_one_message_only(signer: PlainSigner, message: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        check_signature(signer.public, message, obtain(signer))


def test_a_signature_does_not_verify_under_another_key(signer: PlainSigner, other_signer: PlainSigner) -> None:
    with pytest.raises(SignatureInvalid):
        check_signature(other_signer.public, MESSAGE, obtain(signer))


# threats A11
def test_an_answer_made_with_a_substituted_key_is_noticed(signer: PlainSigner, other_signer: PlainSigner) -> None:
    blinding = blind(signer.public, MESSAGE)
    answer = other_signer.sign(blinding.blinded_message)
    with pytest.raises(SignatureInvalid):
        finalize(signer.public, MESSAGE, blinding=blinding, blind_signature=answer)


def test_a_prefix_belongs_to_its_signature(signer: PlainSigner) -> None:
    signature = obtain(signer)
    flipped = bytes([signature.prefix[0] ^ 1]) + signature.prefix[1:]
    for prefix in (flipped, b"", signature.prefix + MESSAGE[:1]):
        with pytest.raises(SignatureInvalid):
            check_signature(signer.public, MESSAGE, replace(signature, prefix=prefix))


def test_bytes_cannot_move_between_prefix_and_message(signer: PlainSigner) -> None:
    signature = obtain(signer)
    with pytest.raises(SignatureInvalid):
        check_signature(
            signer.public, signature.prefix[-1:] + MESSAGE, replace(signature, prefix=signature.prefix[:-1])
        )


def test_no_flipped_bit_of_a_signature_is_accepted(signer: PlainSigner) -> None:
    signature = obtain(signer)
    for position in range(len(signature.signature)):
        raw = bytearray(signature.signature)
        raw[position] ^= 1 << secrets.randbelow(8)
        with pytest.raises(SignatureInvalid):
            check_signature(signer.public, MESSAGE, replace(signature, signature=bytes(raw)))


# threats A13
def test_products_of_signatures_are_no_signatures(signer: PlainSigner) -> None:
    n = signer.public.modulus
    first, second = obtain(signer), obtain(signer)
    s1, s2 = int.from_bytes(first.signature), int.from_bytes(second.signature)
    forged = [s1 * s2, s1 * pow(s2, -1, n), s1 * s1, n - s1, pow(s1, -1, n), s1 * pow(2, 65537, n), 0, 1, n - 1]
    for value in forged:
        for prefix in (first.prefix, second.prefix):
            signature = CredentialSignature(prefix, (value % n).to_bytes(signer.public.length))
            with pytest.raises(SignatureInvalid):
                check_signature(signer.public, MESSAGE, signature)


def test_a_signature_has_one_length_and_one_residue(signer: PlainSigner) -> None:
    signature = obtain(signer)
    same_residue = int.from_bytes(signature.signature) + signer.public.modulus
    others = [b"", b"\x00" + signature.signature, signature.signature[:-1], signature.signature + b"\x00"]
    if same_residue.bit_length() <= 3072:
        others.append(same_residue.to_bytes(384))
    for raw in others:
        with pytest.raises(SignatureInvalid):
            check_signature(signer.public, MESSAGE, replace(signature, signature=raw))


def test_an_answer_has_one_length_and_one_residue(signer: PlainSigner) -> None:
    blinding = blind(signer.public, MESSAGE)
    answer = signer.sign(blinding.blinded_message)
    n = signer.public.modulus
    for raw in (b"", answer[:-1], b"\x00" + answer, bytes(384), n.to_bytes(384), b"\xff" * 384):
        with pytest.raises(SignatureInvalid):
            finalize(signer.public, MESSAGE, blinding=blinding, blind_signature=raw)


def test_the_second_spelling_of_a_residue_is_refused_by_ourselves(rfc_key: IssuerPublicKey) -> None:
    signer, blinding, answer = PlainSigner(rfc_key, number("d")), None, rfc_key.modulus
    while (answer + rfc_key.modulus).bit_length() > rfc_key.bits:
        blinding = blind(rfc_key, MESSAGE)
        answer = int.from_bytes(signer.sign(blinding.blinded_message))
    assert blinding is not None
    finalize(rfc_key, MESSAGE, blinding=blinding, blind_signature=answer.to_bytes(512))
    with pytest.raises(SignatureInvalid):
        second = (answer + rfc_key.modulus).to_bytes(512)
        finalize(rfc_key, MESSAGE, blinding=blinding, blind_signature=second)


def test_a_message_that_shares_a_factor_with_the_key_is_refused(
    rfc_key: IssuerPublicKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tally.protocol.blind.emsa_pss_encode", lambda *_: octets("p"))
    with pytest.raises(BlindMessageRange):
        blind(rfc_key, MESSAGE)


@pytest.mark.parametrize("factor", [0, "p"])
def test_a_factor_without_inverse_is_refused(rfc_key: IssuerPublicKey, factor: int | str) -> None:
    value = number(factor) if isinstance(factor, str) else factor
    with pytest.raises(BlindMessageRange):
        blind(rfc_key, MESSAGE, randomness=Randomness(blinding_factor=lambda _: value))


# --- spellings ---------------------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=384, max_size=384))
def test_a_signature_is_read_as_it_was_written(prefix: bytes, raw: bytes) -> None:
    signature = CredentialSignature(prefix, raw)
    assert CredentialSignature.parse(signature.encode()) == signature


GOOD = {"prefix": "00" * 32, "signature": "00" * 384}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        {},
        {"signature": "00" * 384, "prefix": "00" * 32},
        GOOD | {"key": "00"},
        GOOD | {"prefix": "00" * 31},
        GOOD | {"prefix": "0A" * 32},
        GOOD | {"prefix": 0},
        GOOD | {"prefix": "０" * 64},
        GOOD | {"signature": "00" * 383},
        GOOD | {"signature": "00" * 385},
        GOOD | {"signature": "00" * 383 + "0\n"},
        GOOD | {"signature": None},
    ],
)
def test_a_signature_has_one_spelling(bad: Any) -> None:
    with pytest.raises(WrongShape):
        CredentialSignature.parse(bad)


@pytest.mark.parametrize("error", [BadIssuerKey, BlindMessageRange, SignatureInvalid])
def test_a_refusal_has_a_code_and_a_sentence(error: type[TallyError]) -> None:
    assert error.code == error.code.upper()
    assert str(error("chỗ này")).startswith("chỗ này: ")
