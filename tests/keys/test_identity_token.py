"""A person's identity in a PKCS#11 token (SoftHSM2): read out, inspected, and signing without its key coming out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11.util import ec as pkcs11_ec

from keys import token as tokens
from keys.certificates.authority import Authority
from keys.certificates.checks import check_identity
from keys.certificates.identity_token import open_token_identity
from keys.certificates.report_authority import Person, issue_certificate, make_authority
from keys.errors import TokenKeyMissing
from keys.signers import Token
from tests.commands import DONE, REFUSED, run
from tests.softhsm import PIN, needs_softhsm, token

pytestmark = needs_softhsm
NOW = datetime.now(UTC)
OBJECT = "chứng thư ký"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(organisation="Xã Bình An", now=NOW, end=NOW + timedelta(days=365))


@pytest.fixture
def hsm(tmp_path: Path) -> Iterator[Token]:
    place = token(tmp_path)
    yield place
    with tokens.logged_in(place) as session:
        for found in list(session.raw.get_objects({pkcs11.Attribute.ID: b"ky"})):
            found.destroy()


def put(session: object, authority: Authority, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> None:
    _after, certificate = issue_certificate(
        authority, Person("Trần Văn Bình"), public, now=NOW, end=NOW + timedelta(days=100)
    )
    for label, one in ((OBJECT, certificate), ("gốc", authority.certificate)):
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.ID: b"ky",
                pkcs11.Attribute.LABEL: label,
                pkcs11.Attribute.SUBJECT: one.subject.public_bytes(),
                pkcs11.Attribute.VALUE: one.public_bytes(Encoding.DER),
            }
        )


def with_rsa(hsm: Token, authority: Authority) -> None:
    with tokens.logged_in(hsm) as session:
        public, _private = session.raw.generate_keypair(pkcs11.KeyType.RSA, 2048, id=b"ky", label="ky", store=True)
        modulus = int.from_bytes(public[pkcs11.Attribute.MODULUS])
        put(session.raw, authority, rsa.RSAPublicNumbers(65537, modulus).public_key())


def with_curve(hsm: Token, authority: Authority) -> None:
    with tokens.logged_in(hsm) as session:
        curve = pkcs11_ec.encode_named_curve_parameters("1.2.840.10045.3.1.7")
        parameters = session.raw.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
        )
        public, _private = parameters.generate_keypair(id=b"ky", label="ky", store=True)
        loaded = load_der_public_key(pkcs11_ec.encode_ec_public_key(public))
        assert isinstance(loaded, ec.EllipticCurvePublicKey)
        put(session.raw, authority, loaded)


def test_an_rsa_identity_signs_inside_the_token(hsm: Token, authority: Authority) -> None:
    with_rsa(hsm, authority)
    identity = open_token_identity(hsm, OBJECT)
    check_identity(identity, at=NOW)
    public = identity.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(identity.sign(b"attributes"), b"attributes", padding.PKCS1v15(), SHA256())
    assert not tokens._sessions
    assert PIN not in repr(identity)


def test_an_ecdsa_identity_signs_inside_the_token(hsm: Token, authority: Authority) -> None:
    with_curve(hsm, authority)
    identity = open_token_identity(hsm, OBJECT)
    check_identity(identity, at=NOW)
    public = identity.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    for _ in range(4):
        public.verify(identity.sign(b"attributes"), b"attributes", ec.ECDSA(SHA256()))


def test_a_certificate_that_is_not_there_is_named(hsm: Token, authority: Authority) -> None:
    with pytest.raises(TokenKeyMissing):
        open_token_identity(hsm, OBJECT)
    with_rsa(hsm, authority)
    identity = open_token_identity(hsm, OBJECT)
    with tokens.logged_in(hsm) as session:
        keys = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.ID: b"ky"}
        for found in list(session.raw.get_objects(keys)):
            found.destroy()
    with pytest.raises(TokenKeyMissing):
        identity.sign(b"x")


def test_an_identity_in_a_token_is_inspected(hsm: Token, authority: Authority) -> None:
    with_rsa(hsm, authority)
    place = ("--module", hsm.module, "--token-label", hsm.label, "--pin-file", hsm.pin_file)
    done = run("keys", "report", "inspect", "--object", OBJECT, *place)
    assert (done.code, "Trần Văn Bình" in done.output) == (DONE, True), done.output
    assert PIN not in done.output
    assert run("keys", "report", "inspect", "--object", "khác", *place).code == REFUSED
