"""Ballots that were opened to test a terminal (*Kiểm tra máy*): what was encrypted, with which randomness, where.

Here lives the file spoiled.json and its public check. Never here: a ballot that counts; opened ciphertexts never may.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tally.protocol.booth import Draft, commit_code
from tally.protocol.cipher import Ciphertext, encrypt
from tally.protocol.credential_list import check_ascending
from tally.protocol.election import Election
from tally.protocol.encoding import canonical, decode, entries, fields, hex_hash, integer, string
from tally.protocol.errors import BadProof, DuplicateCiphertext, Mismatch, WrongShape
from tally.protocol.group import Point, decode_scalar
from tally.protocol.padding import unpadded

FORMAT = "phieu-tin-nhiem/spoiled/v1"
LIMIT = 256 * 1024 * 1024
TESTS_PER_VOTER = 20  # observers test terminals as often as they like; this only bounds the disk
_FRAME = 64  # bytes around the rows of an opened ballot: two names and the terminal's
_CHOICE = 320  # bytes of one opened choice at the most: two points, a bit, a scalar, their names
_TERMINAL = re.compile(r"(?:[A-Z]{1,2}[0-9]{1,3})?\Z")  # no room for a stranger's words, which would be printed


@dataclass(frozen=True, slots=True)
class OpenedChoice:
    """A ciphertext with the number and the randomness inside it."""

    ciphertext: Ciphertext
    value: int
    randomness: int

    @classmethod
    def parse(cls, value: Any, where: str) -> OpenedChoice:
        """Read {"alpha","beta","value","randomness"}."""
        m = fields(value, where, "alpha", "beta", "value", "randomness")
        return cls(
            Ciphertext.parse({"alpha": m["alpha"], "beta": m["beta"]}, where),
            integer(m["value"], f"{where}.value", 0, 1),
            decode_scalar(m["randomness"], f"{where}.randomness"),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object in the order of the format."""
        return {**self.ciphertext.as_json(), "value": self.value, "randomness": str(self.randomness)}


@dataclass(frozen=True, slots=True)
class OpenedBallot:
    """One opened draft, a row per question, and the terminal it was made on (may be empty)."""

    terminal: str
    rows: tuple[tuple[OpenedChoice, ...], ...]

    @classmethod
    def of(cls, draft: Draft, terminal: str = "") -> OpenedBallot:
        """Open a draft; it can never be cast afterwards. Raises WrongShape for a name no terminal has."""
        rows = tuple(
            tuple(OpenedChoice(c, m, r) for c, m, r in zip(cs, ms, rs, strict=True))
            for cs, ms, rs in zip(draft.ciphertexts, draft.choices, draft.randomness, strict=True)
        )
        return cls(check_terminal(terminal, "terminal"), rows)

    @classmethod
    def parse(cls, value: Any, where: str) -> OpenedBallot:
        """Read {"terminal","rows"}. Raises reading errors. Source: SPEC 4.10."""
        m = fields(value, where, "terminal", "rows")
        rows = entries(m["rows"], f"{where}.rows")
        return cls(
            check_terminal(m["terminal"], f"{where}.terminal"),
            tuple(_row(row, place) for row, place in rows),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object that `parse` reads: an entry of the file."""
        return {"terminal": self.terminal, "rows": [[o.as_json() for o in row] for row in self.rows]}

    @property
    def ciphertexts(self) -> tuple[Ciphertext, ...]:
        """Every ciphertext, in order."""
        return tuple(o.ciphertext for row in self.rows for o in row)

    def commit_code(self, election: Election) -> str:
        """Return the commit code that the terminal had shown."""
        return commit_code(election, tuple(tuple(o.ciphertext for o in row) for row in self.rows))

    def check(self, election: Election, where: str) -> None:
        """Encrypt again and compare.

        Raises WrongShape, BadChoice, BadProof. Source: SPEC 5.1, step 2.
        """
        if len(self.rows) != len(election.questions):
            raise WrongShape(where, expected=f"[{len(election.questions)}]")
        for i, (row, question) in enumerate(zip(self.rows, election.questions, strict=True)):
            question.check_choices(tuple(o.value for o in row))
            for k, o in enumerate(row):
                if encrypt(election.public_key, o.value, o.randomness) != o.ciphertext:
                    raise BadProof(f"{where}[{i}][{k}]")


@dataclass(frozen=True, slots=True)
class Spoiled:
    """All opened ballots of a round in the order of their commit codes."""

    election: str
    ballots: tuple[OpenedBallot, ...]

    @classmethod
    def parse(cls, raw: bytes, where: str = "spoiled.json") -> Spoiled:
        """Read the bytes. Raises reading errors. Source: SPEC 4.10."""
        m = fields(decode(raw, where, limit=LIMIT), where, "format", "election", "spoiled")
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        listed = entries(m["spoiled"], f"{where}.spoiled")
        ballots = tuple(OpenedBallot.parse(entry, place) for entry, place in listed)
        return cls(hex_hash(m["election"], f"{where}.election"), ballots)

    @classmethod
    def make(cls, election: Election, opened: Iterable[OpenedBallot]) -> Spoiled:
        """Sort opened ballots."""
        return cls(election.hash, tuple(sorted(opened, key=lambda b: b.commit_code(election))))

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        spoiled = [ballot.as_json() for ballot in self.ballots]
        return canonical({"format": FORMAT, "election": self.election, "spoiled": spoiled})

    def terminals(self) -> dict[str, int]:
        """Return how many tests each terminal had, by name; the empty name stands for terminals without one."""
        return dict(sorted(Counter(ballot.terminal for ballot in self.ballots).items()))

    def check(self, election: Election, where: str = "spoiled.json") -> None:
        """Check every opening.

        Raises Mismatch, NotSorted, WrongShape, BadChoice, BadProof. Source: SPEC 5.1, step 2.
        """
        if self.election != election.hash:
            raise Mismatch(f"{where}.election", other="election")
        check_ascending([b.commit_code(election) for b in self.ballots], f"{where}.spoiled")
        for i, ballot in enumerate(self.ballots):
            ballot.check(election, f"{where}.spoiled[{i}]")

    def alphas(self) -> set[Point]:
        """Return every opened alpha: whoever knows its randomness opens any ciphertext that shares it."""
        return {o.ciphertext.alpha for ballot in self.ballots for row in ballot.rows for o in row}


# --- one, as a terminal sends it ------------------------------------------------------------------------------------


def longest_opened(election: Election) -> int:
    """Return how many bytes an opened ballot has at the most."""
    return _FRAME + _CHOICE * sum(question.width for question in election.questions)


def most_opened(election: Election, *, voters: int) -> int:
    """Return how many opened ballots of a round are kept: spoiled.json must stay readable. Source: SPEC 7.2."""
    return min(TESTS_PER_VOTER * voters, LIMIT // (2 * longest_opened(election)))


def read_opened(body: bytes, election: Election) -> OpenedBallot:
    """Read and check one opened ballot, sent as its entry of spoiled.json, padded or not.

    Raises TooLarge, DuplicateCiphertext for one inside it twice, reading errors and what `OpenedBallot.check` refuses.
    Source: SPEC 4.10, 5.13.
    """
    opened = OpenedBallot.parse(decode(unpadded(body), "ballot", limit=longest_opened(election)), "ballot")
    opened.check(election, "ballot")
    ciphertexts = opened.ciphertexts
    if len({ciphertext.alpha for ciphertext in ciphertexts}) != len(ciphertexts):
        raise DuplicateCiphertext("ballot")
    return opened


def check_terminal(value: Any, where: str) -> str:
    """Return `value` if it is a terminal's name, or empty. Raises WrongShape. Source: SPEC 4.10."""
    found = string(value, where)
    if not _TERMINAL.match(found):
        raise WrongShape(where, expected="[A-Z]{1,2}[0-9]{1,3}")
    return found


def _row(value: Any, where: str) -> tuple[OpenedChoice, ...]:
    return tuple(OpenedChoice.parse(entry, place) for entry, place in entries(value, where))
