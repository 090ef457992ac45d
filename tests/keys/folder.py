"""Three members with their key files, and the folder that travels between them.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys.committee import exchange
from keys.committee.exchange import Exchange
from keys.committee.trustee import TrusteeFile
from keys.store import KdfCost
from tally.protocol.committee import Member
from tally.protocol.manifest import Manifest
from tests.builders import new_hall, seal

WORDS = "một mật khẩu đủ dài"
MEMBERS = tuple(Member(f"Ủy viên {n}", "") for n in (1, 2, 3))


@dataclass
class Committee:
    """Three members with their key files, and the folder between them."""

    exchange: Exchange
    files: dict[int, TrusteeFile]
    cost: KdfCost

    def join(self, *members: int) -> None:
        for n in members:
            exchange.join(self.exchange, self.files[n], n, cost=self.cost)

    def proceed(self, *members: int) -> list[str]:
        return [exchange.proceed(self.exchange, self.files[n]).name for n in members]

    def finish(self) -> None:
        self.join(*self.files)
        for _ in range(3):
            self.proceed(*self.files)
        exchange.finish(self.exchange, tuple(Member(f"Ủy viên {n}", "") for n in self.files))

    def read(self, index: int, kind: str) -> Any:
        return json.loads(self.path(index, kind).read_bytes())

    def path(self, index: int, kind: str) -> Path:
        return self.exchange.folder / f"member-{index}.{kind}.json"


def new_committee(place: Path, cost: KdfCost, manifest: Manifest | None = None) -> Committee:
    """Seal a round into a new folder `place`, by default one of three members; the key files lie beside it."""
    place.mkdir()
    manifest = manifest or seal(new_hall())
    (place / "manifest.json").write_bytes(manifest.raw)
    numbers = range(1, manifest.committee_size + 1)
    files = {n: TrusteeFile(place.with_name(f"{place.name}-{n}.trustee.key"), WORDS) for n in numbers}
    return Committee(Exchange(place), files, cost)
