"""One key ceremony from named streams, as Python members play it: what the vectors of the committee start from.

Here live the table of a ceremony in JSON and what a member does at each step. Never here: a case, or chance.

    table(4, 3)          manifest, everybody's memory and messages, committee, opening tests: plain JSON
    attempt("receive", table(4, 3))      what member 1 gets of it: tests/js_ceremony_acts.py
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from keys.committee import ceremony
from keys.committee.ceremony import Seat
from keys.committee.destruction import state_destruction
from keys.committee.memory import Memory
from tally.protocol.ceremony import (
    Messages,
    Reveal,
    assemble,
    check_all_certificates,
    in_order,
    transcript,
    transcript_of,
)
from tally.protocol.committee import Committee, Member
from tally.protocol.encoding import canonical, hex_hash
from tally.protocol.fingerprint import fingerprint
from tally.protocol.manifest import Manifest
from tally.protocol.messages import Certificate
from tally.protocol.opening import pass_test
from tally.protocol.trustees import Pedersen
from tests.js_manifest_vectors import manifest
from tests.js_vector_base import Stream

Table = dict[str, Any]
ROOT = "ef" * 32


@cache
def sealed(size: int, threshold: int) -> Manifest:
    """Seal the manifest of these vectors for another committee."""
    document = json.loads(manifest().raw)
    return Manifest.parse(canonical(document | {"committee": {"members": size, "threshold": threshold}}))


@dataclass(frozen=True)
class Player:
    """A member with its stream, which is asked in the order of the steps."""

    memory: Memory
    seat: Seat
    stream: Stream


def seed(size: int, threshold: int, index: int) -> str:
    return f"member-{index}-of-{size}-{threshold}"


def players(size: int, threshold: int, cheat: Callable[[Player], Player] | None = None) -> dict[int, Player]:
    """Seat the members; `cheat` changes member 2 before it says anything."""
    made = {}
    for index in range(1, size + 1):
        stream = Stream(seed(size, threshold, index))
        memory = Memory.new(sealed(size, threshold), index, stream)
        made[index] = Player(memory, memory.seat(sealed(size, threshold)), stream)
    if cheat:
        made[2] = cheat(made[2])
    return made


def talk(made: Mapping[int, Player]) -> Table:
    """Play up to the reveals."""
    seal = made[1].seat.manifest
    certificates = {i: ceremony.make_certificate(p.seat, p.stream) for i, p in made.items()}
    ordered = check_all_certificates(seal, certificates)
    commitments = {i: p.memory.polynomial.commitment for i, p in made.items()}
    reveals = {i: ceremony.reveal(p.seat, p.memory.polynomial, ordered, commitments, p.stream) for i, p in made.items()}
    return {
        "manifest": seal.raw.decode(),
        "memory": made[1].memory.encode().decode(),
        "certificate": {str(i): c.signed.as_json() for i, c in certificates.items()},
        "commitment": {str(i): c for i, c in commitments.items()},
        "reveal": {str(i): r.as_json() for i, r in reveals.items()},
    }


@cache
def table(size: int, threshold: int) -> Table:
    """Play a whole honest ceremony with its opening test; `memories` are what the key files hold in the end."""
    made = players(size, threshold)
    seal = sealed(size, threshold)
    said = talk(made) if size > 1 else {"manifest": seal.raw.decode(), "memory": made[1].memory.encode().decode()}
    memories, keys = {}, {}
    for i, p in made.items():
        alone = size == 1
        bound, share = (p.memory, p.memory.polynomial.coefficients[0]) if alone else receive(said, p.memory)
        memories[i] = bound.with_share(share)
        keys[i] = ceremony.publish_key(share, None if alone else p.seat.keys.signing, p.stream)
    people = tuple(Member(f"Ủy viên {i}", "Trưởng ban" if i == 1 else "") for i in made)
    messages = Messages(*parsed(said), keys) if size > 1 else Messages({}, {}, {}, keys)
    committee = assemble(seal, people, messages)
    nonces = {i: p.memory.nonce for i, p in made.items()}
    passed = {
        i: pass_test(committee, nonces, owner=i, secret=memories[i].require_share(), randbelow=p.stream)
        for i, p in made.items()
    }
    return said | {
        "memories": {str(i): m.encode().decode() for i, m in memories.items()},
        "key": {str(i): k.as_json() for i, k in keys.items()},
        "committee": json.loads(committee.encode()),
        "words": list(_words(committee)),
        "nonces": {str(i): nonce for i, nonce in nonces.items()},
        "opening": {str(i): p.as_json() for i, p in passed.items()},
        "destruction": {
            str(i): state_destruction(memories[i], committee, ROOT, p.stream).as_json() for i, p in made.items()
        },
    }


def _words(committee: Committee) -> tuple[str, ...]:
    item = committee.trustees.items[0]
    return fingerprint(transcript_of(committee), item.coefexps) if isinstance(item, Pedersen) else ()


def parsed(said: Table) -> tuple[dict[int, Certificate], dict[int, str], dict[int, Reveal]]:
    def each(kind: str, parse: Callable[[Any, str], Any]) -> dict[int, Any]:
        return {int(i): parse(value, f"member {i}") for i, value in said[kind].items()}

    return each("certificate", Certificate.parse), each("commitment", hex_hash), each("reveal", Reveal.parse)


def receive(said: Table, memory: Memory) -> tuple[Memory, int]:
    seal = Manifest.parse(said["manifest"].encode())
    certificates, commitments, reveals = parsed(said)
    ordered, committed = check_all_certificates(seal, certificates), in_order(seal, commitments)
    bound = memory.bound_to(transcript(seal, ordered, committed))
    seat = memory.seat(seal)
    return bound, ceremony.receive_share(seat, ordered, committed, in_order(seal, reveals))


def steeper(player: Player) -> Player:
    """A member whose polynomial has a degree too many, and who is consistent about it."""
    seat = replace(player.seat, manifest=sealed(3, 3))
    return replace(player, memory=replace(player.memory, polynomial=ceremony.draw_polynomial(seat, player.stream)))
