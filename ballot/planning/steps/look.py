"""What a step sees: the draft as it stands, whose it is, the day of today; and how its form's fields are read.

Here live readers of fields that several steps share. Never here: a field of one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ballot.catalogue import fields
from ballot.catalogue.rule_books import Shelf, shelf
from ballot.planning.content import Content
from ballot.planning.errors import StepRefused
from tally.i18n import marked as _
from tally.i18n import said, translate

Form = MultiDict[str, str]
NAME, WORDS, UNIT, CODE = fields.NAME, fields.WORDS, fields.UNIT, fields.CODE
LARGEST = 999_999


@dataclass(frozen=True, slots=True)
class Look:
    """A draft before one of its organisers; `issuers` are the houses' names of those who sign slips."""

    session: Session
    organisation_id: int
    content: Content
    today: date
    issuers: tuple[str, ...] = ()
    draft_uuid: str = ""

    @property
    def shelf(self) -> Shelf:
        """The rule sets of the draft's organisation."""
        return shelf(self.session, self.organisation_id)


def words(form: Form, name: str, label: str, *, limit: int = WORDS, empty: bool = False) -> str:
    """Return a text field. Raises FieldMissing, FieldTooLong, BadText naming its label."""
    return fields.words(" ".join(form.get(name, "").split()), translate(label), limit=limit, empty=empty)


def number(form: Form, name: str, label: str, low: int, high: int) -> int:
    """Return a whole number of a field. Raises StepRefused naming its label."""
    typed = form.get(name, "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7 and low <= int(typed) <= high):
        reason = said(_("cần một số nguyên từ {low} đến {high}"), low=low, high=high)
        raise StepRefused(translate(label), reason=reason)
    return int(typed)


def ids(form: Form, name: str) -> tuple[int, ...]:
    """Return the ids of ticked boxes. Raises NoSuchEntry."""
    return tuple(dict.fromkeys(fields.id_of(value, name) for value in form.getlist(name)))


def refuse(where: str, sentence: str, **details: object) -> StepRefused:
    """Return the refusal of a step, its sentence translated."""
    return StepRefused(translate(where), reason=said(sentence, **details))
