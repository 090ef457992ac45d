"""What whoever carries a box away can read from its files: where each ballot stands, in every spelling, in every order.

Here lives the looking, for SQLite's pages as for any file. Never here: an expectation.

A page of SQLite or PostgreSQL is filled from its end, so what was written later stands lower in it: besides the plain
order of offsets, files are read page by page with each page backwards.
"""

from __future__ import annotations

import base64
import math
from bisect import bisect, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tally.protocol.ballot import Ballot

PAGE, WINDOW = 4096, 8
HEAD = 48  # bytes of a ballot's end that nothing else ends with: its signature
Order = Callable[[int], tuple[int, int]]
ORDERS: dict[str, Order] = {
    "offsets": lambda place: (place, 0),
    "pages, each backwards": lambda place: (place // PAGE, -place),
    "pages of PostgreSQL, each backwards": lambda place: (place // (2 * PAGE), -place),
}
NOTES = "in notes"
"""The spelling that checkpoints use: their chain tells in public which batch came before which."""


def kendall_tau(places: list[int]) -> float:
    """Return the rank correlation of these with 0, 1, 2…: 1 for the same order, 0 for none, -1 for reversed."""
    pairs, up, seen = len(places) * (len(places) - 1) // 2, 0, []
    for place in places:
        up += bisect(seen, place)
        insort(seen, place)
    return (2 * up - pairs) / pairs


def spread(count: int) -> float:
    """Return the standard deviation of Kendall's tau for `count` things in no order: 0.039 for 300."""
    return math.sqrt(2 * (2 * count + 5) / (9 * count * (count - 1)))


def spellings(raw: bytes) -> dict[str, bytes]:
    """Return how a ballot could be recognised in a file: its hash, its credential, its own last bytes."""
    ballot = Ballot.parse(raw)
    digest, credential = bytes.fromhex(ballot.hash), ballot.credential.raw
    return {
        "hash": digest,
        "credential": credential,
        "hash, then credential": digest + credential,
        "hash in hex": ballot.hash.encode(),
        "credential in hex": ballot.credential.encode().encode(),
        "hash in Base64": base64.b64encode(digest).rstrip(b"="),
        "tracker": ballot.tracker.encode(),
        "end of the ballot": raw[-HEAD:],
        NOTES: b"ballot " + ballot.hash.encode(),
    }


@dataclass(frozen=True, slots=True)
class Sighting:
    """Ballots that stand in one file in one spelling: how many, and how their order there goes with their arrival."""

    file: str
    spelling: str
    order: str
    found: int
    tau: float
    sequence: tuple[bytes, ...]


def sightings(files: Mapping[str, bytes], arrived: list[bytes]) -> list[Sighting]:
    """Look for ballots, given in their order of arrival, in all files: by first and last place, in both orders."""
    wanted: dict[bytes, list[tuple[str, int, bytes]]] = {}
    for number, raw in enumerate(arrived):
        for spelling, needle in spellings(raw).items():
            wanted.setdefault(needle[:WINDOW], []).append((spelling, number, needle))
    seen = []
    for name, content in files.items():
        for spelling, places in _places(content, wanted).items():
            for side, place in (("first", min), ("last", max)):
                chosen = {number: place(found) for number, found in places.items()}
                if len(chosen) > 1:
                    seen += [_sighting(name, f"{spelling}, {side}", o, chosen, arrived) for o in ORDERS]
    return seen


def _places(content: bytes, wanted: Mapping[bytes, list[tuple[str, int, bytes]]]) -> dict[str, dict[int, list[int]]]:
    """Return where each ballot stands, by spelling and number: one walk over the file for all of them."""
    found: dict[str, dict[int, list[int]]] = {}
    for place in range(len(content) - WINDOW + 1):
        for spelling, number, needle in wanted.get(content[place : place + WINDOW], ()):
            if content.startswith(needle, place):
                found.setdefault(spelling, {}).setdefault(number, []).append(place)
    return found


def _sighting(file: str, spelling: str, order: str, places: dict[int, int], arrived: list[bytes]) -> Sighting:
    ordered = sorted(places, key=lambda number: ORDERS[order](places[number]))
    rank = {number: at for at, number in enumerate(ordered)}
    tau = kendall_tau([rank[number] for number in sorted(rank)])
    return Sighting(file, spelling, order, len(places), tau, tuple(arrived[number] for number in ordered))


def files_in(*folders: Path) -> dict[str, bytes]:
    """Read every file in these folders."""
    paths: Iterable[Path] = (path for folder in folders for path in sorted(folder.rglob("*")))
    return {path.name: path.read_bytes() for path in paths if path.is_file()}
