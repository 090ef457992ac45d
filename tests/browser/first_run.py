"""A new machine as whoever sets it up finds it: nothing in the folder, two commands, and the application is served.

Here lives the running of those commands. Never here: an account that was made by anything but a command or a page.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ballot.config import Config
from tests.commands import DONE, ROOT, run

COMMANDS = 'ballot organisation add "{title}" --admin {login}\nballot serve\n'
ONE_TIME = re.compile(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b")


@dataclass(frozen=True)
class Machine:
    """A served application, what had to be typed for it, and its administrator's one-time password."""

    config: Config
    typed: int
    password: str
    log: Path

    def faults(self) -> list[str]:
        """Return the lines of the server's own output that tell of an error."""
        return [line for line in self.log.read_text("utf-8").splitlines() if re.search("Traceback|ERROR", line)]


@contextmanager
def served(folder: Path, *, title: str, login: str) -> Iterator[Machine]:
    """Found an organisation and serve it, by the commands, until the block ends."""
    settings = {"BALLOT_INSTANCE": str(folder / "instance"), "BALLOT_PORT": str(_free_port())}
    done = run("ballot", "organisation", "add", title, "--admin", login, **settings)
    shown = ONE_TIME.search(done.output)
    assert done.code == DONE and shown, done.output
    log = folder / "serve.log"
    with log.open("w", encoding="utf-8") as out, _serving(settings, out):
        typed = len(COMMANDS.format(title=title, login=login))
        yield Machine(Config.from_environ(settings), typed, shown[0], log)


@contextmanager
def _serving(settings: dict[str, str], log: object) -> Iterator[None]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BALLOT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ballot", "serve"], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
        encoding="utf-8", env=environ | {"PTN_LANG": "vi", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"} | settings,
    )  # fmt: skip
    assert process.stdout
    try:
        said = [process.stdout.readline() for _ in range(5)]  # the sockets listen before the first line is said
        assert f":{settings['BALLOT_PORT']}/dang-nhap" in said[0], said
        yield
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
