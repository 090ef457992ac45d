"""What a machine that people stand at must be: no memory on a disk, no slips in a printer, a browser under our policy.

Here live checks of a terminal or a station, which has no database. Never here: a file that is written.

    ballot check --terminal https://hom.lan
    ballot check --station https://tram.lan --station https://so.lan
"""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ballot.deployment.kiosk import CHROME, CHROMIUM, FIREFOX, Kind, Kiosk, policies
from ballot.startup.errors import CoreDumpsOn
from ballot.startup.terminal_errors import (
    CoreHandlerOn,
    PolicyDiffers,
    PolicyMissing,
    PrinterKeepsJobs,
    TerminalSwapOn,
)

COREDUMP = "systemd-coredump"
SETTINGS = tuple(f"{root}/systemd/coredump.conf" for root in ("usr/lib", "usr/local/lib", "run", "etc"))
NOTHING_KEPT = {"no", "off", "false", "0"}
HANDLED_BY_NOBODY = {"false", "true"}
_STORAGE = re.compile(r"^\s*Storage\s*=\s*(\S+)\s*$", re.M)


@dataclass(frozen=True, slots=True)
class Post:
    """A terminal or station: what its browser may show, and where its own files begin."""

    kiosk: Kiosk
    root: Path = Path("/")


def check_no_swap(post: Post) -> None:
    """Refuse memory on a disk; compressed memory (zram) is none. Raises TerminalSwapOn."""
    listed = post.root / "proc/swaps"
    for line in listed.read_text("utf-8").splitlines()[1:] if listed.is_file() else ():
        if not line.startswith("/dev/zram"):
            raise TerminalSwapOn(place=line.split()[0])


def check_no_core_dumps(post: Post) -> None:
    """Refuse a browser whose memory a crash would leave behind, in a file or with a program that asks for no limit.

    Raises CoreDumpsOn, CoreHandlerOn. Source: core(5), "Piping core dumps to a program".
    """
    pattern = post.root / "proc/sys/kernel/core_pattern"
    told = pattern.read_text("utf-8").strip() if pattern.is_file() else ""
    if told.startswith("|"):
        handler = Path(told[1:].split(" ")[0]).name
        kept = handler not in HANDLED_BY_NOBODY and (handler != COREDUMP or _storage(post.root) != "none")
        if kept:
            raise CoreHandlerOn(handler=handler)
    elif resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        raise CoreDumpsOn


def _storage(root: Path) -> str:
    """Return where systemd-coredump keeps what it is given, by the last of its files that says so.

    The main file is that of the highest folder; those beside it are read after it, in the order of their names alone,
    one in a higher folder instead of one of the same name. Source: coredump.conf(5).
    """
    main = [root / name for name in SETTINGS if (root / name).is_file()][-1:]
    beside = {path.name: path for name in SETTINGS for path in (root / f"{name}.d").glob("*.conf")}
    texts = [path.read_text("utf-8") for path in (*main, *(beside[name] for name in sorted(beside)))]
    return ["external", *(word for text in texts for word in _STORAGE.findall(text))][-1]


def check_no_print_jobs(post: Post) -> None:
    """Refuse a print service that keeps jobs, whose files are slips. Raises PrinterKeepsJobs. Source: threats B17."""
    settings = post.root / "etc/cups/cupsd.conf"
    if not settings.is_file() and not (post.root / "usr/sbin/cupsd").is_file():
        return
    told = dict(_directives(settings.read_text("utf-8"))) if settings.is_file() else {}
    for name in ("PreserveJobHistory", "PreserveJobFiles"):  # both are on where the file does not say so
        if told.get(name.lower(), "yes").lower() not in NOTHING_KEPT:
            raise PrinterKeepsJobs(place=f"{name} No")
    if told.get("pagelogformat"):
        raise PrinterKeepsJobs(place="PageLogFormat")


def _directives(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of every line outside of a section; the last of a name holds."""
    depth = 0
    for line in (line.strip() for line in text.splitlines()):
        depth += line.startswith("<") and not line.startswith("</")
        depth -= line.startswith("</")
        if line and not depth and not line.startswith(("#", "<")):
            name, *value = line.split(None, 1)  # by a tab as well
            yield name.lower(), "".join(value)


def check_policy(post: Post) -> None:
    """Refuse a browser without our policy, or with another beside it. Raises PolicyMissing, PolicyDiffers.

    A browser joins all files of its folder, so one beside ours could undo it. What our unit starts on a terminal is
    Chromium, so another browser's policy is not enough there. Source: threats 6.
    """
    ours = policies(post.kiosk)
    ours[CHROME] = ours[CHROMIUM]
    found = [(path, name) for name in ours for path in _beside(post.root / name)]
    for path, name in found:
        if path != post.root / name or path.read_bytes() != ours[name]:
            raise PolicyDiffers(file=f"/{path.relative_to(post.root)}")
    browsers = (CHROMIUM, CHROME) if post.kiosk.kind is Kind.TERMINAL else (CHROMIUM, FIREFOX, CHROME)
    if not any(name in browsers for _path, name in found):
        raise PolicyMissing(file=f"/{CHROMIUM}", other=f"/{browsers[1]}")


def _beside(path: Path) -> list[Path]:
    """Return the files that a browser reads where a policy lies."""
    return sorted(each for each in path.parent.glob("*") if each.is_file())
