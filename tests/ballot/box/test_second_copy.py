"""The second copy: no receipt before it has the ballot, no batch sealed without it, nothing of an order in it.

Here live a copy that answers and one that does not. Never here: a restored box (test_resume.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing as closes
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from ballot.box import second_copy
from ballot.config import Config
from ballot.house import House
from ballot.models.copy import BALLOT, KINDS, NOTE, OPENED, VOID, Kept
from ballot.result import closing
from ballot.settings.errors import BadSetting
from ballot.storage import PRAGMAS, reading
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import parse_notes
from tally.protocol.holding import UNUSED_ENVELOPE, Voided, prove_standing
from tally.protocol.spoiled import read_opened
from tests import voter
from tests.ballot.asking import opened, try_terminal
from tests.ballot.copied import break_off, mend, with_copy
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, nothing_changes, refused, rows
from tests.postgres import Server

Open = Callable[[str], Hall]
SEALING = 20


@pytest.fixture
def hall(at: Open, tmp_path: Path) -> Iterator[Hall]:
    hall = with_copy(at("voting"), tmp_path)
    yield hall
    hall.house.box_copy.dispose()


def copied(hall: Hall, kind: str = BALLOT) -> dict[bytes, bytes]:
    return second_copy.held(hall.house.box_copy, hall.uuid, kind)


# --- keeping ------------------------------------------------------------------------------------------------------


def test_whoever_has_a_receipt_is_in_the_copy_with_the_very_bytes(hall: Hall) -> None:
    """threats I6, I7"""
    for number in range(3):
        assert hall.cast(hall.body(number)).status_code == 201
        assert set(copied(hall).values()) == set(ballots(hall))


def test_without_the_copy_there_is_no_receipt_and_the_same_bytes_get_one_later(hall: Hall) -> None:
    """threats I7: accept, copy, then the receipt; a voter who sends again has one ballot."""
    body = hall.body(0)
    break_off(hall)
    for _again in range(2):
        refused(hall.cast(body), 503, "COPY_AWAY")
    mend(hall)
    first = hall.cast(body)
    assert first.status_code == 201
    assert hall.cast(body).get_json() == first.get_json()
    assert len(copied(hall)) == len(ballots(hall)) == 1


def test_asking_what_became_of_a_slip_gives_no_receipt_past_the_copy_either(hall: Hall) -> None:
    assert hall.cast(hall.body(1)).status_code == 201
    break_off(hall)
    refused(hall.cast(raw := hall.body(0)), 503, "COPY_AWAY")
    refused(hall.booth().ask(f"/dot/{hall.uuid}/trang-thai", asked(hall, 0)), 503, "COPY_AWAY")
    again = hall.booth().send(f"/dot/{hall.uuid}/bien-nhan", data=raw, content_type="application/json")
    refused(again, 503, "COPY_AWAY")
    mend(hall)
    assert hall.booth().ask(f"/dot/{hall.uuid}/trang-thai", asked(hall, 0)).get_json()["state"] == "recorded"
    assert len(copied(hall)) == 2


def test_while_the_copy_was_never_seen_a_process_takes_and_says_nothing(hall: Hall) -> None:
    """threats I13: nobody can know whether the box is the right one."""
    break_off(hall)
    with nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(0)), 503, "COPY_AWAY")
        refused(hall.booth().ask(f"/dot/{hall.uuid}/trang-thai", asked(hall, 0)), 503, "COPY_AWAY")
    mend(hall)
    assert hall.cast(hall.body(0)).status_code == 201


def test_nobody_waits_long_while_another_thread_asks_a_copy_that_is_silent(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats I11: a silent copy must not take every thread of the server."""
    monkeypatch.setattr(second_copy, "TURN", 0.05)
    with second_copy._SWEPT, nothing_changes(hall.house.box):
        refused(hall.cast(hall.body(0)), 503, "COPY_AWAY")
    assert hall.cast(hall.body(0)).status_code == 201


def asked(hall: Hall, number: int) -> dict[str, object]:
    credential = hall.credential(number)
    proof = prove_standing(hall.manifest.hash, credential)
    return {"credential": credential.public.encode(), "proof": proof.as_json()}


def test_a_copy_that_is_set_up_in_mid_round_first_gets_what_came_before(at: Open, tmp_path: Path) -> None:
    hall = at("voting")
    for number in range(3):
        assert hall.cast(hall.body(number)).status_code == 201
    with_copy(hall, tmp_path)
    assert hall.cast(hall.body(3)).status_code == 201
    assert set(copied(hall).values()) == set(ballots(hall))
    assert len(copied(hall)) == 4
    hall.house.box_copy.dispose()


def test_opened_drafts_and_voids_are_in_the_copy_too(hall: Hall) -> None:
    """Or a restored box would count a ballot that was opened, or a slip that was voided."""
    election = hall.election
    body = opened(voter.draft(election, (0, 1, 2)))
    assert try_terminal(hall, body).status_code == 201
    void = Voided.make(hall.manifest.hash, hall.credential(5), UNUSED_ENVELOPE)
    asked = {"staging_key": "", **void.as_json()}
    assert hall.booth().ask(f"/dot/{hall.uuid}/huy-the", asked).status_code == 200
    assert list(copied(hall, OPENED)) == [bytes.fromhex(read_opened(body, election).commit_code(election))]
    assert list(copied(hall, VOID)) == [hall.credential(5).public.raw]


def test_nothing_is_sealed_that_the_copy_does_not_have(hall: Hall) -> None:
    """threats I13: else a published checkpoint could name a ballot that a dead server took along."""
    for number in range(SEALING - 1):
        assert hall.cast(hall.body(number)).status_code == 201
    assert copied(hall, NOTE) == {}
    break_off(hall)
    body = hall.body(SEALING - 1)
    refused(hall.cast(body), 503, "COPY_AWAY")
    assert rows(hall.house.box)["checkpoint"] == []
    mend(hall)
    assert hall.cast(body).status_code == 201
    assert hall.cast(hall.body(SEALING)).status_code == 201
    (note,) = copied(hall, NOTE).values()
    named = [line.removeprefix("ballot ") for line in parse_notes(note, "copy")[0].lines[3:]]
    assert set(map(bytes.fromhex, named)) <= set(copied(hall))


def test_a_copy_that_is_away_does_not_stop_the_close(hall: Hall) -> None:
    for number in range(3):
        assert hall.cast(hall.body(number)).status_code == 201
    break_off(hall)
    assert hall.by_two(closing.close)
    assert hall.phase() == "closed"


# --- what it may hold ---------------------------------------------------------------------------------------------


def test_the_copy_keeps_the_laws_of_the_box(hall: Hall) -> None:
    """threats B2: no row number, no time, no order, nothing but what the box holds."""
    engine: Engine = hall.house.box_copy
    assert [column.name for column in Kept.__table__.columns] == ["uuid", "kind", "digest", "raw"]
    assert {c["name"] for c in inspect(engine).get_columns("kept")} == {"uuid", "kind", "digest", "raw"}
    with closes(engine.raw_connection()) as raw:
        found = {p: raw.cursor().execute(f"PRAGMA {p}").fetchone()[0] for p in PRAGMAS}
        (made,) = raw.cursor().execute("SELECT sql FROM sqlite_master WHERE name = 'kept'").fetchone()
    assert found == {pragma: expected for pragma, (_, expected) in PRAGMAS.items()}
    assert "WITHOUT ROWID" in made
    assert set(KINDS) == {BALLOT, OPENED, VOID, NOTE}


def test_after_sealing_the_copys_file_has_its_ballots_in_the_order_of_their_hashes(hall: Hall, tmp_path: Path) -> None:
    """threats B3: whoever seizes the other disk learns no order of arrival."""
    arrived = [hall.ballot(number) for number in range(SEALING)]
    for number, raw in enumerate(arrived):
        assert hall.cast(raw).status_code == 201, number
    log = tmp_path / "copy.db-wal"
    assert not log.exists() or log.stat().st_size == 0
    file = (tmp_path / "copy.db").read_bytes()
    hashes = sorted(bytes.fromhex(Ballot.parse(raw).hash) for raw in arrived)
    places = [file.index(digest) for digest in hashes]
    assert {file.count(digest) for digest in hashes} == {1}
    assert in_runs(places)


def in_runs(places: list[int], page: int = 4096) -> bool:
    """Rows stand in pages, filled from their ends: within a page the order is exact one way or the other."""
    pages: dict[int, list[int]] = {}
    for place in places:
        pages.setdefault(place // page, []).append(place)
    return all(found in (sorted(found), sorted(found, reverse=True)) for found in pages.values())


def test_a_copy_in_the_same_place_is_none(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/house/box.db", f"sqlite:///{tmp_path}/house/copies/copy.db"):
        with pytest.raises(BadSetting):
            Config.from_environ({"BALLOT_INSTANCE": str(tmp_path / "house"), "BALLOT_BOX_COPY": url})
    one = "postgresql+psycopg://box@/box"
    with pytest.raises(BadSetting):
        Config.from_environ({"BALLOT_BOX_DB": one, "BALLOT_BOX_COPY": one})


def test_a_process_with_a_copy_makes_its_table_and_one_that_is_away_lets_it_start(tmp_path: Path) -> None:
    for place in (tmp_path / "copy.db", tmp_path / "no-such-folder" / "copy.db"):
        environ = {"BALLOT_INSTANCE": str(tmp_path / "house"), "BALLOT_BOX_COPY": f"sqlite:///{place}"}
        house = House.open(Config.from_environ(environ))
        assert (house.box_copy is not None, place.exists()) == (True, place.parent.is_dir())
        if place.exists():
            with reading(house.box_copy) as session:
                assert session.query(Kept).count() == 0
        for engine in (house.registry, house.box, house.box_copy):
            engine.dispose()


def test_a_copy_on_a_postgresql_server_does_the_same(at: Open, postgres: Server, tmp_path: Path) -> None:
    """threats B4, I7: on another host, with no order in its pages or transaction numbers once a batch is sealed."""
    name = f"copy_{secrets.token_hex(4)}"
    hall = with_copy(at("voting"), tmp_path, postgres.create(name))
    arrived = [hall.ballot(number) for number in range(SEALING)]
    for raw in arrived:
        assert hall.cast(raw).status_code == 201
    assert set(copied(hall).values()) == set(arrived)
    with reading(hall.house.box_copy) as session:
        placed = session.execute(text("SELECT kind, digest FROM kept ORDER BY ctid")).all()
        written = session.scalar(text("SELECT count(DISTINCT xmin::text) FROM kept"))
    assert (placed, written) == (sorted(placed), 1)
    break_off(hall)
    body = hall.body(SEALING)
    refused(hall.cast(body), 503, "COPY_AWAY")
    hall.house.box_copy.dispose()
    postgres.drop(name)
    refused(hall.cast(body), 503, "COPY_AWAY")
    hall.house.box_copy.dispose()
