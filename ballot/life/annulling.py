"""Annulling: two persons end a round for a reason; its ballots are never decrypted, its issuers' keys are let go.

Here lives this one act. Never here: a ballot, or a way back.
"""

from __future__ import annotations

from ballot.acts import Actor, find_round, move, second_person
from ballot.house import House
from ballot.log import audit
from ballot.models import box as box_tables
from ballot.slips.issuers import door
from ballot.storage import writing
from tally.protocol.encoding import text
from tally.protocol.errors import TallyError
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Act, Phase


def annul(house: House, uuid: str, reason: str, actor: Actor) -> bool:
    """Void a round when a second person confirms; its ballots are never decrypted and its issuers' keys end.

    Raises WrongPhase, BadText.
    """
    text(reason, "reason")
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        audit.record(session, actor.organisation_id, actor=actor.login, act="annul-reason", subject=f"{uuid} {reason}")
        if not second_person(session, row, Act.ANNUL, actor):
            return False
        with writing(house.box) as box:
            found = box.get(box_tables.Election, uuid)
            if found is not None:
                found.phase = Phase.VOID.value
        issuing = row.phase == Phase.ISSUING.value  # before it there are no keys, and no box opens while one is kept
        move(house, session, row, Act.ANNUL, actor)
    if issuing:
        _end_issuing(house, Manifest.parse(row.manifest or b""), actor)
    return True


def _end_issuing(house: House, manifest: Manifest, actor: Actor) -> None:
    """Let every issuer end its log and destroy its key; one that cannot be asked is written down and keeps it."""
    for issuer in manifest.issuers:
        try:
            door(house, issuer.name).freeze(manifest.uuid)
        except TallyError as error:
            with writing(house.registry) as session:
                said = f"{manifest.uuid} {issuer.name} {error.code}"
                audit.record(session, actor.organisation_id, actor=actor.login, act="issuer-key-kept", subject=said)
    house.keyring.destroy_freeze(manifest.uuid)
