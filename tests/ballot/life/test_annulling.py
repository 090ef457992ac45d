"""A round that two persons annul: its keys are let go, and an issuer that was away then is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from ballot.acts import find_round
from ballot.life import annulling
from ballot.models.registry.acts import AuditEntry
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips.issuers import door, doors
from ballot.storage import reading
from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import Linked

Open = Callable[[str], Hall]


def annulled(hall: Hall) -> Hall:
    hall.by_two(lambda house, uuid, actor: annulling.annul(house, uuid, "mất điện", actor))
    with reading(hall.house.registry) as session:
        assert find_round(session, hall.uuid).phase == "void"
    return hall


def acts(hall: Hall) -> list[tuple[str, str]]:
    with reading(hall.house.registry) as session:
        return [(entry.act, entry.subject) for entry in session.scalars(select(AuditEntry))]


def test_the_keys_that_could_still_issue_end_with_the_round(at: Open) -> None:
    hall = annulled(at("issuing"))
    left = {path.name for path in hall.house.keyring.path(hall.uuid, "").iterdir()}
    assert not {name for name in left if name.endswith((".issuer.key", ".freeze.key"))}
    assert all(door.counts(hall.uuid).destroyed for door in doors(hall.house, hall.manifest))


def test_a_draft_is_annulled_although_it_has_no_keys(at: Open) -> None:
    annulled(at("draft"))


def test_an_issuer_that_the_settings_forgot_stops_no_annulling_and_the_others_keys_still_end(at: Open) -> None:
    hall = at("issuing")
    settings = hall.house.config
    others = tuple(issuer for issuer in settings.issuing.issuers if issuer.name != ISSUERS[0])
    forgetful = replace(settings, issuing=replace(settings.issuing, issuers=others))
    annulled(replace(hall, house=replace(hall.house, config=forgetful)))
    assert ("issuer-key-kept", f"{hall.uuid} {ISSUERS[0]} ISSUER_NOT_LINKED") in acts(hall)
    assert door(hall.house, ISSUERS[1]).counts(hall.uuid).destroyed
    assert not hall.house.keyring.path(hall.uuid, "chot.freeze.key").exists()


def test_an_issuer_that_is_away_stops_no_annulling_and_is_written_down(linked: Linked) -> None:
    hall, second = linked.issuing(), linked.issuers[1]
    second.stop()
    annulled(hall)
    assert linked.issuers[0].kinds(hall.uuid)[-1] == "destroyed"
    assert ("issuer-key-kept", f"{hall.uuid} {second.name} ISSUER_AWAY") in acts(hall)
    second.start()
