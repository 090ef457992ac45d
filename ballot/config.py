"""Settings: read once from the environment, frozen, complete. Here lives every name that begins with BALLOT_.

Never here: a secret with a default, or a setting that is looked up later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tally.i18n import marked as _
from tally.protocol.errors import TallyError

ROLES = ("board",)


class BadSetting(TallyError):
    """An environment variable that cannot be understood; the application does not start."""

    code = "BAD_SETTING"
    text = _("Giá trị không hợp lệ; được phép: {allowed}.")


@dataclass(frozen=True, slots=True)
class Config:
    """What a process is: which parts it serves, where its files are, to which host names it answers."""

    roles: frozenset[str]
    instance: Path
    hosts: tuple[str, ...]

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Config:
        """Read BALLOT_ROLES, BALLOT_INSTANCE and BALLOT_HOSTS (comma separated). Raises BadSetting."""
        roles = frozenset(environ.get("BALLOT_ROLES", ",".join(ROLES)).split(","))
        if not roles or not roles <= set(ROLES):
            raise BadSetting("BALLOT_ROLES", allowed=", ".join(ROLES))
        hosts = tuple(host for host in environ.get("BALLOT_HOSTS", "127.0.0.1,localhost").split(",") if host)
        if not hosts or any("*" in host or "/" in host for host in hosts):
            raise BadSetting("BALLOT_HOSTS", allowed="127.0.0.1,localhost")
        return cls(roles, Path(environ.get("BALLOT_INSTANCE", "instance")).resolve(), hosts)
