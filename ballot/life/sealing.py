"""Sealing: a round's keys are made, its manifest is written, the box learns of it; it can be repeated if cut off.

Here lives this one act. Never here: a slip or a ballot.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot import assets, box_key, key_files
from ballot.acts import Actor, check_allowed, find_round, move
from ballot.box.locks import fleet_lock, staging_lock
from ballot.catalogue.rule_books import load
from ballot.house import House
from ballot.key_uses import check_keys
from ballot.models import box as box_tables
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.slips.issuers import Line, doors
from ballot.storage import reading, writing
from tally.protocol.manifest import Block, Manifest, Policy, Roll, roll_digest
from tally.protocol.manifest import Exempt as ManifestExempt
from tally.protocol.manifest import Official as ManifestOfficial
from tally.protocol.phase import Act, Phase


def seal(house: House, uuid: str, actor: Actor) -> str:
    """Make the round's keys, seal the manifest, hand it to the box; return the manifest's hash for the paper.

    The registry is held throughout: a second press, or a second organiser, waits and then finds the round sealed.
    Raises WrongPhase, IssuerAway, KeyReused, and what Manifest.parse and the issuers refuse. Source: threats E3.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.SEAL)
        manifest = _sealed_before(house, uuid) or _seal(house, session, row)
        row.manifest = manifest.raw
        move(house, session, row, Act.SEAL, actor)
    return manifest.hash


def _sealed_before(house: House, uuid: str) -> Manifest | None:
    """Return the manifest that the box already holds, if an earlier sealing was cut off after it."""
    with reading(house.box) as session:
        row = session.get(box_tables.Election, uuid)
    return Manifest.parse(row.manifest) if row else None


def _seal(house: House, session: Session, row: Round) -> Manifest:
    """Ask every issuer for fresh keys, seal, and hand each its copy of the roll before anybody learns of the round."""
    house.keyring.discard(row.uuid, house.issuers)
    issuers, roll = doors(house), _roll(session, row)
    entries = tuple(issuer.prepare(row.uuid) for issuer in issuers)
    box_public, log_key, freeze_key = house.keyring.create(row.uuid)
    manifest = Manifest.make(issuers=entries, box_key=box_public, log_key=log_key, **_draft(session, row, roll))
    check_keys([manifest, *_sealed_rounds(session)], certificate=house.config.issuing.ca)
    for issuer in issuers:
        issuer.hand_over(manifest, salt=row.roll_salt, roll=roll)
    with writing(house.box) as box:
        box.add(
            box_tables.Election(
                uuid=row.uuid,
                phase=Phase.ISSUING.value,
                manifest=manifest.raw,
                freeze_key=freeze_key,
                fleet_lock=fleet_lock(row.fleet_key),
                staging_lock=staging_lock(bytes.fromhex(row.staging_key)),
            )
        )
        if house.keyring.box_secret.exists():  # the box is a process of its own, which has no other way to its key
            box_key.carry(box, row.uuid, house.keyring.path(row.uuid, key_files.BOX))
    return manifest


def check_all_keys(house: House) -> None:
    """Refuse to start while a key of a sealed round stands in a second place. Raises KeyReused. Source: threats A8."""
    with reading(house.registry) as session:
        check_keys(_sealed_rounds(session), certificate=house.config.issuing.ca)


def _sealed_rounds(session: Session) -> list[Manifest]:
    return [Manifest.parse(raw) for raw in session.scalars(select(Round.manifest)) if raw]


def _roll(session: Session, row: Round) -> list[Line]:
    voters = session.scalars(select(Voter).where(Voter.round_id == row.id))
    return [(v.reference, v.name, v.unit, v.site) for v in voters]


def _draft(session: Session, row: Round, roll: list[Line]) -> dict[str, Any]:
    officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number)).all()
    blocks = tuple(
        Block(title, tuple(ManifestOfficial(f"{o.number:03d}", o.name, o.position) for o in group), form)
        for (form, title), group in groupby(officials, key=lambda o: (o.form, o.block))
    )
    left_out = session.scalars(select(Exempt).where(Exempt.round_id == row.id).order_by(Exempt.number))
    digest = roll_digest(row.roll_salt, ["|".join(line) for line in roll])
    return {
        "uuid": row.uuid,
        "title": row.title,
        "body": row.body,
        "session": row.session,
        "date": row.date,
        "rehearsal": row.rehearsal,
        "rules": load(session, row.organisation_id, row.rule_set),
        "blocks": blocks,
        "exempt": tuple(ManifestExempt(e.name, e.position, e.reason, e.citation) for e in left_out),
        "roll": Roll(row.delegates, len(roll), len(roll), digest),
        "committee_size": row.committee_size,
        "threshold": row.threshold,
        "policy": Policy(row.minimum_ballots, row.own_device, row.disclosure, row.secrecy, row.accepted_by),
        "software": assets.hashes(),
    }
