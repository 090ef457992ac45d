"""The papers of a round's officials: taken, withdrawn, listed; and found again by who has the reading key.

Here live these acts. Never here: a paper of a round whose box is closed, or a note of who reads.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_phase, find_round
from ballot.dossiers.pages import BadDossier, drawn
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.dossiers import Dossier, DossierPage
from ballot.models.registry.rounds import Official, Round
from ballot.phases import NOT_CLOSED
from ballot.round_errors import NoSuchRound
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import sha256_hex, text
from tally.protocol.errors import Refused, WrongShape

KINDS = {
    "self_report": _("Báo cáo tự đánh giá"),
    "declaration": _("Bản kê khai tài sản, thu nhập"),
    "explanation": _("Báo cáo giải trình"),
}
"""In the order of a dossier (Phụ lục 2, QĐ 96-QĐ/TW)."""
MOST_PAPERS = 12


class NoSuchPaper(Refused):
    """No paper of this round's officials."""

    code = "NO_SUCH_PAPER"
    text = _("Không tìm thấy tài liệu này trong đợt.")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: its number, kind and title in words, how many pages."""

    id: int
    kind: str
    title: str
    pages: int


@dataclass(frozen=True, slots=True)
class Papers:
    """One official and the papers that there are."""

    official: Official
    papers: tuple[Paper, ...]


def take(house: House, uuid: str, *, official: int, kind: str, title: str, raw: bytes, actor: Actor) -> int:
    """Take a PDF into an official's dossier and return the number of its pages.

    Raises WrongPhase once the box is closed, WrongShape, BadText, BadDossier.
    """
    if kind not in KINDS:
        raise WrongShape("kind", expected=" / ".join(KINDS))
    title = text(title.strip(), "title", limit=200, empty=True) or translate(KINDS[kind])
    with reading(house.registry) as session:
        _check_place(session, uuid, official)
    pages = drawn(raw, title)  # outside the transaction: others go on meanwhile
    with writing(house.registry) as session:
        row = _check_place(session, uuid, official)
        paper = Dossier(round_id=row.id, official=official, kind=kind, title=title, digest=sha256_hex(raw))
        session.add(paper)
        session.flush()
        session.add_all(DossierPage(dossier_id=paper.id, number=n, image=p) for n, p in enumerate(pages, start=1))
        subject = f"{uuid} {official} {kind} {paper.digest[:16]}"
        audit.record(session, actor.organisation_id, actor=actor.login, act="take-dossier", subject=subject)
    return len(pages)


def withdraw(house: House, uuid: str, dossier_id: int, actor: Actor) -> None:
    """Take a paper out again; the log keeps what it was. Raises WrongPhase, NoSuchPaper."""
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        _check_phase(row)
        paper = session.get(Dossier, dossier_id)
        if paper is None or paper.round_id != row.id:
            raise NoSuchPaper("paper")
        subject = f"{uuid} {paper.official} {paper.kind} {paper.digest[:16]}"
        session.execute(delete(DossierPage).where(DossierPage.dossier_id == paper.id))
        session.delete(paper)
        audit.record(session, actor.organisation_id, actor=actor.login, act="withdraw-dossier", subject=subject)


def listed(session: Session, row: Round) -> list[Papers]:
    """Return every official of a round in ballot order, each with the papers that there are."""
    counted = select(Dossier, func.count(DossierPage.number)).join(DossierPage, DossierPage.dossier_id == Dossier.id)
    found = session.execute(counted.where(Dossier.round_id == row.id).group_by(Dossier.id)).all()
    order = list(KINDS)
    ordered = sorted(found, key=lambda each: (order.index(each[0].kind), each[0].id))
    officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number))
    return [
        Papers(o, tuple(Paper(d.id, d.kind, d.title, int(n)) for d, n in ordered if d.official == o.number))
        for o in officials
    ]


def room(session: Session, uuid: str, key: str) -> Round:
    """Return the round whose dossiers this key opens, until its box is closed. Raises NoSuchRound."""
    row = session.scalar(select(Round).where(Round.uuid == uuid))
    if row is None or not row.reading_key or not hmac.compare_digest(row.reading_key.encode(), key.encode("utf-8")):
        raise NoSuchRound("round")
    if row.phase not in NOT_CLOSED:
        raise NoSuchRound("round")
    return row


def page(session: Session, row: Round, dossier_id: int, number: int) -> bytes | None:
    """Return a page of a paper of this round as JPEG, if there is one."""
    wanted = select(DossierPage.image).join(Dossier, Dossier.id == DossierPage.dossier_id)
    return session.scalar(
        wanted.where(Dossier.round_id == row.id, Dossier.id == dossier_id, DossierPage.number == number)
    )


def _check_place(session: Session, uuid: str, official: int) -> Round:
    row = find_round(session, uuid)
    _check_phase(row)
    if session.get(Official, (row.id, official)) is None:
        raise WrongShape("official", expected=uuid)
    mine = select(func.count()).select_from(Dossier).where(Dossier.round_id == row.id, Dossier.official == official)
    if (session.scalar(mine) or 0) >= MOST_PAPERS:
        raise BadDossier("official", reason=translate(_("đã có 12 tài liệu của người này")))
    return row


def _check_phase(row: Round) -> None:
    check_phase(row, *NOT_CLOSED)
