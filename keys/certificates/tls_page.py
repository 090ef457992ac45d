"""The sheet of paper that goes with the hall's certificates: fingerprint, QR, how to install, how to serve.

Here lives what is filled into `pages/hall_tls.html`, which is Vietnamese and English in one and needs no other file.
Never here: a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

import segno
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from keys.certificates.authority import organisation_of
from keys.certificates.tls import Host, spell

SETTINGS = ("BALLOT_REGISTRY_HOST", "BALLOT_STATION_HOST", "BALLOT_COMMITTEE_HOST", "BALLOT_BOX_HOST")
"""What the first four hosts are for, in the one order that `ballot deploy` writes and the settings are listed in."""
LET_GO = (
    "Khóa của chứng thư gốc không được lưu ở đâu: không ai cấp thêm được chứng thư nào, kể cả người đã tạo ra nó.",
    "The authority's key was never written: nobody can issue another certificate under it.",
)
KEPT = (
    "Khóa của chứng thư gốc được giữ trong tệp có mật khẩu: ai mở được tệp thì có thể cấp thêm cho các tên này.",
    "The authority's key is kept in an encrypted file: whoever opens it can issue more certificates for these hosts.",
)
NGINX = Template("""\
server {
    listen 443 ssl;
    server_name $names;
    ssl_certificate     /etc/nginx/hall/server.crt;
    ssl_certificate_key /etc/nginx/hall/server.key;
    ssl_protocols TLSv1.3;
    access_log off;   # times and addresses would link voters to ballots
    error_log /dev/null crit;
    client_max_body_size 16m;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $$host;
    }
}
server {              # the one thing that is fetched before there is trust
    listen 80;
    server_name $names;
    access_log off;
    error_log /dev/null crit;
    location = /hall-ca.crt {
        root /etc/nginx/hall;
        types { }
        default_type application/x-x509-ca-cert;
    }
    location / { return 301 https://$$host$$request_uri; }
}""")
GUNICORN = """\
gunicorn --bind 0.0.0.0:443 --certfile server.crt --keyfile server.key \\
    --workers 1 --threads 64 wsgi:app"""


def instructions(authority: x509.Certificate, hosts: Sequence[Host], *, url: str, kept: bool) -> str:
    """Return the page, one HTML file that prints on A4 and fetches nothing."""
    names = [spell(host) for host in hosts]
    vietnamese, english = KEPT if kept else LET_GO
    values = {
        "organisation": organisation_of(authority),
        "start": f"{authority.not_valid_before_utc:%d/%m/%Y %H:%M}",
        "end": f"{authority.not_valid_after_utc:%d/%m/%Y %H:%M}",
        "url": url,
        "first": f"https://{_in_address(names[0])}/",
        "settings": _settings(names),
        "nginx": NGINX.substitute(names="\n                ".join(map(_in_address, names))),
        "gunicorn": GUNICORN,
        "kept": vietnamese,
        "kept_en": english,
    }
    groups = "".join(f"<span>{group}</span>" for group in fingerprint(authority).split())
    whole_names = ", ".join(f'<span class="host">{name}</span>' for name in names)
    marked = {"fingerprint": groups, "qr": _qr(url), "hosts": whole_names}
    inserted = {name: escape(value) for name, value in values.items()} | marked
    page = (files("keys.certificates") / "pages" / "hall_tls.html").read_text("utf-8")
    return Template(page).substitute(inserted)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as people compare it: sixteen groups of four, upper case."""
    digits = certificate.fingerprint(SHA256()).hex().upper()
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _settings(names: Sequence[str]) -> str:
    """Give the first four hosts to the application's four parts; a missing one is left to be filled in."""
    chosen = [*names, *["…"] * len(SETTINGS)][: len(SETTINGS)]
    lines = [f"{setting}={name}" for setting, name in zip(SETTINGS, chosen, strict=True)]
    return "\n".join([*lines, "BALLOT_SCHEME=https", "BALLOT_PORT=443"])


def _in_address(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _qr(url: str) -> str:
    return segno.make(url, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True)
