"""The second copy of the box in a deployment: where it may be, and what the units must open to reach exactly that.

Here lives reading its address. Never here: a password, for environments are read by whoever may read /etc.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ballot.deployment.errors import BadLayout
from tally.i18n import marked as _

_PLAIN = re.compile(r"[A-Za-z0-9._/:@+?=&%\[\]-]+\Z")
_FILE = re.compile(r"(/[A-Za-z0-9._-]+){3,}\Z")
HIDDEN = ("/home", "/root", "/run", "/tmp", "/var/tmp", "/dev", "/proc", "/sys", "/var/lib")  # noqa: S108 - refused
"""Where no copy lies: what a unit is shown as another folder or as none, and the disk of the box itself."""

COPIES = _(
    "sqlite:////đĩa/thư-mục/tệp.db trên đĩa khác, hoặc postgresql+psycopg://tài-khoản@địa-chỉ-IP/tên không kèm mật khẩu"
)


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """A second copy: a SQLite file on another disk, or a database of the server at an address, empty for a socket."""

    url: str
    file: Path | None
    address: str

    @classmethod
    def parse(cls, url: str) -> CopyPlace:
        """Read `sqlite:////disk/folder/file.db` or `postgresql+psycopg://user@address/name`. Raises BadLayout."""
        try:
            parts = make_url(url)
        except (ArgumentError, ValueError):
            raise BadLayout("--copy", value=url, allowed=COPIES) from None
        kind = parts.get_backend_name() if _PLAIN.match(url) else ""
        if kind == "sqlite":
            return cls(url, _file(parts), "")
        if kind != "postgresql" or parts.password is not None or not parts.database or not parts.username:
            raise BadLayout("--copy", value=parts.render_as_string(hide_password=True), allowed=COPIES)
        return cls(url, None, _address(parts))


def _file(parts: URL) -> Path:
    """Return the file of a copy, two folders deep: one inside the disk is not there while the disk is not mounted."""
    text = parts.database or ""
    inside = any(f"{text}/".startswith(f"{folder}/") for folder in HIDDEN)
    if not _FILE.match(text) or ".." in text or inside or parts.query:
        raise BadLayout("--copy", value=text, allowed=COPIES)
    return Path(text)


def _address(parts: URL) -> str:
    """Return the address that the service manager lets through: it knows no names, and a socket needs none."""
    host = parts.host or ""
    if not host and str(parts.query.get("host", "")).startswith("/"):
        return ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        raise BadLayout("--copy", value=host, allowed=COPIES) from None
