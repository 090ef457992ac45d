"""A round at a site: found, opened, stopped, and the key to the attendant's page.

Here live these acts of the site's operator. Never here: a ballot, or a way back from stopped.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.models.site import STOPPED, TAKING, WAITING, SiteRound
from ballot.round_errors import NoSuchRound
from ballot.site.errors import SiteLocked
from ballot.site.house import SiteHouse
from ballot.storage import reading, writing

_STATUS_LABEL = b"phieu-tin-nhiem/v1/site-status|"


def found(session: Session, uuid: str) -> SiteRound:
    """Return a round that this site was linked with. Raises NoSuchRound."""
    row = session.get(SiteRound, uuid)
    if row is None:
        raise NoSuchRound("round")
    return row


def look_up(house: SiteHouse, uuid: str) -> SiteRound:
    """Return a round to look at. Raises NoSuchRound."""
    with reading(house.engine) as session:
        return found(session, uuid)


def every(house: SiteHouse) -> list[SiteRound]:
    """Return the rounds that this site was linked with."""
    with reading(house.engine) as session:
        return list(session.scalars(select(SiteRound).order_by(SiteRound.uuid)))


def open_site(house: SiteHouse, uuid: str) -> None:
    """Take ballots from now on; harmless when open. Where the line is up this happens by itself. Raises NoSuchRound.

    The box keeps its own gate: what a site took too early waits there for the opening by two persons.
    """
    _move(house, uuid, WAITING, TAKING)


def stop(house: SiteHouse, uuid: str) -> None:
    """Take no more ballots, for good; what is held is still handed on. Raises NoSuchRound."""
    _move(house, uuid, WAITING, STOPPED)
    _move(house, uuid, TAKING, STOPPED)


def _move(house: SiteHouse, uuid: str, start: str, end: str) -> None:
    with writing(house.engine) as session:
        row = found(session, uuid)
        if row.state == start:
            row.state = end


def follow(row: SiteRound, phase: str) -> None:
    """Do as the box does: take while it is open, stop once it is closed or the round void."""
    if phase == "voting" and row.state == WAITING:
        row.state = TAKING
    elif phase not in ("ready", "voting"):
        row.state = STOPPED


def draw_status_key(house: SiteHouse, uuid: str) -> str:
    """Draw the key to the attendant's page, which ends an earlier one, and return it this once. Raises NoSuchRound."""
    key = secrets.token_urlsafe(24)
    with writing(house.engine) as session:
        found(session, uuid).status_lock = status_lock(key)
    return key


def unlock(house: SiteHouse, uuid: str, key: str) -> SiteRound:
    """Return the round to who has the key. Raises NoSuchRound, SiteLocked."""
    row = look_up(house, uuid)
    if not hmac.compare_digest(row.status_lock, status_lock(key)):
        raise SiteLocked("key")
    return row


def status_lock(key: str) -> bytes:
    """Return what the site keeps of the key to the attendant's page. Source: SPEC 5.18."""
    return hashlib.sha256(_STATUS_LABEL + key.encode("utf-8", "surrogateescape")).digest()
