"""Where the foreign tool's files lie, and its own way from a code to a credential, which only the vectors need.

Here lives reading for the vector tests. Never here: a test.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tally.protocol.archive import Archive
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election
from tally.protocol.group import Point, Q

FOLDER = Path(__file__).parents[1] / "vectors" / "belenios"
TAMPERED = FOLDER / "tampered"


def belenios_secret(code: str, uuid: str) -> int:
    """Return the exponent behind a code of Belenios 3: two SHA-256 over uuid and code, side by side, mod q."""
    halves = (hashlib.sha256(f"derive_credential|{uuid}|{half}|{code}".encode()).hexdigest() for half in (0, 1))
    return int("".join(halves), 16) % Q


def hashed(tag: str, points: list[Point]) -> str:
    """Return the text that a proof hashes."""
    return tag + ",".join(point.encode() for point in points)


@dataclass
class Files:
    """One folder of vectors; files of the tool end in a newline that the archive does not have."""

    name: str
    vectors: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.vectors = self.json("vectors.json")

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    def raw(self, name: str) -> bytes:
        return (self.folder / name).read_bytes().removesuffix(b"\n")

    def printed(self, name: str) -> list[bytes]:
        """Return the lines of an output: a data record, then what describes it (its size, its owner)."""
        return self.raw(name).split(b"\n")

    def json(self, name: str) -> Any:
        return json.loads(self.raw(name))

    def lines(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.raw(name).splitlines()]

    @cached_property
    def uuid(self) -> str:
        return self.raw("uuid.txt").decode()

    @cached_property
    def archive(self) -> Archive:
        return Archive.parse((self.folder / f"{self.uuid}.bel").read_bytes())

    @cached_property
    def election(self) -> Election:
        return Election.parse(self.raw("election.json"))

    @cached_property
    def ballots(self) -> list[bytes]:
        return [path.read_bytes().removesuffix(b"\n") for path in sorted((self.folder / "ballots").iterdir())]

    @cached_property
    def parsed(self) -> list[Ballot]:
        return [Ballot.parse(raw) for raw in self.ballots]


SINGLE, PEDERSEN = Files("single"), Files("pedersen")
