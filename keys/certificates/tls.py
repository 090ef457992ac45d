"""The hall's TLS: an authority that can speak for the hall's host names only, and the server certificate it signs.

Here lives what goes into both certificates. Never here: a file, a clock, or an authority for anything but these hosts.

Whoever installs an authority on a terminal lets it speak for every address on the Internet. So this one is bound to the
hall's names by critical constraints, and by default its key is let go as soon as it has signed the one certificate.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.certificates.authority import (
    BACKDATED,
    TLS,
    Authority,
    key_usage,
    life,
    organisation_of,
    self_signed,
    subject,
)
from keys.certificates.errors import AuthorityForbids, BadHost
from tally.protocol.errors import one_line

LONGEST_LIFE = timedelta(days=397)  # browsers refuse longer ones
MOST_HOSTS = 32
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_PUBLIC = re.compile(r"(?:[a-z]{2}|(?:ac|biz|co|com|edu|gov|health|info|int|mil|name|net|org|pro)(?:\.[a-z]{2})?)\Z")
"""Names under which strangers have theirs, as far as one line knows them: a permitted name covers those below it."""
_EVERY_ADDRESS = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("::/0")}
_FOR_SERVERS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
Host = x509.DNSName | x509.IPAddress


@dataclass(frozen=True, slots=True)
class Server:
    """A server's certificate and key, with the certificate of the authority that signed it."""

    certificate: x509.Certificate
    authority: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def chain_pem(self) -> bytes:
        """Return what a web server sends: its certificate, then the authority's."""
        return self.certificate.public_bytes(Encoding.PEM) + self.authority.public_bytes(Encoding.PEM)

    def key_pem(self) -> bytes:
        """Return the key as a web server reads it: not encrypted, or the server could not start by itself."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def parse_hosts(texts: Iterable[str]) -> tuple[Host, ...]:
    """Read host names (lower-case ASCII) and addresses, each once, in the order given. Raises BadHost."""
    hosts = tuple(dict.fromkeys(_parse_host(text) for text in texts))
    if not 0 < len(hosts) <= MOST_HOSTS:
        raise BadHost("--host")
    return hosts


def make_authority(hosts: Sequence[Host], *, organisation: str, now: datetime, end: datetime) -> Authority:
    """Return a new authority that can speak for these hosts until `end`, ECDSA on P-256. Raises BadSubject."""
    name = subject(common="Chứng thư gốc phòng họp", organisation=organisation)
    builder = life(x509.CertificateBuilder(), now=now, end=end)
    builder = builder.add_extension(constraints(hosts), critical=True).add_extension(_FOR_SERVERS, critical=False)
    key = ec.generate_private_key(ec.SECP256R1())
    return self_signed(builder, key=key, name=name, use=TLS, revokes=False)


def issue_server(authority: Authority, hosts: Sequence[Host], *, now: datetime, end: datetime) -> Server:
    """Return a server certificate for these hosts. Raises AuthorityForbids for a host or day beyond the authority's."""
    allowed = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    for host in hosts:
        if _constraint(host) not in (allowed.permitted_subtrees or []):
            raise AuthorityForbids(spell(host))
    if end > authority.end or now > authority.end:
        raise AuthorityForbids(f"{authority.end:%Y-%m-%d}")
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    name = subject(common="Máy chủ phòng họp", organisation=organisation_of(authority.certificate))
    builder = (
        life(x509.CertificateBuilder(), now=now, end=end)
        .subject_name(name)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(digital_signature=True), critical=True)
        .add_extension(_FOR_SERVERS, critical=False)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return Server(authority.sign(builder), authority.certificate, key)


def last_day(now: datetime, days: int) -> datetime:
    """Return the end of a life of `days` from now, never more than 397 days after its backdated beginning."""
    start = now.astimezone(UTC).replace(microsecond=0)
    return min(start + timedelta(days=days), start - BACKDATED + LONGEST_LIFE)


def constraints(hosts: Sequence[Host]) -> x509.NameConstraints:
    """Permit these hosts and exclude every form of address that none of them has.

    A constraint on names says nothing about addresses, and the other way round: what is not mentioned is permitted.
    Source: RFC 5280, 4.2.1.10. A permitted name covers the names below it too; X.509 knows nothing narrower.
    """
    addresses = [host.value for host in hosts if isinstance(host, x509.IPAddress)]
    versions = {address.version for address in addresses}
    excluded: list[x509.GeneralName] = [x509.IPAddress(net) for v, net in _EVERY_ADDRESS.items() if v not in versions]
    if len(addresses) == len(hosts):
        excluded.append(x509.DNSName(""))
    return x509.NameConstraints([_constraint(host) for host in hosts], excluded or None)


def spell(host: Host) -> str:
    """Return a host as it is typed into an address bar."""
    return str(host.value)


def _constraint(host: Host) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_network(host.value)) if isinstance(host, x509.IPAddress) else host


def _parse_host(text: str) -> Host:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        labels = text.split(".")
        if len(text) > 253 or not all(map(_LABEL.match, labels)) or labels[-1].isdigit() or _PUBLIC.match(text):
            raise BadHost(one_line(text)) from None
        return x509.DNSName(text)
    if address.is_unspecified or address.is_multicast or getattr(address, "scope_id", None):
        raise BadHost(text)
    return x509.IPAddress(address)
