"""Hosts in network namespaces, joined by three bridges, with the users and files that `ballot deploy` writes for them.

Here live the cables, the hosts and how a program is started on one. Never here: an expectation; that is in the test.

    booth   the box, terminals, witnesses             10.77.1.0/24
    office  the registry, the box, the desk           10.77.2.0/24
    back    registry, box, issuers, the databases     10.77.3.0/24

Root makes them; every program of ours then runs as an ordinary user of its host. A namespace sees the files of the
whole machine, so what a host may not read is kept from it by owner and mode, as between two users of one machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
NETWORKS = {"booth": "10.77.1", "office": "10.77.2", "back": "10.77.3"}
PATIENCE = 60
ENTER = """set -e
mount --bind "$PTN_HOSTS" /etc/hosts
if [ -n "$PTN_CLOSED" ]; then
    mkdir -p "$PTN_WAY"; mount --bind "$PTN_PYTHON" "$PTN_WAY"
    mount -t tmpfs -o mode=755 tmpfs "$PTN_CLOSED"; mkdir -p "$PTN_PYTHON"; mount --bind "$PTN_WAY" "$PTN_PYTHON"
fi
ulimit -c 0
exec setpriv --reuid="$PTN_USER" --regid="$PTN_USER" --clear-groups --pdeathsig=KILL -- "$@"
"""
"""On its host a program finds names in a file of its own, and Python even where it lies in root's home."""


def missing() -> str:
    """Say what this machine lacks for namespaces; nothing where all is there."""
    if sys.platform != "linux" or os.getuid() != 0:
        return "network namespaces need Linux and root: sudo"
    for program, package in (("ip", "iproute2"), ("setpriv", "util-linux"), ("nginx", "nginx-light")):
        if shutil.which(program) is None:
            return f"{program} is missing: apt-get install {package}"
    made = subprocess.run(["ip", "netns", "add", f"ptn-try-{os.getpid()}"], capture_output=True, check=False)
    if made.returncode:
        return "this machine lets nobody make network namespaces (a container needs CAP_SYS_ADMIN)"
    subprocess.run(["ip", "netns", "del", f"ptn-try-{os.getpid()}"], check=True)
    return ""


@dataclass
class Host:
    """One host: its namespace, its user, its addresses by network, what it calls the others, where its files are."""

    world: World
    name: str
    user: int
    places: Mapping[str, int]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        return f"ptn{os.getpid()}-{self.name}"

    @property
    def folder(self) -> Path:
        """What this host's user alone reads."""
        return self.world.folder / self.name

    @property
    def log(self) -> Path:
        return self.world.folder / f"{self.name}.log"

    def address(self, network: str) -> str:
        return f"{NETWORKS[network]}.{self.places[network]}"

    def command(self, *words: object, user: int | None = None) -> list[str]:
        """Return a command as it is run on this host."""
        base, closed = Path(sys.base_prefix), ""
        for above in reversed(base.parents):
            if above != Path("/") and not above.stat().st_mode & 0o001:
                closed = str(above)
                break
        told = {
            "PTN_HOSTS": self.world.folder / f"hosts-{self.name}", "PTN_USER": self.user if user is None else user,
            "PTN_CLOSED": closed, "PTN_PYTHON": base, "PTN_WAY": self.world.folder / "python",
        }  # fmt: skip
        environ = [f"{name}={value}" for name, value in told.items()]
        return ["ip", "netns", "exec", self.namespace, "env", *environ, "sh", "-c", ENTER, "sh", *map(str, words)]

    def environ(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "PTN_LANG") if name in os.environ}
        own = {"HOME": str(self.folder), "TMPDIR": str(self.folder), "MPLCONFIGDIR": str(self.folder)}
        return (
            kept | own | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"} | dict(settings)
        )

    def run(self, *words: object, stdin: str = "", **settings: str) -> str:
        """Run a program here to its end and return what it printed."""
        done = subprocess.run(
            self.command(*words), input=stdin, capture_output=True, text=True, check=False, cwd=self.world.folder,
            env=self.environ(settings), timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{self.name}: {words}\n{done.stdout}{done.stderr}\n{self.world.logs()}"
        return done.stdout

    def start(self, *words: object, user: int | None = None, **settings: str) -> subprocess.Popen[bytes]:
        """Start a program here that goes on."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command(*words, user=user), stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self.world.folder,
                env=self.environ(settings), start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def reaches(self, *places: tuple[str, int]) -> set[tuple[str, int]]:
        """Say which of these addresses and ports answer from here."""
        asked = "import socket,sys\nfor place in sys.argv[1:]:\n  host, port = place.rsplit(':', 1)\n"
        asked += "  s = socket.socket(); s.settimeout(3)\n  if not s.connect_ex((host, int(port))): print(place)\n"
        found = self.run(sys.executable, "-I", "-c", asked, *(f"{host}:{port}" for host, port in places))
        return {(host, int(port)) for host, port in (line.rsplit(":", 1) for line in found.split())}

    def pull(self, network: str) -> None:
        """Pull this host's cable out of the switch: the others are told nothing, and nobody answers for it."""
        _ip("-n", self.world.switch(network), "link", "set", f"p{self.user}", "down")

    def wait(self, port: int, network: str = "") -> None:
        """Wait until something listens on this host."""
        place = (self.address(network) if network else "127.0.0.1", port)
        end = time.monotonic() + PATIENCE
        while not self.reaches(place):
            dead = [process.args[-1] for process in self.running if process.poll() is not None]
            assert not dead and time.monotonic() < end, f"{self.name}:{port} {dead}\n{self.world.logs()}"


@dataclass
class World:
    """All hosts and cables; everything is gone at the end."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="ptn-hosts-")))
    hosts: dict[str, Host] = field(default_factory=dict)

    def host(self, name: str, user: int, **places: int) -> Host:
        """Make a host with a cable to each of these networks."""
        host = self.hosts[name] = Host(self, name, user, places)
        host.folder.mkdir(mode=0o700)
        os.chown(host.folder, user, user)
        _ip("netns", "add", host.namespace)
        _ip("-n", host.namespace, "link", "set", "lo", "up")
        for network in places:
            inside, plug = f"e-{network}", f"p{user}"
            _ip("-n", host.namespace, "link", "add", inside, "type", "veth", "peer", "name", plug,
                "netns", self.switch(network))  # fmt: skip
            _ip("-n", self.switch(network), "link", "set", plug, "master", "bridge", "up")
            _ip("-n", host.namespace, "addr", "add", f"{host.address(network)}/24", "dev", inside)
            _ip("-n", host.namespace, "link", "set", inside, "up")
        return host

    def switch(self, network: str) -> str:
        """Return the namespace of a network's switch."""
        return f"ptn{os.getpid()}-s-{network}"

    def lay(self) -> World:
        """Put up a switch for each network; a host that is not plugged in there has no way to it."""
        self.folder.chmod(0o755)
        for network in NETWORKS:
            _ip("netns", "add", self.switch(network))
            _ip("-n", self.switch(network), "link", "add", "bridge", "type", "bridge")
            _ip("-n", self.switch(network), "link", "set", "bridge", "up")
        return self

    def name(self, names: Mapping[str, str]) -> None:
        """Tell each host where the host names are that it can reach: name → host."""
        for host in self.hosts.values():
            lines = ["127.0.0.1 localhost"]
            for name, other in names.items():
                common = [n for n in self.hosts[other].places if n in host.places]
                if common and other != host.name:
                    lines.append(f"{self.hosts[other].address(common[0])} {name}")
            (self.folder / f"hosts-{host.name}").write_text("\n".join(lines) + "\n")

    def logs(self) -> str:
        """Return the end of every host's log."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-2000:]}" for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        """Stop what was started, pull every cable, remove every file."""
        for host in self.hosts.values():
            for process in host.running:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if process.stdin:
                    process.stdin.close()
        for namespace in [*(host.namespace for host in self.hosts.values()), *map(self.switch, NETWORKS)]:
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
