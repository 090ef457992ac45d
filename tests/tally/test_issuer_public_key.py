"""The public key of an issuer: one spelling, one size, and no modulus that anybody can factor."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tally.protocol.blind import BadIssuerKey, IssuerPublicKey

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "rfc9474.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def public_key() -> IssuerPublicKey:
    return IssuerPublicKey(
        rsa.generate_private_key(public_exponent=65537, key_size=3072).public_key().public_numbers().n
    )


def test_a_key_is_read_as_it_was_written(public_key: IssuerPublicKey) -> None:
    text = public_key.encode()
    assert len(text) == 768
    assert IssuerPublicKey.parse(text) == public_key


def test_a_key_has_one_spelling(public_key: IssuerPublicKey) -> None:
    text = public_key.encode()
    for bad in (text.upper(), text[1:], "00" + text, text + "\n", text[:-1] + "g", "", 5, None, "0x" + text[2:]):
        with pytest.raises(BadIssuerKey):
            IssuerPublicKey.parse(bad)


@cache
def weak_moduli() -> dict[str, int]:
    prime = int(gmpy2.next_prime(1 << 3071))
    root = int(gmpy2.next_prime(gmpy2.isqrt(1 << 3071)))
    cube = int(gmpy2.next_prime(gmpy2.iroot(1 << 3071, 3)[0]))
    cofactor = int(gmpy2.next_prime((1 << 3071) // 65521))
    return {
        "even": 1 << 3071,
        "one bit short": prime >> 1 | 1,
        "one bit long": prime * 2 + 1,
        "prime": prime,
        "square": root * root,
        "cube": cube**3,
        "small factor": 65521 * cofactor,
        "zero": 0,
        "negative": -prime,
    }


@pytest.mark.parametrize("weakness", sorted(weak_moduli()))
def test_a_modulus_that_anybody_can_factor_is_refused(weakness: str) -> None:
    with pytest.raises(BadIssuerKey):
        IssuerPublicKey(weak_moduli()[weakness])


def test_a_key_of_another_size_is_not_one_of_a_round() -> None:
    with pytest.raises(BadIssuerKey):
        IssuerPublicKey(int(VECTOR["n"], 16))
    with pytest.raises(BadIssuerKey):
        IssuerPublicKey.parse(VECTOR["n"])
