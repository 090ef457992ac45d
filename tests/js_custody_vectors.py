"""Vectors of what follows the ceremony: committee.json, the opening test, the statement of destruction.

Here live the lies and the reason for each. Never here: chance, or how a ceremony is played (tests/js_ceremony.py).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

from keys.committee.memory import Memory
from keys.store import KdfCost
from tally.protocol.committee import Committee
from tally.protocol.encoding import canonical
from tally.protocol.group import IDENTITY, G
from tests.js_ceremony import ROOT, table
from tests.js_committee_vectors import SIZE, THRESHOLD, honest, refusal
from tests.js_vector_base import Vector, vector

PHRASE = "bàn tay con mèo hoa sen lá cờ ô tô núi lửa"
CHEAP = KdfCost(ops=1, mem=8192)


# --- committee.json -----------------------------------------------------------------------------------------------


def committees() -> Iterator[Vector]:
    for size, threshold in ((SIZE, THRESHOLD), (1, 1)):
        said = table(size, threshold)
        committee = Committee.parse(canonical(said["committee"]))
        owners = [owner.encode() for owner in committee.trustees.owners]
        expect = {"hash": committee.hash, "owners": owners, "key": committee.trustees.public_key.encode()}
        yield vector(f"{threshold} of {size}", expect, manifest=said["manifest"], committee=said["committee"])


def committee_refusals() -> Iterator[Vector]:
    whole = honest()["committee"]
    item = ["committee", "trustees", 0, 1]
    pedersen = whole["trustees"][0][1]
    single = table(1, 1)["committee"]["trustees"][0]
    without_context = pedersen["certs"][1] | {"message": "{}"}
    cases: dict[str, list[Any]] = {
        "nothing wrong": [],
        "another format": [[["committee", "format"], "phieu-tin-nhiem/committee/v2"]],
        "of another round": [[["committee", "manifest"], "ab" * 32]],
        "another threshold": [[["committee", "threshold"], 2]],
        "a name that is not in NFC": [[["committee", "members", 0, "name"], unicodedata.normalize("NFD", "Ủy viên")]],
        "a name with an invisible letter": [[["committee", "members", 0, "name"], "Ủy\u200bviên"]],
        "a name with a blank at its end": [[["committee", "members", 0, "name"], "Ủy viên "]],
        "no name": [[["committee", "members", 0, "name"], ""]],
        "a role as long as may be": [[["committee", "members", 0, "role"], "ủ" * 200]],
        "a role too long": [[["committee", "members", 0, "role"], "ủ" * 201]],
        "a member too few": [[["committee", "members", 3]]],
        "no commitments": [[["committee", "commitments"], []]],
        "two commitments changed places": [
            [["committee", "commitments", 0], whole["commitments"][1]],
            [["committee", "commitments", 1], whole["commitments"][0]],
        ],
        "another's acknowledgement": [[["committee", "acknowledgements", 2], whole["acknowledgements"][1]]],
        "no item": [[["committee", "trustees"], []]],
        "a second item": [[["committee", "trustees"], [*whole["trustees"], single]]],
        "a single key instead": [[["committee", "trustees"], [single]]],
        "an unknown kind": [[["committee", "trustees", 0, 0], "Shamir"]],
        "no transcript signatures": [[[*item, "signatures"]]],
        "another's transcript signature": [[[*item, "signatures", 1], pedersen["signatures"][0]]],
        "two certificates changed places": [
            [[*item, "certs", 0], pedersen["certs"][1]], [[*item, "certs", 1], pedersen["certs"][0]]
        ],
        "a certificate that was not signed": [[[*item, "certs", 1], without_context]],
        "another's polynomial": [[[*item, "coefexps", 1], pedersen["coefexps"][0]]],
        "another's key": [[[*item, "verification_keys", 1], pedersen["verification_keys"][0]]],
        "a key without its signature": [[[*item, "verification_keys", 1, "signature"]]],
        "a key with another's signature": [
            [[*item, "verification_keys", 1, "signature"], pedersen["verification_keys"][0]["signature"]]
        ],
        "a key that nobody proves to know": [
            [[*item, "verification_keys", 1, "pok"], pedersen["verification_keys"][0]["pok"]]
        ],
        "the identity as a key": [[[*item, "verification_keys", 1, "public_key"], IDENTITY.encode()]],
        "a threshold of 0 in the item": [[[*item, "threshold"], 0]],
        "a threshold of 2 in the item": [[[*item, "threshold"], 2]],
    }  # fmt: skip
    for comment, changes in cases.items():
        yield refusal(comment, "committee", *changes)


# --- the opening test ---------------------------------------------------------------------------------------------


def opening_refusals() -> Iterator[Vector]:
    memory = Memory.parse(honest()["memories"]["1"].encode())
    other = Memory.parse(honest()["memories"]["2"].encode())
    early = honest()["memory"]
    document = json.loads(memory.encode())
    place = ["memories", "1"]
    cases: dict[str, list[Any]] = {
        "nothing wrong": [],
        "a file without a share": [[place, early]],
        "the share of another member": [[place, _text(document | {"share": str(other.share)})]],
        "a number beyond the committee": [[place, _text(document | {"index": SIZE + 1})]],
        "another transcript": [[place, _text(document | {"transcript": "ab" * 32})]],
        "another round": [[place, _text(document | {"manifest": "ab" * 32})]],
        "another nonce than was called": [[["nonces", "1"], "ab" * 32]],
        "a member who was not called": [[["nonces", "1"]]],
    }
    for comment, changes in cases.items():
        yield refusal(comment, "test", *changes)
    own = ["opening", "1"]
    for comment, changes in {
        "nothing wrong": [],
        "another's proof": [[[*own, "proof"], honest()["opening"]["2"]["proof"]]],
        "another factor": [[[*own, "factor"], G.encode()]],
        "a factor that is the identity": [[[*own, "factor"], IDENTITY.encode()]],
        "under another call": [[["nonces", "2"], "ab" * 32]],
    }.items():
        yield refusal(f"a message: {comment}", "passed", *changes)


def _text(document: dict[str, Any]) -> str:
    return canonical(document).decode()


# --- destruction --------------------------------------------------------------------------------------------------


def destruction_refusals() -> Iterator[Vector]:
    own, memory = ["destruction", "1"], json.loads(honest()["memories"]["1"])
    cases: dict[str, list[Any]] = {
        "nothing wrong": [],
        "another format": [[[*own, "format"], "phieu-tin-nhiem/destruction/v2"]],
        "of another round": [[[*own, "manifest"], "ab" * 32]],
        "of another committee": [[[*own, "committee"], "ab" * 32]],
        "of another record": [[[*own, "root"], "ab" * 32]],
        "in the name of another member": [[[*own, "owner"], 2]],
        "of a member beyond the committee": [[[*own, "owner"], SIZE + 1]],
        "of member 0": [[[*own, "owner"], 0]],
        "a root in capitals": [[[*own, "root"], "EF" * 32]],
        "another's signature": [[[*own, "proof"], honest()["destruction"]["2"]["proof"]]],
        "without a signature": [[[*own, "proof"]]],
    }
    for comment, changes in cases.items():
        yield refusal(comment, "destroyed", *changes)
    for comment, change in {
        "a file without a share": {"share": ""},
        "a file of another round": {"manifest": "ab" * 32},
        "a file of another ceremony": {"transcript": "ab" * 32},
        "a file that has opened another record": {"decrypted_root": "ab" * 32},
        "a file that has opened this record": {"decrypted_root": ROOT},
    }.items():
        yield refusal(f"stated by {comment}", "destroy", [["memories", "1"], _text(memory | change)])
