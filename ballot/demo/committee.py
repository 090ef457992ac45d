"""The counting committee of a demonstration: its members' tools, each run as the member would run it.

Here lives the order of their commands. Never here: a share; the tools keep them in their key files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ballot.demo import tools
from ballot.demo.hall import MEMBERS, SEATS, Hall
from ballot.demo.registry import Sealed
from tally.protocol.committee import Committee
from tally.protocol.election import Election
from tally.protocol.encoding import decode, grouped
from tally.protocol.opening import Opening, Passed, zero_report_bytes


@dataclass(frozen=True, slots=True)
class Ready:
    """A round that may be opened: the committee's key is in the election and has been tried."""

    committee: Committee
    election: Election
    opening: Opening


def make_key(hall: Hall, sealed: Sealed) -> Ready:
    """Let the members make the key by file exchange and pass the opening test."""
    finish = ("committee", "finish", hall.exchange, *(word for m in MEMBERS for word in ("--member", m)))
    acts: list[Callable[[], object]] = [
        lambda: _members(hall, "join", *(("--member", seat) for seat in SEATS)),
        lambda: _members(hall, "next"),  # commitments
        lambda: _members(hall, "next"),  # reveals
        lambda: _members(hall, "next"),  # public keys
        lambda: tools.run("keys", *finish),
        lambda: _members(hall, "next"),  # nonces
        lambda: tools.run("keys", "committee", "call", hall.exchange),
        lambda: _members(hall, "next"),  # opening tests
    ]
    for act in hall.stage.each(acts, "Ban kiểm phiếu tạo khóa 2 trên 3 và thử khóa"):
        act()
    return _ready(hall, sealed)


def _members(hall: Hall, command: str, *extra: Sequence[object]) -> None:
    options = extra or ((),) * len(SEATS)
    commands = [
        ("keys", "trustee", command, hall.exchange, hall.trustee_key(seat), *more)
        for seat, more in zip(SEATS, options, strict=True)
    ]
    tools.run_all(commands, passphrases=[hall.passphrase] * len(commands))


def _ready(hall: Hall, sealed: Sealed) -> Ready:
    manifest = sealed.manifest
    committee = Committee.parse((hall.exchange / "committee.json").read_bytes())
    election = Election.make(
        name=manifest.title,
        description=manifest.description(committee.hash),
        public_key=committee.trustees.public_key,
        questions=manifest.questions(),
        uuid=manifest.uuid,
    )
    zero = sealed.box.sign(zero_report_bytes(manifest.hash, committee.hash)).hex()
    opening = Opening(manifest.hash, committee.hash, tuple(_passed(hall, seat) for seat in SEATS), zero)
    opening.check(manifest, committee)
    hall.stage.paper("Ban kiểm phiếu", committee.hash)
    return Ready(committee, election, opening)


def _passed(hall: Hall, seat: int) -> Passed:
    path = hall.exchange / f"member-{seat}.opening.json"
    return Passed.parse(decode(path.read_bytes(), path.name, limit=65_536), path.name)


def decrypt(hall: Hall, root: str, seats: Sequence[int]) -> list[Path]:
    """Let some members decrypt the sums; each tool verifies the whole record first."""
    for seat in hall.stage.each(seats, "Thành viên kiểm chứng toàn bộ hồ sơ rồi giải mã tổng"):
        arguments = (hall.record, hall.trustee_key(seat), "--root", grouped(root), "--out", hall.parts)
        tools.run("keys", "trustee", "decrypt", *arguments, passphrase=hall.passphrase)
    return sorted(hall.parts.iterdir())
