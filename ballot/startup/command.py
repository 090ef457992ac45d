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
from ballot.startup import State
from ballot.startup.errors import NotFitToServe
from tally.i18n import marked as _
from tally.i18n import translate
from tally.screen import Screen

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MARKS = {State.GOOD: "✓", State.DOUBTFUL: "!", State.REFUSED: "✗"}


@click.command("check", help=_("Kiểm tra máy này trước khi phục vụ thật; mỗi điều một dòng."))
@click.option("--env", "file", type=FILE, help=_("Đọc các biến BALLOT_* từ tệp môi trường này (như systemd)."))
@click.option("--proxy", multiple=True, type=FILE, help=_("Tệp cấu hình nginx cần xem; lặp lại."))
def check(file: Path | None, proxy: tuple[Path, ...]) -> None:
    """Print every check; exit with a refusal if one of them refuses."""
    environ = {**os.environ, **(variables(file.read_text("utf-8")) if file else {})}
    place = startup.here(Config.from_environ(environ), environ, proxy=proxy)
    found, screen = startup.findings(place), Screen()
    for one in found:
        line = f"{MARKS[one.state]} {translate(one.about)}"
        screen.say(f"{line}: {one.error} [{one.code}]" if one.error else line)
    refused = dict.fromkeys(one.code for one in found if one.state is State.REFUSED)
    if refused:
        raise NotFitToServe(codes=", ".join(refused))
    screen.say(translate(_("Máy này đủ điều kiện phục vụ thật.")))


def variables(text: str) -> Mapping[str, str]:
    """Read a file of `NAME=value` lines as systemd does, quotes around a whole value taken off."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith(("#", ";")))
    return {name.strip(): value.strip().strip('"') for name, _equals, value in pairs}
