"""What a site's files tell: no order of arrival, no name, no time; and the storage laws, as at the box."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import closing as closes
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import DateTime, Integer, inspect

from ballot.models.registry.base import RegistryBase
from ballot.models.site import SiteBase
from ballot.site import forwarder
from ballot.site.line import Line, Wire
from ballot.storage import PRAGMAS, migrate
from tally.protocol.ballot import Ballot
from tally.protocol.padding import padded_length, unpadded
from tests.ballot.hall import PEOPLE, VOTERS, Hall
from tests.ballot.look import rows, stored
from tests.ballot.site_hall import BoxServer, Site
from tests.postgres import chosen
from tests.survival.seized import kendall_tau, spread

TAU_BOUND = 3.2 * spread(40)  # beyond it once in about 700 honest runs

Open = Callable[[str], Hall]
ARRIVING = 40


@pytest.fixture(scope="module")
def arrived(prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hall, BoxServer, Site, list[bytes]]]:
    """A site that took forty ballots with the line down and wrote its file anew."""
    hall = prepared.at("voting")
    box, site = BoxServer(hall.box).start(), Site(tmp_path_factory.mktemp("site"))
    site.fetch(hall, box)
    box.stop()
    ballots = [hall.ballot(number) for number in range(ARRIVING)]
    for raw in ballots:
        assert site.cast(hall, raw).status_code == 202
    assert forwarder.tidy(site.house)
    yield hall, box, site, ballots
    box.stop()
    site.close()
    hall.house.registry.dispose()
    hall.house.box.dispose()


def test_the_laws_hold_on_every_connection_and_the_migrations_make_the_models(arrived) -> None:
    engine = arrived[2].house.engine
    migrate(engine, "site")
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert {p: raw.execute(f"PRAGMA {p}").fetchone()[0] for p in PRAGMAS} == {p: v for p, (_, v) in PRAGMAS.items()}
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SiteBase.metadata) == []
        for table in SiteBase.metadata.sorted_tables:
            checks = {str(c["sqltext"]) for c in inspect(connection).get_check_constraints(table.name)}
            assert checks == {str(c.sqltext) for c in table.constraints if hasattr(c, "sqltext")}


def test_no_table_of_a_site_keeps_an_order_a_time_a_number_or_a_person(arrived) -> None:
    """threats B2, B9"""
    engine = arrived[2].house.engine
    for table in SiteBase.metadata.sorted_tables:
        assert [c.name for c in table.columns if isinstance(c.type, Integer | DateTime)] == []
        assert [c.name for c in table.columns if c.name.endswith("_at") or "time" in c.name] == []
        assert (table.foreign_keys, table.dialect_options["sqlite"]["with_rowid"]) == (set(), False)
    with closes(engine.raw_connection()) as raw:
        made = raw.cursor().execute("SELECT name, sql FROM sqlite_master WHERE type='table'").fetchall()
    assert [name for name, sql in made if "WITHOUT ROWID" not in sql and name != "alembic_version"] == []
    names = {c.name for t in SiteBase.metadata.sorted_tables for c in t.columns}
    persons = {c.name for t in RegistryBase.metadata.sorted_tables for c in t.columns}
    # Public files and the state of a row; nothing by which a person could be joined to a ballot.
    assert names & persons <= {"uuid", "manifest", "committee", "state", "hash", "digest"}


def places(site: Site, ballots: list[bytes]) -> list[int]:
    """Return where each ballot stands in the bytes of the file, in the order in which they arrived."""
    database = site.folder / "site.db"
    wal = database.with_name("site.db-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    file, found = database.read_bytes(), []
    for raw in ballots:
        ballot = Ballot.parse(raw)
        row = bytes.fromhex(ballot.hash) + ballot.credential.raw
        assert file.count(row) == 1  # no older copy of a row either
        found.append(file.index(row))
    return found


def test_the_file_tells_no_order_of_arrival_before_and_after_handing_on(arrived) -> None:
    """threats B2, B3, K3"""
    hall, box, site, ballots = arrived
    before = places(site, ballots)
    assert abs(kendall_tau(before)) < TAU_BOUND
    sent: list[bytes] = []
    wire = Wire(box.origin, None)

    def noting(method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        if body is not None:
            sent.append(body)
        return wire(method, path, body, limit)

    box.start()
    forwarding = forwarder.Forwarder(site.house)
    forwarding._lines = {(hall.uuid, box.origin): Line(noting)}
    forwarding.turns()
    wire.close()
    box.stop()
    assert site.states(hall) == {"final": ARRIVING}
    order = [unpadded(body) for body in sent]
    assert sorted(order) == sorted(ballots)
    assert abs(kendall_tau([order.index(raw) for raw in ballots])) < TAU_BOUND
    hashes = [Ballot.parse(raw).hash for raw in order]
    assert [sorted(hashes[i : i + 10]) for i in range(0, ARRIVING, 10)] == [
        sorted(hashes)[i : i + 10] for i in range(0, ARRIVING, 10)
    ]
    assert hashes != sorted(hashes)
    assert {len(body) for body in sent} == {padded_length(hall.election)}
    after = places(site, ballots)
    assert abs(kendall_tau(after)) < TAU_BOUND
    assert sorted(ballots, key=dict(zip(ballots, before, strict=True)).__getitem__) == sorted(
        ballots, key=dict(zip(ballots, after, strict=True)).__getitem__
    )


def test_nothing_of_the_registry_and_no_name_lies_at_a_site(arrived) -> None:
    """threats B6, B9"""
    hall, _box, site, _ballots = arrived
    names = {path.name for path in site.files()}
    assert names <= {"site.db", "site.db-wal", "site.db-shm", "machine.secret", "diem-cau.site.key"}
    everything = b"".join(site.files().values()) + (stored(site.house.engine) if chosen() else b"")
    people = [f"Đại biểu họ tên {n:04d}" for n in range(VOTERS)] + [f"DB-{n:04d}" for n in range(VOTERS)] + [*PEOPLE]
    assert [person for person in people if person.encode() in everything] == []
    codes = [slip.digits for slip in hall.slips] + [slip.shown() for slip in hall.slips]
    assert [code for code in codes if code.encode() in everything] == []
    secret = (site.folder / "keys" / "machine.secret").read_bytes()
    assert everything.count(secret) == 1


def test_a_site_has_no_private_key_but_its_own_and_keeps_it_to_itself(arrived) -> None:
    hall, _box, site, _ballots = arrived
    keys = list(site.folder.rglob("*.key"))
    assert [path.name for path in keys] == ["diem-cau.site.key"]
    assert json.loads(keys[0].read_bytes())["kind"] == "site"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (site.folder, keys[0])] == [0o700, 0o600]
    assert hall.house.keyring.box(hall.uuid).public_hex != site.house.signer(hall.uuid).public_hex


def test_at_the_box_a_ballot_of_a_site_looks_like_any_other(at: Open, tmp_path: Path) -> None:
    """threats B22"""
    hall = at("voting")
    box, site = BoxServer(hall.box).start(), Site(tmp_path / "site")
    site.fetch(hall, box)
    site.cast(hall, hall.body(0))
    hall.cast(hall.body(1))
    assert site.turn(hall, box)
    box.stop()
    site.close()
    for name, table in rows(hall.house.box).items():
        if name in ("ballot", "staged", "known_ciphertext"):
            assert len({tuple(type(cell) for cell in row) for row in table}) == 1
    everything = stored(hall.house.box)
    assert site.house.name.encode() not in everything
    assert site.house.signer(hall.uuid).public_hex.encode() not in everything
