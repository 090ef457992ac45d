"""Opinions of observers (Mặt trận Tổ quốc) about a round: sent, never changed, read by its organisers.

Here live sending and reading. Never here: an edit, or an hour; a day is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.accounts import Account
from ballot.models.registry.onlookers import Opinion
from ballot.models.registry.rounds import Round
from ballot.storage import writing
from tally.i18n import marked as _
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import Refused

LONGEST, MOST = 8000, 500


class TooManyOpinions(Refused):
    """Far more than a round needs; nothing is ever deleted, so there is an end."""

    code = "TOO_MANY_OPINIONS"
    text = _("Đợt này đã có {most} ý kiến; không nhận thêm được.")


@dataclass(frozen=True, slots=True)
class Sent:
    """An opinion as pages show it; `text` in paragraphs."""

    day: str
    name: str
    paragraphs: tuple[str, ...]


def send(house: House, uuid: str, words: str, actor: Actor, *, day: str) -> None:
    """Keep an opinion for good; `day` is yyyy-mm-dd. Raises NoSuchRound, TooManyOpinions, BadText."""
    lines = [" ".join(line.split()) for line in composed(words, "text").splitlines()]
    kept = "\n".join(text(line, "text", limit=LONGEST) for line in lines if line)
    text(kept.replace("\n", " "), "text", limit=LONGEST)  # not empty, and not too long in sum
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if (session.scalar(select(func.count()).where(Opinion.round_id == row.id)) or 0) >= MOST:
            raise TooManyOpinions("text", most=MOST)
        session.add(Opinion(round_id=row.id, account_id=actor.account_id, day=day, text=kept))
        audit.record(session, row.organisation_id, actor=actor.login, act="opinion", subject=row.uuid)


def of_round(session: Session, row: Round) -> list[Sent]:
    """Return the opinions about a round, newest first."""
    found = select(Opinion, Account.name).join(Account, Account.id == Opinion.account_id)
    rows = session.execute(found.where(Opinion.round_id == row.id).order_by(Opinion.id.desc()))
    return [Sent(opinion.day, name, tuple(opinion.text.split("\n"))) for opinion, name in rows]
