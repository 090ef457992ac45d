"""The freeze with issuers as processes of their own: nothing is signed beside the list, wherever it is cut off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy.exc import OperationalError

from ballot.acts import find_round
from ballot.issuer import rounds
from ballot.ledger import IssuingPaused
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips import freezing, orders
from ballot.slips.freezing import StationsOwe
from ballot.slips.issuers import doors
from ballot.storage import RewriteFailed, reading
from keys.signers import Entry, IssuingFrozen, Kind
from tests.ballot.asking import ask, permission, request_for, work
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import Linked


def signs(hall: Hall, place: int, blinded: list[bytes], reference: str = "DB-0009") -> bytes:
    """Ask one issuer as the registry would, past all that the registry looks at first."""
    return doors(hall.house, hall.manifest)[place].sign(
        hall.uuid, kind=Kind.ISSUED, reference=reference, blinded=blinded[place]
    )


def test_while_the_list_is_fixed_no_issuer_signs_and_a_refused_freeze_lets_them_go_on(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = linked.issuing()
    code, blinded = permission(hall), request_for(hall)
    asked, open_staged = [], freezing.open_staged

    def meanwhile(*which: object) -> object:
        for place, name in enumerate(ISSUERS):
            with pytest.raises(IssuingPaused):
                signs(hall, place, blinded)
            asked.append(name)
        return open_staged(*which)

    monkeypatch.setattr(freezing, "open_staged", meanwhile)
    with pytest.raises(StationsOwe):  # the order of above is not bound
        hall.freeze()
    assert asked == list(ISSUERS)
    assert ask(hall, code, blinded).status_code == 200


def test_an_issuer_that_refuses_to_go_on_keeps_no_other_paused_and_hides_no_reason(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, open_staged = linked.issuing(), freezing.open_staged
    permission(hall)  # an order that is not bound

    def unlinked(*which: object) -> object:
        doors(hall.house, hall.manifest)[0]._secret = "x" * 43
        return open_staged(*which)

    monkeypatch.setattr(freezing, "open_staged", unlinked)
    with pytest.raises(StationsOwe):
        hall.freeze()
    assert signs(hall, 1, request_for(hall))


def test_two_freezes_at_once_leave_nobody_signing_while_the_other_counts(linked: Linked) -> None:
    hall = linked.issuing()
    hall.slip(hall.voters()[0])

    def press(login: str) -> None:
        with suppress(RewriteFailed):  # the other is reading; both are told to try again
            assert hall.freeze(login) == 1

    with ThreadPoolExecutor(2) as both:
        list(both.map(press, ["to-chuc-1", "to-chuc-2"]))
    assert hall.freeze() == 1
    assert [i.kinds(hall.uuid) for i in linked.issuers] == [["issued", "frozen", "destroyed"]] * 2


def test_a_freeze_that_was_cut_off_while_issuers_stood_still_stops_no_slip(linked: Linked) -> None:
    hall = linked.issuing()
    for door in doors(hall.house, hall.manifest):
        door.pause(hall.uuid)  # and here the power goes
    with pytest.raises(IssuingPaused):
        signs(hall, 0, request_for(hall))
    assert hall.slip(hall.voters()[0])
    assert hall.freeze() == 1


def test_slips_asked_for_while_somebody_freezes_are_lost_to_nobody(linked: Linked) -> None:
    hall = linked.issuing()
    assert hall.station
    orders.order_envelopes(hall.house, hall.uuid, 3, hall.actor("to-chuc-1"))
    codes = [order["permission"] for order in work(hall)]
    requests = [(code, request_for(hall)) for code in codes]

    def press(which: tuple[str, list[bytes]] | None) -> None:
        if which is not None:
            assert ask(hall, *which).status_code in (200, 503)
            return
        with pytest.raises((StationsOwe, OperationalError)):  # orders are open all the time
            hall.freeze()

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(press, [None, *requests, None]))
    with reading(hall.house.registry) as session:
        assert not find_round(session, hall.uuid).frozen
    assert [ask(hall, *which).status_code for which in requests] == [200] * 3
    assert [i.kinds(hall.uuid) for i in linked.issuers] == [["envelope"] * 3] * 2


def test_a_freeze_cut_off_after_the_list_was_fixed_is_made_good_by_freezing_again(linked: Linked) -> None:
    hall = linked.issuing()
    hall.slip(hall.voters()[0])
    freezing._fix_list(hall.house, hall.manifest, hall.actor("to-chuc-1"))  # and here the power goes, everywhere
    for issuer in linked.issuers:
        issuer.stop()
        issuer.start()
        assert issuer.kinds(hall.uuid) == ["issued"]
    with pytest.raises(IssuingPaused):
        signs(hall, 0, request_for(hall))
    assert hall.freeze() == 1
    assert [i.kinds(hall.uuid) for i in linked.issuers] == [["issued", "frozen", "destroyed"]] * 2
    with pytest.raises(IssuingFrozen):
        signs(hall, 0, request_for(hall))


def test_an_issuer_cut_off_before_its_key_was_destroyed_destroys_it_when_it_starts(linked: Linked) -> None:
    hall, issuer = linked.issuing(), linked.issuers[0]
    issuer.stop()
    house = issuer.house()
    house.ledger(rounds.look_up(house, hall.uuid)).append(Entry(Kind.FROZEN))  # and here the power goes
    house.engine.dispose()
    assert f"{issuer.name}.issuer.key" in issuer.key_files(hall.uuid)
    issuer.start()
    assert issuer.key_files(hall.uuid) == {f"{issuer.name}.statement.key"}
    assert issuer.kinds(hall.uuid) == ["frozen", "destroyed"]
