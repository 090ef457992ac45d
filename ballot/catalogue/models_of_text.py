"""Templates: the national text ships with the program; an organisation may put its own in its place, again and again.

Here live the versions and which one holds. Never here: a version that is overwritten, or what a template may say
(checked_text.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ballot.acts import Actor
from ballot.catalogue.checked_text import checked
from ballot.catalogue.difference import difference
from ballot.catalogue.errors import NoSuchEntry, TemplateMoved, TemplateUnchanged
from ballot.catalogue.rule_books import names as names_of_rules
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.catalogue import TemplateVersion
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex

FOLDER = Path(__file__).parent / "national"
TITLES = {
    "ke-hoach": _("Kế hoạch lấy phiếu tín nhiệm"),
    "chuc-danh": _("Chức danh chuẩn, chức danh tương đương và cấp quản lý"),
    "thanh-phan": _("Thành phần ghi phiếu theo chức danh"),
    "dieu-hanh": _("Kịch bản điều hành hội nghị"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The template that holds in an organisation. `base` is the national text that it was made from.

    `newest` is the id of the newest version (0: never one); `moved` says that the national text changed since.
    """

    name: str
    text: str
    own: bool
    base: str
    newest: int
    login: str

    @property
    def moved(self) -> bool:
        """Say whether the national text is another than the one that this version was made from."""
        return self.own and self.base != national(self.name)


def names() -> tuple[str, ...]:
    """Return the names of the templates."""
    return tuple(TITLES)


@cache
def national(name: str) -> str:
    """Return the text that ships with the program. Raises NoSuchEntry."""
    if name not in TITLES:
        raise NoSuchEntry("name")
    (path,) = FOLDER.glob(f"{name}.*")
    return path.read_text(encoding="utf-8")


def versions(session: Session, organisation_id: int, name: str) -> list[TemplateVersion]:
    """Return an organisation's versions of a template, newest first."""
    return list(session.scalars(_newest_first(organisation_id, name)))


def standing(session: Session, organisation_id: int, name: str) -> Standing:
    """Return the template that holds. Raises NoSuchEntry."""
    newest = session.scalar(_newest_first(organisation_id, name).limit(1))  # asked for every row of a list
    if newest is None or not newest.text:
        return Standing(name, national(name), False, national(name), newest.id if newest else 0, "")
    return Standing(name, newest.text, True, newest.base_text, newest.id, newest.login)


def _newest_first(organisation_id: int, name: str) -> Select[Any]:
    national(name)
    mine = select(TemplateVersion).where(TemplateVersion.organisation_id == organisation_id)
    return mine.where(TemplateVersion.name == name).order_by(TemplateVersion.id.desc())


def current(session: Session, organisation_id: int, name: str) -> str:
    """Return the text that holds in an organisation. Raises NoSuchEntry."""
    return standing(session, organisation_id, name).text


def save(house: House, actor: Actor, name: str, text: str, *, seen: int) -> None:
    """Put a text in place of the one that holds; `seen` is the newest version that its writer had before them.

    Raises BadTemplate, TemplateUnchanged, TemplateMoved, NoSuchEntry.
    """
    national(name)
    with reading(house.registry) as session:
        known = names_of_rules(session, actor.organisation_id)
    _append(house, actor, name, checked(name, text, known), seen=seen)


def restore(house: House, actor: Actor, name: str, *, seen: int) -> None:
    """Go back to the national text; the versions stay. Raises TemplateUnchanged, TemplateMoved, NoSuchEntry."""
    _append(house, actor, name, "", seen=seen)


def _append(house: House, actor: Actor, name: str, text: str, *, seen: int) -> None:
    with writing(house.registry) as session:
        now = standing(session, actor.organisation_id, name)
        if now.newest != seen:
            raise TemplateMoved("text")
        if text == (now.text if now.own or text else ""):
            raise TemplateUnchanged("text")
        base = national(name)
        row = TemplateVersion(organisation_id=actor.organisation_id, name=name, text=text, login=actor.login)
        row.base, row.base_text = sha256_hex(base.encode("utf-8")), base
        session.add(row)
        act = "template-save" if text else "template-national"
        subject = f"{name} {sha256_hex(text.encode('utf-8'))[:16]}" if text else name
        audit.record(session, actor.organisation_id, actor=actor.login, act=act, subject=subject)


__all__ = [
    "TITLES",
    "Standing",
    "current",
    "difference",
    "names",
    "national",
    "restore",
    "save",
    "standing",
    "versions",
]
