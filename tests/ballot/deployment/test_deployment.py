"""`ballot deploy`: what it writes is taken by the programs that read it, and says nowhere that a request be noted.

Here live deployments as people would ask for them. Never here: a service that is started; tests/survival/test_hosts.py
puts the parts on hosts of their own.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.exc import OperationalError

from ballot.config import Config
from ballot.deployment.copying import CopyPlace
from ballot.deployment.layout import POSTGRESQL, SQLITE, BadLayout, Layout
from ballot.deployment.writing import everything
from ballot.startup import here, machine
from ballot.startup.command import variables
from ballot.storage import migrate, open_engine, rewrite
from keys.certificates.tls import issue_server, last_day, make_authority, parse_hosts
from tests.commands import REFUSED, run
from tests.postgres import MISSING, programs, running

HOSTS = {"registry": "so.lan", "station": "tram.lan", "committee": "ban.lan", "box": "hom.lan"}
ISSUERS = (("ban-to-chuc", "cap1.lan"), ("ban-kiem-phieu", "cap2.lan"))
NOW = datetime.now(UTC)
ROOT = pytest.mark.skipif(os.getuid() != 0, reason="users and owners of folders need root")


def needed(program: str, package: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is missing: apt-get install {package}")
    return found


def layout(tmp_path: Path, **changes: object) -> Layout:
    given = {"venv": Path(sys.executable).parent.parent, "tls": tmp_path / "tls", "https": 18443, "http": 18080}
    return Layout(HOSTS, **{"issuers": ISSUERS, **given, **changes})  # type: ignore[arg-type]


def written(tmp_path: Path, **changes: object) -> Path:
    folder = tmp_path / "deployment"
    for name, text in everything(layout(tmp_path, **changes)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    folder, hosts = tmp_path / "tls", parse_hosts([*HOSTS.values(), *(host for _name, host in ISSUERS)])
    folder.mkdir()
    authority = make_authority(hosts, organisation="Xã Bình An", now=NOW, end=last_day(NOW, 90))
    server = issue_server(authority, hosts, now=NOW, end=authority.end)
    (folder / "hall-ca.crt").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "server.crt").write_bytes(server.chain_pem())
    (folder / "server.key").write_bytes(server.key_pem())
    return folder


# --- units --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_the_service_manager_takes_every_unit(tmp_path: Path, database: str) -> None:
    verify = needed("systemd-analyze", "systemd")
    units = sorted(written(tmp_path, database=database).rglob("*.service"))
    assert len(units) == 6
    done = subprocess.run([verify, "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "ptn-" in line]
    assert (done.returncode, ours) == (0, [])


def test_every_unit_starts_again_and_writes_no_memory_to_a_disk(tmp_path: Path) -> None:
    """threats I8: started again within five seconds."""
    for path in written(tmp_path).rglob("*.service"):
        unit = path.read_text("utf-8")
        for line in ("Restart=always", "RestartSec=2", "LimitCORE=0", "MemorySwapMax=0", "NoNewPrivileges=yes"):
            assert f"\n{line}\n" in unit, (path.name, line)
        assert "ExecStartPre=" in unit and "ballot check" in unit


def test_the_boxs_unit_cannot_look_into_the_registrys_folder(tmp_path: Path) -> None:
    unit = (written(tmp_path) / "box/etc/systemd/system/ptn-box.service").read_text("utf-8")
    assert "InaccessiblePaths=-/var/lib/ptn-registry" in unit
    assert "User=ptn-box" in unit


FILE_COPY, SERVER_COPY = "sqlite:////dia-hai/phieu/ban-sao.db", "postgresql+psycopg://ptn@10.1.2.3:5433/ban_sao"
SOCKET_COPY = "postgresql+psycopg://ptn@/ban_sao?host=/run/postgresql-2"


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize(
    ("url", "opened"),
    [(FILE_COPY, "ReadWritePaths=-/dia-hai/phieu"), (SERVER_COPY, "IPAddressAllow=10.1.2.3"), (SOCKET_COPY, "")],
)
def test_a_second_copy_is_opened_to_the_box_and_nothing_else_is(
    tmp_path: Path, database: str, url: str, opened: str
) -> None:
    """threats I5"""
    names = (
        "box/etc/systemd/system/ptn-box.service",
        "issuer-ban-to-chuc/etc/systemd/system/ptn-issuer-ban-to-chuc.service",
    )
    plain = [everything(layout(tmp_path, database=database))[name].splitlines() for name in names]
    found = everything(layout(tmp_path, database=database, copy=CopyPlace.parse(url)))
    box, issuer = (found[name].splitlines() for name in names)
    of_group = {"SupplementaryGroups=ptn-hom", "UMask=0007", "UMask=0077"}  # two users write a copy that is a file
    assert set(box) ^ set(plain[0]) - of_group <= {opened} | of_group
    assert (opened in box, issuer) == (True, plain[1])
    for name in ("registry", "box"):
        assert variables(found[f"{name}/etc/ptn/{name}.env"])["BALLOT_BOX_COPY"] == url
    assert "BALLOT_BOX_COPY" not in found["issuer-ban-to-chuc/etc/ptn/issuer-ban-to-chuc.env"]


def test_the_steps_never_write_over_a_second_copy_that_is_there(tmp_path: Path) -> None:
    """A cold spare takes the same steps, with the copy of the lost box on its disk."""
    copy = tmp_path / "dia-hai/phieu/ban-sao.db"
    steps = everything(layout(tmp_path, copy=CopyPlace.parse(FILE_COPY)))["CAI-DAT.txt"].replace(
        "/dia-hai", str(tmp_path / "dia-hai")
    )
    lines = [re.sub(r"-o \S+ -g \S+ ", "", line.strip()) for line in steps.splitlines() if "dia-hai" in line]
    for _again in range(2):
        for line in lines:
            assert subprocess.run(["sh", "-c", line], check=False).returncode == 0, line
        assert copy.stat().st_mode & 0o777 == 0o660
        copy.write_bytes(copy.read_bytes() + b"kept")
    assert copy.read_bytes() == b"keptkept"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///ban-sao.db", "sqlite:////dia-hai/ban-sao.db", "sqlite:////home/a/ban-sao.db", "sqlite://",
        "sqlite:////var/lib/ptn-hom/copy.db", "sqlite:////dia-hai/../etc/a.db", "sqlite:////dia hai/phieu/a.db",
        "postgresql+psycopg://ptn:word@10.1.2.3/a", "postgresql+psycopg://ptn@db.lan/a", "mysql://ptn@10.1.2.3/a",
        "postgresql+psycopg://ptn@10.1.2.3", "postgresql+psycopg://ptn@10.1.2.3/a\nX=1", "dia-hai/phieu",
    ],
)  # fmt: skip
def test_a_second_copy_that_no_unit_could_open_is_refused_and_a_password_not_shown(url: str) -> None:
    with pytest.raises(BadLayout) as caught:
        CopyPlace.parse(url)
    assert ":word" not in str(caught.value)


# --- environments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_every_environment_is_whole_and_two_users_have_two_databases(
    tmp_path: Path, certificates: Path, database: str
) -> None:
    folder, configs = written(tmp_path, database=database), {}
    for path in {*folder.rglob("*.env")} - {*folder.rglob("terminal.env"), *folder.rglob("station.env")}:
        settings = variables(path.read_text("utf-8"))
        configs[path.stem] = Config.from_environ(settings)
        assert (configs[path.stem].production, configs[path.stem].scheme) == (True, "https")
        assert not [name for name in settings if "SECRET" in name or "PASSWORD" in name]
    assert {name: sorted(config.roles) for name, config in configs.items()} == {
        "registry": ["registry"], "box": ["box"], "issuer-ban-to-chuc": ["issuer"], "issuer-ban-kiem-phieu": ["issuer"],
    }  # fmt: skip
    registry, box = configs["registry"], configs["box"]
    assert registry.registry_url != registry.box_url
    assert registry.instance != box.instance
    assert registry.second_factor_required
    assert [placed.url for placed in registry.issuing.issuers] == ["https://cap1.lan:18443", "https://cap2.lan:18443"]
    if database == POSTGRESQL:
        assert "//ptn-registry@" in registry.box_url and "//ptn-box@" in box.box_url
    else:
        assert registry.box_url == box.box_url


# --- the proxy ----------------------------------------------------------------------------------------------------


def test_the_proxy_takes_its_files(tmp_path: Path, certificates: Path) -> None:
    nginx = needed("nginx", "nginx-light")
    folder = written(tmp_path)
    files = "".join(f"include {path};\n" for path in sorted(folder.rglob("nginx/conf.d/*.conf")))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{ }}\nhttp {{\n{files}}}\n")
    done = subprocess.run([nginx, "-t", "-c", whole, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_layer_of_the_box_notes_a_request_or_hands_an_address_on(tmp_path: Path) -> None:
    """threats B5, B6"""
    folder = written(tmp_path)
    conf, env = folder / "box/etc/nginx/conf.d/ptn-box.conf", folder / "box/etc/ptn/box.env"
    settings = variables(env.read_text("utf-8"))
    place = here(Config.from_environ(settings), settings, proxy=(conf,))
    machine.check_no_access_log(place)
    text = conf.read_text("utf-8")
    assert re.findall(r"^\s*(?:access|error)_log\s+(.*);", text, re.M) == ["off", "/dev/null crit"]
    assert 'X-Forwarded-For ""' in text and "$remote_addr" not in text
    assert re.search(r"client_body_buffer_size\s+16m;", text), "a larger body would lie in a file, with its time"
    for path in folder.rglob("*"):
        if path.is_file():
            assert "access-logfile" not in path.read_text("utf-8"), path


# --- users and folders ----------------------------------------------------------------------------------------------


@ROOT
def test_users_and_folders_are_made_apart(tmp_path: Path) -> None:
    """In a root of their own: one group for the box's file, no folder that another user enters."""
    folder, root = written(tmp_path), tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    for kind, program in (("sysusers.d", "systemd-sysusers"), ("tmpfiles.d", "systemd-tmpfiles")):
        needed(program, "systemd")
        for path in sorted(folder.rglob(f"{kind}/*.conf")):
            (root / "etc" / kind).mkdir(exist_ok=True)
            shutil.copy(path, root / "etc" / kind)
        act = ["--create"] if kind == "tmpfiles.d" else []
        only = [path.name for path in sorted((root / "etc" / kind).iterdir())]
        done = subprocess.run([program, f"--root={root}", *act, *only], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    users = (root / "etc/passwd").read_text()
    assert len(set(re.findall(r"^ptn-[a-z-]+:x:(\d+):", users, re.M))) == 6
    for name in ("ptn-registry", "ptn-box", "ptn-issuer-ban-to-chuc"):
        assert (root / "var/lib" / name).stat().st_mode & 0o777 == 0o700
    assert (root / "var/lib/ptn-hom").stat().st_mode & 0o7777 == 0o2770
    assert (root / "var/lib/ptn-hom/box.db").stat().st_mode & 0o777 == 0o660


@ROOT
@pytest.mark.parametrize("name", ["registry", "box"])
def test_users_and_folders_of_one_machine_are_made_without_the_others(tmp_path: Path, name: str) -> None:
    folder, root = written(tmp_path), tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    for program, act in (("systemd-sysusers", []), ("systemd-tmpfiles", ["--create"])):
        found = folder / name / "etc" / f"{program.removeprefix('systemd-')}.d" / f"ptn-{name}.conf"
        words = [needed(program, "systemd"), f"--root={root}", *act, found]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and "resolve" not in done.stderr, done.stderr
    shared = root / "var/lib/ptn-hom"
    assert (shared.stat().st_mode & 0o7777, (shared / "box.db").stat().st_mode & 0o777) == (0o2770, 0o660)


def test_what_is_written_for_a_server_of_databases_keeps_the_storage_laws(tmp_path: Path) -> None:
    """threats K5, 5.12: as the server is when it was just installed, which logs what it refuses, with the time."""
    programs_of_postgres = programs()
    if programs_of_postgres is None:
        pytest.skip(MISSING)
    script = tmp_path / "postgres.sql"
    script.write_text(everything(layout(tmp_path, database=POSTGRESQL))["postgres.sql"], "utf-8")
    with running(settings={"log_min_messages": "warning", "wal_recycle": "on"}) as server:
        psql = [str(programs_of_postgres / "psql"), "-X", "-q", "-f", str(script)]
        login = {"PGHOST": str(server.folder), "PGUSER": "postgres", "PGPASSWORD": server.password}
        done = subprocess.run(psql, env=os.environ | login, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        for user, database in (("ptn-registry", "ptn_registry"), ("ptn-box", "ptn_box"), ("ptn-registry", "ptn_box")):
            server.sql(f"ALTER ROLE \"{user}\" PASSWORD '{server.password}'")  # in earnest: peer
            engine = open_engine(server.url(database, user))
            migrate(engine, database.removeprefix("ptn_"))
            rewrite(engine)
            engine.dispose()
        with pytest.raises(OperationalError), open_engine(server.url("ptn_registry", "ptn-box")).connect():
            pass


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_writes_into_a_new_folder_alone(tmp_path: Path) -> None:
    hosts = [word for part, host in HOSTS.items() for word in (f"--{part}", host)]
    target = tmp_path / "out"
    done = run("ballot", "deploy", target, *hosts, "--database", POSTGRESQL)
    assert done.code == 0, done.output
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert {"CAI-DAT.txt", "postgres.sql", "box/etc/ptn/box.env"} <= names
    assert "pip install --no-index" in (target / "CAI-DAT.txt").read_text("utf-8")
    again = run("ballot", "deploy", target, *hosts)
    assert (again.code, "BAD_LAYOUT" in again.output) == (REFUSED, True)
    assert "còn trống" in again.output


def test_the_sheet_of_the_certificates_names_the_same_hosts_as_every_environment(tmp_path: Path) -> None:
    """The command that the steps give, as they give it."""
    folder = written(tmp_path)
    steps = (folder / "CAI-DAT.txt").read_text("utf-8")
    [told] = re.findall(r"^ +keys tls \S+ (.*)$", steps, re.M)
    made = run("keys", "tls", tmp_path / "made", *shlex.split(told))
    assert made.code == 0, made.output
    sheet = (tmp_path / "made/huong-dan-chung-thu.html").read_text("utf-8")
    said = set(re.findall(r"^(?:<pre>)?(BALLOT_[A-Z]+_HOST=\S+)$", sheet, re.M))
    assert len(said) == 4
    for path in (folder / "registry/etc/ptn/registry.env", folder / "box/etc/ptn/box.env"):
        assert said <= set(path.read_text("utf-8").splitlines())


@pytest.mark.parametrize("database", [SQLITE, POSTGRESQL])
def test_no_step_asks_an_index_for_this_software_by_its_name(tmp_path: Path, database: str) -> None:
    """Anybody may publish something of that name: it is built from the source folder, then taken from the folder."""
    steps = everything(layout(tmp_path, database=database))["CAI-DAT.txt"]
    fetched = re.findall(r"^ +.*pip (wheel|install|download) (.*)$", steps, re.M)
    assert [act for act, _words in fetched] == ["wheel", "install"]
    for act, words in fetched:
        what = shlex.split(words)[-1]
        assert what.startswith(".") if act == "wheel" else "--no-index" in words, words
        assert what.endswith("[postgres]") is (database == POSTGRESQL)


SAID = {
    "a host with its scheme": ({"registry": "https://so.lan"}, "không có https://"),
    "a host with a port": ({"box": "hom.lan:443"}, "không có cổng"),
    "a host with diacritics": ({"box": "hòm.lan"}, "chữ thường không dấu"),
    "two hosts that are one": ({"box": "so.lan"}, "đã dùng cho phần khác"),
    "a host that is every machine's own": ({"box": "127.0.0.1"}, "các máy khác trong mạng gọi được"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_host_that_could_not_work_is_refused_with_what_is_allowed(name: str) -> None:
    changes, sentence = SAID[name]
    with pytest.raises(BadLayout) as caught:
        everything(Layout({**HOSTS, **changes}))
    [(part, host)] = changes.items()
    assert host in str(caught.value) and sentence in str(caught.value)
    assert f"--{part}" in str(caught.value) or "--registry" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--issuer", "abc"), "ban-to-chuc=cap1.lan"), (("--issuer", "Bên=cap1.lan"), "chữ thường không dấu"),
        (("--venv", "/opt/my venv"), "không có dấu cách"), (("--copy", "dia-hai/a.db"), "sqlite:////"),
    ],
)  # fmt: skip
def test_an_option_that_could_not_work_is_refused_with_what_is_allowed(
    tmp_path: Path, options: tuple[str, str], sentence: str
) -> None:
    hosts = [word for part, host in HOSTS.items() for word in (f"--{part}", host)]
    done = run("ballot", "deploy", tmp_path / "out", *hosts, *options)
    assert (done.code, (tmp_path / "out").exists()) == (REFUSED, False)
    assert f"BAD_LAYOUT: {options[0]}: " in done.output and sentence in done.output
    assert f"“{options[1].partition('=')[0]}" in done.output


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": {**HOSTS, "box": "so.lan"}}, {"hosts": {**HOSTS, "box": "hom lan;"}},
        {"hosts": {**HOSTS, "box": "127.0.0.1"}}, {"issuers": (("A b", "x.lan"),)},
        {"issuers": (("a", "so.lan"), ("b", "y.lan"))},
        {"issuers": (("a", "x.lan"), ("a", "y.lan"))}, {"venv": Path("/opt/my venv")},
    ],
)  # fmt: skip
def test_what_could_not_work_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadLayout):
        everything(Layout(**{"hosts": HOSTS, **changes}))  # type: ignore[arg-type]
