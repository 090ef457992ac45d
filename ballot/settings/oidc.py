"""Settings about an identity provider (OpenID Connect): none by default.

Here lives reading the environment for config.py. Never here: the client's secret; it is in a file that only its owner
reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ballot.settings.errors import BadSetting
from ballot.settings.issuers import LOOPBACK
from tally.i18n import marked as _

NAMES = ("BALLOT_OIDC_ISSUER", "BALLOT_OIDC_CLIENT_ID", "BALLOT_OIDC_SECRET_FILE")


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The provider's address, who we are there, the file (mode 0600) with our secret, a PEM file of a CA of its own."""

    issuer: str
    client_id: str
    secret_file: Path
    ca: Path | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> OidcSettings | None:
        """Read BALLOT_OIDC_ISSUER, _CLIENT_ID, _SECRET_FILE, _CA; return nothing where no provider is named.

        Raises BadSetting.
        """
        issuer, client_id, secret_file = (environ.get(name, "") for name in NAMES)
        if not issuer and not client_id and not secret_file:
            return None
        if not is_safe(issuer) or "?" in issuer or "#" in issuer:
            raise BadSetting(NAMES[0], allowed="https://…")
        if not client_id.isprintable() or not 0 < len(client_id) <= 200:
            raise BadSetting(NAMES[1], allowed=", ".join(NAMES))
        path = Path(secret_file)
        if not secret_file or not path.is_file() or path.stat().st_mode & 0o077:
            raise BadSetting(NAMES[2], allowed=_("đường dẫn của một tệp có sẵn, quyền 0600"))
        ca = environ.get("BALLOT_OIDC_CA", "")
        if ca and not Path(ca).is_file():
            raise BadSetting("BALLOT_OIDC_CA", allowed=_("đường dẫn của một tệp có sẵn"))
        return cls(issuer, client_id, path.resolve(), Path(ca).resolve() if ca else None)


def is_safe(url: str) -> bool:
    """Say whether what goes to this address is read by nobody on the way: TLS, or this machine itself."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and LOOPBACK.match(parts.hostname) is not None)
