"""What a deployment is: its hosts, its issuers, its kind of database, and where programs and certificates lie.

Here live these choices and their refusals. Never here: a text that is written (writing.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ballot.config import HOSTS
from ballot.deployment.copying import CopyPlace
from ballot.deployment.errors import BadLayout
from tally.i18n import marked as _

SQLITE, POSTGRESQL = "sqlite", "postgresql"
PARTS = ("registry", "station", "committee", "box")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_PATH = re.compile(r"/[A-Za-z0-9._/-]*\Z")

MOST_ISSUERS = 3
PLAIN_HOSTS = _(
    "một tên máy, không có https:// và không có cổng: chữ thường không dấu, số, chấm, gạch nối, ví dụ so.lan"
)
OWN_HOSTS = _("tên máy riêng cho mỗi phần; tên này đã dùng cho phần khác")
REACHED_HOSTS = _("tên mà các máy khác trong mạng gọi được, không phải tên máy này tự gọi mình")
NAMES = _("tên riêng cho mỗi bên cấp phiếu: chữ thường không dấu, số, gạch nối, ví dụ ban-to-chuc=cap1.lan")
PATHS = _("đường dẫn bắt đầu bằng /, không có dấu cách hay chữ có dấu")


@dataclass(frozen=True, slots=True)
class Machine:
    """One part with a process, a user and a port of its own."""

    name: str
    what: str
    port: int
    hosts: tuple[str, ...]
    most: str = "16m"

    @property
    def user(self) -> str:
        """The account that the process runs as, and the name of its unit."""
        return f"ptn-{self.name}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole deployment; `issuers` are pairs of name and host, none for issuers inside the registry's process.

    `copy` is where the second copy of the box is, if there is one.
    """

    hosts: dict[str, str]
    issuers: tuple[tuple[str, str], ...] = ()
    database: str = SQLITE
    venv: Path = Path("/opt/ptn/venv")
    tls: Path = Path("/etc/ptn/tls")
    https: int = 443
    http: int = 80
    copy: CopyPlace | None = None

    @property
    def bin(self) -> Path:
        """Where the commands are."""
        return self.venv / "bin"

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The processes: registry with station and committee, box, issuers."""
        registry = Machine("registry", _("Sổ cử tri, trạm in thẻ, ban kiểm phiếu"), 8001, self._of(*PARTS[:3]))
        box = Machine("box", _("Hòm phiếu, phòng phiếu, bảng công khai"), 8002, self._of("box"))
        issuers = (
            Machine(f"issuer-{name}", _("Bên cấp phiếu"), 8011 + number, (host,), "512m")
            for number, (name, host) in enumerate(self.issuers)
        )
        return (registry, box, *issuers)

    def _of(self, *parts: str) -> tuple[str, ...]:
        return tuple(self.hosts[part] for part in parts)

    @property
    def shares(self) -> bool:
        """Whether registry and box write one file, so that a group of both must be able to."""
        return self.database == SQLITE or bool(self.copy and self.copy.file)

    def check(self) -> None:
        """Refuse what no browser, unit or proxy could tell apart. Raises BadLayout."""
        self._check_hosts()
        for name, _host in self.issuers:
            if not _NAME.match(name) or [n for n, _ in self.issuers].count(name) > 1:
                raise BadLayout("--issuer", value=name, allowed=NAMES)
        if len(self.issuers) > MOST_ISSUERS:
            raise BadLayout("--issuer", value=len(self.issuers), allowed=_("nhiều nhất 3 bên cấp phiếu"))
        for option, path in (("--venv", self.venv), ("--tls", self.tls)):
            if not _PATH.match(str(path)):
                raise BadLayout(option, value=path, allowed=PATHS)

    def _check_hosts(self) -> None:
        named = [(f"--{part}", self.hosts[part]) for part in PARTS]
        named += [("--issuer", host) for _name, host in self.issuers]
        hosts = [host for _option, host in named]
        for option, host in named:
            if not _HOST.match(host):
                raise BadLayout(option, value=host, allowed=PLAIN_HOSTS)
            if hosts.count(host) > 1:
                raise BadLayout(option, value=host, allowed=OWN_HOSTS)
            if host in HOSTS.values():
                raise BadLayout(option, value=host, allowed=REACHED_HOSTS)
