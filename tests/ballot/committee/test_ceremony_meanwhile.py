"""While a key is admitted its ceremony may end, and one organiser may bring another key: neither slips in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ballot.committee import ceremony, readiness
from ballot.committee.attempts import AttemptOver
from ballot.committee.seats import name_members
from tally.protocol.committee import Committee, Member
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import Mismatch
from tally.protocol.opening import pass_test
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.members import PageMember, admit, convened, names, run, until
from tests.builders import convene

Open = Callable[[str], Hall]
Change = Callable[[Hall, list[PageMember]], Any]


def rename(hall: Hall, _members: list[PageMember]) -> None:
    people = [Member(f"Người thay {n}", "") for n in (1, 2, 3)]
    for login in ("to-chuc-1", "to-chuc-2"):
        name_members(hall.house, hall.uuid, people, hall.actor(login))


MEANWHILE: dict[str, tuple[Change, type[Exception]]] = {
    "other members are named": (rename, Mismatch),
    "a member complains": (lambda hall, members: members[0].complain(2, "OTHER_WORDS"), AttemptOver),
    "the ceremony begins anew": (
        lambda hall, members: ceremony.begin_again(hall.house, hall.uuid, hall.actor("to-chuc-2")), AttemptOver,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MEANWHILE)
def test_a_key_is_not_admitted_when_its_ceremony_is_over_by_then(
    at: Open, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    change, error = MEANWHILE[case]
    hall, members = convened(at("frozen"))
    run(members)
    freeze = readiness.finish_freeze

    def freeze_slowly(*arguments: Any) -> Any:
        """The freeze asks the issuers, which may take minutes; somebody else acts meanwhile."""
        change(hall, members)
        return freeze(*arguments)

    monkeypatch.setattr(readiness, "finish_freeze", freeze_slowly)
    with nothing_changes(hall.house.box), pytest.raises(error):
        admit(hall)
    assert members[0].state()["phase"] == "issuing" if error is AttemptOver else hall.phase() == "issuing"


def key_made_alone(hall: Hall) -> tuple[bytes, list[bytes]]:
    """Make all shares oneself, under the members' names: any organiser could."""
    board = convene(hall.manifest)
    forged: Committee = replace(board.committee, members=tuple(names(hall)))
    nonces = {owner: sha256_hex(f"nonce {owner}".encode()) for owner in board.shares}
    tests = [pass_test(forged, nonces, owner=n, secret=share).as_json() for n, share in board.shares.items()]
    return forged.encode(), [canonical(test) for test in tests]


@pytest.mark.parametrize("begun", ["commitment", "key", "opening"])
def test_one_organiser_cannot_put_another_key_in_the_place_of_the_members(at: Open, begun: str) -> None:
    hall, members = convened(at("frozen"))
    until(members, begun)
    committee, tests = key_made_alone(hall)
    actor = hall.actor("to-chuc-1")
    with nothing_changes(hall.house.registry, hall.house.box), pytest.raises(Mismatch):
        readiness.admit_committee(hall.house, hall.uuid, committee=committee, tests=tests, actor=actor)


@pytest.mark.parametrize("act", ["gui", "giai-ma"])
def test_a_strangers_megabytes_are_refused_before_anything_reads_them(at: Open, act: str) -> None:
    hall = at("issuing")
    body = b'{"device":"stranger","part":[' + b"[]," * 1_000_000
    answer = hall.at_committee().send(f"/dot/{hall.uuid}/{act}", data=body, content_type="application/json")
    refused(answer, 403, "DEVICE_UNKNOWN")
