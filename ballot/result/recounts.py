"""Kiểm lại: three programs that share no code count a record again, each a process of its own; what each said is kept.

Here lives running them, one after the other, beside whatever the page does. Never here: an opinion on their answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock, Thread

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.results import Recounted
from ballot.models.registry.rounds import Round
from ballot.phases import COUNTED
from ballot.result import comparing
from ballot.result.recount_programs import OURS, PROGRAMS, Answer, ask, installed
from ballot.storage import reading, writing
from ballot.written_record import copied, written_root
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import Refused
from tally.protocol.minutes import Recount

SAID_LIMIT = 2000
_running: dict[str, str] = {}
_guard = Lock()


class RecountRunning(Refused):
    """The programs are at work on this record already."""

    code = "RECOUNT_RUNNING"
    text = _("Các chương trình đang kiểm lại hồ sơ này. Xin quý vị đợi; trang tự cập nhật.")


@dataclass(frozen=True, slots=True)
class Line:
    """One program on the page: whether it is here, what it said of this record, if anything yet."""

    program: str
    installed: bool
    answer: Answer | None
    at_work: bool


# --- what is kept -------------------------------------------------------------------------------------------------


def lines(session: Session, row: Round, root: str) -> tuple[Line, ...]:
    """Return every program with its answer about the record of this root."""
    kept = {one.program: Answer(one.agrees, one.said) for one in _kept(session, row, root)}
    now = _running.get(row.uuid)
    here = installed()
    return tuple(Line(name, name in here, kept.get(name), name == now) for name in PROGRAMS)


def recounts(session: Session, row: Round, root: str) -> tuple[Recount, ...]:
    """Return the answers as minutes.json has them, in the order of the programs."""
    kept = {one.program: one.agrees for one in _kept(session, row, root)}
    return tuple(Recount(name, kept[name]) for name in PROGRAMS if name in kept)


def missing(session: Session, row: Round, root: str) -> tuple[str, ...]:
    """Return the programs that are here and have not recounted the record of this root."""
    kept = {one.program for one in _kept(session, row, root)}
    return tuple(name for name in PROGRAMS if name in installed() and name not in kept)


def is_running(uuid: str) -> bool:
    """Say whether programs are at work on a round's record in this process."""
    return uuid in _running


def _kept(session: Session, row: Round, root: str) -> list[Recounted]:
    return list(session.scalars(select(Recounted).where(Recounted.round_id == row.id, Recounted.root == root)))


# --- running ------------------------------------------------------------------------------------------------------


def start(house: House, uuid: str, actor: Actor) -> Thread:
    """Let all programs recount, one after the other, beside this request. Raises WrongPhase, RecountRunning."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_phase(row, *COUNTED)
        manifest = sha256_hex(row.manifest or b"")
    with _guard:
        if uuid in _running:
            raise RecountRunning("round")
        _running[uuid] = OURS
    thread = Thread(target=_run, args=(house, uuid, actor, manifest), name=f"recount {uuid}", daemon=True)
    thread.start()
    return thread


def _run(house: House, uuid: str, actor: Actor, manifest: str) -> None:
    try:
        with copied(house, uuid, report=False) as folder:
            for name in PROGRAMS:
                if name in installed():
                    _running[uuid] = name
                    _keep(house, uuid, actor, name, ask(name, folder, manifest=manifest))
    finally:
        del _running[uuid]


def _keep(house: House, uuid: str, actor: Actor, name: str, answer: Answer) -> None:
    root = written_root(house, uuid)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        said = answer.said.strip()[-SAID_LIMIT:]
        comparing.tell_members(session, row)
        session.merge(Recounted(round_id=row.id, program=name, root=root, agrees=answer.agrees, said=said))
        audit.record(
            session,
            row.organisation_id,
            actor=actor.login,
            act="recount-agrees" if answer.agrees else "recount-differs",
            subject=f"{uuid} {name}",
        )
