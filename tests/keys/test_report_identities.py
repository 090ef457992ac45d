"""Identities of people who sign reports: issued, read back, taken back, and everything wrong with one by its name."""

from __future__ import annotations

import secrets
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.certificates.authority import REPORT, TLS, Authority, keep, key_usage, open_authority
from keys.certificates.checks import check_identity, faults
from keys.certificates.errors import (
    AuthorityForbids,
    BadSubject,
    CertificateChainBroken,
    CertificateExpired,
    CertificateFault,
    CertificateNotYetValid,
    CertificateRevoked,
    CertificateUnreadable,
    CertificateWeak,
    CertificateWrongUse,
    NoSuchCertificate,
    PassphraseNotPlain,
)
from keys.certificates.identity import Identity, open_pkcs12, write_pkcs12
from keys.certificates.report_authority import (
    Person,
    issue_certificate,
    issue_identity,
    make_authority,
    revocation_list,
    revoke,
    spell_serial,
)
from keys.errors import KeyFileExists, KeyFileMissing, PassphraseTooShort, WrongPassphrase, WrongPurpose
from keys.store import KdfCost
from tests.commands import DONE, REFUSED, ROOT, WRONG_USE, Done, run

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
WORDS, THEIRS = "cây tre trăm đốt", "mot con vit 77 xoe"
ORGANISATION = "Hội đồng nhân dân xã Bình An"
PERSON = Person("Nguyễn Thị Hồng Đào", "Trưởng ban kiểm phiếu")
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority(organisation=ORGANISATION, now=NOW, end=NOW + 5 * YEAR)


@pytest.fixture(scope="module")
def issued(authority: Authority) -> tuple[Authority, Identity]:
    return issue_identity(authority, PERSON, now=NOW, end=NOW + YEAR)


@pytest.fixture(scope="module")
def identity(issued: tuple[Authority, Identity]) -> Identity:
    return issued[1]


@pytest.fixture(scope="module")
def file(identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("p12") / "a.p12"
    write_pkcs12(identity, path, THEIRS)
    return path


def verify(identity: Identity, signature: bytes, message: bytes) -> None:
    public = identity.certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, message, padding.PKCS1v15(), SHA256())
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, message, ec.ECDSA(SHA256()))


def codes(
    identity: Identity, at: datetime = NOW, *lists: x509.CertificateRevocationList
) -> list[type[CertificateFault]]:
    return [type(fault) for fault in faults(identity, at=at, lists=lists)]


# --- what the authority issues ------------------------------------------------------------------------------------


def test_a_new_identity_has_nothing_wrong_with_it_and_signs(identity: Identity) -> None:
    check_identity(identity, at=NOW)
    assert (identity.name, identity.algorithm) == (PERSON.name, "sha256_rsa")
    verify(identity, identity.sign(b"attributes"), b"attributes")


def test_a_certificate_says_what_it_is_for_and_for_whom(identity: Identity) -> None:
    certificate = identity.certificate
    uses = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert (uses.critical, uses.value) == (True, key_usage(digital_signature=True, content_commitment=True))
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc - NOW == YEAR
    assert "Nguyễn Thị Hồng Đào" in certificate.subject.rfc4514_string()
    assert "Nguyễn Thị Hồng Đào".encode() in certificate.subject.public_bytes()  # UTF8String, tag 0x0c
    assert b"\x0c" + bytes([len(PERSON.name.encode())]) + PERSON.name.encode() in certificate.subject.public_bytes()
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 3072


def test_nobody_is_certified_for_more_than_two_years_or_beyond_the_authority(authority: Authority) -> None:
    for end in (NOW + timedelta(days=731), authority.end + timedelta(seconds=1)):
        with pytest.raises(AuthorityForbids):
            issue_identity(authority, PERSON, now=max(NOW, end - YEAR) if end > NOW + 2 * YEAR + YEAR else NOW, end=end)


@pytest.mark.parametrize("person", [Person(""), Person("x" * 65), Person("A\nB"), Person("A", "x" * 65), Person(" A")])
def test_a_name_that_no_certificate_can_hold_is_refused(authority: Authority, person: Person) -> None:
    with pytest.raises(BadSubject):
        issue_identity(authority, person, now=NOW, end=NOW + YEAR)


def test_the_authority_comes_out_of_the_store_as_it_went_in(
    issued: tuple[Authority, Identity], tmp_path: Path, cheap: KdfCost
) -> None:
    path = tmp_path / "a.authority.key"
    keep(issued[0], path, WORDS, cost=cheap)
    opened = open_authority(path, WORDS, use=REPORT)
    assert (opened.encode(), len(opened.issued)) == (issued[0].encode(), 1)
    with pytest.raises(WrongPurpose):
        open_authority(path, WORDS, use=TLS)


def test_nothing_shows_a_key(identity: Identity, authority: Authority) -> None:
    shown = repr(identity) + repr(authority)
    for key in (identity._key, authority.key):
        assert isinstance(key, rsa.RSAPrivateKey)
        assert str(key.private_numbers().p) not in shown
    assert "RSAPrivateKey" not in shown


# --- taken back ---------------------------------------------------------------------------------------------------


def test_a_certificate_taken_back_is_named(issued: tuple[Authority, Identity]) -> None:
    authority, identity = issued
    authority, before = revocation_list(authority, now=NOW, end=NOW + timedelta(days=30))
    assert codes(identity, NOW, before) == []
    authority = revoke(authority, spell_serial(identity.certificate).upper(), now=NOW)
    authority, after = revocation_list(authority, now=NOW, end=NOW + timedelta(days=30))
    assert codes(identity, NOW, before, after) == [CertificateRevoked]
    numbers = [one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for one in (before, after)]
    assert numbers == [1, 2]
    assert revoke(authority, spell_serial(identity.certificate), now=NOW + YEAR) == authority


def test_a_false_authority_of_the_same_name_in_the_file_hides_no_revocation(
    authority: Authority, issued: tuple[Authority, Identity]
) -> None:
    taken, identity = revoke(issued[0], spell_serial(issued[1].certificate), now=NOW), issued[1]
    _authority, revoked = revocation_list(taken, now=NOW, end=NOW + YEAR)
    decoy = make_authority(organisation=ORGANISATION, now=NOW, end=NOW + 5 * YEAR).certificate
    assert decoy.subject == authority.certificate.subject
    hiding = Identity(identity.certificate, (decoy, *identity.chain))
    assert codes(hiding, NOW, revoked) == [CertificateRevoked]


def test_a_list_of_another_authority_takes_nothing_back(issued: tuple[Authority, Identity]) -> None:
    stranger = make_authority(organisation=ORGANISATION, now=NOW, end=NOW + YEAR)
    posing = replace(stranger, issued=issued[0].issued)
    posing = revoke(posing, spell_serial(issued[1].certificate), now=NOW)
    _, forged = revocation_list(posing, now=NOW, end=NOW + YEAR)
    assert codes(issued[1], NOW, forged) == []


def test_what_was_never_issued_cannot_be_taken_back(issued: tuple[Authority, Identity]) -> None:
    for serial in ("", "00", "zz", "ff" * 20):
        with pytest.raises(NoSuchCertificate):
            revoke(issued[0], serial, now=NOW)


# --- what is wrong ------------------------------------------------------------------------------------------------


def certified(
    authority: Authority, key: CertificateIssuerPrivateKeyTypes, *extensions: x509.ExtensionType, chain: bool = True
) -> Identity:
    """A certificate that our own rules would not issue."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Trần Văn Bình")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + YEAR)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Identity(authority.sign(builder), (authority.certificate,) if chain else (), key)


@pytest.fixture(scope="module")
def curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def test_an_expired_certificate_and_one_of_tomorrow_are_named(identity: Identity) -> None:
    assert codes(identity, NOW + YEAR) == []
    assert codes(identity, NOW + YEAR + timedelta(seconds=1)) == [CertificateExpired]
    assert codes(identity, NOW - timedelta(days=2))[0] == CertificateNotYetValid
    with pytest.raises(CertificateExpired, match="2027-11-26"):
        check_identity(identity, at=NOW + 2 * YEAR)


def test_a_certificate_for_another_use_is_named(authority: Authority, curve: ec.EllipticCurvePrivateKey) -> None:
    cases: list[tuple[list[x509.ExtensionType], str]] = [
        ([key_usage(digital_signature=True)], "nonRepudiation"),
        ([x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])], "ký văn bản"),
        ([x509.BasicConstraints(ca=True, path_length=None)], "cơ quan chứng thực"),
    ]
    for extensions, words in cases:
        wrong = certified(authority, curve, *extensions)
        assert codes(wrong) == [CertificateWrongUse]
        with pytest.raises(CertificateWrongUse, match=words):
            check_identity(wrong, at=NOW)


def test_a_certificate_of_a_public_authority_with_the_usual_uses_is_fine(
    authority: Authority, curve: ec.EllipticCurvePrivateKey
) -> None:
    usual = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION])
    good = certified(authority, curve, key_usage(digital_signature=True, content_commitment=True), usual)
    assert codes(good) == []
    assert good.algorithm == "sha256_ecdsa"
    verify(good, good.sign(b"x"), b"x")
    assert codes(certified(authority, curve)) == []


def test_a_weak_or_unusual_key_is_named(authority: Authority) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    for key, words in ((weak, "RSA 1024"), (ed25519.Ed25519PrivateKey.generate(), "Ed25519")):
        with pytest.raises(CertificateWeak, match=words):
            check_identity(certified(authority, key), at=NOW)


def test_a_chain_that_does_not_lead_to_a_root_is_named(
    authority: Authority, identity: Identity, curve: ec.EllipticCurvePrivateKey
) -> None:
    assert codes(certified(authority, curve, chain=False)) == [CertificateChainBroken]
    same_name = make_authority(organisation=ORGANISATION, now=NOW, end=NOW + YEAR)
    assert codes(replace(identity, chain=(same_name.certificate,))) == [CertificateChainBroken]
    assert codes(replace(identity, chain=(same_name.certificate, authority.certificate))) == []
    ended = replace(authority, certificate=make_authority(organisation="Cũ", now=NOW - YEAR, end=NOW).certificate)
    assert codes(replace(identity, chain=(ended.certificate,))) == [CertificateChainBroken]


def test_a_person_is_no_authority(identity: Identity, curve: ec.EllipticCurvePrivateKey) -> None:
    assert isinstance(identity._key, rsa.RSAPrivateKey)
    below = certified(Authority(REPORT, identity.certificate, identity._key), curve)
    below = replace(below, chain=(identity.certificate, *identity.chain))
    assert codes(below) == [CertificateChainBroken]


# --- PKCS#12 ------------------------------------------------------------------------------------------------------


def test_a_file_opens_as_it_was_written(identity: Identity, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    opened = open_pkcs12(file, THEIRS)
    assert (opened.certificate, opened.chain) == (identity.certificate, identity.chain)
    verify(opened, opened.sign(b"x"), b"x")
    with pytest.raises(KeyFileExists):
        write_pkcs12(identity, file, THEIRS)


def test_a_wrong_passphrase_or_another_file_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        open_pkcs12(file, "mot con vit khac")
    for number, raw in enumerate((b"", b"x", file.read_bytes()[:-9])):
        (tmp_path / f"{number}.p12").write_bytes(raw)
        with pytest.raises((CertificateUnreadable, WrongPassphrase)):
            open_pkcs12(tmp_path / f"{number}.p12", THEIRS)
    with pytest.raises(KeyFileMissing):
        open_pkcs12(tmp_path / "none.p12", THEIRS)


def test_a_changed_byte_of_a_file_is_refused_or_harmless(identity: Identity, file: Path, tmp_path: Path) -> None:
    raw = file.read_bytes()
    path = tmp_path / "changed.p12"
    for _ in range(12):
        at = secrets.randbelow(len(raw))
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :])
        try:
            opened = open_pkcs12(path, THEIRS)
        except (CertificateUnreadable, WrongPassphrase):
            continue
        assert opened.certificate == identity.certificate


def test_a_file_without_a_key_or_with_anothers_is_refused(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    path = tmp_path / "a.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", None, identity.certificate, None, NoEncryption()))
    with pytest.raises(CertificateUnreadable):
        open_pkcs12(path, "")
    other = ed25519.Ed25519PrivateKey.generate()
    own = certified(authority, other).certificate
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", other, own, None, BestAvailableEncryption(b"x" * 12)))
    with pytest.raises(CertificateUnreadable):
        open_pkcs12(path, "x" * 12)


@pytest.mark.parametrize(
    ("passphrase", "error"),
    [("cây tre trăm đốt ngà", PassphraseNotPlain), ("short", PassphraseTooShort), ("a\tb" * 6, PassphraseNotPlain)],
)
def test_a_passphrase_that_other_programs_spell_otherwise_is_refused(
    identity: Identity, tmp_path: Path, passphrase: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        write_pkcs12(identity, tmp_path / "a.p12", passphrase)
    assert list(tmp_path.iterdir()) == []


def test_a_member_whose_own_file_has_a_vietnamese_passphrase_can_open_it(identity: Identity, tmp_path: Path) -> None:
    path = tmp_path / "a.p12"
    assert isinstance(identity._key, rsa.RSAPrivateKey)
    words = "cây tre trăm đốt".encode()
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            None, identity._key, identity.certificate, identity.chain, BestAvailableEncryption(words)
        )
    )
    assert open_pkcs12(path, "cây tre trăm đốt").name == PERSON.name


# --- openssl reads them -------------------------------------------------------------------------------------------


def ask_openssl(*arguments: object, stdin: bytes = b"") -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return (done.stdout + done.stderr).decode("utf-8", "replace")


@openssl
def test_openssl_reads_the_file_and_verifies_the_chain_against_the_list(
    issued: tuple[Authority, Identity], file: Path, tmp_path: Path
) -> None:
    said = ask_openssl("pkcs12", "-in", file, "-info", "-noout", "-passin", "stdin", stdin=THEIRS.encode())
    assert "PBES2, PBKDF2, AES-256-CBC, Iteration 600000" in said
    assert "sha256" in said.lower()
    authority, signed = revocation_list(issued[0], now=NOW, end=NOW + timedelta(days=60))
    ca, person, crl = tmp_path / "ca.pem", tmp_path / "p.pem", tmp_path / "crl.pem"
    ca.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    person.write_bytes(issued[1].certificate.public_bytes(Encoding.PEM))
    crl.write_bytes(signed.public_bytes(Encoding.PEM))
    moment = int(NOW.timestamp()) + 60
    common = ("-x509_strict", "-attime", moment, "-CAfile", ca, "-CRLfile", crl, "-crl_check")
    assert ": OK" in ask_openssl("verify", "-purpose", "smimesign", *common, person)
    text = ask_openssl("x509", "-in", person, "-noout", "-text", "-nameopt", "utf8,sep_comma_plus_space")
    assert "Digital Signature, Non Repudiation" in text
    assert "CN=Nguyễn Thị Hồng Đào" in text
    taken = revoke(authority, spell_serial(issued[1].certificate), now=NOW)
    crl.write_bytes(revocation_list(taken, now=NOW, end=NOW + timedelta(days=60))[1].public_bytes(Encoding.PEM))
    done = subprocess.run(["openssl", "verify", *map(str, common), person], capture_output=True, check=False)
    assert b"certificate revoked" in done.stderr


# --- the commands -------------------------------------------------------------------------------------------------


def report(*arguments: object, words: tuple[str, ...] = ()) -> Done:
    done = run("keys", "report", *arguments, stdin="".join(f"{word}\n" for word in words))
    assert not any(word in done.output for word in words)
    assert "PRIVATE" not in done.output
    return done


def test_an_identity_from_its_issue_to_its_end(tmp_path: Path) -> None:
    folder, out = tmp_path / "ca", tmp_path / "đào.p12"
    assert report("authority", folder, "--organisation", ORGANISATION, words=(WORDS,)).code == DONE
    assert sorted(path.name for path in folder.iterdir()) == ["report-ca.crl", "report-ca.crt", "report.authority.key"]
    assert stat.S_IMODE((folder / "report.authority.key").stat().st_mode) == 0o600
    who = ("--name", PERSON.name, "--title", PERSON.title, "--out", out)
    done = report("identity", folder, *who, words=(WORDS, THEIRS))
    assert (done.code, PERSON.name in done.output) == (DONE, True), done.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    serial = spell_serial(open_pkcs12(out, THEIRS).certificate)
    assert serial in done.output
    looked = report("inspect", out, "--crl", folder / "report-ca.crl", words=(THEIRS,))
    assert (looked.code, "nonRepudiation" in looked.output) == (DONE, True), looked.output
    assert report("revoke", folder, serial, words=(WORDS,)).code == DONE
    looked = report("inspect", out, "--crl", folder / "report-ca.crl", words=(THEIRS,))
    assert (looked.code, "CERTIFICATE_REVOKED" in looked.output) == (REFUSED, True), looked.output
    listed = report("crl", folder, words=(WORDS,))
    assert (listed.code, "đã thu hồi" in listed.output) == (DONE, True)
    assert report("identity", folder, *who, words=(WORDS, THEIRS)).code == REFUSED
    assert report("authority", folder, "--organisation", ORGANISATION, words=(WORDS,)).code == REFUSED


def test_a_refused_passphrase_issues_nothing(tmp_path: Path) -> None:
    folder, out = tmp_path / "ca", tmp_path / "a.p12"
    report("authority", folder, "--organisation", ORGANISATION, words=(WORDS,))
    before = (folder / "report.authority.key").read_bytes()
    for words in ((WORDS, "ngắn quá"), ("sai mật khẩu rồi", THEIRS)):
        assert report("identity", folder, "--name", "A", "--out", out, words=words).code == REFUSED
    assert (folder / "report.authority.key").read_bytes() == before
    assert not out.exists()
    assert not list(folder.glob("*.lock"))


def test_no_authority_and_no_identity_lands_among_the_sources() -> None:
    folder = ROOT / "keys" / "thu-muc-thu"
    done = report("authority", folder, "--organisation", "A", words=(WORDS,))
    assert (done.code, "KEY_INSIDE_REPOSITORY" in done.output, folder.exists()) == (REFUSED, True, False)


def test_a_file_and_a_token_at_once_or_neither_is_wrong_use() -> None:
    assert report("inspect").code == WRONG_USE
    assert report("inspect", "a.p12", "--object", "x", "--module", "m").code == WRONG_USE


def test_a_certificate_for_a_key_that_the_person_holds(authority: Authority, curve: ec.EllipticCurvePrivateKey) -> None:
    after, certificate = issue_certificate(authority, PERSON, curve.public_key(), now=NOW, end=NOW + YEAR)
    assert codes(Identity(certificate, (authority.certificate,))) == []
    assert len(after.issued) == len(authority.issued) + 1
    with pytest.raises(CertificateUnreadable):
        Identity(certificate, ()).sign(b"x")
