"""Organisations side by side in one installation: each has its own accounts, rounds, catalogue and log.

Here live their founding and the border between them. Never here: a list of all of them for anybody who is logged in.
"""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.house import House
from ballot.models.registry.accounts import Organisation
from ballot.models.registry.rounds import Round
from ballot.round_errors import NoSuchRound
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.encoding import text
from tally.protocol.errors import Refused


class OrganisationExists(Refused):
    """Two organisations of one name could not be told apart."""

    code = "ORGANISATION_EXISTS"
    text = _("Đã có đơn vị mang tên này.")


class NoSuchOrganisation(Refused):
    """No organisation has this number."""

    code = "NO_SUCH_ORGANISATION"
    text = _("Không có đơn vị mang số này.")


def found(house: House, name: str) -> int:
    """Found an organisation and return its number. Raises OrganisationExists, BadText."""
    with writing(house.registry) as session:
        return add(session, name)


def add(session: Session, name: str) -> int:
    """Found an organisation in the caller's transaction. Raises OrganisationExists, BadText."""
    if session.scalar(select(Organisation).where(Organisation.name == text(name, "name", limit=400))):
        raise OrganisationExists("name")
    row = Organisation(uuid=secrets.token_hex(10), name=name)
    session.add(row)
    session.flush()
    return row.id


def check_exists(session: Session, organisation_id: int) -> str:
    """Return the name of an organisation that is there. Raises NoSuchOrganisation."""
    if name := name_of(session, organisation_id):
        return name
    raise NoSuchOrganisation("organisation")


def check_own(house: House, uuid: str, organisation_id: int) -> None:
    """Refuse a round of another organisation as if there were none. Raises NoSuchRound. Source: threats H5."""
    with reading(house.registry) as session:
        owner = session.scalar(select(Round.organisation_id).where(Round.uuid == uuid))
    if owner != organisation_id:
        raise NoSuchRound("round")


def name_of(session: Session, organisation_id: int) -> str:
    """Return an organisation's name."""
    return session.scalar(select(Organisation.name).where(Organisation.id == organisation_id)) or ""
