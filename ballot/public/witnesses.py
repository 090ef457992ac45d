"""Witnesses of a round: whom the organisers entered, with which key, and how far each has signed.

Here live entering, taking back, and what the page shows. Never here: a signature checked (cosigning.py), or a time.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.box_round import require_one, round_of
from ballot.house import House
from ballot.log import audit
from ballot.models import box as tables
from ballot.models.registry.rounds import Round
from ballot.public.cosigning import WitnessUnknown, checkpoints, last_word
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.checkpoint import Note
from tally.protocol.cosignature import digest_of, key_name
from tally.protocol.encoding import hex_hash
from tally.protocol.errors import Refused
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase
from tally.record import WITNESSES

MOST = len(WITNESSES)
ENTERED_IN = (Phase.ISSUING, Phase.READY, Phase.VOTING, Phase.CLOSED)


class WitnessExists(Refused):
    """The name or the key is taken, by another witness or by another use."""

    code = "WITNESS_EXISTS"
    text = _("Tên hoặc khóa này đã dùng trong đợt; mỗi người chứng kiến có tên và khóa riêng.")


class TooManyWitnesses(Refused):
    """As many witnesses as a record has room for."""

    code = "TOO_MANY_WITNESSES"
    text = _("Mỗi đợt ghi nhiều nhất {most} người chứng kiến.")


class WitnessHasSigned(Refused):
    """A witness who has signed is not taken back: nobody takes evidence away."""

    code = "WITNESS_HAS_SIGNED"
    text = _("Người chứng kiến này đã ký; không rút lại được.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A witness as the page shows them: how many checkpoints they signed, and whether the last word."""

    name: str
    key: str
    signed: int
    closing: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """What stands on the witnesses' page; `head` and `root` in hex, empty while there is none."""

    witnesses: tuple[Shown, ...]
    checkpoints: int
    size: str
    head: str
    root: str
    open: bool


def watched(house: House, uuid: str) -> Watched:
    """Return the witnesses of a round and what they watch."""
    closing = last_word(house, uuid)
    with reading(house.box) as session:
        row = session.get(tables.Election, uuid)
        if row is None:  # not sealed yet
            return Watched((), 0, "0", "", "", False)
        said = checkpoints(session, row) if row.election else []
        found = session.scalars(select(tables.Witness).filter_by(uuid=uuid).order_by(tables.Witness.witness)).all()
        shown = tuple(_shown(session, witness, said, closing) for witness in found)
        may = row.phase in {phase.value for phase in ENTERED_IN}
    return Watched(shown, len(said), said[-1].lines[1] if said else "0", head_of(said), root_of(closing), may)


def head_of(said: list[Note]) -> str:
    """Return the end of the chain in hex, or nothing."""
    return said[-1].head.hex() if said else ""


def root_of(closing: Note | None) -> str:
    """Return the root that the box's last word names, in hex, or nothing."""
    return closing.lines[-1].partition(" ")[2] if closing else ""


def _shown(session: Session, witness: tables.Witness, said: list[Note], closing: Note | None) -> Shown:
    mine = select(tables.Cosigned.note).filter_by(uuid=witness.uuid, witness=witness.witness)
    signed = set(session.scalars(mine))
    count = sum(digest_of(note) in signed for note in said)
    return Shown(witness.witness, witness.verify_key.hex(), count, closing is not None and digest_of(closing) in signed)


# --- acts -----------------------------------------------------------------------------------------------------------


def enter(house: House, uuid: str, actor: Actor, *, name: str, key: str) -> None:
    """Enter a witness, by name and key from their own paper.

    Raises WrongPhase, NoSuchRound before the seal, WrongShape, BadHash, WitnessExists, TooManyWitnesses.
    """
    public = hex_hash("".join(key.split()).lower(), "key")
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        with writing(house.box) as box:
            kept = round_of(box, uuid)
            require_one(kept, *ENTERED_IN)
            manifest = Manifest.parse(kept.manifest)
            key_name(manifest.origin, name)
            _check_free(box, manifest, name=name, key=public)
            box.add(tables.Witness(uuid=uuid, witness=name, verify_key=bytes.fromhex(public)))
        _log(session, row, actor, "enter-witness", f"{name} {public}")


def _check_free(box: Session, manifest: Manifest, *, name: str, key: str) -> None:
    entered = box.scalars(select(tables.Witness).filter_by(uuid=manifest.uuid)).all()
    taken = {manifest.box_key, manifest.log_key, *(issuer.statement_key for issuer in manifest.issuers)}
    if name in {each.witness for each in entered} or key in taken | {each.verify_key.hex() for each in entered}:
        raise WitnessExists("witness")
    if len(entered) >= MOST:
        raise TooManyWitnesses("witness", most=MOST)


def withdraw(house: House, uuid: str, actor: Actor, *, name: str) -> None:
    """Take back a witness who has signed nothing, such as one entered with a wrong key.

    Raises WrongPhase, WitnessUnknown, WitnessHasSigned.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        with writing(house.box) as box:
            require_one(round_of(box, uuid), *ENTERED_IN)
            found = box.get(tables.Witness, (uuid, name))
            if found is None:
                raise WitnessUnknown("witness")
            mine = select(func.count()).select_from(tables.Cosigned).filter_by(uuid=uuid, witness=name)
            if box.scalar(mine):
                raise WitnessHasSigned("witness")
            box.delete(found)
        _log(session, row, actor, "withdraw-witness", name)


def _log(session: Session, row: Round, actor: Actor, act: str, rest: str) -> None:
    audit.record(session, row.organisation_id, actor=actor.login, act=act, subject=f"{row.uuid} {rest}")
