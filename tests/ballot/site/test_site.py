"""A site with a server of its own: what it takes with the line down, what it answers, how it hands on and ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from sqlalchemy import text

from ballot.box.admission import FEW, LATEST, Door
from ballot.config import Config
from ballot.life import annulling
from ballot.result import closing
from ballot.settings.errors import BadSetting
from ballot.site import casting, fetching, forwarder, forwarding, rounds
from ballot.site.errors import BoxAway, BoxRefused
from ballot.site.line import Line, check_address
from keys.signers import KeysError
from tally.protocol import spoiled
from tally.protocol.booth import Draft
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.encoding import canonical
from tally.protocol.errors import Incomplete, Mismatch, OriginUnproven
from tally.protocol.holding import SPOILED, Voided
from tally.protocol.receipt import Receipt
from tally.protocol.site import SiteReceipt, SiteStatement
from tally.protocol.spoiled import OpenedBallot
from tally.record import Record
from tally.verify import verify_record
from tests import voter
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.box.test_standing import question
from tests.ballot.described import check, operations
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, code_of, nothing_changes, refused, rows
from tests.ballot.rushing import WAIT, full
from tests.ballot.site_hall import NAME, BoxServer, Site, in_process

Open = Callable[[str], Hall]
Make = Callable[..., tuple[Hall, BoxServer, Site]]


@pytest.fixture
def make(at: Open, tmp_path: Path) -> Iterator[Make]:
    """Return a function that opens a round at a phase, with its box on the wire and a site that fetched it."""
    opened: list[BoxServer | Site] = []

    def at_phase(phase: str = "voting", *, cut: bool = False) -> tuple[Hall, BoxServer, Site]:
        hall = at(phase)
        box, site = BoxServer(hall.box).start(), Site(tmp_path / "site")
        opened.extend((box, site))
        site.fetch(hall, box)
        if cut:
            box.stop()
        return hall, box, site

    yield at_phase
    for each in opened:
        each.stop() if isinstance(each, BoxServer) else each.close()


# --- starting -----------------------------------------------------------------------------------------------------

RIGHT = {"BALLOT_ROLES": "site", "BALLOT_SITE_NAME": NAME, "BALLOT_SITE_HOST": "127.0.0.5"}
WRONG = {
    "no name": ({"BALLOT_SITE_NAME": ""}, "BALLOT_SITE_NAME"),
    "a name that turns its line": ({"BALLOT_SITE_NAME": "A\u202eB"}, "BALLOT_SITE_NAME"),
    "no host": ({"BALLOT_SITE_HOST": ""}, "BALLOT_SITE_HOST"),
    "with the box": ({"BALLOT_ROLES": "site,box"}, "BALLOT_ROLES"),
    "with the registry": ({"BALLOT_ROLES": "registry,site"}, "BALLOT_ROLES"),
    "with an issuer": ({"BALLOT_ROLES": "site,issuer"}, "BALLOT_ROLES"),
    "in the clear outside this machine": ({"BALLOT_SITE_HOST": "diem-cau.example"}, "BALLOT_SCHEME"),
    "a certificate that is not there": ({"BALLOT_SITE_CA": "khong-co.pem"}, "BALLOT_SITE_CA"),
    "a switch in between": ({"BALLOT_SITE_FORWARD": "maybe"}, "BALLOT_SITE_FORWARD"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_site_does_not_start_with(name: str) -> None:
    changes, setting = WRONG[name]
    with pytest.raises(BadSetting, match=setting):
        Config.from_environ(RIGHT | changes)


def test_under_tls_a_site_may_have_any_host() -> None:
    config = Config.from_environ(RIGHT | {"BALLOT_SCHEME": "https", "BALLOT_SITE_HOST": "diem-cau.example"})
    assert config.site_origin == "https://diem-cau.example:8000"
    assert Config.from_environ({}).site is None


@pytest.mark.parametrize("url", ["http://hom-phieu.example", "ftp://127.0.0.1", "https://", "https://a/b", "127.0.0.1"])
def test_a_box_in_the_clear_or_at_no_origin_is_not_asked(url: str) -> None:
    with pytest.raises(BadSetting):
        check_address(url)


# --- fetching -----------------------------------------------------------------------------------------------------


def test_a_round_is_fetched_and_everything_follows_from_the_hash_on_paper(make: Make) -> None:
    hall, box, site = make("ready")
    row = rounds.look_up(site.house, hall.uuid)
    assert (row.manifest, row.election, row.state) == (hall.manifest.raw, hall.election.raw, "waiting")
    again = fetching.fetch(
        site.house, hall.uuid, box_url=box.origin, line=site.line(box), typed=hall.manifest.hash[:32]
    )
    assert again.site_key == row.site_key


def test_another_manifest_than_the_one_on_paper_is_not_kept(make: Make, tmp_path: Path) -> None:
    hall, box, _site = make()
    other = Site(tmp_path / "other")
    for typed in ("ab" * 32, hall.manifest.hash[:31], ""):
        with pytest.raises(OriginUnproven):
            fetching.fetch(other.house, hall.uuid, box_url=box.origin, line=other.line(box), typed=typed)
    assert rows(other.house.engine)["site_round"] == []
    other.close()


@pytest.mark.parametrize("name", ["manifest", "committee", "election", "credentials"])
def test_one_changed_file_is_noticed_whatever_the_box_says(make: Make, tmp_path: Path, name: str) -> None:
    """threats H15, B3: a site believes no box; only the paper."""
    hall, box, site = make()
    honest, other = site.line(box), Site(tmp_path / "other")
    real = honest.get

    def lying(path: str, limit: int = 0) -> bytes:
        raw = real(path, limit) if limit else real(path)
        if not path.endswith(f"/{name}.json"):
            return raw
        place = raw.find(b'"name":"') + 9 if name == "committee" else len(raw) // 2  # a member's name, else anything
        return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]

    honest.get = lying  # type: ignore[method-assign]
    with pytest.raises(Exception) as failure:
        fetching.fetch(other.house, hall.uuid, box_url=box.origin, line=honest, typed=hall.manifest.hash)
    assert hasattr(failure.value, "code"), failure.value
    assert rows(other.house.engine)["site_round"] == []
    other.close()


def test_before_the_committee_has_its_key_there_is_nothing_to_fetch(at: Open, tmp_path: Path) -> None:
    hall = at("frozen")
    box, site = BoxServer(hall.box).start(), Site(tmp_path / "site")
    with pytest.raises(BoxRefused, match="INCOMPLETE"):
        site.fetch(hall, box)
    box.stop()
    with pytest.raises(BoxAway):
        site.fetch(hall, box)
    site.close()


def test_of_another_election_under_the_same_name_nothing_is_kept(make: Make) -> None:
    hall, box, site = make()
    with site.house.engine.begin() as connection:
        connection.execute(text("UPDATE site_round SET election = :other"), {"other": b"\0"})
    with pytest.raises(Mismatch):
        site.fetch(hall, box)


# --- casting with the line down -----------------------------------------------------------------------------------


def test_with_the_line_down_a_ballot_is_held_and_its_receipt_says_so(make: Make) -> None:
    """threats I9"""
    hall, _box, site = make(cut=True)
    answer = site.cast(hall, hall.body(0))
    assert (answer.status_code, list(answer.get_json())) == (202, ["held"])
    receipt = SiteReceipt.parse(answer.get_json()["held"])
    receipt.check(rounds.look_up(site.house, hall.uuid).site_key)
    assert site.states(hall) == {"held": 1}


def test_a_provisional_receipt_is_never_the_boxs(make: Make) -> None:
    hall, _box, site = make(cut=True)
    held = site.cast(hall, hall.body(0)).get_json()["held"]
    with pytest.raises(Exception, match="receipt"):
        Receipt.parse(held).check(hall.manifest)
    with pytest.raises(KeysError):
        site.house.signer(hall.uuid).sign(b"phieu-tin-nhiem/v1/receipt|x")
    with pytest.raises(KeysError):
        hall.house.keyring.box(hall.uuid).sign(b"phieu-tin-nhiem/v1/site-receipt|x")


def test_the_same_bytes_get_the_same_answer_and_another_ballot_none(make: Make) -> None:
    hall, _box, site = make(cut=True)
    body = hall.body(0)
    first = site.cast(hall, body)
    with nothing_changes(site.house.engine):
        again = site.cast(hall, body)
        assert (again.status_code, again.get_data()) == (202, first.get_data())
        refused(site.cast(hall, hall.body(0, (2, 2, 2))), 409, "ALREADY_CAST")


def test_a_site_checks_what_the_box_checks(make: Make) -> None:
    hall, _box, site = make(cut=True)
    stranger = Credential.derive(SlipCode.random(), hall.uuid)
    foreign = voter.vote(hall.election, (0, 0, 0), stranger)
    raw = hall.ballot(0)
    draft = voter.draft(hall.election, (0, 1, 2))
    with nothing_changes(site.house.engine):
        refused(site.cast(hall, foreign), 400, "CREDENTIAL_NOT_LISTED")
        refused(site.cast(hall, raw + b" " * 9000), 413, "TOO_LARGE")
        refused(site.cast(hall, b"{}"), 400, "WRONG_SHAPE")
        for place in (100, len(raw) // 2, len(raw) - 40):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            assert site.cast(hall, changed).status_code in (400, 409), place
    assert site.cast(hall, voter_ballot(hall, draft, 0)).status_code == 202
    refused(site.cast(hall, voter_ballot(hall, draft, 1)), 409, "DUPLICATE_CIPHERTEXT")


def voter_ballot(hall: Hall, draft: Draft, number: int) -> bytes:
    from tally.protocol.booth import cast

    return cast(hall.election, draft, hall.credential(number)).encode()


def test_what_was_void_when_the_list_was_fetched_is_refused_here(make: Make) -> None:
    hall, box, site = make()
    void(hall, 3)
    site.turn(hall, box)
    box.stop()
    refused(site.cast(hall, hall.body(3)), 400, "CREDENTIAL_VOID")
    assert site.ask(hall, question(hall, hall.credential(3))).get_json() == {"state": "void"}


def void(hall: Hall, number: int) -> None:
    voided = Voided.make(hall.manifest.hash, hall.credential(number), SPOILED)
    body = canonical({"staging_key": "", **voided.as_json()})
    sent = hall.booth().send(f"/dot/{hall.uuid}/huy-the", data=body, content_type="application/json")
    assert sent.status_code == 200


def test_an_opened_draft_is_kept_and_handed_on_and_can_never_be_cast(make: Make) -> None:
    """threats C28"""
    hall, box, site = make(cut=True)
    draft = voter.draft(hall.election, (0, 1, 2))
    body = canonical(OpenedBallot.of(draft, "B1").as_json())
    for _ in range(2):
        sent = site.browser().send(f"/dot/{hall.uuid}/kiem-tra", data=body, content_type="application/json")
        assert sent.status_code == 201, sent.get_data(as_text=True)
    refused(site.cast(hall, voter_ballot(hall, draft, 0)), 409, "DUPLICATE_CIPHERTEXT")
    box.start()
    hall.booth().send(f"/dot/{hall.uuid}/kiem-tra", data=body, content_type="application/json")  # the answer was lost
    assert site.turn(hall, box)
    assert len(rows(hall.house.box)["spoiled"]) == 1
    assert {row[3] for row in rows(site.house.engine)["held_test"]} == {"final"}


def test_a_box_that_keeps_no_more_opened_drafts_holds_nobodys_ballot_up(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats C28, I9: strangers can fill that place, and a site must still come to its end."""
    hall, box, site = make(cut=True)
    body = canonical(OpenedBallot.of(voter.draft(hall.election, (0, 1, 2)), "B1").as_json())
    sent = site.browser().send(f"/dot/{hall.uuid}/kiem-tra", data=body, content_type="application/json")
    assert sent.status_code == 201
    assert site.cast(hall, hall.body(0)).status_code == 202
    monkeypatch.setattr(spoiled, "TESTS_PER_VOTER", 0)
    box.start()
    assert site.turn(hall, box)
    assert len(ballots(hall)) == 1
    assert [(row[3], row[4]) for row in rows(site.house.engine)["held_test"]] == [("refused", "STAGING_FULL")]
    assert forwarding.count_held(site.house, hall.uuid) == 0


def test_a_site_opens_and_stops_with_the_box_and_by_hand_when_the_line_is_down(make: Make) -> None:
    """threats B1: before the list is final no site can take anything; before the opening none does by itself."""
    hall, box, site = make("ready")
    refused(site.cast(hall, hall.body(0)), 409, "SITE_NOT_TAKING")
    refused(site.browser().get(f"/dot/{hall.uuid}/phong-phieu"), 409, "SITE_NOT_TAKING")
    hall.voting()
    assert site.turn(hall, box)
    assert site.cast(hall, hall.body(0)).status_code == 202
    rounds.stop(site.house, hall.uuid)
    refused(site.cast(hall, hall.body(1)), 409, "SITE_NOT_TAKING")
    assert site.cast(hall, hall.body(0)).status_code != 500
    rounds.open_site(site.house, hall.uuid)
    refused(site.cast(hall, hall.body(1)), 409, "SITE_NOT_TAKING")


def test_a_site_opened_by_hand_waits_until_the_box_is_open(make: Make) -> None:
    hall, box, site = make("ready")
    rounds.open_site(site.house, hall.uuid)
    assert site.cast(hall, hall.body(0)).status_code == 202
    assert site.turn(hall, box)
    assert (site.states(hall), ballots(hall)) == ({"held": 1}, [])
    hall.voting()
    assert site.turn(hall, box)
    assert (site.states(hall), len(ballots(hall))) == ({"final": 1}, 1)


# --- handing on ---------------------------------------------------------------------------------------------------


def test_when_the_line_is_back_every_ballot_is_in_the_box_and_its_receipt_final(make: Make) -> None:
    hall, box, site = make(cut=True)
    bodies = [hall.body(number) for number in range(12)]
    for body in bodies:
        assert site.cast(hall, body).status_code == 202
    assert not site.turn(hall, box)
    assert (site.states(hall), site.house.line_of(hall.uuid).error) == ({"held": 12}, "BOX_AWAY")
    box.start()
    assert site.turn(hall, box)
    assert (site.states(hall), len(ballots(hall))) == ({"final": 12}, 12)
    for number, body in enumerate(bodies):
        again = site.cast(hall, body)
        receipt = Receipt.parse(again.get_json())
        receipt.check(hall.manifest)
        assert (again.status_code, again.get_json()) == (201, hall.cast(body).get_json())
        said = site.ask(hall, question(hall, hall.credential(number))).get_json()
        assert said == {"state": "recorded", "receipt": receipt.as_json()}
    with nothing_changes(hall.house.box, site.house.engine):
        assert site.turn(hall, box)


def test_standing_at_a_site_tells_held_from_recorded_from_absent(make: Make) -> None:
    hall, _box, site = make(cut=True)
    held = site.cast(hall, hall.body(0)).get_json()["held"]
    with nothing_changes(site.house.engine):
        assert site.ask(hall, question(hall, hall.credential(0))).get_json() == {"state": "held", "held": held}
        assert site.ask(hall, question(hall, hall.credential(1))).get_json() == {"state": "absent"}
        mine = question(hall, hall.credential(1)) | {"credential": hall.credential(0).public.encode()}
        refused(site.ask(hall, mine), 400, "BAD_SIGNATURE")
        refused(site.ask(hall, question(hall, Credential.derive(SlipCode.random(), hall.uuid))), 400,
                "CREDENTIAL_NOT_LISTED")  # fmt: skip


def test_a_slip_that_voted_elsewhere_is_a_case_and_is_never_dropped(make: Make) -> None:
    """threats C31"""
    hall, box, site = make(cut=True)
    mine, elsewhere = hall.body(0), hall.body(0, (2, 2, 2))
    site.cast(hall, mine)
    site.cast(hall, hall.body(1))
    assert hall.cast(elsewhere).status_code == 201
    box.start()
    assert site.turn(hall, box)
    assert site.states(hall) == {"final": 1, "refused": 1}
    (case,) = [row for row in site.held(hall) if row.state == "refused"]
    assert (case.refusal, case.raw) == ("ALREADY_CAST", mine.rstrip())
    answer = site.cast(hall, mine)
    refused(answer, 409, "BOX_REFUSED")
    assert "ALREADY_CAST" in answer.get_json()["sentence"]
    said = site.ask(hall, question(hall, hall.credential(0))).get_json()
    assert said == {"state": "refused", "refusal": "ALREADY_CAST"}
    assert site.command("forward", hall.uuid, "--refused").code == 0
    assert site.states(hall) == {"final": 1, "refused": 1}
    assert len(ballots(hall)) == 2


def test_the_same_ballot_that_reached_the_box_by_another_way_is_final(make: Make) -> None:
    hall, box, site = make(cut=True)
    body = hall.body(0)
    site.cast(hall, body)
    hall.cast(body)
    box.start()
    assert site.turn(hall, box)
    assert (site.states(hall), len(ballots(hall))) == ({"final": 1}, 1)


def test_a_slip_voided_meanwhile_is_a_case(make: Make) -> None:
    hall, box, site = make(cut=True)
    site.cast(hall, hall.body(0))
    void(hall, 0)
    box.start()
    assert site.turn(hall, box)
    assert [(row.state, row.refusal) for row in site.held(hall)] == [("refused", "CREDENTIAL_VOID")]


def test_what_comes_after_the_close_is_a_case_but_what_had_arrived_gets_its_receipt(make: Make) -> None:
    """threats I10, I2: the answer to ballot 0 was lost, then the box closed."""
    hall, box, site = make(cut=True)
    bodies = [hall.body(number) for number in range(7)]
    for body in bodies[:2]:
        site.cast(hall, body)
    for body in (bodies[0], *bodies[2:]):
        assert hall.cast(body).status_code == 201
    hall.by_two(closing.close)
    box.start()
    assert site.turn(hall, box)
    found = {row.raw: (row.state, row.refusal) for row in site.held(hall)}
    assert found == {bodies[0].rstrip(): ("final", ""), bodies[1].rstrip(): ("refused", "WRONG_PHASE")}
    assert rounds.look_up(site.house, hall.uuid).state == "stopped"


def test_of_a_void_round_everything_is_a_case(make: Make) -> None:
    hall, box, site = make(cut=True)
    site.cast(hall, hall.body(0))
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất điện", actor))
    box.start()
    assert site.turn(hall, box)
    assert [(row.state, row.refusal) for row in site.held(hall)] == [("refused", "WRONG_PHASE")]


def test_who_answers_for_the_box_without_its_key_is_not_believed(make: Make) -> None:
    """threats H15: a page in between that says yes to everything."""
    hall, box, site = make(cut=True)
    site.cast(hall, hall.body(0))
    course = json.dumps({"phase": "voting", "credentials": "ab" * 32}).encode()

    def liar(environ, start_response):
        start_response("201 Created", [("Content-Type", "application/json")])
        if environ["PATH_INFO"].endswith("/diem-cau.json"):
            return [course]
        receipt = {"round": hall.uuid, "tracker": "A" * 43, "commit": "ab" * 32, "signature": "00" * 64}
        return [json.dumps(receipt).encode()]

    false = BoxServer(liar).start()
    assert not site.turn(hall, false)
    assert site.states(hall) == {"held": 1}
    course = json.dumps(
        {"phase": "voting", "credentials": fetching.sha256_hex(rounds.look_up(site.house, hall.uuid).credentials)}
    ).encode()
    assert not site.turn(hall, false)
    assert (site.states(hall), site.house.line_of(hall.uuid).error) == ({"held": 1}, "BOX_UNCLEAR")
    false.stop()
    box.start()
    assert site.turn(hall, box)
    assert site.states(hall) == {"final": 1}


@pytest.mark.parametrize(("status", "body"), [
    ("502 Bad Gateway", b"<html>"), ("503 Busy", b'{"code":"BUSY","sentence":"x"}'), ("404 Not Found", b"<html>"),
    ("403 Forbidden", b'{"code":"X","sentence":"x"}'), ("302 Found", b""), ("200 OK", b"<html>"),
    ("409 Conflict", b'{"code":5}'), ("200 OK", b"[" * 60_000), ("200 OK", b" " * 70_000),
    ("200 OK", b'{"phase":[],"credentials":"' + b"ab" * 32 + b'"}'),
])  # fmt: skip
def test_what_is_no_answer_of_a_box_keeps_everything_held(make: Make, status: str, body: bytes) -> None:
    hall, _box, site = make(cut=True)
    site.cast(hall, hall.body(0))

    def strange(environ, start_response):
        start_response(status, [("Content-Type", "application/json"), ("Location", "http://127.0.0.1:1/")])
        return [body]

    false = BoxServer(strange).start()
    with nothing_changes(site.house.engine):
        assert not site.turn(hall, false)
    assert site.house.line_of(hall.uuid).up is False
    false.stop()


def test_a_list_that_lost_a_slip_or_a_void_is_not_kept(make: Make) -> None:
    hall, box, site = make()
    void(hall, 0)
    assert site.turn(hall, box)
    with hall.house.box.begin() as connection:
        connection.exec_driver_sql("DELETE FROM voided")
    with nothing_changes(site.house.engine):
        assert not site.turn(hall, box)
    assert site.house.line_of(hall.uuid).error == "MISMATCH"


def test_a_box_that_lost_a_void_gets_what_is_held_and_the_void_stays_one_at_the_site(make: Make) -> None:
    """threats I13, I9: a site must come to its end also when its box was restored without a slip's void."""
    hall, box, site = make()
    void(hall, 3)
    assert site.turn(hall, box)
    box.stop()
    for number in range(2):
        assert site.cast(hall, hall.body(number)).status_code == 202
    body = canonical(OpenedBallot.of(voter.draft(hall.election, (0, 1, 2)), "B1").as_json())
    sent = site.browser().send(f"/dot/{hall.uuid}/kiem-tra", data=body, content_type="application/json")
    assert sent.status_code == 201
    with hall.house.box.begin() as connection:
        connection.exec_driver_sql("DELETE FROM voided")
    box.start()
    for _ in range(2):
        assert not site.turn(hall, box)
        assert site.house.line_of(hall.uuid).error == "MISMATCH"
        assert (site.states(hall), forwarding.count_held(site.house, hall.uuid)) == ({"final": 2}, 0)
    assert (len(ballots(hall)), len(rows(hall.house.box)["spoiled"])) == (2, 1)
    refused(site.cast(hall, hall.body(3)), 400, "CREDENTIAL_VOID")
    assert hall.cast(hall.body(3)).status_code == 201
    assert "MISMATCH" in page(site, hall, rounds.draw_status_key(site.house, hall.uuid))


def test_a_line_that_breaks_at_the_list_ends_the_turn_at_once(make: Make) -> None:
    hall, _box, site = make(cut=True)
    site.cast(hall, hall.body(0))
    void(hall, 3)
    real, asked = in_process(hall.box), list[str]()

    def breaking(method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        asked.append(path.rpartition("/")[2])
        if asked[-1] == "credentials.json":
            raise BoxAway("box")
        return real(method, path, body, limit)

    assert not forwarding.turn(site.house, hall.uuid, Line(breaking))
    assert (asked, site.states(hall)) == (["diem-cau.json", "credentials.json"], {"held": 1})
    assert site.house.line_of(hall.uuid).error == "BOX_AWAY"
    assert forwarding.turn(site.house, hall.uuid, Line(real))
    assert site.states(hall) == {"final": 1}


def test_a_few_ballots_wait_for_company_but_not_for_long(make: Make) -> None:
    """threats K5: no lone ballot leaves in the very moment in which somebody leaves the booth."""
    hall, box, site = make()
    site.cast(hall, hall.body(0))
    forwarding = forwarder.Forwarder(site.house)
    seen = []
    for _ in range(forwarder.PATIENCE + 1):
        seen.append(site.states(hall))
        assert forwarding.turns() <= forwarder.EVERY
    assert seen == [{"held": 1}] * (forwarder.PATIENCE + 1)
    assert site.states(hall) == {"final": 1}
    for number in range(1, 7):
        site.cast(hall, hall.body(number))
    forwarding.turns()
    assert site.states(hall) == {"final": 7}
    box.stop()
    delays = [forwarding.turns() for _ in range(9)]
    assert delays[0] < delays[-1] <= forwarder.LONGEST
    forwarding.end()
    for line in forwarding._lines.values():
        line._exchange.close()


# --- the attendant ------------------------------------------------------------------------------------------------


def page(site: Site, hall: Hall, key: str, **more: str) -> str:
    answer = site.browser().send(f"/dot/{hall.uuid}/diem-cau", data={"key": key, **more})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_attendants_page_opens_with_its_key_only(make: Make) -> None:
    hall, _box, site = make(cut=True)
    form = f"/dot/{hall.uuid}/diem-cau"
    for wrong in ("", "x", "\udcff"):
        refused(site.browser().send(form, data={"key": wrong.encode("utf-8", "surrogatepass")}), 403, "SITE_LOCKED")
        refused(site.browser().send(f"{form}/ban-bao", data={"key": "x"}), 403, "SITE_LOCKED")
    old, key = (rounds.draw_status_key(site.house, hall.uuid) for _ in range(2))
    refused(site.browser().send(form, data={"key": old, "act": "stop"}), 403, "SITE_LOCKED")
    assert rounds.look_up(site.house, hall.uuid).state == "taking"
    assert NAME in page(site, hall, key)
    assert key not in site.browser().get(form).get_data(as_text=True)
    database = b"".join(site.files().values())
    assert key.encode() not in database


def test_while_ballots_come_the_page_tells_tens_and_after_the_stop_it_tells_all(make: Make) -> None:
    """threats B12, K5"""
    hall, box, site = make(cut=True)
    key = rounds.draw_status_key(site.house, hall.uuid)
    shown = page(site, hall, key)
    assert ("Còn phiếu chưa chuyển" in shown, '<dd class="words">không</dd>' in shown) == (True, True)
    pages = set()
    for number in range(9):
        site.cast(hall, hall.body(number))
        pages.add(page(site, hall, key))
    assert len(pages) == 1
    assert "có, dưới 10" in pages.pop()
    for number in range(9, 13):
        site.cast(hall, hall.body(number))
    assert "có, từ 10 trở lên" in page(site, hall, key)
    refused(site.browser().send(f"/dot/{hall.uuid}/diem-cau/ban-bao", data={"key": key}), 409, "SITE_STILL_TAKING")
    stopped = page(site, hall, key, act="stop")
    assert ('<dd class="words">13</dd>' in stopped, "ĐÃ CHUYỂN HẾT" in stopped) == (True, False)
    box.start()
    assert site.turn(hall, box)
    done = page(site, hall, key)
    assert ("ĐÃ CHUYỂN HẾT" in done, "đang thông" in done, '<dd class="words">13</dd>' in done) == (True,) * 3


def test_a_refused_ballot_stands_on_the_page_for_two_persons(make: Make) -> None:
    hall, box, site = make(cut=True)
    body = hall.body(0)
    tracker = site.cast(hall, body).get_json()["held"]["tracker"]
    hall.cast(hall.body(0, (2, 2, 2)))
    box.start()
    site.turn(hall, box)
    shown = page(site, hall, rounds.draw_status_key(site.house, hall.uuid))
    assert "cần hai người xem xét" in shown
    assert tracker in shown
    assert "ALREADY_CAST" in shown


def test_the_statement_at_the_end_is_signed_and_says_what_became_of_all(make: Make) -> None:
    hall, box, site = make(cut=True)
    for number in range(3):
        site.cast(hall, hall.body(number))
    hall.cast(hall.body(0, (1, 1, 1)))
    key, site_key = rounds.draw_status_key(site.house, hall.uuid), rounds.look_up(site.house, hall.uuid).site_key
    page(site, hall, key, act="stop")

    def declared() -> SiteStatement:
        sent = site.browser().send(f"/dot/{hall.uuid}/diem-cau/ban-bao", data={"key": key})
        said = SiteStatement.parse(sent.get_data())
        said.check(site_key)
        assert said.encode() == sent.get_data()
        return said

    early = declared()
    assert (early.forwarded, early.refused, early.held, early.all_in) == (0, 0, 3, False)
    box.start()
    site.turn(hall, box)
    said = declared()
    assert (said.round, said.site, said.forwarded, said.refused, said.held) == (hall.uuid, NAME, 2, 1, 0)
    assert said.all_in
    for changed in ({"forwarded": 3}, {"site": "Điểm cầu khác"}, {"held": 1}, {"round": "x"}):
        value = json.loads(said.encode()) | changed
        with pytest.raises(Exception, match="site"):
            SiteStatement.parse(canonical(value)).check(site_key)


def test_the_terminals_of_a_hall_report_to_their_own_site(make: Make) -> None:
    hall, _box, site = make(cut=True)
    browser, key = site.browser(), rounds.draw_status_key(site.house, hall.uuid)
    assert browser.ask(f"/dot/{hall.uuid}/may", {"terminal": "B1", "state": "idle", "call": True}).status_code == 204
    board = browser.ask(f"/dot/{hall.uuid}/cac-may.json", {"key": key}).get_json()
    assert board == {"terminals": [{"terminal": "B1", "state": "idle", "call": True}]}
    refused(browser.ask(f"/dot/{hall.uuid}/cac-may.json", {"key": "x"}), 403, "SITE_LOCKED")
    assert browser.get(f"/dot/{hall.uuid}/cac-may").status_code == 200


def test_the_operators_commands_do_a_sites_whole_day(make: Make, tmp_path: Path) -> None:
    hall, box, _ = make()
    site = Site(tmp_path / "by-command")
    fetched = site.command("fetch", box.origin, hall.uuid, "--manifest", hall.manifest.hash)
    key = rounds.look_up(site.house, hall.uuid).site_key
    assert fetched.code == 0
    assert key in fetched.output.replace(" ", "").replace("\n", "")
    assert "diem-cau#" in site.command("link", hall.uuid).output
    assert "đang nhận phiếu" in site.command("open", hall.uuid).output
    assert site.cast(hall, hall.body(0)).status_code == 202
    assert "có, dưới 10" in site.command("show", hall.uuid).output
    assert "SITE_STILL_TAKING" in site.command("statement", hall.uuid, tmp_path / "early.json").output
    assert "đã thôi nhận phiếu" in site.command("stop", hall.uuid).output
    assert "ĐÃ CHUYỂN HẾT" in site.command("forward", hall.uuid).output
    assert site.command("statement", hall.uuid, tmp_path / "said.json").code == 0
    SiteStatement.parse((tmp_path / "said.json").read_bytes()).check(key)
    assert "WRONG_MANIFEST" in site.command("fetch", box.origin, hall.uuid, "--manifest", "ab" * 32).output
    assert "BAD_SETTING" in site.command("fetch", "http://a.example", hall.uuid, "--manifest", "ab" * 32).output
    site.close()


# --- what a site never does ---------------------------------------------------------------------------------------


def test_a_site_sets_no_cookie_and_answers_to_its_own_name_only(make: Make) -> None:
    hall, _box, site = make(cut=True)
    browser = site.browser()
    for answer in (browser.get("/"), browser.get(f"/dot/{hall.uuid}/phong-phieu"), site.cast(hall, hall.body(0))):
        assert answer.headers.get("Set-Cookie") is None
        assert answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert browser.client.get("/", base_url="http://evil.example").status_code == 400
    for path in ("/dang-nhap", f"/dot/{hall.uuid}/tam", f"/dot/{hall.uuid}/huy-the"):
        assert browser.send(path, data=b"{}", content_type="application/json").status_code == 404
    assert code_of(site.browser().get("/dot/khong-co/diem-cau")) == "NO_SUCH_ROUND"


def test_no_request_to_a_site_is_a_fault_and_what_machines_send_is_described(make: Make) -> None:
    hall, _box, site = make(cut=True)
    described = {operation.label for operation in operations(site.app)}
    forms = {"POST /dot/{uuid}/diem-cau", "POST /dot/{uuid}/diem-cau/ban-bao"}
    posts = {f"POST {rule.rule.replace('<', '{').replace('>', '}')}" for rule in site.app.url_map.iter_rules()
             if "POST" in rule.methods}  # fmt: skip
    assert posts - forms <= described
    for operation in operations(site.app):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asked = operation.as_strategy(generation_mode=mode)
            loose = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            loose(given(asked)(lambda case: check(site.browser(), case, hall.uuid)))()
    for form in ("", "/ban-bao"):
        answer = site.browser().send(f"/dot/{hall.uuid}/diem-cau{form}", data={"act": "stop"})
        refused(answer, 403, "SITE_LOCKED")


def test_a_site_to_which_too_many_come_at_once_tells_them_when_to_come_again(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threats I19: a site has the box's own door."""
    hall, _box, site = make(cut=True)
    door = Door(places=1, patience=0, still=WAIT, longest=WAIT)
    monkeypatch.setattr(casting, "DOOR", door)
    bodies = [hall.body(number) for number in range(FEW + 2)]
    with ThreadPoolExecutor(len(bodies)) as crowd:
        with full(door, 1):
            answers = [crowd.submit(site.cast, hall, body) for body in bodies[:FEW]]
            while door.waiting < FEW:
                pass
            for body in bodies[FEW:]:
                with nothing_changes(site.house.engine):
                    refused(site.cast(hall, body), 503, "BOX_BUSY")
            assert 1 <= int(site.cast(hall, bodies[FEW]).headers["Retry-After"]) <= LATEST
        assert [answer.result().status_code for answer in answers] == [202] * FEW
    assert [site.cast(hall, body).status_code for body in bodies] == [202] * len(bodies)


def test_a_round_in_which_a_site_was_cut_off_ends_with_a_record_that_verifies(make: Make) -> None:
    hall, box, site = make(cut=True)
    for number in range(6):
        site.cast(hall, hall.body(number))
    box.start()
    assert site.turn(hall, box)
    box.stop()
    for number in range(6, 8):
        hall.cast(hall.body(number))
    hall.by_two(closing.close)
    organiser = hall.person("to-chuc-1")
    hand_in_parts(hall, organiser)
    assert do(organiser, hall, "kiem-phieu").status_code == 302
    verified = verify_record(Record.read(hall.house.record(hall.uuid)))
    assert len(verified.evidence.ballots) == 8


def test_incomplete_is_what_a_round_without_an_election_is(at: Open) -> None:
    from ballot.box import for_sites

    hall = at("frozen")
    for act in (for_sites.course, for_sites.committee, for_sites.credentials):
        with pytest.raises(Incomplete):
            act(hall.house, hall.uuid)
