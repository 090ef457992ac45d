"""Biên bản: the particulars of a sitting that no record can know, typed by organisers and kept as a draft.

Here lives the draft: what is proposed, how it is saved under a revision, what is wrong with it. Never here: a number
from paper (comparing.py), or a document (papers.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, find_round
from ballot.committee.seats import one_spelling
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.results import Sitting
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.result import signatures
from ballot.result.comparing import check_time
from ballot.storage import writing
from ballot.vietnamese import alphabetical
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import canonical, decode
from tally.protocol.errors import BadText, Refused, WrongShape
from tally.protocol.minutes import LIMIT, Absent, Minutes, PaperCounts, Recount, Signatory

LABELS = {
    "number": _("Số văn bản"), "place": _("Nơi lập"), "room": _("Phòng kiểm phiếu"), "started": _("Bắt đầu lúc"),
    "ended": _("Kết thúc lúc"), "assigned_by": _("Ai giao nhiệm vụ"), "present": _("Có mặt"),
    "absent": _("Vắng mặt"), "complaints": _("Khiếu nại, ý kiến"), "copies": _("Số bản"), "recipients": _("Nơi nhận"),
    "signers": _("Người ký"),
}  # fmt: skip
NEEDED = ("place", "started", "ended", "present", "copies", "signers")
MINUTES = "minutes.json"
MOST_DIGITS = 4
_CLOCK = re.compile(r"([0-9]{1,2}) ?(?::|h|g|giờ) ?([0-9]{2})\Z")
_FILLED = {"place": "…", "started": "00:00", "ended": "00:00", "present": "0", "copies": "1", "signers": (1,)}


class MinutesMoved(Refused):
    """Somebody else saved the particulars since this form was opened."""

    code = "MINUTES_MOVED"
    text = _("Trong lúc quý vị nhập, người khác đã lưu biên bản này. Chưa có gì của ai bị ghi đè; xin mở lại trang.")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What was typed, as it was typed; `check` says whether it can be kept. `absent` pairs a name with a reason."""

    number: str = ""
    place: str = ""
    room: str = ""
    started: str = ""
    ended: str = ""
    assigned_by: str = ""
    present: str = ""
    absent: tuple[tuple[str, str], ...] = ()
    complaints: str = ""
    copies: str = "3"
    recipients: tuple[str, ...] = ()
    signers: tuple[int, ...] = ()
    on_paper: bool = True

    @classmethod
    def of_form(cls, get: Callable[[str], list[str]]) -> Particulars:
        """Read a form's fields: blanks are taken off, rows without a name dropped. `get` returns a field's values."""
        one = {name: one_spelling((get(name) or [""])[0]) for name in _SINGLE}
        one |= {name: as_time(one[name]) for name in ("started", "ended")}
        rows = zip(map(one_spelling, get("absent_name")), map(one_spelling, get("absent_reason")), strict=False)
        lines = (one_spelling(line) for line in (get("recipients") or [""])[0].splitlines())
        return cls(
            **one,
            absent=tuple(row for row in rows if row[0]),
            recipients=tuple(line for line in lines if line),
            signers=tuple(sorted({int(n) for n in get("signer") if n in tuple("123456789")})),
            on_paper=get("how") != ["key"],
        )

    @classmethod
    def parse(cls, raw: bytes) -> Particulars:
        """Read a kept draft."""
        kept = decode(raw, "sitting", limit=LIMIT)
        lists = {name: tuple(kept[name]) for name in ("recipients", "signers")}
        return cls(**(kept | lists | {"absent": tuple((name, reason) for name, reason in kept["absent"])}))

    def encode(self) -> bytes:
        """Return canonical JSON."""
        return canonical(asdict(self))

    def check(self) -> None:
        """Refuse what minutes cannot hold, naming the field; what is still empty may stay so.

        Raises BadText, WrongShape.
        """
        empty = {name: value for name, value in _FILLED.items() if not getattr(self, name)}
        whole, nobody = replace(self, **empty), PaperCounts(0, 0, False, 0, ("1", "2"))
        try:
            whole.minutes(manifest="0" * 64, root="0" * 64, paper=nobody, recounts=(), certificates={})
        except (BadText, WrongShape) as error:
            field = re.split(r"[.\[]", error.where.removeprefix(f"{MINUTES}."))[0]
            raise error.__class__(translate(LABELS.get(field, field)), **error.details) from None

    def lacking(self) -> tuple[str, ...]:
        """Return the labels of what minutes cannot do without and nobody has typed yet."""
        return tuple(LABELS[name] for name in NEEDED if not getattr(self, name))

    def minutes(
        self,
        *,
        manifest: str,
        root: str,
        paper: PaperCounts,
        recounts: tuple[Recount, ...],
        certificates: Mapping[int, str],
    ) -> Minutes:
        """Return the minutes; members without a certificate there sign on paper. Raises reading errors."""
        signers = (Signatory(n, "" if self.on_paper else certificates.get(n, "")) for n in self.signers)
        absent = tuple(Absent(name, reason) for name, reason in self.absent)
        made = Minutes(
            manifest, root, self.number, self.place, self.room, self.started, self.ended, self.assigned_by,
            _number(self.present, "present"), absent, paper, recounts, self.complaints, _number(self.copies, "copies"),
            self.recipients, tuple(signers),
        )  # fmt: skip
        return Minutes.parse(made.encode())


def as_time(typed: str) -> str:
    """Return a time as minutes write it, HH:MM, from what people write: 9:30, 9h30, 9 giờ 30."""
    found = _CLOCK.match(typed)
    return f"{int(found[1]):02d}:{found[2]}" if found else typed


def _number(digits: str, field: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise WrongShape(f"{MINUTES}.{field}", expected="0…9999")
    return int(digits)


_SINGLE = ("number", "place", "room", "started", "ended", "assigned_by", "present", "complaints", "copies")


def draft(session: Session, row: Round, *, members: int) -> tuple[Particulars, int]:
    """Return the draft and its revision; before anybody saved one, a proposal from the roll, revision 0."""
    kept = session.get(Sitting, row.id)
    if kept is not None:
        return Particulars.parse(kept.content), kept.revision
    voters = list(session.scalars(select(Voter).where(Voter.round_id == row.id)))
    away = sorted((v.name for v in voters if not v.present), key=alphabetical)
    here = len(voters) - len(away)
    return Particulars(
        present=str(here), absent=tuple((name, "") for name in away), signers=tuple(range(1, members + 1))
    ), 0


def save(house: House, uuid: str, particulars: Particulars, actor: Actor, *, revision: int) -> None:
    """Keep the draft, unless somebody else saved since `revision`.

    Raises WrongPhase, Incomplete, AlreadySigned, MinutesMoved, BadText, WrongShape.
    """
    particulars.check()
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_time(house, row)
        signatures.check_unsigned(house, uuid)
        kept = session.get(Sitting, row.id)
        if (kept.revision if kept else 0) != revision:
            raise MinutesMoved("round")
        if kept is None:
            session.add(Sitting(round_id=row.id, revision=1, content=particulars.encode()))
        else:
            kept.revision, kept.content = revision + 1, particulars.encode()
        audit.record(session, row.organisation_id, actor=actor.login, act="save-minutes", subject=uuid)
