"""Two issuers, each a real process with its own database: a whole round, and an issuer that is away."""

from __future__ import annotations

import pytest

from ballot.issuer import log
from ballot.log import audit
from ballot.models.issuer import IssuerAct
from ballot.models.registry.acts import AuditEntry
from ballot.result import closing
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips import freezing, orders
from ballot.slips.issuer_errors import IssuerAway
from ballot.slips.issuers import doors
from ballot.slips.remote import Remote
from ballot.storage import reading
from ballot.written_record import written_root
from keys.issuer import Kind, check_log
from tally.protocol.credential_list import Issuance
from tally.protocol.holding import SPOILED
from tally.record import ISSUANCE, Record
from tally.verify import verify_record
from tests.ballot.asking import ask, do, hand_in_parts, permission, request_for, work
from tests.ballot.hall import DESK, Hall
from tests.ballot.issuer_processes import IssuerProcess, Linked
from tests.ballot.look import nothing_changes, refused, rows, stored

# --- a whole round ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ended(linked: Linked) -> Hall:
    """A round issued by two processes, brought to its end over HTTP."""
    hall = linked.issuing()
    envelopes = hall.envelopes(2)
    hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()[:30]]
    spoiled = hall.slips.pop()
    hall.slips += [hall.replacement(hall.voters()[29], spoiled), *envelopes]
    assert hall.freeze() == 33
    hall.ready()
    hall.voting()
    for number in range(5):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    organiser = hall.person("to-chuc-1")
    hand_in_parts(hall, organiser)
    assert do(organiser, hall, "kiem-phieu").status_code == 302
    return hall


def test_a_round_of_two_issuer_processes_ends_with_a_record_that_verifies(ended: Hall) -> None:
    record = Record.read(ended.house.record(ended.uuid))
    verified = verify_record(record)
    assert (verified.evidence.manifest.raw, len(verified.evidence.ballots)) == (ended.manifest.raw, 5)
    for statement in Issuance.parse(record.files[ISSUANCE]).statements:
        counts = (statement.issued, statement.reissued, statement.envelopes, statement.voided, statement.undelivered)
        assert counts == (30, 1, 2, 1, 0)


def test_the_key_is_gone_the_log_says_so_and_the_statement_binds_it(linked: Linked, ended: Hall) -> None:
    statements = Issuance.parse(Record.read(ended.house.record(ended.uuid)).files[ISSUANCE]).statements
    for issuer, statement in zip(linked.issuers, statements, strict=True):
        assert issuer.key_files(ended.uuid) == {f"{issuer.name}.statement.key"}
        log = issuer.log_entries(ended.uuid)
        assert [entry.kind for entry in log[-2:]] == [Kind.FROZEN, Kind.DESTROYED]
        check_log(log, manifest=ended.manifest.hash, issuer=issuer.name, head=statement.log_head)


def test_registry_and_issuers_share_neither_keys_nor_logs(linked: Linked, ended: Hall) -> None:
    assert rows(ended.house.registry)["issuer_entry"] == []
    here = {path.name for path in (ended.house.keyring.folder / ended.uuid).iterdir()}
    assert here == {"hom-phieu.box.key", "nhat-ky.log.key"}
    for issuer in linked.issuers:
        database = stored_of(issuer)
        assert b"DB-0001" in database
        assert "họ tên 0001".encode() not in database
        credentials = [ended.credential(number).public for number in range(len(ended.slips))]
        assert [c for c in credentials if c.encode().encode() in database or c.raw in database] == []


def stored_of(issuer: IssuerProcess) -> bytes:
    house = issuer.house()
    found = stored(house.engine)
    house.engine.dispose()
    return found


def test_the_secret_of_the_link_stands_in_no_database_and_no_log(linked: Linked, ended: Hall) -> None:
    for issuer in linked.issuers:
        secret = (issuer.folder / "keys" / "link.secret").read_text()
        assert secret not in issuer.log()
        for database in (stored_of(issuer), stored(ended.house.registry), stored(ended.house.box)):
            assert database
            assert secret.encode() not in database


def test_both_sides_write_down_what_was_done(linked: Linked, ended: Hall) -> None:
    with reading(ended.house.registry) as session:
        assert audit.check(session, 1)
        noted = [e.subject for e in session.query(AuditEntry).filter_by(act="issuer-ended")]
    assert [subject.split()[1] for subject in noted] == list(ISSUERS)
    for issuer in linked.issuers:
        house = issuer.house()
        with reading(house.engine) as session:
            assert log.check(session)
            acts = [a.act for a in session.query(IssuerAct).order_by(IssuerAct.height) if ended.uuid in a.subject]
        house.engine.dispose()
        assert acts == ["prepare", "take-over", "accept", "pause", "destroyed", "statement"]


def test_the_operator_sees_the_counts_to_compare_with_the_attendance_sheet(linked: Linked, ended: Hall) -> None:
    shown = linked.issuers[1].command("show", ended.uuid)
    assert shown.code == 0
    for line in ("Cấp lần đầu: 30", "Đổi thẻ hỏng: 1", "Phong bì: 2", "khóa cấp phiếu đã hủy"):
        assert line in shown.output


# --- away and back ------------------------------------------------------------------------------------------------


def test_an_issuer_that_is_down_gets_a_clear_answer_and_the_same_request_is_made_good(linked: Linked) -> None:
    """The first has signed, the second is away: asked again, both give what they gave, and each counts one slip."""
    hall, second = linked.issuing(), linked.issuers[1]
    code, blinded = permission(hall), request_for(hall)
    second.stop()
    answer = ask(hall, code, blinded)
    refused(answer, 503, "ISSUER_AWAY")
    assert second.name in answer.get_json()["sentence"]
    assert [issuer.kinds(hall.uuid) for issuer in linked.issuers] == [["issued"], []]
    refused(ask(hall, code, request_for(hall)), 403, "NOT_AUTHORISED")
    orders.order_envelopes(hall.house, hall.uuid, 1, hall.actor("to-chuc-1"))
    (other,) = [order["permission"] for order in work(hall) if order["kind"] == "envelope"]
    with nothing_changes(hall.house.registry):  # not even what the issuer that is away was never asked
        refused(ask(hall, other, [request_for(hall)[0], blinded[1]]), 409, "BLINDED_REPEATED")
    with pytest.raises(IssuerAway):
        hall.freeze()
    second.start()
    first = ask(hall, code, blinded)
    assert (first.status_code, ask(hall, code, blinded).get_data()) == (200, first.get_data())
    assert [issuer.kinds(hall.uuid) for issuer in linked.issuers] == [["issued"], ["issued"]]


def test_a_replacement_waits_for_its_void_and_is_counted_by_both(linked: Linked) -> None:
    hall = linked.issuing()
    spoiled = hall.slip(hall.voters()[0])
    orders.order_replacement(hall.house, hall.uuid, hall.voters()[0], hall.actor(DESK))
    with pytest.raises(AssertionError, match="SPOILED_NOT_VOIDED"):
        hall.station.work()
    hall.station.void(spoiled, SPOILED)
    assert len(hall.station.work()) == 1
    assert hall.freeze() == 2
    assert [i.kinds(hall.uuid) for i in linked.issuers] == [["issued", "reissued", "frozen", "destroyed"]] * 2


def test_no_box_opens_and_no_record_is_written_while_an_issuer_is_away(linked: Linked) -> None:
    hall, second = linked.issuing(), linked.issuers[1]
    hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()[:30]]
    freezing._fix_list(hall.house, hall.manifest, hall.actor("to-chuc-1"))
    second.stop()
    for act in (hall.freeze, hall.ready):
        with pytest.raises(IssuerAway):
            act()
    assert (hall.phase(), linked.issuers[0].kinds(hall.uuid)[-1]) == ("issuing", "destroyed")
    second.start()
    hall.ready()
    assert (hall.phase(), second.kinds(hall.uuid)[-1]) == ("ready", "destroyed")
    hall.voting()
    for number in range(5):
        assert hall.cast(hall.body(number)).status_code == 201
    second.stop()
    with pytest.raises(IssuerAway):
        hall.by_two(closing.close)
    assert (hall.phase(), written_root(hall.house, hall.uuid)) == ("closed", "")
    second.start()
    root = closing.write_again(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    assert written_root(hall.house, hall.uuid) == root
    assert isinstance(doors(hall.house, hall.manifest)[1], Remote)
