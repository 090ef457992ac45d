"""The server under load: the real application in processes of its own, and what they take of the machine.

Here lives start, stop and looking at /proc. Never here: anything of a ballot.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ballot.serving import CONNECTIONS, THREADS

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def free_port() -> int:
    """Return a port of loopback that nobody has now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """A box that serves on a port; `settings` are BALLOT_* variables."""

    process: subprocess.Popen[bytes]
    port: int

    @classmethod
    def start(cls, instance: Path, log: Path, **settings: str) -> Server:
        """Start `waitress-serve wsgi:app` as README says, with the box alone; return once it answers."""
        port = free_port()
        own = {"BALLOT_INSTANCE": str(instance), "BALLOT_ROLES": "box", "BALLOT_PORT": str(port)}
        serve = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", f"--threads={THREADS}"]
        serve += [f"--connection-limit={CONNECTIONS}", "wsgi:app"]
        with log.open("ab") as out:
            process = subprocess.Popen(
                serve, cwd=ROOT, env=os.environ | own | settings, stdout=out, stderr=out, start_new_session=True
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            with closing(socket.socket()) as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    return cls(process, port)
            time.sleep(0.1)
        raise AssertionError(log.read_text("utf-8"))

    def memory(self) -> int:
        """Return the resident memory of the server in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def seconds(self) -> float:
        """Return how much time of a core the server has used."""
        return seconds_of(self.process.pid)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


def seconds_of(pid: int, *, children: bool = False) -> float:
    """Return how much time of a core a process has used; with `children` also those it has, and those it had."""
    fields = _stat(Path(f"/proc/{pid}/stat"))
    used = sum(int(field) for field in fields[11 : 15 if children else 13]) / os.sysconf("SC_CLK_TCK")
    if not children:
        return used
    own = [path for path in Path("/proc").glob("[0-9]*/stat") if _stat(path)[1:2] == [str(pid)]]
    return used + sum(seconds_of(int(path.parent.name)) for path in own)


def _stat(path: Path) -> list[str]:
    """Return the fields after the name; nothing where the process has just ended."""
    try:
        return path.read_text("ascii").rpartition(") ")[2].split()
    except OSError:
        return []
