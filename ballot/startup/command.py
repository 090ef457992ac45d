"""`ballot check`: the start-up checks as a list, whether this machine serves in earnest or not.

Here live arguments and what is shown. Never here: a check.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from ballot import startup
from ballot.config import Config
from ballot.deployment.kiosk import Kind, Kiosk
from ballot.startup import Finding, State
from ballot.startup.errors import ChecksRefused
from ballot.startup.terminals import Post
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MARKS = {State.GOOD: "✓", State.DOUBTFUL: "!", State.REFUSED: "✗"}


@click.command("check", help=_("Kiểm tra máy này trước khi phục vụ thật; mỗi điều một dòng."))
@click.option("--env", "file", type=FILE, help=_("Đọc các biến BALLOT_* từ tệp môi trường này (như systemd)."))
@click.option("--proxy", multiple=True, type=FILE, help=_("Tệp cấu hình nginx cần xem; lặp lại."))
@click.option("--terminal", multiple=True, metavar="ADDRESS", help=_("Đây là máy bỏ phiếu, chỉ mở địa chỉ này."))
@click.option(
    "--station", multiple=True, metavar="ADDRESS", help=_("Đây là máy in thẻ, chỉ mở các địa chỉ này; lặp lại.")
)
def check(file: Path | None, proxy: tuple[Path, ...], terminal: tuple[str, ...], station: tuple[str, ...]) -> None:
    """Print every check; exit with a refusal if one of them refuses."""
    if bool(terminal) + bool(station) + bool(file or proxy) > 1:
        raise click.UsageError("--env, --proxy | --terminal | --station")
    if terminal or station:
        kiosk = Kiosk(Kind.TERMINAL, terminal) if terminal else Kiosk(Kind.STATION, station)
        _tell(startup.findings_at(Post(kiosk)), _("Máy này đủ điều kiện để dùng trong hội trường."))
        return
    environ = {**os.environ, **(variables(file.read_text("utf-8")) if file else {})}
    place = startup.here(Config.from_environ(environ), environ, proxy=proxy)
    _tell(startup.findings(place), _("Máy này đủ điều kiện phục vụ thật."))


def _tell(found: list[Finding], good: str) -> None:
    screen = Screen()
    for one in found:
        line = f"{MARKS[one.state]} {translate(one.about)}"
        screen.say(f"{line}: {one.error} [{one.code}]" if one.error else line)
    refused = dict.fromkeys(one.code for one in found if one.state is State.REFUSED)
    if refused:
        raise ChecksRefused(codes=", ".join(refused))
    screen.say(translate(good))


def variables(text: str) -> Mapping[str, str]:
    """Read a file of `NAME=value` lines as systemd does, quotes around a whole value taken off."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith(("#", ";")))
    return {name.strip(): value.strip().strip('"') for name, _equals, value in pairs}
