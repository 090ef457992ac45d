"""Settings of a process that is a site with a server of its own: its name, its host, its database, its way to the box.

Here lives reading the environment for config.py. Never here: a secret, or the address of a box, which is told when a
round is fetched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ballot.settings.databases import database
from ballot.settings.errors import BadSetting
from ballot.settings.issuers import LOOPBACK
from tally.i18n import marked as _
from tally.protocol.encoding import text
from tally.protocol.errors import Refused
from tally.protocol.site import NAME_LIMIT

_HOST = re.compile(r"[a-z0-9.-]{1,253}\Z")
_SWITCH = {"on": True, "off": False}


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What a process with the role `site` knows of itself."""

    name: str
    host: str
    url: str
    ca: Path | None
    forward: bool

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], instance: Path, scheme: str) -> SiteSettings:
        """Read the environment.

        BALLOT_SITE_NAME (as people call the site) · BALLOT_SITE_HOST · BALLOT_SITE_DB · BALLOT_SITE_CA (PEM of who
        signed the box's certificate) · BALLOT_SITE_FORWARD (on, off). Raises BadSetting.
        """
        host, ca = environ.get("BALLOT_SITE_HOST", ""), environ.get("BALLOT_SITE_CA", "")
        forward = environ.get("BALLOT_SITE_FORWARD", "on")
        if not _HOST.match(host):
            raise BadSetting("BALLOT_SITE_HOST", allowed="a…z 0…9 . -")
        if scheme == "http" and not LOOPBACK.match(host):
            # Ballots are sealed and signed, but the page that seals them must come unchanged from this site.
            raise BadSetting("BALLOT_SCHEME", allowed=_("https (http chỉ dùng trong chính máy này)"))
        if ca and not Path(ca).is_file():
            raise BadSetting("BALLOT_SITE_CA", allowed=_("đường dẫn của một tệp có sẵn"))
        if forward not in _SWITCH:
            raise BadSetting("BALLOT_SITE_FORWARD", allowed=", ".join(_SWITCH))
        return cls(
            name=_name(environ.get("BALLOT_SITE_NAME", "")),
            host=host,
            url=database(environ, "BALLOT_SITE_DB", f"sqlite:///{instance}/site.db"),
            ca=Path(ca).resolve() if ca else None,
            forward=_SWITCH[forward],
        )


def _name(setting: str) -> str:
    try:
        return text(unicodedata.normalize("NFC", setting), "BALLOT_SITE_NAME", limit=NAME_LIMIT)
    except Refused:
        raise BadSetting("BALLOT_SITE_NAME", allowed=_("tên điểm cầu, ví dụ Điểm cầu huyện A")) from None
