"""The hall's TLS: real handshakes on loopback, what the authority cannot speak for, and what is written where."""

from __future__ import annotations

import ipaddress
import re
import shutil
import socket
import ssl
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys.certificates.authority import TLS, Authority, keep, open_authority
from keys.certificates.errors import AuthorityForbids, BadHost, BadSubject
from keys.certificates.tls import Server, issue_server, last_day, make_authority, parse_hosts
from keys.certificates.tls_page import fingerprint, instructions
from keys.errors import WrongPurpose
from keys.store import KdfCost
from tests.commands import DONE, REFUSED, ROOT, WRONG_USE, Done, run

NOW = datetime.now(UTC)  # what a client compares with is the machine's clock
HOSTS = ("so.phong-hop.lan", "hom.phong-hop.lan", "192.0.2.10", "2001:db8::10", "localhost", "127.0.0.1")
WORDS = "cây tre trăm đốt"
FILES = {"hall-ca.crt", "server.crt", "server.key", "huong-dan-chung-thu.html"}
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def authority_of(*hosts: str) -> Authority:
    return make_authority(parse_hosts(hosts), organisation="Xã Bình An", now=NOW, end=last_day(NOW, 90))


def server_of(authority: Authority, *hosts: str) -> Server:
    return issue_server(authority, parse_hosts(hosts), now=NOW, end=authority.end)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return authority_of(*HOSTS)


@pytest.fixture(scope="module")
def server(authority: Authority) -> Server:
    return server_of(authority, *HOSTS)


def forged(authority: Authority, name: x509.GeneralName) -> Server:
    """What a thief of the authority's key would issue, past all our own checks."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.sign(
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
    )
    return Server(certificate, authority.certificate, key)


def shake_hands(server: Server, name: str, tmp_path: Path, *, trusted: x509.Certificate | None = None) -> str:
    """Let a client that trusts the authority alone connect to `name`; return the protocol, or raise what it raises."""
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(server.chain_pem())
    key.write_bytes(server.key_pem())
    accepting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    accepting.load_cert_chain(chain, key)
    asking = ssl.create_default_context(cadata=(trusted or server.authority).public_bytes(Encoding.PEM).decode())
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            try:
                accepting.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with (
                socket.create_connection(listening.getsockname(), timeout=10) as plain,
                asking.wrap_socket(plain, server_hostname=name) as secured,
            ):
                return str(secured.version())
        finally:
            thread.join(10)


@pytest.mark.parametrize("name", HOSTS)
def test_a_client_that_trusts_the_authority_reaches_each_host(server: Server, name: str, tmp_path: Path) -> None:
    assert shake_hands(server, name, tmp_path) == "TLSv1.3"


# threats H14
@pytest.mark.parametrize("name", ["khac.phong-hop.lan", "phong-hop.lan", "192.0.2.11", "127.0.0.2"])
def test_another_name_is_not_this_server(server: Server, name: str, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"Hostname mismatch|IP address mismatch"):
        shake_hands(server, name, tmp_path)


# threats H14
def test_a_client_that_trusts_another_authority_is_not_persuaded(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(server, HOSTS[0], tmp_path, trusted=authority_of(*HOSTS).certificate)


OUTSIDE = [
    (HOSTS, x509.DNSName("ngan-hang.vn"), "ngan-hang.vn"),
    (HOSTS, x509.DNSName("phong-hop.lan"), "phong-hop.lan"),
    (HOSTS, x509.DNSName("xso.phong-hop.lan"), "xso.phong-hop.lan"),
    (HOSTS, x509.IPAddress(ipaddress.ip_address("192.0.2.11")), "192.0.2.11"),
    (HOSTS[:2], x509.IPAddress(ipaddress.ip_address("192.0.2.10")), "192.0.2.10"),
    (HOSTS[:2], x509.IPAddress(ipaddress.ip_address("2001:db8::10")), "2001:db8::10"),
    (HOSTS[:3], x509.IPAddress(ipaddress.ip_address("2001:db8::10")), "2001:db8::10"),
    (HOSTS[3:4], x509.IPAddress(ipaddress.ip_address("192.0.2.10")), "192.0.2.10"),
    (HOSTS[2:4], x509.DNSName("ngan-hang.vn"), "ngan-hang.vn"),
]


@pytest.mark.parametrize(("hosts", "name", "address"), OUTSIDE)
def test_even_with_its_key_the_authority_cannot_speak_for_another_host(
    hosts: tuple[str, ...], name: x509.GeneralName, address: str, tmp_path: Path
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        shake_hands(forged(authority_of(*hosts), name), address, tmp_path)


def test_a_thief_of_the_server_key_cannot_issue_under_it(server: Server, tmp_path: Path) -> None:
    thief = Authority(TLS, server.certificate, server.key)
    below = forged(thief, x509.DNSName(HOSTS[0]))
    chain = Server(below.certificate, server.certificate, below.key)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(chain, HOSTS[0], tmp_path, trusted=server.authority)


@openssl
def test_openssl_accepts_the_chain_and_its_strict_rules(server: Server, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(server.authority.public_bytes(Encoding.PEM))
    (tmp_path / "s.pem").write_bytes(server.certificate.public_bytes(Encoding.PEM))
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", HOSTS[0],
         "-CAfile", tmp_path / "ca.pem", tmp_path / "s.pem"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_certificates_say_what_they_are_for(server: Server) -> None:
    ca, end = server.authority.extensions, server.certificate.extensions
    basic = ca.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert ca.get_extension_for_class(x509.NameConstraints).critical
    for extensions in (ca, end):
        use = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert list(use) == [x509.ExtendedKeyUsageOID.SERVER_AUTH]
    assert not end.get_extension_for_class(x509.BasicConstraints).value.ca
    names = end.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == list(HOSTS)


@pytest.mark.parametrize("days", [1, 90, 396, 397])
def test_no_certificate_lives_longer_than_browsers_allow(days: int) -> None:
    hosts = parse_hosts(HOSTS[:1])
    authority = make_authority(hosts, organisation="Xã", now=NOW, end=last_day(NOW, days))
    certificate = issue_server(authority, hosts, now=NOW, end=authority.end).certificate
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=397)
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc


def test_serial_numbers_are_drawn(authority: Authority) -> None:
    serials = {server_of(authority, HOSTS[0]).certificate.serial_number for _ in range(5)}
    assert len(serials) == 5
    assert min(serials).bit_length() > 100


BAD_HOSTS = [
    "", ".", "a..b", "*.lan", "Hom.lan", "hòm.lan", "a_b", "-a", "a-", "a" * 64, "a b", "a/b", "host:443", "0.0.0.0",  # noqa: S104
    "1.2.3", "192.0.2.256", "224.0.0.1", "::", "fe80::1%eth0", "192.0.2.0/24", "a.lan\n", "[::1]",
    ".".join(["a" * 60] * 5), "vn", "com", "gov.vn",
]  # fmt: skip


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(BadHost):
        parse_hosts([host])


def test_none_and_too_many_hosts_are_refused_and_repeats_count_once() -> None:
    for hosts in ([], [f"h{number}.lan" for number in range(33)]):
        with pytest.raises(BadHost):
            parse_hosts(hosts)
    assert len(parse_hosts(["a.lan", "a.lan", "::1", "0:0::1"])) == 2


@pytest.mark.parametrize("organisation", ["", "x" * 65, "a\nb", " a", "a\u202eb"])
def test_a_name_that_no_certificate_can_hold_is_refused(organisation: str) -> None:
    with pytest.raises(BadSubject):
        make_authority(parse_hosts(["a.lan"]), organisation=organisation, now=NOW, end=last_day(NOW, 1))


def test_a_kept_authority_issues_for_its_own_hosts_only(authority: Authority, tmp_path: Path, cheap: KdfCost) -> None:
    path = tmp_path / "hall.authority.key"
    keep(authority, path, WORDS, cost=cheap)
    opened = open_authority(path, WORDS, use=TLS)
    assert opened.encode() == authority.encode()
    server_of(opened, HOSTS[1])
    for other in ("khac.lan", "192.0.2.11", "a.so.phong-hop.lan"):
        with pytest.raises(AuthorityForbids):
            server_of(opened, HOSTS[1], other)
    with pytest.raises(AuthorityForbids):
        issue_server(opened, parse_hosts(HOSTS[:1]), now=NOW, end=opened.end + timedelta(seconds=1))
    with pytest.raises(WrongPurpose):
        open_authority(path, WORDS, use="report")


def test_an_authority_shows_no_key(authority: Authority, server: Server) -> None:
    secrets = [key.private_numbers().private_value for key in (authority.key, server.key)]
    shown = repr(authority) + repr(server)
    assert not any(str(secret) in shown or f"{secret:x}" in shown for secret in secrets)


# --- the sheet of paper -------------------------------------------------------------------------------------------


def test_the_sheet_holds_the_fingerprint_and_fetches_nothing(server: Server) -> None:
    page = instructions(server.authority, parse_hosts(HOSTS), url="http://192.0.2.10/hall-ca.crt", kept=False)
    shown = " ".join(re.findall(r"<span>([0-9A-F]{4})</span>", page))
    assert shown == fingerprint(server.authority)
    assert len(shown.split()) == 16
    assert not re.search(r"<(?:script|link|img|iframe)\b|\bsrc=|url\(|@import", page)
    assert re.findall(r'href="[^"]*"', page) == []
    assert "<svg" in page
    assert all(host in page for host in HOSTS)
    assert "$" not in re.sub(r"\$(?:host|request_uri|HOME)\b", "", page)


# threats B6
def test_no_server_of_the_sheet_notes_a_request(server: Server) -> None:
    page = instructions(server.authority, parse_hosts(HOSTS), url="http://192.0.2.10/hall-ca.crt", kept=False)
    servers = page.count("server {")
    assert servers == 2
    assert re.findall(r"^ *(?:access|error)_log ([^;]*);", page, re.M) == ["off", "/dev/null crit"] * servers


def test_what_people_typed_is_text_on_the_sheet() -> None:
    organisation = '<b>"Xã" & $end'
    authority = make_authority(parse_hosts(["a.lan"]), organisation=organisation, now=NOW, end=last_day(NOW, 1))
    page = instructions(authority.certificate, parse_hosts(["a.lan"]), url="http://a.lan/<x>?a&b", kept=True)
    assert "&lt;b&gt;&quot;Xã&quot; &amp; $end" in page
    assert "http://a.lan/&lt;x&gt;?a&amp;b" in page


# --- the command --------------------------------------------------------------------------------------------------


def tls(folder: Path, *options: object, stdin: str = "") -> Done:
    done = run("keys", "tls", folder, *options, stdin=stdin)
    assert "PRIVATE" not in done.output
    assert WORDS not in done.output
    return done


def test_a_folder_is_made_and_only_the_servers_key_is_in_it(tmp_path: Path) -> None:
    done = tls(tmp_path / "tls", "--host", "so.lan", "--host", "192.0.2.10")
    assert done.code == DONE, done.output
    written = {path.name: path for path in (tmp_path / "tls").iterdir()}
    assert set(written) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["tls"]
    assert stat.S_IMODE(written["server.key"].stat().st_mode) == 0o600
    assert {stat.S_IMODE(written[name].stat().st_mode) for name in FILES - {"server.key"}} == {0o644}
    private = [name for name, path in written.items() if b"PRIVATE" in path.read_bytes()]
    assert private == ["server.key"]
    authority = x509.load_pem_x509_certificate(written["hall-ca.crt"].read_bytes())
    assert fingerprint(authority) in done.output
    assert written["server.crt"].read_bytes().endswith(written["hall-ca.crt"].read_bytes())
    assert "http://so.lan/hall-ca.crt" in written["huong-dan-chung-thu.html"].read_text("utf-8")


@pytest.mark.parametrize("name", sorted(FILES))
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("của người khác", "utf-8")
    done = tls(tmp_path, "--host", "so.lan")
    assert (done.code, "KEY_FILE_EXISTS" in done.output) == (REFUSED, True)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text("utf-8") == "của người khác"


def test_no_certificate_lands_among_the_sources() -> None:
    folder = ROOT / "keys" / "thu-muc-thu"
    done = tls(folder, "--host", "so.lan")
    assert (done.code, "KEY_INSIDE_REPOSITORY" in done.output) == (REFUSED, True)
    assert not folder.exists()


def test_an_authority_is_kept_when_asked_and_issues_again(tmp_path: Path) -> None:
    kept = tmp_path / "hall.authority.key"
    hosts = ("--host", "so.lan", "--host", "hom.lan")
    assert tls(tmp_path / "1", *hosts, "--keep-authority", kept, stdin=f"{WORDS}\n").code == DONE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert b"PRIVATE" not in kept.read_bytes()
    assert tls(tmp_path / "2", "--host", "hom.lan", "--authority", kept, stdin=f"{WORDS}\n").code == DONE
    assert (tmp_path / "1" / "hall-ca.crt").read_bytes() == (tmp_path / "2" / "hall-ca.crt").read_bytes()
    done = tls(tmp_path / "3", "--host", "khac.lan", "--authority", kept, stdin=f"{WORDS}\n")
    assert (done.code, "AUTHORITY_FORBIDS" in done.output) == (REFUSED, True)
    assert not (tmp_path / "3").exists()


def test_a_weak_passphrase_leaves_nothing_behind(tmp_path: Path) -> None:
    done = tls(tmp_path / "1", "--host", "so.lan", "--keep-authority", tmp_path / "k", stdin="ngắn\n")
    assert (done.code, "PASSPHRASE_TOO_SHORT" in done.output) == (REFUSED, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["ftp://a/b", "hall-ca.crt", "http://", "http://a b/", "javascript:alert(1)", "http://[x"]
)
def test_an_address_that_no_terminal_can_open_is_refused(tmp_path: Path, url: str) -> None:
    done = tls(tmp_path / "1", "--host", "so.lan", "--ca-url", url)
    assert (done.code, "BAD_HOST" in done.output) == (REFUSED, True)


def test_more_than_397_days_or_both_authorities_are_wrong_use(tmp_path: Path) -> None:
    assert tls(tmp_path / "1", "--host", "so.lan", "--days", 398).code == WRONG_USE
    assert tls(tmp_path / "1", "--host", "a.lan", "--keep-authority", "x", "--authority", "y").code == WRONG_USE


# --- the sheet as a browser prints it -----------------------------------------------------------------------------


@pytest.mark.skipif(
    shutil.which("chromium") is None or shutil.which("pdftotext") is None, reason="chromium or poppler is not installed"
)
def test_the_sheet_prints_on_two_pages_of_a4(server: Server, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    hosts = parse_hosts(("so.phong-hop.lan", "tram.phong-hop.lan", "ban.phong-hop.lan", "hom.phong-hop.lan"))
    page.write_text(
        instructions(server.authority, hosts, url="http://so.phong-hop.lan/hall-ca.crt", kept=False), "utf-8"
    )
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert text.count("\f") == 2
    first, second, _ = text.split("\f")
    assert "Chứng thư của phòng họp" in first
    assert fingerprint(server.authority).split()[0] in first
    assert "BALLOT_COMMITTEE_HOST=ban.phong-hop.lan" in second


def test_the_authority_file_is_not_a_pem_key(authority: Authority, tmp_path: Path, cheap: KdfCost) -> None:
    keep(authority, tmp_path / "a.authority.key", WORDS, cost=cheap)
    pem = authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert pem.splitlines()[1] not in (tmp_path / "a.authority.key").read_bytes()
