"""One key, one purpose, whatever file or certificate a key comes in."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys.errors import KeyFileDamaged, KeyReused
from keys.issuer import IssuerKey
from keys.signers import (
    KeyUse,
    check_distinct_purposes,
    ed25519_fingerprint,
    issuer_fingerprint,
    pem_fingerprint,
)


def certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hall")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def issuer_as_rsa(issuer_key: IssuerKey) -> rsa.RSAPrivateKey:
    d = pow(65537, -1, (issuer_key.p - 1) * (issuer_key.q - 1))
    p, q = issuer_key.p, issuer_key.q
    public = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, issuer_key.dp, issuer_key.dq, issuer_key.q_inverse, public).private_key()


def test_keys_used_once_each_are_accepted(issuer_key: IssuerKey, other_issuer_key: IssuerKey) -> None:
    check_distinct_purposes(
        [
            KeyUse("bên cấp phiếu 1", issuer_fingerprint(issuer_key.public)),
            KeyUse("bên cấp phiếu 2", issuer_fingerprint(other_issuer_key.public)),
            KeyUse("hòm phiếu", ed25519_fingerprint("aa" * 32)),
        ]
    )


# threats A8
@pytest.mark.parametrize("second", ["bên cấp phiếu 2", "bên cấp phiếu 1"])
def test_one_key_in_two_places_stops_the_start(issuer_key: IssuerKey, second: str) -> None:
    fingerprint = issuer_fingerprint(issuer_key.public)
    with pytest.raises(KeyReused) as caught:
        check_distinct_purposes([KeyUse("bên cấp phiếu 1", fingerprint), KeyUse(second, fingerprint)])
    assert caught.value.code == "KEY_REUSED"
    assert "bên cấp phiếu 1" in str(caught.value)
    assert second in str(caught.value)


def test_an_issuer_key_is_recognised_in_a_tls_certificate(
    issuer_key: IssuerKey, issuer_as_rsa: rsa.RSAPrivateKey
) -> None:
    public = issuer_as_rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for pem in (certificate(issuer_as_rsa), public):
        assert pem_fingerprint(pem) == issuer_fingerprint(issuer_key.public)


def test_a_modulus_is_recognised_under_another_exponent(issuer_key: IssuerKey) -> None:
    other = rsa.RSAPublicNumbers(3, issuer_key.public.modulus).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert pem_fingerprint(pem) == issuer_fingerprint(issuer_key.public)


def test_an_ed25519_key_is_recognised_in_its_pem() -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert pem_fingerprint(pem) == ed25519_fingerprint(key.public_bytes_raw().hex())


def test_keys_of_other_kinds_have_fingerprints_too() -> None:
    keys = [ec.derive_private_key(number, ec.SECP256R1()).public_key() for number in (1, 2)]
    pems = [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) for key in keys]
    assert pem_fingerprint(pems[0]) == pem_fingerprint(pems[0])
    assert pem_fingerprint(pems[0]) != pem_fingerprint(pems[1])


@pytest.mark.parametrize("pem", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_pem_is_refused(pem: bytes) -> None:
    with pytest.raises(KeyFileDamaged):
        pem_fingerprint(pem)
