"""What is kept of a round that has ended: the pack and its hash, the end of the machine's keys, of the roll's names.

Here lives what is gone from the files afterwards, and what still verifies. Never here: the pack itself (tests/tally).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ballot.acts import find_round
from ballot.desk.attendance import attendance
from ballot.life import retention
from ballot.life.forgetting import NOTHING
from ballot.log import journal
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.issuing import IssuerLedger
from ballot.models.registry.roll import Portrait, Voter
from ballot.models.registry.rounds import Round
from ballot.models.registry.slips import SlipOrder
from ballot.storage import reading, writing
from tally import rules
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import WrongShape
from tally.protocol.phase import WrongPhase
from tally.retention import FILE, KEEP, PEOPLE, WHAT, periods
from tests.ballot.after_hall import again, agree, counted, dispose, draw_up, path, post, read, save
from tests.ballot.hall import VOTERS, Hall
from tests.ballot.look import looked_over, refused, stored
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST, SECOND
from tests.commands import tally as run_tally

JPEG = b"\xff\xd8\xff\xe0 a face that somebody has"
LATER = "2199-01-01"


@pytest.fixture(scope="module")
def certified_once(prepared: Prepared) -> Iterator[Hall]:
    """A round whose result was certified on paper, with a photo of a voter at the desk."""
    hall = counted(prepared)
    agree(hall)
    save(hall)
    assert draw_up(hall).status_code == 302
    with writing(hall.house.registry) as session:
        session.add(Portrait(voter_id=hall.voters()[3], jpeg=JPEG))
    for login, status in ((FIRST, 409), (SECOND, 302)):
        assert post(hall.person(login), hall, "xac-nhan", page="ky").status_code == status
    yield hall
    dispose(hall)


@pytest.fixture
def hall(prepared: Prepared, certified_once: Hall) -> Iterator[Hall]:
    copy = again(prepared, certified_once)
    yield copy
    dispose(copy)


@pytest.fixture(scope="module")
def archived_once(prepared: Prepared, certified_once: Hall) -> Iterator[tuple[Hall, bytes]]:
    copy = again(prepared, certified_once)
    yield copy, archive(copy)
    dispose(copy)


@pytest.fixture
def archived(prepared: Prepared, archived_once: tuple[Hall, bytes]) -> Iterator[Hall]:
    """The same round once its pack was made."""
    copy = again(prepared, archived_once[0])
    yield copy
    dispose(copy)


def archive(hall: Hall) -> bytes:
    answer = post(hall.person(FIRST), hall, "luu-tru/bo-ho-so", page="luu-tru")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data()


def kept(hall: Hall) -> retention.Kept:
    with reading(hall.house.registry) as session:
        return retention.kept(hall.house, session, find_round(session, hall.uuid))


def logged(hall: Hall, act: str) -> list[tuple[str, str]]:
    with reading(hall.house.registry) as session:
        return [(e.actor, e.subject) for e in session.query(AuditEntry) if e.act == act]


def still_verifies(hall: Hall) -> bool:
    record = hall.house.record(hall.uuid)
    manifest = sha256_hex((record / "manifest.json").read_bytes())
    return run_tally("verify", record, "--manifest", manifest)[0] == 0


def files_of(hall: Hall) -> bytes:
    """Return every byte of the registry's database once nobody has it open."""
    hall.house.registry.dispose()
    return stored(hall.house.registry)


# --- the pack -----------------------------------------------------------------------------------------------------


def test_the_pack_is_made_and_its_hash_is_logged(hall: Hall, archived_once: tuple[Hall, bytes], tmp_path: Path) -> None:
    pack = archive(hall)
    assert kept(hall).pack == sha256_hex(pack)
    assert logged(hall, "archive-round") == [(FIRST, f"{hall.uuid} {sha256_hex(pack)}")]
    (tmp_path / "bo-ho-so.zip").write_bytes(pack)
    assert run_tally("check-files", tmp_path / "bo-ho-so.zip")[0] == 0
    assert archived_once[1] == pack  # made twice, the same bytes


def test_nothing_is_destroyed_before_there_is_a_pack_or_before_the_round_has_ended(
    hall: Hall, prepared: Prepared
) -> None:
    for name in ("khoa", "nguoi"):
        refused(post(hall.person(FIRST), hall, f"luu-tru/{name}", page="luu-tru"), 409, "NOT_ARCHIVED")
    voting = prepared.at("voting")
    who = voting.actor(FIRST)
    with pytest.raises(WrongPhase):
        retention.archive(voting.house, voting.uuid, who)
    for act in (retention.destroy_keys, retention.delete_people):
        with pytest.raises(WrongPhase):
            act(voting.house, voting.uuid, who, today=LATER)
    assert "Đợt chưa kết thúc" in read(voting.person(FIRST), voting, "luu-tru")
    dispose(voting)


# --- the machine's keys -------------------------------------------------------------------------------------------


def test_two_persons_destroy_the_machines_keys_and_the_record_still_verifies(archived: Hall) -> None:
    files = retention.key_files(archived.house, archived.uuid)
    assert {f.name for f in files} >= {"hom-phieu.box.key", "nhat-ky.log.key", "ban-to-chuc.statement.key"}
    first, second = archived.person(FIRST), archived.person(SECOND)
    for _press in range(2):
        refused(post(first, archived, "luu-tru/khoa", page="luu-tru"), 409, "SECOND_PERSON_NEEDED")
    assert retention.key_files(archived.house, archived.uuid) == files
    assert post(second, archived, "luu-tru/khoa", page="luu-tru").status_code == 302
    assert retention.key_files(archived.house, archived.uuid) == ()
    assert logged(archived, "keys-destroy") == [(SECOND, archived.uuid)]
    assert "Đã hủy." in read(first, archived, "luu-tru")
    assert still_verifies(archived)
    exported = journal.export(archived.house, 1, archived.uuid)
    log = archived.house.config.instance / "log.jsonl"
    log.write_bytes(exported)
    code, said = run_tally("log", log)
    assert code == 0, said


def test_what_was_cut_off_after_the_decision_is_finished_by_one(archived: Hall) -> None:
    with writing(archived.house.registry) as session:
        session.get_one(retention.Retention, find_round(session, archived.uuid).id).keys_gone = True
    assert "Hủy nốt các tệp còn lại" in read(archived.person(FIRST), archived, "luu-tru")
    assert post(archived.person(FIRST), archived, "luu-tru/khoa", page="luu-tru").status_code == 302
    assert retention.key_files(archived.house, archived.uuid) == ()


# --- the people ---------------------------------------------------------------------------------------------------


def test_personal_data_stays_until_its_day_and_the_page_says_which(archived: Hall) -> None:
    found = kept(archived)
    day = found.line(PEOPLE).day
    assert day > found.ended
    page = read(archived.person(FIRST), archived, "luu-tru")
    assert "Xóa được từ ngày" in page
    assert "Xóa dữ liệu cá nhân</button>" not in page
    refused(post(archived.person(FIRST), archived, "luu-tru/nguoi", page="luu-tru"), 409, "NOT_DUE")
    assert not retention.delete_people(archived.house, archived.uuid, archived.actor(FIRST), today=day)


def test_two_persons_delete_personal_data_and_no_byte_of_it_is_left(archived: Hall) -> None:
    """threats B3, 5.13: what could join a person to an hour or a slip is gone; what proves the result is not."""
    names = [f"Đại biểu họ tên {n:04d}".encode() for n in range(VOTERS)]
    references = [f"DB-{n:04d}".encode() for n in range(VOTERS)]
    with reading(archived.house.registry) as session:
        salts = [hall_row.salt for hall_row in session.query(IssuerLedger)]
        salts.append(find_round(session, archived.uuid).roll_salt)
        before = attendance(session, find_round(session, archived.uuid))
    looked_over(archived.house.registry)
    there = files_of(archived)
    assert all(secret in there for secret in (*names, *references, *salts, JPEG))
    for login, done in ((FIRST, False), (SECOND, True)):
        assert retention.delete_people(archived.house, archived.uuid, archived.actor(login), today=LATER) is done
    left = files_of(archived)
    assert [secret for secret in (*names, *references, *salts, JPEG) if secret in left] == []
    with reading(archived.house.registry) as session:
        row = session.query(Round).one()
        assert attendance(session, row) == before
        assert {v.name for v in session.query(Voter)} == {"–"}
        assert session.query(SlipOrder).count() == 0
        assert (row.roll_salt, row.plan) == (NOTHING, None)
    assert logged(archived, "people-delete") == [(SECOND, archived.uuid)]
    assert still_verifies(archived)
    browser = archived.person(FIRST)
    for page in ("", "ket-qua", "doi-chieu", "bien-ban", "ky", "diem-cau", "su-co", "luu-tru", "tra-cuu"):
        assert browser.get(path(archived, page)).status_code == 200, page
    assert browser.get("/nhat-ky/").status_code == 200


def test_a_period_of_years_is_told_in_years(hall: Hall) -> None:
    page = hall.person(FIRST).get(path(hall, "luu-tru")).get_data(as_text=True)
    assert "giữ ít nhất 5 năm<" in page
    assert "giữ ít nhất 10 năm<" in page
    assert "xóa được sau 90 ngày" in page


# --- the periods --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_set", [*rules.names(), "RIENG_1"])
def test_every_rule_set_has_a_period_for_everything_with_its_source(rule_set: str) -> None:
    found = periods(rule_set)
    assert [p.what for p in found] == list(WHAT)
    assert all(p.citation for p in found)
    assert not any(p.certain for p in found)  # nobody has compared any of them with a law's text yet
    assert all(p.days >= 1826 for p in found if p.act == KEEP)


@pytest.mark.parametrize(
    "change",
    [('what = "keys"', 'what = "key"'), ("days = 0", "days = -1"), ("certain = false", "certain = 0"),
     ("rule_sets = []", 'rule_sets = ["X"]'), ('act = "destroy"', 'act = "burn"')],
)  # fmt: skip
def test_a_file_of_periods_that_says_something_else_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    file = tmp_path / "periods.toml"
    file.write_text(FILE.read_text("utf-8").replace(*change), "utf-8")
    with pytest.raises(WrongShape):
        periods("NQ96_2023", file)
