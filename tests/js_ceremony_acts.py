"""What member 1 does with a table of messages, honest or not, and with which code and place it refuses.

Here live the acts that vectors name. Never here: a case, or a table (tests/js_ceremony.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keys.committee import ceremony
from keys.committee.destruction import state_destruction
from keys.committee.memory import Memory
from keys.committee.trustee import take_opening_test
from tally.protocol.ceremony import check_all_certificates, in_order, transcript
from tally.protocol.committee import Committee
from tally.protocol.destruction import Destruction
from tally.protocol.encoding import canonical
from tally.protocol.errors import CodedError
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Passed
from tests.js_ceremony import ROOT, Table, parsed, receive
from tests.js_vector_base import Stream


def _reveal(said: Table) -> dict[str, Any]:
    seal, memory = Manifest.parse(said["manifest"].encode()), Memory.parse(said["memory"].encode())
    seat = memory.seat(seal)
    certificates, commitments, _ = parsed(said)
    ordered = check_all_certificates(seal, certificates)
    memory.bound_to(transcript(seal, ordered, in_order(seal, commitments)))
    return ceremony.reveal(seat, memory.polynomial, ordered, commitments, Stream("again")).as_json()


def _committee(said: Table) -> Committee:
    committee = Committee.parse(canonical(said["committee"]))
    committee.check_for(Manifest.parse(said["manifest"].encode()))
    committee.check_ceremony()
    return committee


def _test(said: Table) -> None:
    nonces = {int(i): nonce for i, nonce in said["nonces"].items()}
    take_opening_test(Memory.parse(said["memories"]["1"].encode()), _committee(said), nonces)


def _destroy(said: Table) -> None:
    memory = Memory.parse(said["memories"]["1"].encode())
    state_destruction(memory, _committee(said), ROOT, Stream("destroyed"))


def _passed(said: Table) -> None:
    nonces = {int(i): nonce for i, nonce in said["nonces"].items()}
    Passed.parse(said["opening"]["1"], "member 1").check(_committee(said), nonces, "member 1")


ACTS: dict[str, Callable[[Table], Any]] = {
    "certificates": lambda said: check_all_certificates(Manifest.parse(said["manifest"].encode()), parsed(said)[0]),
    "commitments": lambda said: in_order(Manifest.parse(said["manifest"].encode()), parsed(said)[1]),
    "reveal": _reveal,
    "receive": lambda said: receive(said, Memory.parse(said["memory"].encode())),
    "committee": _committee,
    "test": _test,
    "passed": _passed,
    "destroy": _destroy,
    "destroyed": lambda said: Destruction.of(said["destruction"]["1"], "member 1").check(_committee(said), "member 1"),
}


def attempt(act: str, said: Table) -> dict[str, str]:
    """Return code and place of the refusal, or of `accepted`."""
    try:
        ACTS[act](said)
    except CodedError as refusal:
        return {"expect": refusal.code, "where": refusal.where}
    return {"expect": "accepted", "where": ""}
