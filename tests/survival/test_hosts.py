"""Each part on a host of its own, as `ballot deploy` describes it: a whole small day, and what no host can reach.

Here live the hosts of such a hall and what is asked of them. Never here: a part that shares a process, a user or a
database with another. Threats 5.3, B5, B6; two PostgreSQL clusters, four proxies with TLS, production mode everywhere.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ballot import key_files
from ballot.deployment.layout import POSTGRESQL, Layout, Machine
from ballot.deployment.writing import environment, everything
from tally.protocol.archive import Archive
from tally.protocol.encoding import grouped
from tally.record import Record
from tally.verify import verify_record
from tests import postgres as clusters
from tests.survival import hosts
from tests.survival.hosts import Host, World

ISSUERS = (("ban-to-chuc", "cap1.lan"), ("ban-kiem-phieu", "cap2.lan"))
NAMES = {"registry": "so.lan", "station": "tram.lan", "committee": "ban.lan", "box": "hom.lan"}
USERS = {"registry": 61001, "box": 61002, "issuer-ban-to-chuc": 61003, "issuer-ban-kiem-phieu": 61004}
PLACES = {
    "registry": {"office": 1, "back": 1}, "box": {"booth": 2, "office": 2, "back": 2},
    "issuer-ban-to-chuc": {"back": 11}, "issuer-ban-kiem-phieu": {"back": 12},
}  # fmt: skip
HERE = {"tram.lan": "registry", "so.lan": "registry", "ban.lan": "registry", "hom.lan": "box"}
BIN = Path(sys.executable).parent
DATABASE = 5432


@dataclass
class Deployed:
    """The hosts with everything that runs on them, and what people carried away."""

    world: World
    layout: Layout
    settings: dict[str, dict[str, str]]
    said: dict[str, Any]

    def host(self, name: str) -> Host:
        return self.world.hosts[name]


def machines(layout: Layout) -> dict[str, Machine]:
    return {machine.name: machine for machine in layout.machines}


def lay_out(world: World) -> Layout:
    """Write what `ballot deploy` writes, and make the hall's certificates as its steps say."""
    layout = Layout(NAMES, ISSUERS, POSTGRESQL, venv=BIN.parent, tls=world.folder / "tls")
    for name, text in everything(layout).items():
        path = world.folder / "deployment" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    names = [host for machine in layout.machines for host in machine.hosts]
    hosts_ = [word for name in names for word in ("--host", name)]
    subprocess.run([BIN / "keys", "tls", layout.tls, *hosts_], check=True, capture_output=True)
    return layout


def database(server: clusters.Server, layout_sql: str, only: str) -> dict[str, str]:
    """Set a cluster up with the statements of the deployment that are about `only`; return its users' passwords."""
    words = {"registry": secrets.token_hex(16), "box": secrets.token_hex(16)}
    for user, word in words.items():
        server.sql(f"CREATE ROLE \"ptn-{user}\" LOGIN PASSWORD '{word}'")
    place = ""
    for statement in layout_sql.split(";"):
        about = re.sub(r"--.*|^\\set .*", "", statement, flags=re.MULTILINE).strip()
        if about.startswith("\\connect"):
            line, _, about = about.partition("\n")
            place = line.split()[1]
        elsewhere = place not in ("", only) or (re.search(r"\bptn_\w+", about) and only not in about)
        if about and not elsewhere and not about.startswith("CREATE ROLE"):
            server.sql(about.replace("ptn_registry, ptn_box", only), place or "postgres")
    return words


def settings_of(world: World, layout: Layout, urls: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return each part's environment as deployed, with this test's folders and databases in place of /var/lib."""
    found = {}
    for name, machine in machines(layout).items():
        own = environment(layout, machine)
        own |= {"BALLOT_INSTANCE": str(world.folder / name / "instance"), "BALLOT_WAIVE": "DISK_NOT_LOCAL"}
        own |= {"BALLOT_SECOND_FACTOR": "optional"} if name == "registry" else {}
        found[name] = own | urls.get(name, {})
    return found


def serve(world: World, layout: Layout, name: str, settings: dict[str, str]) -> None:
    """Start a part as its unit says, and its proxy with the file that was written for it."""
    host, machine, root = world.hosts[name], machines(layout)[name], world.folder / "deployment" / name / "etc"
    unit = (root / "systemd" / "system" / f"{machine.user}.service").read_text("utf-8")
    words = shlex.split(re.findall(r"^ExecStart=(.*)$", unit, re.M)[0])
    host.start(*words, **settings)
    whole = world.folder / f"nginx-{name}.conf"
    temporary = world.folder / f"nginx-{name}"
    temporary.mkdir()
    paths = "".join(
        f"{kind}_temp_path {temporary}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"daemon off;\nuser root;\nworker_processes 1;\npid {temporary}/pid;\nerror_log stderr crit;\n"
        f"events {{ }}\nhttp {{\n{paths}include {root}/nginx/conf.d/{machine.user}.conf;\n}}\n"
    )
    host.start(shutil.which("nginx"), "-c", whole, "-p", temporary, "-e", "stderr", user=0)


def at_once(act: Callable[[str], object], names: Iterable[str]) -> None:
    """Do the same at several hosts at a time."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(act, names))


def carry(world: World, source: Path, target: Path, user: int) -> None:
    """Carry a secret from one host to another, by hand as the steps say."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)
    for path in (target, target.parent, target.parent.parent):
        path.chmod(0o600 if path == target else 0o700)
        os.chown(path, user, user)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    if lacking := hosts.missing() or (clusters.MISSING if clusters.programs() is None else ""):
        pytest.skip(lacking)
    world = World().lay()
    try:
        for name, user in USERS.items():
            world.host(name, user, **PLACES[name])
        world.host("desk", 61010, office=20)
        world.host("terminal", 61011, booth=30)
        world.host("witness", 61012, booth=40)
        world.name(HERE | {host: f"issuer-{name}" for name, host in ISSUERS})
        yield from _running(world)
    finally:
        world.end()


def _running(world: World) -> Iterator[Deployed]:
    layout = lay_out(world)
    text = (world.folder / "deployment" / "postgres.sql").read_text()
    prefix = {name: ("ip", "netns", "exec", world.hosts[name].namespace) for name in ("registry", "box")}
    with (
        clusters.running(prefix=prefix["registry"], listen="127.0.0.1") as first,
        clusters.running(prefix=prefix["box"], listen="127.0.0.1,10.77.3.2") as second,
    ):
        one, other = database(first, text, "ptn_registry"), database(second, text, "ptn_box")
        registry = first.url("ptn_registry", "ptn-registry", one["registry"], host="127.0.0.1")
        far = second.url("ptn_box", "ptn-registry", other["registry"], host="10.77.3.2")
        near = second.url("ptn_box", "ptn-box", other["box"], host="127.0.0.1")
        urls = {"registry": {"BALLOT_REGISTRY_DB": registry, "BALLOT_BOX_DB": far}, "box": {"BALLOT_BOX_DB": near}}
        settings = settings_of(world, layout, urls)
        (layout.tls / "server.key").chmod(0o600)
        (layout.tls).chmod(0o755)
        yield _linked_and_served(world, layout, settings)


def _linked_and_served(world: World, layout: Layout, settings: dict[str, dict[str, str]]) -> Deployed:
    keys = world.folder / "registry" / "instance" / "keys"

    def link(name: str) -> None:
        host, secret = world.hosts[name], world.folder / name / "carried.secret"
        host.run(BIN / "ballot", name.partition("-")[0], "link", secret, **settings[name])

    apart = ("box", *(f"issuer-{issuer}" for issuer, _host in ISSUERS))
    at_once(link, apart)
    for name in apart:
        secret = world.folder / name / "carried.secret"
        target = key_files.BOX_LINK if name == "box" else f"{name.removeprefix('issuer-')}.link.secret"
        carry(world, secret, keys / target, USERS["registry"])
    for name in USERS:
        serve(world, layout, name, settings[name])
    for name, machine in machines(layout).items():
        world.hosts[name].wait(machine.port)
    registry = world.hosts["registry"]
    people = registry.run(sys.executable, "-m", "tests.survival.hosts_play", "people", **settings["registry"])
    return Deployed(world, layout, settings, {"people": json.loads(people.split(" ", 1)[1])})


@pytest.fixture(scope="module")
def day(deployed: Deployed) -> Iterator[Deployed]:
    """A whole round, played by people at their own hosts."""
    desk, terminal = deployed.host("desk"), deployed.host("terminal")
    ca = deployed.layout.tls / "hall-ca.crt"
    common = {f"BALLOT_{part.upper()}_HOST": host for part, host in NAMES.items()}
    common |= {"BALLOT_SCHEME": "https", "BALLOT_PORT": "443", "SSL_CERT_FILE": str(ca), "PTN_LANG": "vi"}
    play = (sys.executable, "-m", "tests.survival.hosts_play")
    process = subprocess.Popen(
        desk.command(*play, "desk", desk.folder / "day", json.dumps(deployed.said["people"])), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=desk.environ(common),
        cwd=desk.folder, start_new_session=True,
    )  # fmt: skip
    try:
        uuid, digest = _told(process, "sealed", deployed)
        accept = (BIN / "ballot", "issuer", "accept", uuid, "--manifest", digest)
        issuers = [f"issuer-{name}" for name, _host in ISSUERS]
        at_once(lambda name: deployed.host(name).run(*accept, **deployed.settings[name]), issuers)
        _go_on(process)
        slips = _told(process, "opened", deployed)
        (terminal.folder / "slips.json").write_text(json.dumps([uuid, slips]))
        cast = terminal.run(*play, "terminal", terminal.folder, **common)
        watch = (BIN / "tally", "witness", "https://hom.lan", uuid, "--manifest", digest, "--once", "--ca", ca)
        watch += ("--folder", deployed.host("witness").folder)
        deployed.said["watched"] = [deployed.host("witness").run(*watch)]
        _go_on(process)
        record = Path(_told(process, "counted", deployed))
        deployed.said["watched"].append(deployed.host("witness").run(*watch))
        deployed.said |= {"uuid": uuid, "hash": digest, "record": record, "slips": slips}
        deployed.said["receipts"] = json.loads(cast.strip().splitlines()[-1].split(" ", 1)[1])
        yield deployed
    finally:
        process.kill()
        process.communicate()


def _told(process: subprocess.Popen[str], word: str, deployed: Deployed) -> Any:
    """Wait for a word of the desk."""
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if line.startswith(f"{word} "):
            return json.loads(line.split(" ", 1)[1])
    raise AssertionError("".join(seen) + deployed.world.logs())


def _go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


# --- a day --------------------------------------------------------------------------------------------------------


def test_a_whole_round_is_held_over_seven_hosts_and_its_record_verifies(day: Deployed) -> None:
    verified = verify_record(Record.read(day.said["record"]))
    assert (verified.evidence.manifest.hash, len(verified.evidence.ballots)) == (day.said["hash"], 6)
    trackers = {receipt["tracker"] for receipt in day.said["receipts"]}
    assert len(trackers) == 6
    assert [issuer.name for issuer in verified.evidence.manifest.issuers] == [name for name, _host in ISSUERS]


def test_a_witness_at_a_host_of_its_own_sees_the_box_and_nothing_else(day: Deployed) -> None:
    """While voting there is no full batch yet; later the last word comes from a box without the registry's disk."""
    voting, ended = day.said["watched"]
    assert "0 phiếu" in voting
    root = Archive.parse((day.said["record"] / f"{day.said['uuid']}.bel").read_bytes()).root
    assert grouped(root) in ended
    assert list(day.host("witness").folder.glob("*.txt"))


# --- what nobody can reach ------------------------------------------------------------------------------------------


def test_every_host_reaches_only_what_its_part_needs(deployed: Deployed) -> None:
    """threats B2, H1: no rule of a firewall, only cables; what is not plugged in cannot be asked."""
    office, back = ("10.77.2.1", "10.77.2.2"), ("10.77.3.1", "10.77.3.2", "10.77.3.11", "10.77.3.12")
    every = [(host, port) for host in ("10.77.1.2", *office, *back) for port in (443, 80, 8001, 8002, 8011, DATABASE)]
    boxes = {("10.77.1.2", 443)}
    pages = {("10.77.2.1", 443), ("10.77.2.1", 80), ("10.77.2.2", 443)}
    issuers = {("10.77.3.11", 443), ("10.77.3.12", 443)}
    assert deployed.host("terminal").reaches(*every) == boxes
    assert deployed.host("witness").reaches(*every) == boxes
    assert deployed.host("desk").reaches(*every) == pages
    registry = deployed.host("registry").reaches(*every)
    assert registry >= issuers | {("10.77.3.2", DATABASE)}
    assert not {port for host, port in registry if host in ("10.77.2.2", "10.77.3.2")} - {443, DATABASE}
    box = deployed.host("box").reaches(*every)
    assert not {place for place in box if place[1] not in (443, 80, DATABASE)}
    assert ("10.77.2.1", DATABASE) not in box and ("10.77.3.1", DATABASE) not in box


def test_the_boxs_user_opens_neither_the_registrys_database_nor_its_folder(deployed: Deployed) -> None:
    """threats D1: another user, another cluster, and not even a role there."""
    box, registry = deployed.host("box"), deployed.settings["registry"]
    asked = (
        "import os,sys,psycopg\n"
        "print(os.access(sys.argv[1], os.R_OK), end=' ')\n"
        "try: psycopg.connect(sys.argv[2].replace('+psycopg',''), connect_timeout=3); print('IN')\n"
        "except psycopg.Error as error: print('OUT')\n"
    )
    url = registry["BALLOT_REGISTRY_DB"].replace("127.0.0.1", "10.77.3.1")
    for folder in (registry["BALLOT_INSTANCE"], str(deployed.host("issuer-ban-to-chuc").folder)):
        assert box.run(sys.executable, "-c", asked, folder, url) == "False OUT\n"


def test_the_registry_acts_in_the_boxs_database_as_the_box_and_as_nobody_more(deployed: Deployed) -> None:
    asked = (
        "import sys,psycopg\n"
        "with psycopg.connect(sys.argv[1].replace('+psycopg','')) as c:\n"
        "    print(c.execute('select current_user, session_user').fetchone())\n"
        '    print(c.execute("select rolsuper or rolcreaterole or rolcreatedb from pg_roles'
        ' where rolname = session_user").fetchone())\n'
    )
    said = deployed.host("registry").run(sys.executable, "-c", asked, deployed.settings["registry"]["BALLOT_BOX_DB"])
    assert said == "('ptn-box', 'ptn-registry')\n(False,)\n"


def test_no_file_of_any_host_tells_who_asked_for_what(day: Deployed) -> None:
    """threats B5, B6: every log of every layer, searched for trackers, codes, addresses of the booth and requests."""
    private = [slip.replace("-", "") for slip in day.said["slips"]] + day.said["slips"]
    trackers = [receipt["tracker"] for receipt in day.said["receipts"]]
    asked = ["10.77.1.30", "POST /dot", "/phieu", *private, *trackers]
    for path in sorted(day.world.folder.rglob("*")):
        if path.suffix == ".log" and path.is_file():
            text = path.read_text("utf-8", "replace")
            assert [word for word in asked if word in text] == [], path


def test_each_part_serves_in_earnest_only_after_its_checks(deployed: Deployed) -> None:
    for name in USERS:
        noted = deployed.host(name).folder / "instance" / "release.json"
        assert len(json.loads(noted.read_text())["release"]) == 64
    done = deployed.host("box").run(BIN / "ballot", "check", **deployed.settings["box"])
    assert "✗" not in done and done.count("✓") >= 14
