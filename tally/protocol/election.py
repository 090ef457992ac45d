"""The election file of an archive: questions, key, and the fingerprint that every proof names.

Here lives the reading of Belenios version 1 elections over Ed25519. Never here: what a round adds (manifest/).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tally.protocol.encoding import canonical, decode, entries, fields, integer, sha256_compact, sha256_hex, string
from tally.protocol.errors import BadChoice, UnsupportedElection, WrongShape
from tally.protocol.group import NAME, Point

LIMIT = 4 * 1024 * 1024
_BASE58 = set("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
_REQUIRED = ("version", "description", "name", "group", "public_key", "questions", "uuid")
_OPTIONAL = ("administrator", "credential_authority", "language")


@dataclass(frozen=True, slots=True)
class Question:
    """A homomorphic question: a 0/1 ciphertext per answer (a blank flag first if `blank`), their sum in [min, max]."""

    answers: tuple[str, ...]
    blank: bool
    min: int
    max: int
    question: str

    @classmethod
    def parse(cls, value: Any, where: str) -> Question:
        """Read {"answers"[,"blank":true],"min","max","question"}; other kinds are UnsupportedElection."""
        if isinstance(value, dict) and "type" in value:
            raise UnsupportedElection(where, what=f"type {value['type']}")
        blank = isinstance(value, dict) and "blank" in value
        names = ("answers", *(("blank",) if blank else ()), "min", "max", "question")
        m = fields(value, where, *names)
        answers = tuple(string(answer, place) for answer, place in entries(m["answers"], f"{where}.answers"))
        if blank and m["blank"] is not True:
            raise WrongShape(f"{where}.blank", expected="true")
        low = integer(m["min"], f"{where}.min", 0, len(answers))
        high = integer(m["max"], f"{where}.max", max(low, 1), max(len(answers), 1))
        return cls(answers, blank, low, high, string(m["question"], f"{where}.question"))

    def as_json(self) -> dict[str, Any]:
        """Return the object in the order of the format."""
        blank: dict[str, Any] = {"blank": True} if self.blank else {}
        return {
            "answers": list(self.answers), **blank, "min": self.min, "max": self.max, "question": self.question,
        }  # fmt: skip

    @property
    def width(self) -> int:
        """Ciphertexts in one answer: the answers, and the blank flag where there is one."""
        return len(self.answers) + self.blank

    @property
    def branches(self) -> int:
        """Statements of the proof about the whole answer: a sum for each number allowed, and a blank one."""
        return self.max - self.min + 1 + self.blank

    def check_choices(self, choices: tuple[int, ...]) -> None:
        """Refuse choices that no valid ballot holds; blank flag first where there is one.

        Raises BadChoice. Source: SPEC 5.1.
        """
        if len(choices) != self.width or any(c not in (0, 1) for c in choices):
            raise BadChoice(self.question)
        flag, marks = (choices[0], choices[1:]) if self.blank else (0, choices)
        total = sum(marks)
        if (flag and total) or (not flag and not self.min <= total <= self.max):
            raise BadChoice(self.question)


@dataclass(frozen=True)
class Election:
    """A parsed election; `raw` are the archived bytes, and the fingerprint is over exactly them."""

    raw: bytes
    name: str
    description: str
    public_key: Point
    questions: tuple[Question, ...]
    uuid: str

    @classmethod
    def parse(cls, raw: bytes, where: str = "election") -> Election:
        """Read the bytes of an election.

        Raises UnsupportedElection for another group or version, WrongShape and others. Source: SPEC 4.5.
        """
        value = decode(raw, where, limit=LIMIT, exact=False)
        m = fields(value, where, *_REQUIRED, optional=_OPTIONAL)
        if m["version"] != 1 or type(m["version"]) is not int:
            raise UnsupportedElection(where, what="version")
        if m["group"] != NAME:
            raise UnsupportedElection(where, what=f"group {str(m['group'])[:40]}")
        uuid = string(m["uuid"], f"{where}.uuid")
        if len(uuid) < 14 or not set(uuid) <= _BASE58:
            raise WrongShape(f"{where}.uuid", expected="Base58 ≥ 14")
        questions = entries(m["questions"], f"{where}.questions")
        return cls(
            raw=raw,
            name=string(m["name"], f"{where}.name"),
            description=string(m["description"], f"{where}.description"),
            public_key=Point.decode(m["public_key"], f"{where}.public_key"),
            questions=tuple(Question.parse(question, place) for question, place in questions),
            uuid=uuid,
        )

    @classmethod
    def make(
        cls, *, name: str, description: str, public_key: Point, questions: tuple[Question, ...], uuid: str
    ) -> Election:
        """Write an election; the result is what `parse` reads back."""
        document = {
            "version": 1,
            "description": description,
            "name": name,
            "group": NAME,
            "public_key": public_key.encode(),
            "questions": [question.as_json() for question in questions],
            "uuid": uuid,
        }
        return cls.parse(canonical(document))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the bytes in Base64Compact: what ballots and proofs name."""
        return sha256_compact(self.raw)

    @cached_property
    def hash(self) -> str:
        """The same SHA-256 in hex: what files and statements name."""
        return sha256_hex(self.raw)
