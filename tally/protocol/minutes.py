"""minutes.json: what the minutes of a count say that no record can know, typed by people; and who will sign them.

Here lives the file and its bounds. Never here: a count of ballots per official, or a comparison (tally/comparison.py).

Every document is a function of the record and of this file, so that anybody can make the same bytes again. SPEC 4.17.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.protocol.encoding import array, boolean, canonical, decode, entries, fields, hex_hash, integer, text, texts
from tally.protocol.errors import WrongShape
from tally.protocol.incident import NO_WAIT, ComplaintWindow, Incident, incidents, time_of_day
from tally.protocol.witnessed import Witnessed, witnessed

FORMAT = "phieu-tin-nhiem/minutes/v1"
LIMIT = 1024 * 1024
MOST_PEOPLE = 5000
MOST_SIGNERS = 9
MOST_COPIES = 99
MOST_RECOUNTS = 9
WITNESSES = "witnesses"


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody who was summoned and did not come, and why where that is known."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PaperCounts:
    """What two people counted on paper and typed independently (threats 5.6).

    `signatures` on the attendance sheets of voters who received a slip (A); envelopes never opened (U); used slips in
    the locked slip box (C), where `slips_counted`, else 0.
    """

    signatures: int
    envelopes_left: int
    slips_counted: bool
    slips_in_box: int
    typed_by: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recount:
    """A recount of the record by a program that shares no code with the others, and whether it agreed."""

    program: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Signatory:
    """A member who signs, by number, and the SHA-256 of their certificate; empty: on paper only."""

    owner: int
    certificate: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """The particulars of a sitting. Times are `HH:MM`; `number` is that of the document; `signers` the head first."""

    manifest: str
    root: str
    number: str
    place: str
    room: str
    started: str
    ended: str
    assigned_by: str
    present: int
    absent: tuple[Absent, ...]
    paper: PaperCounts
    recounts: tuple[Recount, ...]
    complaints: str
    copies: int
    recipients: tuple[str, ...]
    signers: tuple[Signatory, ...]
    window: ComplaintWindow = NO_WAIT
    incidents: tuple[Incident, ...] = ()
    witnesses: tuple[Witnessed, ...] = ()

    @classmethod
    def parse(cls, raw: bytes, where: str = "minutes.json") -> Minutes:
        """Read the bytes. Raises reading errors naming the field. Source: SPEC 4.17."""
        m = fields(decode(raw, where, limit=LIMIT), where, *_FIELDS, optional=(WITNESSES,))
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        return cls(
            manifest=hex_hash(m["manifest"], f"{where}.manifest"),
            root=hex_hash(m["root"], f"{where}.root"),
            number=text(m["number"], f"{where}.number", empty=True, limit=60),
            place=text(m["place"], f"{where}.place", limit=200),
            room=text(m["room"], f"{where}.room", empty=True, limit=400),
            started=time_of_day(m["started"], f"{where}.started"),
            ended=time_of_day(m["ended"], f"{where}.ended"),
            assigned_by=text(m["assigned_by"], f"{where}.assigned_by", empty=True),
            present=integer(m["present"], f"{where}.present", 0, MOST_PEOPLE),
            absent=tuple(_absent(v, f"{where}.absent[{i}]") for i, v in _list(m["absent"], where, "absent")),
            paper=_paper(m["paper"], f"{where}.paper"),
            recounts=_recounts(m["recounts"], where),
            complaints=text(m["complaints"], f"{where}.complaints", empty=True),
            window=ComplaintWindow.parse(m["complaint_window"], f"{where}.complaint_window"),
            incidents=incidents(m["incidents"], f"{where}.incidents"),
            copies=integer(m["copies"], f"{where}.copies", 1, MOST_COPIES),
            recipients=texts(m["recipients"], f"{where}.recipients"),
            signers=_signers(m["signers"], f"{where}.signers"),
            witnesses=witnessed(m[WITNESSES], f"{where}.{WITNESSES}") if WITNESSES in m else (),
        )

    def encode(self) -> bytes:
        """Return the canonical bytes; `parse` reads them back."""
        paper = self.paper
        document: dict[str, Any] = {
            "format": FORMAT,
            "manifest": self.manifest,
            "root": self.root,
            "number": self.number,
            "place": self.place,
            "room": self.room,
            "started": self.started,
            "ended": self.ended,
            "assigned_by": self.assigned_by,
            "present": self.present,
            "absent": [{"name": a.name, "reason": a.reason} for a in self.absent],
            "paper": {
                "signatures": paper.signatures,
                "envelopes_left": paper.envelopes_left,
                "slips_counted": paper.slips_counted,
                "slips_in_box": paper.slips_in_box,
                "typed_by": list(paper.typed_by),
            },
            "recounts": [{"program": r.program, "agrees": r.agrees} for r in self.recounts],
            "complaints": self.complaints,
            "complaint_window": self.window.as_json(),
            "incidents": [incident.as_json() for incident in self.incidents],
            "copies": self.copies,
            "recipients": list(self.recipients),
            "signers": [{"owner": s.owner, "certificate": s.certificate} for s in self.signers],
        }
        if self.witnesses:
            document[WITNESSES] = [each.as_json() for each in self.witnesses]
        return canonical(document)


_FIELDS = (
    "format", "manifest", "root", "number", "place", "room", "started", "ended", "assigned_by", "present", "absent",
    "paper", "recounts", "complaints", "complaint_window", "incidents", "copies", "recipients", "signers",
)  # fmt: skip


def _list(value: Any, where: str, name: str) -> list[tuple[int, Any]]:
    most = MOST_RECOUNTS if name == "recounts" else MOST_PEOPLE
    found = array(value, f"{where}.{name}")
    if len(found) > most:
        raise WrongShape(f"{where}.{name}", expected=f"≤ {most}")
    return list(enumerate(found))


def _absent(value: Any, where: str) -> Absent:
    m = fields(value, where, "name", "reason")
    reason = text(m["reason"], f"{where}.reason", empty=True, limit=400)
    return Absent(text(m["name"], f"{where}.name", limit=200), reason)


def _paper(value: Any, where: str) -> PaperCounts:
    m = fields(value, where, "signatures", "envelopes_left", "slips_counted", "slips_in_box", "typed_by")
    counted = boolean(m["slips_counted"], f"{where}.slips_counted")
    names = array(m["typed_by"], f"{where}.typed_by", 2)
    first, second = (text(v, f"{where}.typed_by[{i}]", limit=200) for i, v in enumerate(names))
    if first == second:
        raise WrongShape(f"{where}.typed_by", expected="≠")
    return PaperCounts(
        signatures=integer(m["signatures"], f"{where}.signatures", 0, MOST_PEOPLE),
        envelopes_left=integer(m["envelopes_left"], f"{where}.envelopes_left", 0, MOST_PEOPLE),
        slips_counted=counted,
        slips_in_box=integer(m["slips_in_box"], f"{where}.slips_in_box", 0, MOST_PEOPLE if counted else 0),
        typed_by=(first, second),
    )


def _recounts(value: Any, where: str) -> tuple[Recount, ...]:
    found = tuple(_recount(v, f"{where}.recounts[{i}]") for i, v in _list(value, where, "recounts"))
    if len({recount.program for recount in found}) != len(found):
        raise WrongShape(f"{where}.recounts", expected="≠")
    return found


def _recount(value: Any, where: str) -> Recount:
    m = fields(value, where, "program", "agrees")
    return Recount(text(m["program"], f"{where}.program", limit=200), boolean(m["agrees"], f"{where}.agrees"))


def _signers(value: Any, where: str) -> tuple[Signatory, ...]:
    """Read who signs: no member and no certificate twice, and either all by key or all on paper. SPEC 4.17."""
    found = []
    for entry, place in entries(value, where):
        m = fields(entry, place, "owner", "certificate")
        given = m["certificate"] == "" or hex_hash(m["certificate"], f"{place}.certificate")
        owner = integer(m["owner"], f"{place}.owner", 1, MOST_SIGNERS)
        found.append(Signatory(owner, m["certificate"] if given else ""))
    if not 1 <= len(found) <= MOST_SIGNERS or len({s.owner for s in found}) != len(found):
        raise WrongShape(where, expected=f"1…{MOST_SIGNERS}, ≠")
    certificates = {s.certificate for s in found}
    if certificates != {""} and ("" in certificates or len(certificates) != len(found)):  # one key, one person
        raise WrongShape(f"{where}.certificate", expected="…")
    return tuple(found)
