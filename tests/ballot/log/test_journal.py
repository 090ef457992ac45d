"""The log as organisers, administrators and observers read it: append-only, timed where it may be, signed, exported.

Here live tests of the application's side. Never here: the format alone (tests/tally/test_acts_log.py).
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from pypdf import PdfReader
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

import ballot
from ballot.acts import find_round
from ballot.identity import organisations
from ballot.identity.login import create_account
from ballot.life import annulling, rounds, sealing
from ballot.log import acts_logged, audit, clock, journal
from ballot.log.acts_logged import ACTS, Minute
from ballot.result import closing
from ballot.storage import MIGRATIONS, migrate, open_engine, reading, writing
from keys.signers import KeyFileMissing
from tally.protocol.acts_log import AuditBroken, Log, LogCut, start_hash
from tally.protocol.acts_log_life import PROPOSE, check_round
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Act, Phase
from tests.ballot.client import Client
from tests.ballot.hall import PASSWORD, Hall, plan
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared
from tests.postgres import chosen, lay_guards_aside

Open = Callable[[str], Hall]
PACKAGE = Path(ballot.__file__).parent
MOVES = {act.value for act in Act}


def log_of(hall: Hall, organisation: int = 1) -> Log:
    with reading(hall.house.registry) as session:
        return audit.log_of(session, organisation)


def manifest_of(hall: Hall, uuid: str = "") -> Manifest:
    with reading(hall.house.registry) as session:
        return Manifest.parse(find_round(session, uuid or hall.uuid).manifest or b"")


def reader(hall: Hall, role: str, organisation: int = 1) -> Client:
    login = f"{role}-{organisation}"
    create_account(hall.house, organisation, login=login, name=f"Người {login}", role=role, password=PASSWORD)
    return hall.person(login)


def without_triggers(hall: Hall, *statements: str) -> None:
    """Change the file as somebody with a tool of their own does."""
    with writing(hall.house.registry) as session:
        lay_guards_aside(session)
        for statement in statements:
            session.execute(text(statement))


# --- append-only --------------------------------------------------------------------------------------------------

WAYS = {
    "change the organisation": "UPDATE audit_entry SET organisation_id = 2 WHERE height = 3",
    "change a height": "UPDATE audit_entry SET height = 999 WHERE height = 3",
    "change an actor": "UPDATE audit_entry SET actor = 'x' WHERE height = 3",
    "change an act": "UPDATE audit_entry SET act = 'x' WHERE height = 3",
    "change a subject": "UPDATE audit_entry SET subject = 'x' WHERE height = 3",
    "change a time": "UPDATE audit_entry SET time = '2026-11-20T02:15Z' WHERE height = 3",
    "change hashes": "UPDATE audit_entry SET hash = 'x' || substr(hash, 2), previous = 'x' || substr(previous, 2)",
    "delete": "DELETE FROM audit_entry WHERE height = 3",
    "delete the last": "DELETE FROM audit_entry WHERE height = (SELECT max(height) FROM audit_entry)",
    "delete all": "DELETE FROM audit_entry",
    "write over": "INSERT INTO audit_entry (organisation_id, height, actor, act, subject, previous, hash, time)"
    " SELECT 1, 3, 'x', act, subject, previous, 'x', time FROM audit_entry WHERE height = 3"
    " ON CONFLICT (organisation_id, height) DO UPDATE SET actor = 'x'",
    "leave a gap": "INSERT INTO audit_entry (organisation_id, height, actor, act, subject, previous, hash, time)"
    " SELECT 1, height + 2, actor, act, subject, previous, 'x', time FROM audit_entry ORDER BY height DESC LIMIT 1",
    "change a head": "UPDATE audit_head SET signature = 'x'",
    "delete a head": "DELETE FROM audit_head",
}
OF_SQLITE = {
    "replace": "REPLACE INTO audit_entry (organisation_id, height, actor, act, subject, previous, hash, time)"
    " SELECT 1, 3, 'x', act, subject, previous, 'x', time FROM audit_entry WHERE height = 3",
    "replace by hash": "REPLACE INTO audit_entry (organisation_id, height, actor, act, subject, previous, hash, time)"
    " SELECT 1, (SELECT max(height) + 1 FROM audit_entry), 'x', act, subject, previous, hash, time"
    " FROM audit_entry WHERE height = 3",
    "replace a head": "REPLACE INTO audit_head SELECT organisation_id, height, round_id, x'00' FROM audit_head",
}


def test_the_database_refuses_every_change_of_what_was_written(at: Open) -> None:
    hall = at("voting")
    for name, statement in (WAYS if chosen() else WAYS | OF_SQLITE).items():
        with (
            nothing_changes(hall.house.registry),
            pytest.raises(IntegrityError, match="append-only"),
            writing(hall.house.registry) as session,
        ):
            session.execute(text(statement))
        assert log_of(hall).check_chain() > 40, name


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/old.db")
    yield engine
    engine.dispose()


def test_a_log_from_before_is_chained_to_its_organisation(engine: Engine) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS / "registry"))
    previous = "0" * 64
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for height in (1, 2, 3):
            said = [height, "tổ-chức", "create", f"đợt {height}", previous]
            previous = sha256_hex(b"phieu-tin-nhiem/v1/audit|" + canonical(said))
            columns = "height, actor, act, subject, previous, hash"
            insert = text(f"INSERT INTO audit_entry ({columns}) VALUES (:a, :b, :c, :d, :e, :f)")  # noqa: S608
            connection.execute(insert, dict(zip("abcdef", [*said, previous], strict=True)))
        connection.commit()
    migrate(engine, "registry")
    with reading(engine) as session:
        log = audit.log_of(session, 1)
    assert log.check_chain() == 3
    assert log.entries[0].previous == start_hash(log.organisation)
    assert [(e.actor, e.subject, e.time) for e in log.entries] == [("tổ-chức", f"đợt {n}", "") for n in (1, 2, 3)]


# --- the minute ---------------------------------------------------------------------------------------------------


# threats B1
def test_nothing_is_timed_while_people_arrive_but_what_moves_the_round(at: Open) -> None:
    """threats K5: an entry with a time between two about persons would time both."""
    log = log_of(at("voting"))
    timed = [(e.act, bool(e.time)) for e in log.entries if e.time or e.act in MOVES]
    assert [t for t in timed if t[0] in MOVES] == [("seal", True), ("freeze", True), ("open", True)]
    sealed = next(e.height for e in log.entries if e.act == "seal")
    assert {e.act for e in log.entries if e.time and e.height > sealed} == {"freeze", "open"}
    assert [e for e in log.entries if e.actor.startswith("tiep-don") and e.time] == []
    assert sum(e.act == "check-in" for e in log.entries) == 44


def test_shaping_a_round_is_timed_to_the_minute_until_a_round_hands_out_slips(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = at("draft")
    monkeypatch.setattr(clock, "utc_minute", lambda: "2026-11-20T02:15Z")
    other = rounds.create(hall.house, plan(title="Đợt khác"), hall.actor("to-chuc-1"))
    assert log_of(hall).entries[-1].time == "2026-11-20T02:15Z"
    sealing.seal(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    rounds.create(hall.house, plan(title="Đợt thứ ba"), hall.actor("to-chuc-1"))
    assert [(e.act, e.time) for e in log_of(hall).entries[-2:]] == [("seal", "2026-11-20T02:15Z"), ("create", "")]
    hall.uuid = other
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất điện", actor))
    assert [(e.act, e.time) for e in log_of(hall).entries[-4:]] == [
        ("annul-reason", ""), ("propose-annul", ""), ("annul-reason", ""), ("annul", "2026-11-20T02:15Z"),
    ]  # fmt: skip


def test_the_clock_says_a_minute_and_no_second() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\dZ", clock.utc_minute())


def test_no_act_about_a_person_may_ever_have_a_time() -> None:
    for act, logged in ACTS.items():
        assert logged.minute in Minute
        if logged.desk:
            assert (logged.minute, acts_logged.keeps_time(act, quiet=True)) == (Minute.NEVER, False)
            assert not acts_logged.keeps_time(PROPOSE + act, quiet=True)
    assert {act for act in ACTS if acts_logged.keeps_time(act, quiet=False)} == MOVES
    assert not acts_logged.keeps_time("an-act-of-tomorrow", quiet=True)


# --- heads --------------------------------------------------------------------------------------------------------


def test_every_act_that_moves_a_sealed_round_signs_the_log(at: Open) -> None:
    hall = at("voting")
    log = log_of(hall)
    assert [h.height for h in log.heads] == [e.height for e in log.entries if e.act in ("seal", "freeze", "open")]
    life = check_round(log, manifest_of(hall))
    assert (life.phase, len(life.heads)) == (Phase.VOTING, 3)
    assert {m.entry.act: m.proposed_by for m in life.moves}["open"] == "to-chuc-1"


def test_a_cut_log_is_caught_and_a_head_stands_in_the_way_of_a_new_end(at: Open) -> None:
    hall = at("voting")
    without_triggers(hall, "DELETE FROM audit_entry WHERE act = 'open'")
    with reading(hall.house.registry) as session, pytest.raises(LogCut):
        audit.check(session, 1)


def test_without_the_logs_key_nothing_moves_on_until_it_is_back(at: Open) -> None:
    hall = at("voting")
    key = hall.house.keyring.path(hall.uuid, "nhat-ky.log.key")
    away = key.rename(key.with_suffix(".away"))
    hall.house.keyring._opened.clear()
    assert not closing.close(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    with nothing_changes(hall.house.registry), pytest.raises(KeyFileMissing):
        closing.close(hall.house, hall.uuid, hall.actor("to-chuc-2"))
    away.rename(key)
    assert closing.close(hall.house, hall.uuid, hall.actor("to-chuc-2"))
    assert log_of(hall).heads[-1].height == len(log_of(hall).entries)


def test_a_round_whose_log_key_is_lost_can_be_annulled(at: Open) -> None:
    hall = at("voting")
    hall.house.keyring.path(hall.uuid, "nhat-ky.log.key").unlink()
    hall.house.keyring._opened.clear()
    heads = log_of(hall).heads
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất khóa", actor))
    assert (log_of(hall).entries[-1].act, log_of(hall).heads) == ("annul", heads)
    assert Log.parse(journal.export(hall.house, 1)).heads == heads


# --- the file -----------------------------------------------------------------------------------------------------


def test_an_export_is_signed_to_its_end_and_has_the_same_bytes_again(at: Open) -> None:
    hall = at("voting")
    readiness_proposed = closing.close(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    assert readiness_proposed is None
    raw = journal.export(hall.house, 1)
    log = Log.parse(raw)
    assert log.heads[-1].height == len(log.entries)
    assert log.entries[-1].act == "propose-close"
    assert check_round(log, manifest_of(hall)).phase is Phase.VOTING
    with nothing_changes(hall.house.registry):
        assert journal.export(hall.house, 1) == journal.export(hall.house, 1, hall.uuid) == raw


def test_a_draft_signs_nothing(at: Open) -> None:
    hall = at("draft")
    with nothing_changes(hall.house.registry):
        assert Log.parse(journal.export(hall.house, 1, hall.uuid)).heads == ()


def test_a_log_that_does_not_hold_is_exported_as_it_is_and_not_signed(at: Open) -> None:
    hall = at("voting")
    without_triggers(hall, "UPDATE audit_entry SET actor = 'khac' WHERE height = 5")
    with nothing_changes(hall.house.registry):
        log = Log.parse(journal.export(hall.house, 1))
    with pytest.raises(AuditBroken, match="entry 5:"):
        log.check_chain()


# --- pages --------------------------------------------------------------------------------------------------------

PAGES = ("/nhat-ky/", "/nhat-ky/in", "/nhat-ky/so.pdf")


@pytest.fixture(scope="module")
def hall(prepared: Prepared) -> Iterator[Hall]:
    """A round that is voting, an account of each role, and a second organisation with a round of its own."""
    hall = prepared.at("voting")
    second = organisations.found(hall.house, "Đơn vị khác")
    for organisation in (1, second):
        for role in ("administrator", "organiser", "observer", "issuer", "reader"):
            reader(hall, role, organisation)
    rounds.create(hall.house, plan(title="Đợt của đơn vị khác"), hall.actor(f"organiser-{second}"))
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def body(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("role", ["administrator-1", "organiser-1", "observer-1"])
def test_those_who_watch_over_the_acts_read_them(hall: Hall, role: str) -> None:
    browser = hall.person(role)
    page = body(browser.get("/nhat-ky/"))
    log = log_of(hall)
    assert f"Vừa kiểm tra: {len(log.entries)} mục, chuỗi mã băm liền mạch." in page
    assert f"Chữ ký sau cùng ở mục {log.heads[-1].height}" in page
    assert "Mở hòm phiếu" in page
    assert "Đề nghị: Mở hòm phiếu" in page
    assert log.entries[-1].hash[:4] in page
    assert {browser.get(path).status_code for path in PAGES} == {200}
    answer = browser.form("/nhat-ky/tep", {"dot": ""}, page="/nhat-ky/")
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    assert Log.parse(answer.data) == log_of(hall)


@pytest.mark.parametrize("role", ["tiep-don", "issuer-1", "reader-1"])
def test_nobody_else_reads_them(hall: Hall, role: str) -> None:
    browser = hall.person(role)
    assert {browser.get(path).status_code for path in PAGES} == {403}
    assert browser.form("/nhat-ky/tep", page="/").status_code in (400, 403)
    assert {hall.anybody().get(path).status_code for path in PAGES} == {302}


@pytest.mark.parametrize("role", ["administrator-2", "organiser-2", "observer-2"])
def test_another_organisation_sees_its_own_log_and_no_other(hall: Hall, role: str) -> None:
    """threats H5"""
    browser = hall.person(role)
    page = body(browser.get("/nhat-ky/"))
    assert "Đợt của đơn vị khác" in page
    assert hall.uuid not in page
    assert "to-chuc-1" not in page
    for path in PAGES:
        refused(browser.get(f"{path}?dot={hall.uuid}"), 404, "NO_SUCH_ROUND")
    refused(browser.form("/nhat-ky/tep", {"dot": hall.uuid}, page="/nhat-ky/"), 404, "NO_SUCH_ROUND")
    exported = Log.parse(browser.form("/nhat-ky/tep", page="/nhat-ky/").data)
    assert {e.actor for e in exported.entries} == {"organiser-2"}
    assert "Đợt của đơn vị khác" not in body(hall.person("organiser-1").get("/nhat-ky/"))


def rows_of(page: str) -> list[int]:
    return [int(height) for height in re.findall(r"<tr><td>(\d+)</td>", page)]


def test_the_log_is_filtered_by_round_act_person_and_paged(hall: Hall) -> None:
    browser, log = hall.person("organiser-1"), log_of(hall)
    first, second = (rows_of(body(browser.get(f"/nhat-ky/?trang={n}"))) for n in (1, 2))
    assert first == list(range(len(log.entries), len(log.entries) - journal.PAGE, -1))
    assert second[0] == first[-1] - 1
    everybody = [n for page in range(1, 9) for n in rows_of(body(browser.get(f"/nhat-ky/?viec=check-in&trang={page}")))]
    assert set(everybody) == {e.height for e in log.entries if e.act == "check-in"}
    assert rows_of(body(browser.get("/nhat-ky/?viec=open"))) == [e.height for e in log.entries if e.act == "open"]
    mine = rows_of(body(browser.get("/nhat-ky/?nguoi=to-chuc-2")))
    assert mine == [e.height for e in log.entries if e.actor == "to-chuc-2"][::-1]
    about = rows_of(body(browser.get(f"/nhat-ky/?dot={hall.uuid}&nguoi=to-chuc-1")))
    assert set(about) == {e.height for e in log.entries if e.concerns(hall.uuid) and e.actor == "to-chuc-1"}
    assert "Không có mục nào như vậy" in body(browser.get("/nhat-ky/?nguoi=khong-co"))
    for page in ("0", "-1", "99", "x", "9" * 5000):
        assert rows_of(body(browser.get(f"/nhat-ky/?trang={page}")))


def test_days_are_those_of_vietnam_and_entries_without_a_time_go_with_the_one_before(
    at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = at("draft")
    browser = hall.person("to-chuc-1")
    made = []
    for minute in ("2036-11-20T16:59Z", "2036-11-20T17:00Z", "2036-11-22T01:00Z"):
        monkeypatch.setattr(clock, "utc_minute", lambda minute=minute: minute)
        rounds.create(hall.house, plan(title="Đợt khác"), hall.actor("to-chuc-1"))
        with writing(hall.house.registry) as session:
            audit.record(session, 1, actor="tiep-don", act="check-in", subject=hall.uuid)
        made.append(len(log_of(hall).entries))
    asked = {
        "tu=2036-11-20&den=2036-11-20": [made[0], made[0] - 1],
        "tu=2036-11-21&den=2036-11-21": [made[1], made[1] - 1],
        "tu=2036-11-21": [made[2], made[2] - 1, made[1], made[1] - 1],
        "tu=2036-11-23": [],
    }
    for query, heights in asked.items():
        page = body(browser.get(f"/nhat-ky/?{query}"))
        assert rows_of(page) == heights
    assert "21/11/2036 00:00" in body(browser.get("/nhat-ky/"))
    for bad in ("20361121", "2036-13-01", "hôm nay", "2036-W01-1"):
        refused(browser.get("/nhat-ky/", query_string={"tu": bad}), 400, "WRONG_SHAPE")


def test_a_log_that_does_not_hold_is_said_on_every_page(at: Open) -> None:
    hall = at("voting")
    without_triggers(hall, "UPDATE audit_entry SET subject = 'x' WHERE height = 7")
    browser = hall.person("to-chuc-1")
    for path in ("/nhat-ky/", "/nhat-ky/in"):
        page = body(browser.get(path))
        assert "Nhật ký KHÔNG liền mạch" in page
        assert "entry 7" in page
        assert "AUDIT_BROKEN" in page
    raw = browser.get("/nhat-ky/so.pdf").data
    assert "KHÔNG liền mạch" in " ".join(PdfReader(io.BytesIO(raw)).pages[-1].extract_text().split())


def test_a_hostile_login_or_reason_is_shown_as_text(at: Open) -> None:
    hall = at("draft")
    with writing(hall.house.registry) as session:
        nul = "" if chosen() else "\x00"  # a server keeps none anywhere
        for bad in ("<script>x</script>", "{{7*7}}", f"a\u202eb\nc{nul}", "=1+1", "W" * 9000):
            audit.record(session, 1, actor=bad[:60], act="annul-reason", subject=f"{hall.uuid} {bad}")
    browser = hall.person("to-chuc-1")
    for path in ("/nhat-ky/", "/nhat-ky/in"):
        page = body(browser.get(path))
        assert "<script>x" not in page
        assert "\u202e" not in page.partition("<table")[2]
        assert "{{7*7}}" in page
    assert browser.get("/nhat-ky/so.pdf").data.startswith(b"%PDF")
    assert Log.parse(journal.export(hall.house, 1)).check_chain() == len(log_of(hall).entries)


# --- paper --------------------------------------------------------------------------------------------------------


def test_the_printed_journal_counts_what_desks_did_and_bears_the_hash_on_every_page(hall: Hall) -> None:
    browser, log = hall.person("organiser-1"), log_of(hall)
    raw = browser.get(f"/nhat-ky/so.pdf?dot={hall.uuid}").data
    assert browser.get(f"/nhat-ky/so.pdf?dot={hall.uuid}").data == raw
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(raw)).pages]
    shown = " ".join(log.entries[-1].hash[i : i + 4] for i in range(0, 64, 4))
    for number, page in enumerate(pages, start=1):
        assert f"Trang {number}/{len(pages)}" in page
        assert f"{len(log.entries)}: {shown}" in page
    whole = " ".join(pages)
    assert "Xác nhận có mặt một người (không ghi là ai) – 44 lần" in whole
    assert whole.count("Xác nhận có mặt") == 1
    for words in ("NHẬT KÝ THAO TÁC", "Mở hòm phiếu", "Trưởng ban kiểm phiếu", "ký, ghi rõ họ tên", "đọc to mã này"):
        assert words in whole
    page = body(browser.get(f"/nhat-ky/in?dot={hall.uuid}"))
    assert "– 44 lần" in page
    assert page.count("<strong>Xác nhận có mặt") == 1


def test_an_empty_journal_and_a_long_one_are_printed(at: Open) -> None:
    hall = at("draft")
    second = organisations.found(hall.house, "Đơn vị mới")
    browser = reader(hall, "administrator", second)
    assert "Nhật ký chưa có mục nào" in body(browser.get("/nhat-ky/"))
    assert browser.get("/nhat-ky/so.pdf").data.startswith(b"%PDF")
    with writing(hall.house.registry) as session:
        for number in range(120):
            audit.record(session, second, actor="a", act="annul-reason", subject=f"{number} " + "dài dòng " * 40)
    pages = PdfReader(io.BytesIO(browser.get("/nhat-ky/so.pdf").data)).pages
    assert len(pages) > 5
    assert all(f"Trang {n}/{len(pages)}" in page.extract_text() for n, page in enumerate(pages, start=1))


# --- words --------------------------------------------------------------------------------------------------------


def test_no_code_that_is_written_anywhere_lacks_words() -> None:
    found = set(codes())
    assert {"check-in", "create", "freeze-list", "undo-check-in", "override-reason", "name-members"} <= found
    assert sorted(code for code in found if code.removeprefix(PROPOSE) not in ACTS) == []


def test_no_words_are_those_of_another_act() -> None:
    said = [acts_logged.words(act) for act in ACTS]
    assert len(said) == len(set(said))
    assert list(ACTS)[len(MOVES) + 1 :] == sorted(list(ACTS)[len(MOVES) + 1 :])


def test_what_a_subject_says_is_put_into_words_where_there_is_a_rule() -> None:
    said = "44 listed, 1 void, 0 unreadable, 2 undelivered"
    assert acts_logged.details("freeze-list", said) == (
        "44 thẻ trong danh sách, 1 vô hiệu, 0 gói không đọc được, 2 chưa giao"
    )
    assert acts_logged.details("name-members", "2 Lê Văn A") == "thành viên số 2: Lê Văn A"
    assert acts_logged.details("committee-call", "1 2 3") == "lần 1, các thành viên số 2 3"
    assert acts_logged.details("freeze-list", "khác") == "khác"
    assert acts_logged.details("an-act-of-tomorrow", "khác") == "khác"
    assert acts_logged.words("an-act-of-tomorrow") == "an-act-of-tomorrow"


def codes() -> Iterator[str]:
    """Every code in the sources: what stands as `act` in a call of `record`, of `propose`, or of what hands it on."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if parts[0] in ("issuer", "frontend") or path.name in ("audit.py", "acts_logged.py"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            t.id: node.value.value
            for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for t in node.targets if isinstance(t, ast.Name)
        }  # fmt: skip
        handing_on = {"propose": 2} | {
            node.name: [a.arg for a in node.args.args].index("act")
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and "act" in [a.arg for a in node.args.args]
            and any(_is_record(call) for call in ast.walk(node))
        }  # fmt: skip
        for call in ast.walk(tree):
            if _is_record(call):
                yield from _values(next(k.value for k in call.keywords if k.arg == "act"), constants)
            elif isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in handing_on:
                place = handing_on[call.func.id]
                named = [k.value for k in call.keywords if k.arg == "act"]
                for value in named or call.args[place : place + 1]:
                    yield from _values(value, constants)


def _is_record(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "record"
        and "act" in {k.arg for k in node.keywords}
    )


def _values(node: ast.AST, constants: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _values(node.body, constants)
        yield from _values(node.orelse, constants)
    elif isinstance(node, ast.Name) and node.id in constants:
        yield constants[node.id]
    elif isinstance(node, ast.JoinedStr):
        first, *rest = node.values
        known = [
            v.value if isinstance(v, ast.Constant) else constants.get(getattr(v.value, "id", "")) for v in node.values
        ]
        if all(known):
            yield "".join(known)  # type: ignore[arg-type]
        elif isinstance(first, ast.Constant) and first.value != PROPOSE and rest:
            assert any(act.startswith(first.value) for act in ACTS), first.value
