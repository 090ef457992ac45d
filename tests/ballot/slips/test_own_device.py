"""A vote from one's own device: off by default; one login, one slip, and no cookie where it is made and cast."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot.committee import readiness
from ballot.demo.station import Begun, PythonStation
from ballot.desk import checkin
from ballot.identity.login import LIMITER
from ballot.life import rounds
from ballot.models.registry.acts import AuditEntry
from ballot.models.registry.roll import Voter, VoterLogin
from ballot.models.registry.slips import OrderKind, OrderState, SlipOrder
from ballot.slips.own_device import Login
from ballot.storage import reading
from ballot.views.own_device import _as_csv
from tally.cells import safe
from tally.protocol.booth import cast
from tally.protocol.credential import ALPHABET, Credential, SlipCode
from tally.protocol.encoding import canonical
from tally.protocol.holding import prove_standing
from tally.protocol.padding import padded
from tests import voter
from tests.ballot.client import Machine
from tests.ballot.hall import Hall, plan
from tests.ballot.look import nothing_changes, refused, rows, stored
from tests.ballot.prepared import new_hall, with_people
from tests.postgres import copy_house

Open = Callable[[str], Hall]
STRIP = re.compile(r"<dd>(DB-\d{4})</dd>.*?<dd class=\"password\">([0-9A-Z-]+)</dd>", re.DOTALL)
PAGES = (("GET", "rieng/"), ("GET", "rieng/bo-phieu"), ("POST", "rieng/xong"))


@dataclass
class Made:
    """A round that allows own devices, kept in a folder, and copies of it."""

    folder: Path
    hall: Hall
    copies: list[Hall] = field(default_factory=list)

    def copy(self) -> Hall:
        for engine in (self.hall.house.registry, self.hall.house.box):
            engine.dispose()
        target = self.folder / f"copy-{len(self.copies)}"
        copy_house(self.folder / "round", target)
        self.copies.append(new_hall(target, self.hall.house.keyring._opened))
        self.copies[-1].uuid = self.hall.uuid
        return self.copies[-1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("own")
    hall = with_people(new_hall(folder / "round"))
    hall.uuid = rounds.create(hall.house, plan(own_device=True), hall.actor("to-chuc-1"))
    hall.issuing()
    made = Made(folder, hall)
    yield made
    for each in (hall, *made.copies):
        each.house.registry.dispose()
        each.house.box.dispose()


@pytest.fixture
def hall(made: Made) -> Hall:
    return made.copy()


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    LIMITER.enabled = True
    yield
    LIMITER.reset()


# --- people -------------------------------------------------------------------------------------------------------


def hand_out(hall: Hall, reference: str = "") -> dict[str, str]:
    """Let the organiser print logins; return the passwords by reference."""
    organiser = hall.person("to-chuc-1")
    answer = organiser.form(f"/dot/{hall.uuid}/ma-dang-nhap", {"reference": reference}, page=f"/dot/{hall.uuid}/")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(STRIP.findall(answer.get_data(as_text=True)))


def log_in(hall: Hall, reference: str, password: str) -> TestResponse:
    path = f"/dot/{hall.uuid}/rieng"
    return hall.anybody().form(path, {"reference": reference, "password": password}, page=path)


def permission_of(hall: Hall, answer: TestResponse) -> str:
    assert answer.status_code == 302, answer.get_data(as_text=True)
    address, _hash, permission = answer.headers["Location"].partition("#")
    assert address == f"{hall.house.config.station_origin}/dot/{hall.uuid}/rieng/"
    return permission


def device(hall: Hall) -> PythonStation:
    """A browser of somebody's own, which makes slips as a station does; it was never paired."""
    made = PythonStation(Machine(hall.at_station()), Machine(hall.booth()))
    made.uuid, made.manifest, made.freeze_key = hall.uuid, hall.manifest, hall.freeze_key
    return made


def begin(made: PythonStation, permission: str) -> Begun:
    return made._begin({"id": "", "permission": permission})


def done(hall: Hall, permission: str) -> TestResponse:
    return hall.at_station().ask(f"/dot/{hall.uuid}/rieng/xong", {"permission": permission})


def stage(made: PythonStation, begun: Begun) -> None:
    body = bytes.fromhex(made.staging_key) + begun.sealed
    made.box.post(f"/dot/{made.uuid}/tam", body, "application/octet-stream")


def slip_of(hall: Hall, reference: str, password: str) -> SlipCode:
    made = device(hall)
    permission = permission_of(hall, log_in(hall, reference, password))
    begun = begin(made, permission)
    made.sign(begun)
    stage(made, begun)
    assert done(hall, permission).get_json() == {"state": "delivered"}
    return begun.slip


def order_of(hall: Hall, reference: str) -> SlipOrder | None:
    with reading(hall.house.registry) as session:
        who = session.scalars(select(Voter).where(Voter.reference == reference)).one()
        return session.scalar(select(SlipOrder).where(SlipOrder.once == who.id))


# --- the policy ---------------------------------------------------------------------------------------------------


def test_with_the_policy_off_every_address_says_so(at: Open) -> None:
    hall = at("issuing")
    organiser = hall.person("to-chuc-1")
    with nothing_changes(hall.house.registry, hall.house.box):
        refused(hall.anybody().get(f"/dot/{hall.uuid}/rieng"), 404, "OWN_DEVICE_OFF")
        answer = hall.anybody().form(f"/dot/{hall.uuid}/rieng", {"reference": "DB-0000", "password": "x"})
        refused(answer, 404, "OWN_DEVICE_OFF")
        refused(organiser.form(f"/dot/{hall.uuid}/ma-dang-nhap", page="/dot-moi"), 404, "OWN_DEVICE_OFF")
        for method, path in PAGES:
            client, where = hall.at_station(), f"/dot/{hall.uuid}/{path}"
            answer = client.get(where) if method == "GET" else client.ask(where, {"permission": "x"})
            refused(answer, 404, "OWN_DEVICE_OFF")


def test_the_policy_is_off_unless_the_form_turns_it_on_and_is_sealed(hall: Hall, at: Open) -> None:
    assert plan().settings.own_device is False
    assert at("issuing").manifest.own_device is False
    assert hall.manifest.own_device is True


def test_only_an_organiser_hands_out_logins(hall: Hall) -> None:
    desk = hall.person("tiep-don")
    assert desk.form(f"/dot/{hall.uuid}/ma-dang-nhap", page=f"/dot/{hall.uuid}/").status_code == 403


# --- logins -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=HYPERLINK(0)", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_saved_list_is_a_formula(cell: str) -> None:
    saved = unquote(_as_csv([Login(reference=cell, name=cell, unit=cell, password="0")]))  # noqa: S106 - of nobody
    assert safe(cell).startswith("'")
    assert saved.count(safe(cell)) == 3


def test_everybody_without_a_slip_gets_a_login_of_eighty_bits(hall: Hall) -> None:
    first = hall.voters()[0]
    hall.check_in(first)
    passwords = hand_out(hall)
    assert len(passwords) == len(hall.voters()) - 1
    assert "DB-0000" not in passwords
    assert len(set(passwords.values())) == len(passwords)
    for password in passwords.values():
        assert [len(group) for group in password.split("-")] == [4, 4, 4, 4]
        assert set(password) <= set(ALPHABET) | {"-"}


def test_a_password_is_kept_as_a_hash_only_and_the_list_is_in_the_page(hall: Hall) -> None:
    organiser = hall.person("to-chuc-1")
    answer = organiser.form(f"/dot/{hall.uuid}/ma-dang-nhap", page=f"/dot/{hall.uuid}/")
    page = answer.get_data(as_text=True)
    passwords = dict(STRIP.findall(page))
    assert 'download="mat-khau.csv" href="data:text/csv;charset=utf-8,%EF%BB%BF%22ma%22%2C%22ho_ten' in page
    assert passwords["DB-0007"] in page.partition("data:text/csv")[2]
    kept = stored(hall.house.registry) + stored(hall.house.box)
    assert not [p for p in passwords.values() if p.encode() in kept or p.replace("-", "").encode() in kept]
    hashes = [row[1] for row in rows(hall.house.registry)["voter_login"]]
    assert all(text.startswith("$argon2id$") for text in hashes)


def test_drawing_again_ends_the_earlier_password(hall: Hall) -> None:
    before, after = hand_out(hall), hand_out(hall)
    refused(log_in(hall, "DB-0001", before["DB-0001"]), 401, "LOGIN_FAILED")
    permission_of(hall, log_in(hall, "DB-0001", after["DB-0001"]))


def test_drawing_for_one_person_leaves_the_others_alone(hall: Hall) -> None:
    everybody = hand_out(hall)
    assert set(hand_out(hall, "DB-0002")) == {"DB-0002"}
    with reading(hall.house.registry) as session:
        noted = select(AuditEntry.subject).where(AuditEntry.act == "own-device-logins").order_by(AuditEntry.height)
        assert [s.split()[1] for s in session.scalars(noted)] == [str(len(everybody)), "1"]  # how many were drawn
    refused(log_in(hall, "DB-0002", everybody["DB-0002"]), 401, "LOGIN_FAILED")
    permission_of(hall, log_in(hall, "DB-0003", everybody["DB-0003"]))


def test_a_login_can_be_typed_as_people_type(hall: Hall) -> None:
    password = hand_out(hall, "DB-0004")["DB-0004"]
    typed = f" {password.replace('-', ' ').lower().replace('0', 'o').replace('1', 'l')} "
    permission_of(hall, log_in(hall, " DB-0004 ", typed))


def test_an_unknown_reference_and_a_wrong_password_get_the_same_answer(hall: Hall) -> None:
    hand_out(hall, "DB-0005")
    answers = [
        log_in(hall, "DB-9999", "AAAA-AAAA-AAAA-AAAA"),
        log_in(hall, "DB-0005", "AAAA-AAAA-AAAA-AAAA"),
        log_in(hall, "DB-0006", "AAAA-AAAA-AAAA-AAAA"),  # on the roll, without a login
        log_in(hall, "", ""),
    ]
    for answer in answers:
        refused(answer, 401, "LOGIN_FAILED")
    assert len({answer.get_data() for answer in answers}) == 1


def test_a_form_without_its_token_is_refused(hall: Hall) -> None:
    answer = hall.anybody().send(f"/dot/{hall.uuid}/rieng", data={"reference": "DB-0001", "password": "x"})
    refused(answer, 400, "FORM_EXPIRED")


def test_nobody_can_lock_a_voter_out_by_wrong_tries(hall: Hall) -> None:
    """A password has 80 bits, so guesses need no limit; one by reference would be a weapon against its voter."""
    passwords = hand_out(hall)
    for _ in range(12):
        refused(log_in(hall, "DB-0008", "0"), 401, "LOGIN_FAILED")
    permission_of(hall, log_in(hall, "DB-0008", passwords["DB-0008"]))


# --- using one ----------------------------------------------------------------------------------------------------


def test_a_login_makes_the_voter_present_once_and_orders_one_slip(hall: Hall) -> None:
    password = hand_out(hall, "DB-0010")["DB-0010"]
    permission_of(hall, log_in(hall, "DB-0010", password))
    order = order_of(hall, "DB-0010")
    assert order is not None
    assert (order.kind, order.state, order.request) == (OrderKind.OWN_DEVICE, OrderState.TAKEN, None)
    with reading(hall.house.registry) as session:
        who = session.scalars(select(Voter).where(Voter.reference == "DB-0010")).one()
        assert (who.present, who.desk) == (True, "thiết bị riêng")
        assert session.get(VoterLogin, who.id) is None
    refused(log_in(hall, "DB-0010", password), 401, "LOGIN_FAILED")


def test_whoever_came_to_a_desk_cannot_use_their_login_and_the_other_way_round(hall: Hall) -> None:
    passwords, numbers = hand_out(hall), hall.voters()
    hall.check_in(numbers[11])
    with nothing_changes(hall.house.registry):
        refused(log_in(hall, "DB-0011", passwords["DB-0011"]), 401, "LOGIN_FAILED")
    permission_of(hall, log_in(hall, "DB-0012", passwords["DB-0012"]))
    with pytest.raises(Exception, match="thiết bị riêng"):
        hall.check_in(numbers[12])


def test_the_permission_stands_nowhere_in_clear(hall: Hall) -> None:
    permission = permission_of(hall, log_in(hall, "DB-0013", hand_out(hall, "DB-0013")["DB-0013"]))
    kept = stored(hall.house.registry) + stored(hall.house.box)
    assert permission.encode() not in kept


def test_the_same_request_gets_the_same_answer_and_another_is_refused(hall: Hall) -> None:
    permission = permission_of(hall, log_in(hall, "DB-0014", hand_out(hall, "DB-0014")["DB-0014"]))
    made = device(hall)
    begun, other = begin(made, permission), begin(made, permission)

    def ask(what: Begun) -> TestResponse:
        blinded = [b.blinded_message.hex() for b in what.blindings]
        return hall.at_station().ask(f"/dot/{hall.uuid}/cap", {"authorisation": permission, "blinded": blinded})

    first = ask(begun)
    assert first.status_code == 200
    with nothing_changes(hall.house.registry):
        assert ask(begun).get_json() == first.get_json()
        refused(ask(other), 403, "NOT_AUTHORISED")


def test_a_device_lost_before_its_first_request_gets_a_new_start_and_the_old_link_dies(hall: Hall) -> None:
    lost = permission_of(hall, log_in(hall, "DB-0015", hand_out(hall, "DB-0015")["DB-0015"]))
    again = permission_of(hall, log_in(hall, "DB-0015", hand_out(hall, "DB-0015")["DB-0015"]))
    made = device(hall)
    with pytest.raises(AssertionError, match="NOT_AUTHORISED"):
        made.sign(begin(made, lost))
    made.sign(begin(made, again))
    answer = hall.person("to-chuc-1").form(
        f"/dot/{hall.uuid}/ma-dang-nhap", {"reference": "DB-0015"}, page=f"/dot/{hall.uuid}/"
    )
    refused(answer, 404, "NOBODY_WITHOUT_SLIP")  # signed: there is no second one


def test_who_changes_their_mind_before_the_first_request_goes_to_the_desk_once_two_persons_undid_it(
    hall: Hall,
) -> None:
    number = hall.voters()[18]
    permission = permission_of(hall, log_in(hall, "DB-0018", hand_out(hall, "DB-0018")["DB-0018"]))
    assert not checkin.undo(hall.house, hall.uuid, number, hall.actor("tiep-don"))
    assert checkin.undo(hall.house, hall.uuid, number, hall.actor("to-chuc-1"))
    made = device(hall)
    with pytest.raises(AssertionError, match="NOT_AUTHORISED"):
        made.sign(begin(made, permission))
    hall.slip(number)


def test_an_order_is_delivered_only_after_it_was_signed_and_by_its_permission_only(hall: Hall) -> None:
    permission = permission_of(hall, log_in(hall, "DB-0016", hand_out(hall, "DB-0016")["DB-0016"]))
    refused(done(hall, permission), 409, "NOT_SIGNED_YET")
    refused(done(hall, "x" * 32), 403, "NOT_AUTHORISED")
    made = device(hall)
    made.sign(begin(made, permission))
    for _ in range(2):
        assert done(hall, permission).get_json() == {"state": "delivered"}


def test_a_permission_of_a_desk_is_not_an_own_devices(hall: Hall) -> None:
    hall.check_in(hall.voters()[17])
    hall.station.poll()
    (begun,) = hall.station.state.values()
    refused(done(hall, begun.permission), 403, "NOT_AUTHORISED")


# --- the pages ----------------------------------------------------------------------------------------------------


def test_neither_page_on_the_stations_host_sets_a_cookie(hall: Hall) -> None:
    page = hall.at_station().get(f"/dot/{hall.uuid}/rieng/")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert f"connect-src 'self' {hall.house.config.box_origin}" in page.headers["Content-Security-Policy"]
    refused(hall.at_station().get(f"/dot/{hall.uuid}/rieng/bo-phieu"), 409, "WRONG_PHASE")


def test_the_organisers_page_offers_logins_only_where_the_policy_allows(hall: Hall, at: Open) -> None:
    def offered(where: Hall) -> bool:
        return "ma-dang-nhap" in where.person("to-chuc-1").get(f"/dot/{where.uuid}/").get_data(as_text=True)

    assert offered(hall)
    assert not offered(at("issuing"))


# --- a whole round ------------------------------------------------------------------------------------------------


def test_a_slip_of_ones_own_is_listed_and_casts_without_a_cookie_from_the_stations_host(hall: Hall) -> None:
    passwords = hand_out(hall)
    mine = [slip_of(hall, reference, passwords[reference]) for reference in ("DB-0030", "DB-0031")]
    numbers = hall.voters()
    hall.slips = mine + [hall.slip(number) for number in numbers[:30]]
    assert hall.freeze() == len(hall.slips)
    refused(log_in(hall, "DB-0040", passwords["DB-0040"]), 409, "WRONG_PHASE")
    hall.ready()
    hall.by_two(readiness.open_voting)
    booth = hall.at_station().get(f"/dot/{hall.uuid}/rieng/bo-phieu")
    assert booth.status_code == 200
    page = booth.get_data(as_text=True)
    assert 'data-own="1"' in page
    assert 'data-worker="/static/dist/worker.js" data-worker-integrity="sha384-' in page
    assert f'data-cast="{hall.house.config.box_origin}/dot/{hall.uuid}/phieu"' in page
    assert "webmanifest" not in page  # a page to be installed is the terminal's
    assert "Set-Cookie" not in booth.headers
    origin = {"Origin": hall.house.config.station_origin}
    credential = Credential.derive(mine[0], hall.uuid)
    raw = cast(hall.election, voter.draft(hall.election, (0, 1, None)), credential).encode()
    answer = hall.cast(padded(raw, hall.election), headers=origin)
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == origin["Origin"]
    assert "Set-Cookie" not in answer.headers
    body = {"credential": credential.public.encode(), "proof": prove_standing(hall.manifest.hash, credential).as_json()}
    standing = hall.booth().send(
        f"/dot/{hall.uuid}/trang-thai", data=canonical(body), content_type="application/json", headers=origin
    )
    assert standing.get_json() == {"state": "recorded", "receipt": answer.get_json()}
    assert standing.headers["Access-Control-Allow-Origin"] == origin["Origin"]


def test_a_slip_signed_and_never_sent_is_counted_at_the_freeze_and_is_on_no_list(hall: Hall) -> None:
    numbers: list[Any] = hall.voters()
    slips = [hall.slip(number) for number in numbers[:5]]
    made = device(hall)
    made.sign(begin(made, permission_of(hall, log_in(hall, "DB-0033", hand_out(hall, "DB-0033")["DB-0033"]))))
    assert not hall.freeze(undelivered=1)
    assert hall.freeze("to-chuc-2", undelivered=1) == len(slips)
