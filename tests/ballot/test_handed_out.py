"""A round in which everything happens to slips that can: its counts agree on every page, and its record verifies.

Here lives this one day. Never here: a single rule of it; those are in the tests of orders, voids and the freeze.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ballot.desk import checkin
from ballot.models.registry.roll import Voter
from ballot.result import closing
from ballot.slips import counts
from ballot.storage import reading
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.holding import SPOILED, UNUSED_ENVELOPE
from tally.protocol.padding import padded
from tally.record import Record
from tally.verify import verify_record
from tests import voter
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.hall import DESK, OTHER_DESK, Hall
from tests.ballot.look import code_of
from tests.commands import DONE, run

Open = Callable[[str], Hall]
LATE = 43


def cast_with(hall: Hall, slip: SlipCode) -> str:
    ballot = voter.vote(hall.election, (0, 1, 2), Credential.derive(slip, hall.uuid))
    answer = hall.cast(padded(ballot, hall.election))
    return "" if answer.status_code == 201 else code_of(answer)


def dead_station(hall: Hall, voter_id: int) -> None:
    station = hall.new_station(OTHER_DESK)
    hall.check_in(voter_id, OTHER_DESK)
    (order,) = station.poll()["orders"]
    station.sign(station.state[order["id"]])


def issue(hall: Hall) -> tuple[list[SlipCode], SlipCode, list[SlipCode]]:
    """Hand slips to all but one voter, who is late; one is spoiled, one dies with its station; three envelopes."""
    envelopes = hall.envelopes(3)
    slips = [hall.slip(voter_id) for voter_id in hall.voters()[: LATE - 1]]
    spoiled = slips.pop()
    slips.append(hall.replacement(hall.voters()[LATE - 2], spoiled))
    dead_station(hall, hall.voters()[LATE - 1])
    assert hall.freeze("to-chuc-1", 1) is None
    assert hall.freeze("to-chuc-2", 1) == LATE + 3
    return slips, spoiled, envelopes


def test_a_day_with_a_spoiled_slip_a_dead_station_and_envelopes_ends_with_a_record_that_verifies(at: Open) -> None:
    hall = at("issuing")
    slips, spoiled, (used, *unused) = issue(hall)
    hall.ready()
    hall.voting()
    checkin.check_in(hall.house, hall.uuid, hall.voters()[LATE], hall.actor(DESK), order=False)  # draws an envelope
    assert [cast_with(hall, slip) for slip in (*slips[:6], used)] == [""] * 7
    assert cast_with(hall, spoiled) == "CREDENTIAL_VOID"
    with pytest.raises(closing.EnvelopesLeft):  # it would count more slips as handed out than there are voters
        hall.by_two(closing.close)
    for envelope in unused:
        hall.station.void(envelope, UNUSED_ENVELOPE)
    assert cast_with(hall, unused[0]) == "CREDENTIAL_VOID"
    found = counts.handed_out(hall.house, hall.uuid)
    assert (found.slips.envelopes, found.spoiled, found.unused, found.issued) == (3, 1, 2, LATE)
    hall.by_two(closing.close)
    browser = hall.person("to-chuc-1")
    hand_in_parts(hall, browser)
    assert do(browser, hall, "kiem-phieu").status_code == 302
    check_record(hall)


def check_record(hall: Hall) -> None:
    folder = hall.house.record(hall.uuid)
    evidence = verify_record(Record.read(folder)).evidence
    assert (evidence.credentials.issued, len(evidence.ballots)) == (LATE, 7)
    assert sorted(evidence.credentials.void.values()) == [SPOILED, UNUSED_ENVELOPE, UNUSED_ENVELOPE]
    for statement in json.loads((folder / "issuance.json").read_bytes())["statements"]:
        said = {name: statement[name] for name in ("issued", "reissued", "envelopes", "voided", "undelivered")}
        assert said == {"issued": LATE, "reissued": 1, "envelopes": 3, "voided": 3, "undelivered": 1}
    ballots = json.loads((folder / "result.json").read_bytes())["ballots"]
    assert (ballots["issued"], ballots["returned"], ballots["not_returned"]) == (LATE, 7, LATE - 7)
    done = run("tally", "verify", folder, "--manifest", hall.manifest.hash)
    assert done.code == DONE, done.output
    with reading(hall.house.registry) as session:
        assert session.query(Voter).filter(Voter.present).count() == len(hall.voters())
