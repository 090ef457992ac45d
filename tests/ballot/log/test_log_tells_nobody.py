"""A whole round with all that happens in a hall, and its log searched for whatever could name a voter or a ballot.

threats K5: the log has an order, and the box has none; so nothing in the log may be about one person or one ballot.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ballot.desk import checkin
from ballot.log import journal
from ballot.models.registry.accounts import Account
from ballot.models.registry.roll import Voter
from ballot.result import closing, counting
from ballot.slips import orders, own_device
from ballot.storage import reading
from tally.protocol.acts_log import Entry, Log
from tally.protocol.acts_log_life import check_round
from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code, shown_commit
from tally.protocol.holding import UNUSED_ENVELOPE
from tally.protocol.phase import Phase
from tests.ballot.asking import hand_in_parts
from tests.ballot.hall import DESK, OTHER_DESK, Hall
from tests.ballot.look import ballots
from tests.ballot.prepared import Prepared, new_hall, with_people
from tests.commands import DONE, tally


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Iterator[Hall]:
    """A round with a mistaken check-in, a spoiled slip, envelopes, a lost device, ballots, a close and a count."""
    hall = with_people(new_hall(tmp_path_factory.mktemp("whole") / "round", prepared.opened))
    hall.draft(delegates=50, own_device=True)
    hall.issuing()
    voters = hall.voters()
    checkin.check_in(hall.house, hall.uuid, voters[0], hall.actor(OTHER_DESK), order=False)
    assert not checkin.undo(hall.house, hall.uuid, voters[0], hall.actor(OTHER_DESK))
    assert checkin.undo(hall.house, hall.uuid, voters[0], hall.actor(DESK))
    hall.slips = [hall.slip(voter) for voter in voters[:40]]
    hall.slips[3] = hall.replacement(voters[3], hall.slips[3])
    hall.slips += hall.envelopes(2)
    (given,) = own_device.hand_out(hall.house, hall.uuid, hall.actor("to-chuc-1"), reference="DB-0042")
    own_device.log_in(hall.house, hall.uuid, reference=given.reference, password=given.password)
    orders.withdraw_unbound(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    hall.freeze()
    checkin.check_in(hall.house, hall.uuid, voters[41], hall.actor(DESK), order=False)  # draws an envelope
    hall.ready()
    hall.voting()
    for number in (*range(7), 40):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.station.void(hall.slips[41], UNUSED_ENVELOPE)
    hall.by_two(closing.close)
    hand_in_parts(hall, hall.person("to-chuc-1"))
    counting.tally(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture(scope="module")
def exported(ended: Hall) -> bytes:
    return journal.export(ended.house, 1)


def spellings(found: str) -> set[str]:
    """A text as it is, composed or not, without marks, and all of them in small and capital letters."""
    bare = "".join(c for c in unicodedata.normalize("NFD", found) if not unicodedata.combining(c))
    forms = {unicodedata.normalize(form, found) for form in ("NFC", "NFD")} | {
        bare,
        bare.replace("Đ", "D").replace("đ", "d"),
    }
    return {spelled for form in forms for spelled in (form, form.lower(), form.upper(), form.replace("-", ""))}


def of_voters(hall: Hall) -> list[str]:
    with reading(hall.house.registry) as session:
        return [said for v in session.scalars(select(Voter)) for said in (v.name, v.reference)]


def of_slips(hall: Hall) -> list[str]:
    found = []
    for number, slip in enumerate(hall.slips):
        public = hall.credential(number).public
        found += [slip.shown(), slip.digits, public.encode(), public.raw.hex(), str(hall.credential(number).secret)]
    return found


def of_ballots(hall: Hall) -> list[str]:
    found = []
    for raw in ballots(hall):
        ballot = Ballot.parse(raw)
        commit = commit_code(hall.election, tuple(answer.choices for answer in ballot.answers))
        found += [ballot.tracker, ballot.hash, ballot.credential.encode(), commit, commit[:16], shown_commit(commit)]
    return found


@pytest.mark.parametrize("hidden", [of_voters, of_slips, of_ballots])
def test_nothing_in_the_log_is_a_voter_a_slip_or_a_ballot(
    ended: Hall, exported: bytes, hidden: Callable[[Hall], list[str]]
) -> None:
    log, looked_for = exported.decode(), hidden(ended)
    assert len(looked_for) > 40
    assert [said for said in looked_for for spelled in spellings(said) if spelled in log] == []


def test_the_search_would_find_them(ended: Hall) -> None:
    for hidden in (of_voters, of_slips, of_ballots):
        for said in hidden(ended)[:7]:
            for written in (said, said.upper(), unicodedata.normalize("NFD", said)):
                assert any(spelled in f'{{"subject":"{written}"}}' for spelled in spellings(said))


def test_what_desks_and_voters_devices_do_names_the_round_and_nothing_else_and_no_time(
    ended: Hall, exported: bytes
) -> None:
    with reading(ended.house.registry) as session:
        desks = set(session.scalars(select(Account.login).where(Account.role == "desk")))
    mine = [entry for entry in Log.parse(exported).entries if entry.actor in {*desks, ""}]
    assert len({entry.act for entry in mine}) >= 6
    assert {"check-in", "order-replacement", "undo-check-in", "own-device"} <= {entry.act for entry in mine}
    assert {(entry.subject, entry.time) for entry in mine} == {(ended.uuid, "")}


def test_two_voters_who_change_places_leave_the_same_log(ended: Hall, exported: bytes) -> None:
    """What the log tells of desks is a word and a login: entries of one act at one desk are all alike."""

    def told(entry: Entry) -> tuple[str, ...]:
        return entry.actor, entry.act, entry.subject, entry.time

    at_desk = [told(e) for e in Log.parse(exported).entries if e.actor == DESK and e.act == "check-in"]
    assert len(at_desk) == 41
    assert len(set(at_desk)) == 1


def test_no_entry_with_a_time_stands_between_two_check_ins_but_what_moves_the_round(exported: bytes) -> None:
    entries = Log.parse(exported).entries
    heights = [e.height for e in entries if e.act in ("check-in", "undo-check-in", "order-replacement")]
    between = {e.act for e in entries[heights[0] : heights[-1]] if e.time}
    assert between == set()


def test_the_record_and_its_log_are_verified_together(ended: Hall, exported: bytes, tmp_path: Path) -> None:
    file = tmp_path / "nhat-ky.jsonl"
    file.write_bytes(exported)
    life = check_round(Log.parse(exported), ended.manifest, closed=True)
    assert life.phase is Phase.TALLIED
    code, output = tally("verify", ended.house.record(ended.uuid), "--manifest", ended.manifest.hash, "--log", file)
    assert code == DONE, output
    assert "Chốt hòm phiếu · to-chuc-2 (đề nghị: to-chuc-1)" in output
    assert "ĐÃ KIỂM CHỨNG" in output
