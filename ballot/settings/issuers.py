"""Settings about issuers: who they are and where, and for a process that is one, its name, database and token.

Here lives reading the environment for config.py. Never here: a secret; those are in files that only their owner reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ballot.settings.databases import database
from ballot.settings.errors import BadSetting
from tally.i18n import marked as _
from tally.protocol.manifest import MAX_ISSUERS

DEFAULT_ISSUERS = ("ban-to-chuc", "ban-kiem-phieu")
LOOPBACK = re.compile(r"(localhost|127(\.[0-9]{1,3}){3})\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?\Z")
_TOKEN = ("BALLOT_PKCS11_MODULE", "BALLOT_PKCS11_TOKEN", "BALLOT_PKCS11_PIN_FILE")


@dataclass(frozen=True, slots=True)
class Placed:
    """An issuer and where it is: the origin of its process, or empty for one inside the registry's."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Where a PKCS#11 token is: the vendor's library, the token's label, the file with its PIN."""

    module: Path
    label: str
    pin_file: Path


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """What the registry knows of its issuers, and what a process with the role `issuer` knows of itself."""

    issuers: tuple[Placed, ...]
    ca: Path | None
    name: str
    host: str
    url: str
    token: TokenSettings | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], instance: Path) -> IssuerSettings:
        """Read the environment.

        BALLOT_ISSUERS (name, or name=https://host:port, by commas) · BALLOT_ISSUER_CA (PEM) · BALLOT_ISSUER_NAME ·
        BALLOT_ISSUER_HOST · BALLOT_ISSUER_DB · BALLOT_PKCS11_MODULE, _TOKEN, _PIN_FILE. Raises BadSetting.
        """
        ca, name = environ.get("BALLOT_ISSUER_CA", ""), environ.get("BALLOT_ISSUER_NAME", "")
        if name and not _NAME.match(name):
            raise BadSetting("BALLOT_ISSUER_NAME", allowed="a…z 0…9 -")
        return cls(
            issuers=_issuers(environ.get("BALLOT_ISSUERS", ",".join(DEFAULT_ISSUERS))),
            ca=_file("BALLOT_ISSUER_CA", ca) if ca else None,
            name=name,
            host=environ.get("BALLOT_ISSUER_HOST", "127.0.0.1"),
            url=database(environ, "BALLOT_ISSUER_DB", f"sqlite:///{instance}/issuer.db"),
            token=_token(environ),
        )


def _issuers(setting: str) -> tuple[Placed, ...]:
    placed = []
    for entry in setting.split(","):
        name, _equals, url = entry.strip().partition("=")
        # In the clear only inside one machine: what a registry asks with a secret, nobody on the wire may read.
        plain = url.startswith("http://") and not LOOPBACK.match(urlsplit(url).hostname or "")
        if not _NAME.match(name) or (url and not _ORIGIN.match(url)) or plain:
            raise BadSetting("BALLOT_ISSUERS", allowed="ten, ten=https://host:port")
        placed.append(Placed(name, url))
    if not len({issuer.name for issuer in placed}) == len(placed) <= MAX_ISSUERS:
        raise BadSetting("BALLOT_ISSUERS", allowed=f"1…{MAX_ISSUERS} ≠")
    return tuple(placed)


def _token(environ: Mapping[str, str]) -> TokenSettings | None:
    module, label, pin_file = (environ.get(name, "") for name in _TOKEN)
    if not module and not label and not pin_file:
        return None
    if not label:
        raise BadSetting(_TOKEN[1], allowed=", ".join(_TOKEN))
    return TokenSettings(_file(_TOKEN[0], module), label, _file(_TOKEN[2], pin_file))


def _file(name: str, setting: str) -> Path:
    if not setting or not Path(setting).is_file():
        raise BadSetting(name, allowed=_("đường dẫn của một tệp có sẵn"))
    return Path(setting).resolve()
