"""Start-up checks: each way in which a machine may be unfit is refused by its code, and a fit one starts. Threats 6.

Here live machines that are wrong in one respect. Never here: a machine that is only said to be wrong.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import inspect, text

from ballot import assets
from ballot.app import create_app
from ballot.config import Config
from ballot.public import cosigning, witnesses
from ballot.result import closing
from ballot.startup import State, findings, machine, releases
from ballot.startup.command import variables
from ballot.startup.databases import check_apart, check_copy_elsewhere
from ballot.startup.errors import CopyOnSameDisk, DatabasesJoined, NotFitToServe
from ballot.startup.place import Place
from ballot.storage import writing
from tally.protocol.checkpoint import encode_notes
from tests.ballot.fitness import HOSTS, WAIVED, doubtful, over, place, refused
from tests.ballot.hall import Hall
from tests.commands import REFUSED, run
from tests.postgres import chosen
from tests.watchers import Watcher

Open = Callable[[str], Hall]
pytestmark = pytest.mark.usefixtures("no_core_dumps")


def mounts(path: Path, kind: str) -> Path:
    listed = path.with_name(f"mounts-{kind}")
    listed.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / {path} rw - {kind} share rw\n", "utf-8")
    return listed


def test_a_machine_that_is_fit_is_refused_nothing(fit: Path) -> None:
    assert refused(place(fit)) == set()
    assert refused(place(fit, mounts=mounts(fit, "ext4"), environ={"BALLOT_WAIVE": ""})) == set()


def broken_secret(folder: Path) -> Place:
    (folder / "keys" / "machine.secret").write_text("x" * 43)
    (folder / "keys" / "machine.secret").chmod(0o640)
    return place(folder)


def short_secret(folder: Path) -> Place:
    (folder / "keys" / "machine.secret").write_text("changeme")
    (folder / "keys" / "machine.secret").chmod(0o600)
    return place(folder)


def open_folder(folder: Path) -> Place:
    folder.chmod(0o755)
    return place(folder)


def readable_registry(folder: Path) -> Place:
    (folder / "registry.db").write_bytes(b"")
    return place(folder)


def proxy(folder: Path, *, off: str, name: str = "server_name hom.lan;") -> Place:
    file = folder.parent / "nginx.conf"
    file.write_text(f"server {{ server_name so.lan; }}\nserver {{ {name} {off}\n location / {{ }} }}\n")
    return place(folder, proxy=(file,))


UNFIT: dict[str, tuple[Callable[[Path], Place], str]] = {
    "a debugger": (lambda at: place(at, environ={"FLASK_DEBUG": "1"}), "DEBUG_ON"),
    "no TLS": (lambda at: place(at, environ={"BALLOT_SCHEME": "http", "BALLOT_PORT": "80"}), "SCHEME_NOT_HTTPS"),
    "a secret that others read": (broken_secret, "SECRET_UNFIT"),
    "a secret somebody made up": (short_secret, "SECRET_UNFIT"),
    "a folder that others enter": (open_folder, "SECRET_UNFIT"),
    "a share of another machine": (
        lambda at: place(at, mounts=mounts(at, "nfs4"), environ={"BALLOT_WAIVE": ""}), "DISK_NOT_LOCAL",
    ),
    "memory for a disk": (
        lambda at: place(at, mounts=mounts(at, "tmpfs"), environ={"BALLOT_WAIVE": ""}), "DISK_NOT_LOCAL",
    ),
    "an access log of the server": (lambda at: replace(place(at), command=("--access-logfile=-",)), "ACCESS_LOG_ON"),
    "an access log of the proxy": (lambda at: proxy(at, off="# access_log off;"), "ACCESS_LOG_ON"),
    "a log of the proxy under any name": (lambda at: proxy(at, off="", name="server_name _;"), "ACCESS_LOG_ON"),
    "a log of the proxy under no name": (lambda at: proxy(at, off="", name=""), "ACCESS_LOG_ON"),
    "a log of the proxy for a zone": (lambda at: proxy(at, off="", name="server_name *.lan;"), "ACCESS_LOG_ON"),
    "one file for registry and box": (
        lambda at: place(at, "registry,box", {"BALLOT_BOX_DB": f"sqlite:///{at}/registry.db"}), "DATABASES_JOINED",
    ),
    "a registry within the box's reach": (readable_registry, "DATABASES_JOINED"),
}  # fmt: skip


# threats H23
@pytest.mark.parametrize("name", UNFIT)
def test_what_is_unfit_is_refused_by_its_code(fit: Path, name: str) -> None:
    """threats B5, B6, I5"""
    make, code = UNFIT[name]
    assert refused(make(fit)) == {code}


def test_one_database_of_a_server_for_both_is_refused(fit: Path) -> None:
    one = dict.fromkeys(("BALLOT_REGISTRY_DB", "BALLOT_BOX_DB"), "postgresql+psycopg://ptn@/ptn?host=/nowhere")
    with pytest.raises(DatabasesJoined):
        check_apart(place(fit, "registry,box", one))
    check_apart(place(fit, "registry,box", one | {"BALLOT_BOX_DB": "postgresql+psycopg://ptn@/hom?host=/nowhere"}))


@pytest.mark.parametrize("roles", ["registry", "box"])
def test_a_database_outside_of_the_closed_folder_that_anybody_reads_is_refused(fit: Path, roles: str) -> None:
    """The folder of a database of its own may be open, as a new folder is; pytest's own are closed to others."""
    with TemporaryDirectory() as outside:
        Path(outside).chmod(0o755)
        for name in ("BALLOT_REGISTRY_DB", "BALLOT_BOX_DB"):
            file = Path(outside) / f"{name}.db"
            file.touch()
            file.chmod(0o644)
            where = {name: f"sqlite:///{file}"}
            if roles == "registry" or name == "BALLOT_BOX_DB":
                assert refused(place(fit, roles, where)) == {"SECRET_UNFIT"}
                file.chmod(0o660)
                assert refused(place(fit, roles, where)) == set()


def test_a_second_copy_that_is_the_box_itself_or_lies_in_memory_is_none(fit: Path, tmp_path: Path) -> None:
    """threats I5, I6: another spelling of the same file, and a disk that forgets."""
    apart = tmp_path / "other-disk"
    apart.mkdir()
    box = {"BALLOT_BOX_DB": f"sqlite:///{apart}/box.db"}
    check_apart(place(fit, environ=box | {"BALLOT_BOX_COPY": f"sqlite:///{apart}/copy.db"}))
    with pytest.raises(DatabasesJoined):
        check_apart(place(fit, environ=box | {"BALLOT_BOX_COPY": f"sqlite:///{apart}/../{apart.name}/box.db"}))
    copy = {"BALLOT_BOX_COPY": f"sqlite:///{apart}/copy.db", "BALLOT_WAIVE": ""}
    assert refused(place(fit, environ=copy, mounts=mounts(apart, "ext4"))) == set()
    assert refused(place(fit, environ=copy, mounts=mounts(apart, "tmpfs"))) == {"DISK_NOT_LOCAL"}


def test_a_second_copy_on_the_boxs_own_disk_or_server_is_said(fit: Path, tmp_path: Path) -> None:
    """threats I5"""
    box = {"BALLOT_BOX_DB": f"sqlite:///{tmp_path}/box.db", "BALLOT_WAIVE": "DISK_NOT_LOCAL"}
    (tmp_path / "copy").mkdir()
    at = place(fit, environ=box | {"BALLOT_BOX_COPY": f"sqlite:///{tmp_path}/copy/copy.db"})
    assert (refused(at), doubtful(at)) == (set(), {"COPY_ON_SAME_DISK"})
    elsewhere = Path("/dev/shm")  # noqa: S108 - another disk than the test's; nothing is written
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system here: /dev/shm is missing or holds the tests' own folder")
    assert doubtful(place(fit, environ=box | {"BALLOT_BOX_COPY": f"sqlite:///{elsewhere}/none.db"})) == set()


@pytest.mark.parametrize(
    ("copy", "same"), [("db.lan/kopie", True), ("db.lan:5432/kopie", True), ("db2.lan/kopie", False)]
)
def test_two_databases_of_one_server_are_one_place(fit: Path, copy: str, *, same: bool) -> None:
    told = {"BALLOT_BOX_DB": "postgresql+psycopg://a@db.lan/hom", "BALLOT_BOX_COPY": f"postgresql+psycopg://b@{copy}"}
    found = place(fit, environ=told)
    if same:
        with pytest.raises(CopyOnSameDisk):
            check_copy_elsewhere(found)
    else:
        check_copy_elsewhere(found)


@pytest.mark.parametrize("name", ["127.0.0.1", "127.0.1.1", "[::1]", "?host=/var/run/postgresql", "?host=@ptn"])
def test_this_machine_under_another_name_is_still_this_machine(fit: Path, name: str) -> None:
    """threats I5: three spellings of one server are one database, and no second copy."""
    other = f"postgresql+psycopg://b@{'' if '?' in name else name}/hom{name if '?' in name else ''}"
    one = {"BALLOT_BOX_DB": "postgresql+psycopg://a@localhost/hom", "BALLOT_REGISTRY_DB": other}
    with pytest.raises(DatabasesJoined):
        check_apart(place(fit, "registry,box", one))
    copied = {"BALLOT_BOX_DB": one["BALLOT_BOX_DB"], "BALLOT_BOX_COPY": other.replace("/hom", "/kopie")}
    with pytest.raises(CopyOnSameDisk):
        check_copy_elsewhere(place(fit, environ=copied))


def test_two_partitions_of_one_disk_are_one(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    (tmp_path / "sda/sda1").mkdir(parents=True)
    (tmp_path / "sda/sda1/partition").write_text("1")
    (tmp_path / f"{os.major(number)}:{os.minor(number)}").symlink_to(tmp_path / "sda/sda1")
    assert machine.disk(tmp_path, tmp_path) == str(tmp_path / "sda")
    (tmp_path / "sda/sda1/partition").unlink()
    assert machine.disk(tmp_path, tmp_path) == str(tmp_path / "sda/sda1")


def test_an_upgrade_that_waits_for_a_restart_is_said(fit: Path, tmp_path: Path) -> None:
    waits = tmp_path / "reboot-required"
    at = place(fit, restart=waits)
    assert "UPGRADE_PENDING" not in doubtful(at)
    waits.touch()
    assert (refused(at), "UPGRADE_PENDING" in doubtful(at)) == (set(), True)


def test_a_database_that_does_not_open_is_refused(fit: Path) -> None:
    away = {"BALLOT_BOX_DB": "postgresql+psycopg://ptn@127.0.0.1:9/hom"}
    assert refused(place(fit, environ=away)) == {"DATABASE_AWAY"}


def test_a_proxy_that_logs_nothing_for_the_box_passes(fit: Path) -> None:
    assert refused(proxy(fit, off="access_log off;")) == set()


def test_a_disk_that_is_nearly_full_is_refused(fit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """threats I3: the bound is moved, not the disk."""
    monkeypatch.setattr(machine, "LEAST_FREE", 10**9)
    assert refused(place(fit)) == {"DISK_LOW"}


def test_core_dumps_are_refused(fit: Path) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("the hard limit of core dumps is 0 here: they cannot be turned on to be refused; needs ulimit -Hc")
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    assert refused(place(fit)) == {"CORE_DUMPS_ON"}


def test_what_only_needs_a_look_is_said_and_not_refused(fit: Path) -> None:
    """threats I12"""
    swaps = fit.parent / "swaps"
    swaps.write_text("Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n")
    at = replace(place(fit, "registry,box", swaps=swaps), today=date(2041, 1, 1))
    assert (refused(at), doubtful(at)) == (set(), {"ONE_PROCESS", "SWAP_ON"})
    for day in (date(2019, 1, 1), date(2099, 1, 1)):
        assert "CLOCK_UNLIKELY" in doubtful(replace(at, today=day))


def test_only_what_may_be_waived_is_waived(fit: Path) -> None:
    told = {"BALLOT_WAIVE": "SCHEME_NOT_HTTPS,DISK_NOT_LOCAL", "BALLOT_SCHEME": "http", "BALLOT_PORT": "80"}
    at = place(fit, environ=told, mounts=mounts(fit, "overlay"))
    assert refused(at) == {"SCHEME_NOT_HTTPS"}
    assert "DISK_NOT_LOCAL" in {found.code for found in findings(at) if found.state is State.DOUBTFUL}


# --- the box's schema ---------------------------------------------------------------------------------------------


TELLING = {
    "CREATE TABLE seen (digest BLOB PRIMARY KEY)": "rowid",
    "CREATE TABLE seen (digest BLOB PRIMARY KEY, at DATETIME) WITHOUT ROWID": "at",
    "CREATE TABLE seen (number INTEGER PRIMARY KEY) WITHOUT ROWID": "number",
}
TELLING_ON_POSTGRES = {
    "CREATE SEQUENCE seen": "sequence",
    "CREATE TABLE seen (digest BYTEA PRIMARY KEY, at TIMESTAMP)": "at",
    "CREATE TABLE seen (number BIGINT PRIMARY KEY)": "number",
}


@pytest.mark.parametrize(("change", "column"), (TELLING_ON_POSTGRES if chosen() else TELLING).items())
def test_a_box_that_could_tell_an_order_is_refused(at: Open, change: str, column: str) -> None:
    """threats K3, B1"""
    hall = at("voting")
    assert not refused(over(hall))
    with writing(hall.house.box) as session:
        session.execute(text(change))
    found = {one.code: one.error for one in findings(over(hall)) if one.state is State.REFUSED}
    assert set(found) == {"SCHEMA_TELLS_ORDER"}
    assert found["SCHEMA_TELLS_ORDER"] is not None
    assert found["SCHEMA_TELLS_ORDER"].details == {"table": "seen", "column": column}


# --- an upgrade in mid-round ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["issuing", "ready", "voting"])
def test_another_release_is_refused_while_a_round_is_open(at: Open, phase: str) -> None:
    """threats I14"""
    hall = at(phase)
    here_ = over(hall)
    assert (refused(here_), "ROUND_OPEN" in doubtful(here_)) == (set(), True)
    releases.note(here_)
    assert refused(here_) == set()
    noted = hall.house.config.instance / releases.NOTED
    noted.write_text(json.dumps({"release": "0" * 64}))
    assert refused(here_) == {"UPGRADE_MID_ROUND"}


def test_two_rounds_open_at_once_are_said(at: Open) -> None:
    hall = at("voting")
    assert "SEVERAL_ROUNDS_OPEN" not in doubtful(over(hall))
    with writing(hall.house.box) as session:
        columns = [each["name"] for each in inspect(hall.house.box).get_columns("election")]
        copied = ", ".join("'another'" if name == "uuid" else name for name in columns)
        session.execute(text(f"INSERT INTO election ({', '.join(columns)}) SELECT {copied} FROM election"))  # noqa: S608
    kept = hall.house.config.instance / "keys"
    shutil.copytree(kept / hall.uuid, kept / "another")
    assert (refused(over(hall)), "SEVERAL_ROUNDS_OPEN" in doubtful(over(hall))) == (set(), True)


def test_only_witnesses_who_were_heard_count(at: Open) -> None:
    """threats F10: whoever is only on the list watches nothing."""
    hall = at("voting")
    for number in (1, 2):
        watcher = Watcher(f"quan-sat-{number}")
        witnesses.enter(hall.house, hall.uuid, hall.actor("to-chuc-1"), name=watcher.name, key=watcher.public)
        assert "FEW_WITNESSES" in doubtful(over(hall))
        first = watcher.begin(hall.manifest).introduction
        assert first and cosigning.leave(hall.house, hall.uuid, encode_notes([first])) == 1
    assert "FEW_WITNESSES" not in doubtful(over(hall))


def test_another_release_is_welcome_before_the_seal_and_after_the_close(at: Open) -> None:
    drafted, closed = at("draft"), at("voting")
    for number in range(5):
        assert closed.cast(closed.body(number)).status_code == 201
    closed.by_two(closing.close)
    for hall in (drafted, closed):
        (hall.house.config.instance / releases.NOTED).write_text(json.dumps({"release": "0" * 64}))
        assert refused(over(hall)) == set()
        assert "ROUND_OPEN" not in doubtful(over(hall))


def test_scripts_that_are_not_the_sealed_ones_are_refused(at: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """threats I14: another build of the front end under a sealed round."""
    hall = at("voting")
    built = assets.hashes()
    assert hall.manifest.software == built
    monkeypatch.setattr(assets, "hashes", lambda: {**built, "booth.js": "sha384-other"})
    assert refused(over(hall)) == {"UPGRADE_MID_ROUND"}


def test_the_release_is_named_by_every_file_that_runs() -> None:
    assert len(releases.release()) == 64
    assert releases.release.__wrapped__() == releases.release()


# --- starting -----------------------------------------------------------------------------------------------------


def environ_of(folder: Path, **more: str) -> dict[str, str]:
    return {"BALLOT_INSTANCE": str(folder), "BALLOT_ROLES": "box", **HOSTS, **WAIVED, **more}


def test_in_production_nothing_unfit_starts_and_nothing_is_written(fit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ_of(fit, FLASK_DEBUG="1").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["waitress-serve"])
    with pytest.raises(NotFitToServe) as caught:
        create_app(Config.from_environ(os.environ))
    assert caught.value.details == {"codes": "DEBUG_ON"}
    assert [path.name for path in fit.rglob("*")] == ["keys"]


def test_in_production_a_fit_machine_starts_and_notes_its_release(fit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ_of(fit).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["waitress-serve"])
    assert create_app(Config.from_environ(os.environ))
    assert json.loads((fit / releases.NOTED).read_text()) == {"release": releases.release()}


def test_the_command_prints_every_check_and_ends_as_it_found(fit: Path) -> None:
    env = fit.parent / "box.env"
    env.write_text("".join(f'{name}="{value}"\n' for name, value in environ_of(fit).items()) + "# a comment\n")
    done = run("ballot", "check", "--env", env)
    assert done.output.count("✓") >= 14
    for sentence in ("Ổ đĩa còn chỗ", "Hòm phiếu không giữ thứ tự", "Người chứng kiến"):
        assert sentence in done.output
    env.write_text(env.read_text().replace('BALLOT_SCHEME="https"', "BALLOT_SCHEME=http").replace("443", "80"))
    done = run("ballot", "check", "--env", env)
    assert done.code == REFUSED
    assert "✗ Các trang dùng https" in done.output
    assert "SCHEME_NOT_HTTPS" in done.output
    assert "Xin chạy lệnh ballot check" not in done.output, "it was just run"


def test_an_environment_file_is_read_as_the_service_manager_reads_it() -> None:
    assert variables('A=1\n# B=2\n;C=3\n\nD="x y"\nE=a=b\n') == {"A": "1", "D": "x y", "E": "a=b"}
