"""One signature with every kind of identity, with and without a time stamp; and what cannot be signed.

Here lives the signing of a document in hand. Never here: whether it should be signed (test_sign_in_turn.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pkcs11
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys.internal import translate_pyca_cryptography_cert_to_asn1
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper, TimestampRequestError

from keys import token as tokens
from keys.certificates.identity import Identity, open_pkcs12, write_pkcs12
from keys.certificates.identity_token import open_token_identity
from keys.certificates.report_authority import Person, issue_certificate
from keys.documents.appearance import Shown
from keys.documents.errors import CannotSign, TimestampRefused
from keys.documents.signing import sign_document
from keys.documents.stamping import timestamper_at
from keys.documents.statement import certificate_hash
from keys.signers import Token
from tally.protocol.errors import Refused
from tally.protocol.signer import SignerStatement
from tally.signed.document import Expected, SignedDocument, check_signed
from tests.builders import Round
from tests.commands import DONE, run
from tests.keys.member import NewFile
from tests.signatories import IN_HANOI, NAMES, NOW, authority, document, identities, identity, signed
from tests.softhsm import PIN, needs_softhsm, token

WORDS = "correct horse battery staple"
OBJECT = "chứng thư ký văn bản"
AT = NOW.astimezone(IN_HANOI)


def signed_alone(one: Identity, timestamper: TimeStamper | None = None) -> bytes:
    return sign_document(document(owners=(1,)), field="ky-1", identity=one, first=True, at=AT, timestamper=timestamper)


def checked(raw: bytes, one: Identity) -> SignedDocument:
    alone = (Expected(1, one.name, certificate_hash(one.certificate)),)
    return check_signed(raw, expected=document(owners=(1,)), signers=alone)


def test_a_pkcs12_file_signs(tmp_path: Path) -> None:
    write_pkcs12(identity(NAMES[0]), tmp_path / "binh.p12", WORDS)
    one = open_pkcs12(tmp_path / "binh.p12", WORDS)
    found = checked(signed_alone(one), one)
    assert found.signatures[0].certificate == identity(NAMES[0]).certificate


def test_a_key_on_a_curve_signs() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    _after, certificate = issue_certificate(
        authority(), Person("Phạm Thị Én"), key.public_key(), now=NOW, end=NOW + timedelta(days=9)
    )
    one = Identity(certificate, (authority().certificate,), key)
    assert checked(signed_alone(one), one).signatures[0].name == "Phạm Thị Én"


@pytest.fixture
def hsm(tmp_path: Path) -> Iterator[Token]:
    place = token(tmp_path)
    yield place
    with tokens.logged_in(place) as session:
        for found in list(session.raw.get_objects({pkcs11.Attribute.ID: b"van ban"})):
            found.destroy()


@pytest.fixture
def held(hsm: Token) -> Identity:
    """A person's key made inside the token, with its certificate beside it."""
    attribute = pkcs11.Attribute
    with tokens.logged_in(hsm) as session:
        public, _private = session.raw.generate_keypair(pkcs11.KeyType.RSA, 2048, id=b"van ban", store=True)
        numbers = rsa.RSAPublicNumbers(65537, int.from_bytes(public[attribute.MODULUS]))
        _after, certificate = issue_certificate(
            authority(), Person("Hồ Thị Thẻ"), numbers.public_key(), now=NOW, end=NOW + timedelta(days=9)
        )
        for label, one in ((OBJECT, certificate), ("gốc", authority().certificate)):
            session.raw.create_object({
                attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                attribute.TOKEN: True, attribute.ID: b"van ban", attribute.LABEL: label,
                attribute.SUBJECT: one.subject.public_bytes(),
                attribute.VALUE: one.public_bytes(serialization.Encoding.DER),
            })  # fmt: skip
    return open_token_identity(hsm, OBJECT)


@needs_softhsm
def test_a_key_inside_a_token_signs(held: Identity) -> None:
    assert checked(signed_alone(held), held).signatures[0].name == "Hồ Thị Thẻ"


@needs_softhsm
def test_a_member_states_a_certificate_that_is_in_a_token(
    held: Identity, hsm: Token, round_: Round, new_file: NewFile, tmp_path: Path
) -> None:
    key, out = new_file(round_, 1), tmp_path / "report" / "signer-1.json"
    round_.closed().write(tmp_path / "hồ sơ")
    place = ("--module", hsm.module, "--token-label", hsm.label, "--pin-file", hsm.pin_file, "--object", OBJECT)
    done = run(
        "keys",
        "trustee",
        "certificate",
        tmp_path / "hồ sơ",
        key.path,
        *place,
        "--out",
        out,
        stdin=f"{key.passphrase}\n",
    )
    assert (done.code, "Hồ Thị Thẻ" in done.output, PIN in done.output) == (DONE, True, False), done.output
    stated = SignerStatement.parse(out.read_bytes())
    stated.check(round_.board.committee)
    assert stated.certificate == certificate_hash(held.certificate)


# --- time stamps ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stamping() -> DummyTimeStamper:
    """A time-stamping authority of its own, in this process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dấu thời gian thử")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=9))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    raw = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return DummyTimeStamper(
        translate_pyca_cryptography_cert_to_asn1(certificate), asn1_keys.PrivateKeyInfo.load(raw),
        fixed_dt=NOW + timedelta(minutes=3),
    )  # fmt: skip


def test_a_time_stamp_is_kept_and_shown(stamping: DummyTimeStamper) -> None:
    one = identity(NAMES[0])
    (signature,) = checked(signed_alone(one, stamping), one).signatures
    assert signature.stamp is not None
    assert (signature.stamp.at, signature.stamp.authority) == (NOW + timedelta(minutes=3), "Dấu thời gian thử")
    assert signature.claimed == NOW


class Authority(BaseHTTPRequestHandler):
    """A time-stamping authority as it is met on the network."""

    stamping: DummyTimeStamper

    def do_POST(self) -> None:
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.stamping.request_tsa_response(asked).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_an_authority_is_asked_over_http(stamping: DummyTimeStamper) -> None:
    one = identity(NAMES[0])
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Authority,), {"stamping": stamping})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        raw = signed_alone(one, timestamper_at(f"http://127.0.0.1:{server.server_port}/tsa"))
        server.shutdown()
    (signature,) = checked(raw, one).signatures
    assert signature.stamp is not None
    assert signature.stamp.at == NOW + timedelta(minutes=3)


def test_a_time_stamp_over_another_signature_is_refused(stamping: DummyTimeStamper) -> None:
    one, raws = identity(NAMES[0]), []

    class Elsewhere(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> object:
            raws.append(message_digest)
            return await stamping.async_timestamp(bytes(32), md_algorithm)

    with pytest.raises(Refused) as refused:
        checked(signed_alone(one, Elsewhere()), one)
    assert refused.value.code == "SIGNATURE_BROKEN"
    assert len(raws) == 1


def test_an_authority_that_does_not_answer_is_named() -> None:
    class Away(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> object:
            raise TimestampRequestError("503")

    with pytest.raises(TimestampRefused, match="không trả lời"):
        signed_alone(identity(NAMES[0]), Away())
    with pytest.raises(TimestampRefused):
        signed_alone(identity(NAMES[0]), timestamper_at("http://127.0.0.1:9/"))
    for address in ("ftp://tsa.lan/", "tsa.lan", "http://"):
        with pytest.raises(TimestampRefused):
            timestamper_at(address)


# --- what cannot be signed -----------------------------------------------------------------------------------------


def test_a_field_that_is_not_there_or_not_empty_is_refused() -> None:
    for raw, field in ((document(), "ky-4"), (signed(1), "ky-1"), (b"%PDF-1.4\n", "ky-1"), (b"", "ky-1")):
        with pytest.raises(CannotSign):
            sign_document(raw, field=field, identity=identities()[0], first=True, at=AT)


def test_the_key_never_leaves_the_identity() -> None:
    """What signs is `Identity.sign`: an identity without a key has nothing else to give."""
    asked = []

    class Watched:
        def sign(self, message: bytes, *arguments: object) -> bytes:
            asked.append(message)
            return identity(NAMES[0])._key.sign(message, *arguments)

    held = Identity(identity(NAMES[0]).certificate, identity(NAMES[0]).chain, Watched())
    assert checked(signed_alone(held), held).identical
    assert len(asked) == 1


def test_what_is_shown_fits_the_field_whatever_the_name() -> None:
    long = "Công Tằng Tôn Nữ Phước Bảo Quỳnh " * 4
    raw = sign_document(
        document(owners=(1,)), field="ky-1", identity=identity(NAMES[0]), first=True, at=AT, name=long, role=long
    )
    assert checked(raw, identity(NAMES[0])).identical
    lines = Shown(long, "", AT).lines
    assert [text for text, _strong in lines] == ["Ký số", long, f"{AT:%d/%m/%Y %H:%M:%S} +07:00"]
