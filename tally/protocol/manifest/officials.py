"""Who is rated, block by block in ballot order, and who holds a rated post and is not.

Here live the two lists of the manifest. Never here: a catalogue of persons, or what a ballot asks (sealed.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import entries, fields, objects, text
from tally.protocol.errors import WrongShape


@dataclass(frozen=True, slots=True)
class Official:
    """A person who is rated; `id` is the catalogue's, never shown to voters."""

    id: str
    name: str
    position: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Official:
        """Read {"id","name","position"}. Raises reading errors naming the field."""
        m = fields(value, where, "id", "name", "position")
        return cls(*(text(m[key], f"{where}.{key}", limit=400) for key in ("id", "name", "position")))

    def as_json(self) -> dict[str, str]:
        """Return {"id","name","position"}."""
        return {"id": self.id, "name": self.name, "position": self.position}


@dataclass(frozen=True, slots=True)
class Block:
    """A *khối* of officials, in ballot order; `form` names its *loại phiếu*, or is empty where there is one only."""

    title: str
    officials: tuple[Official, ...]
    form: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return {"title","form","officials"}."""
        return {"title": self.title, "form": self.form, "officials": [o.as_json() for o in self.officials]}


@dataclass(frozen=True, slots=True)
class Exempt:
    """Somebody who holds a rated post and is not rated in this round: the reason, and its source in the law."""

    name: str
    position: str
    reason: str
    citation: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Exempt:
        """Read {"name","position","reason","citation"}; only the citation may be empty. Raises reading errors."""
        m = fields(value, where, "name", "position", "reason", "citation")
        name, position, reason = (text(m[key], f"{where}.{key}", limit=400) for key in ("name", "position", "reason"))
        return cls(name, position, reason, text(m["citation"], f"{where}.citation", limit=400, empty=True))

    def as_json(self) -> dict[str, str]:
        """Return {"name","position","reason","citation"}."""
        return {"name": self.name, "position": self.position, "reason": self.reason, "citation": self.citation}


def read_blocks(value: Any, where: str) -> tuple[Block, ...]:
    """Read the blocks of a round. Nobody is in them twice, neither by id nor by name and position.

    Raises reading errors naming the field.
    """
    blocks = []
    seen: set[str] = set()
    for entry, place in objects(value, where):
        m = fields(entry, place, "title", "form", "officials")
        officials = tuple(_official(o, p, seen) for o, p in objects(m["officials"], f"{place}.officials"))
        form = text(m["form"], f"{place}.form", limit=400, empty=True)
        blocks.append(Block(text(m["title"], f"{place}.title"), officials, form))
    _check_forms([block.form for block in blocks], where)
    return tuple(blocks)


def read_exempt(value: Any, where: str) -> tuple[Exempt, ...]:
    """Read who is not rated; a list that may be empty. Raises reading errors naming the field."""
    return tuple(Exempt.parse(entry, place) for entry, place in entries(value, where))


def _official(value: Any, where: str, seen: set[str]) -> Official:
    official = Official.parse(value, where)
    marks = {f"id:{official.id}", f"person:{official.name}|{official.position}"}
    if marks & seen:
        raise WrongShape(where, expected="id ≠, name + position ≠")
    seen |= marks
    return official


def _check_forms(forms: list[str], where: str) -> None:
    """A form's blocks stand together, and either every form has a name or there is one only, without."""
    together = sum(form != before for form, before in zip(forms, [None, *forms], strict=False))
    if together != len(set(forms)) or ("" in forms and together > 1):
        raise WrongShape(f"{where}.form", expected="A, A, B, B, …")
