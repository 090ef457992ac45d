"""Vectors of the ceremony: every message of honest members, and what a member refuses from the others.

Here live the lies and the reason for each. Never here: chance, or how a ceremony is played (tests/js_ceremony.py).

A refusal changes a few places of the honest table of `size` and `threshold`, `[path, value]` (a path alone: removed),
and says what member 1 does with it, the code, and the place that names the sender.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import reduce
from typing import Any

from keys.committee import channel
from keys.committee.channel import KeyPair, MemberKeys, send, sign
from keys.committee.memory import Memory
from tally.protocol.encoding import canonical
from tally.protocol.fingerprint import WORDS
from tally.protocol.group import IDENTITY, G, g_pow
from tally.protocol.messages import Context, certificate_text, coefexps_text
from tests.js_ceremony import players, sealed, seed, steeper, table, talk
from tests.js_ceremony_acts import attempt
from tests.js_vector_base import Stream, Vector, vector

SIZE, THRESHOLD = 4, 3
ORDER_8 = "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"
STRANGER = MemberKeys.derive("1" * 22)


def honest() -> dict[str, Any]:
    return table(SIZE, THRESHOLD)


def changed(said: dict[str, Any], changes: list[Any]) -> dict[str, Any]:
    """Return the table with `[path, value]` put in, or with `[path]` taken out."""
    copy = deepcopy(said)
    for path, *value in changes:
        place = reduce(lambda at, step: at[step], path[:-1], copy)
        if value:
            place[path[-1]] = value[0]
        else:
            del place[path[-1]]
    return copy


def refusal(comment: str, act: str, *changes: Any) -> Vector:
    said = attempt(act, changed(honest(), list(changes)))
    inputs = {"act": act, "changes": list(changes), "where": said["where"]}
    return vector(comment, said["expect"], size=SIZE, threshold=THRESHOLD, **inputs)


# --- honest ceremonies --------------------------------------------------------------------------------------------


def ceremonies() -> Iterator[Vector]:
    for size, threshold in ((SIZE, THRESHOLD), (2, 2), (1, 1)):
        said = dict(table(size, threshold))
        inputs = {"size": size, "threshold": threshold, "manifest": said.pop("manifest")}
        seeds = {str(i): seed(size, threshold, i) for i in range(1, size + 1)}
        yield vector(f"{threshold} of {size}, every message byte for byte", said, seeds=seeds, **inputs)


def ceremony_words() -> Iterator[Vector]:
    yield vector("the 256 words in their order, in NFC", list(WORDS))


# --- refusals -----------------------------------------------------------------------------------------------------


def _certificate(context: Context, keys: MemberKeys = STRANGER, **other: Any) -> dict[str, Any]:
    text = other.get("text") or certificate_text(
        context, verification=keys.signing.public, encryption=other.get("encryption", keys.receiving.public)
    )
    return sign(keys.signing.secret, text, Stream("forged")).as_json()


def _keys(index: int) -> MemberKeys:
    return MemberKeys.derive(players(SIZE, THRESHOLD)[index].memory.seed)


def certificate_refusals() -> Iterator[Vector]:
    place, said, right = ["certificate", "2"], honest()["certificate"], Context(SIZE, THRESHOLD, 2)
    plain = json.loads(_certificate(right)["message"])
    texts: dict[str, Callable[[dict[str, Any]], Any]] = {
        "of another group": lambda m: m | {"context": m["context"] | {"group": "BELENIOS-2048"}},
        "without a context, as before Belenios 2.5.1": lambda m: {k: v for k, v in m.items() if k != "context"},
        "whose encryption key is the identity": lambda m: m | {"encryption": IDENTITY.encode()},
        "whose encryption key has order 8": lambda m: m | {"encryption": ORDER_8},
        "whose index is beyond its size": lambda m: m | {"context": m["context"] | {"index": SIZE + 1}},
        "with a field more": lambda m: m | {"name": "Ủy viên 2"},
        "with its fields in another order": lambda m: dict(reversed(m.items())),
    }
    yield refusal("one certificate is missing", "certificates", [place])
    yield refusal("two members changed places", "certificates", [["certificate", "1"], said["2"]], [place, said["1"]])
    yield refusal("the certificate of another member", "certificates", [place, said["3"]])
    for comment, context in {
        "for a committee of five": Context(5, THRESHOLD, 2),
        "for two of four": Context(SIZE, 2, 2),
        "for another place": Context(SIZE, THRESHOLD, 3),
    }.items():
        yield refusal(f"a certificate {comment}", "certificates", [place, _certificate(context)])
    for comment, change in texts.items():
        text = canonical(change(plain)).decode()
        yield refusal(f"a certificate {comment}", "certificates", [place, _certificate(right, text=text)])
    blank = json.dumps(plain, separators=(",", ": "))
    yield refusal("a text with blanks, signed", "certificates", [place, _certificate(right, text=blank)])
    signature = said["3"]["signature"]
    yield refusal("another's signature", "certificates", [[*place, "signature"], signature])
    yield refusal("a response of 0", "certificates", [[*place, "signature", "response"], "0"])
    yield refusal("a challenge with a leading zero", "certificates", [[*place, "signature", "challenge"], "01"])
    twin = _certificate(right, _keys(1))
    yield refusal("two members with one pair of keys", "certificates", [place, twin])
    shared = _certificate(right, encryption=_keys(1).receiving.public)
    yield refusal("two members with one encryption key", "certificates", [place, shared])


def reveal_refusals() -> Iterator[Vector]:
    """Before member 1 reveals."""
    own, other = ["commitment", "1"], honest()["commitment"]["2"]
    bound = Memory.parse(honest()["memory"].encode()).bound_to("ab" * 32).encode().decode()
    stranger = _certificate(Context(SIZE, THRESHOLD, 1))
    yield refusal("a commitment is missing", "reveal", [["commitment", "4"]])
    yield refusal("a commitment in capitals", "commitments", [["commitment", "3"], other.upper()])
    yield refusal("a commitment a digit short", "commitments", [["commitment", "3"], other[1:]])
    yield refusal("the member's own commitment was replaced", "reveal", [own, "0" * 64])
    yield refusal("the member's own certificate was replaced", "reveal", [["certificate", "1"], stranger])
    yield refusal("the member has revealed to others before", "reveal", [["memory"], bound])
    yield refusal("a manifest of another round", "reveal", [["manifest"], _other_round()])


def _other_round() -> str:
    return sealed(SIZE, THRESHOLD).raw.decode().replace("2026-12-07", "2026-12-08")


def share_refusals() -> Iterator[Vector]:
    """When member 1 opens what the others have sent."""
    said = honest()["reveal"]
    two, sealed_share = ["reveal", "2"], said["2"]["shares"][0]
    document = json.loads(sealed_share)
    data = document["data"]

    def share(text: str, sender: KeyPair | None = None, to: int = 1) -> list[Any]:
        sealed_text = send(sender or _keys(2).signing, _keys(to).receiving.public, text, Stream("false"))
        return [[*two, "shares", 0], sealed_text]

    def passed_on() -> list[Any]:
        """A true share of member 3, signed by member 2 and sealed anew to member 1."""
        envelope = canonical({"recipient": _keys(3).receiving.public.encode(), "message": '{"secret":"1"}'}).decode()
        inner = canonical(sign(_keys(2).signing.secret, envelope, Stream("inner")).as_json())
        return [[*two, "shares", 0], channel._encrypt(_keys(1).receiving.public, inner, Stream("anew"))]

    def spelled(**changes: str) -> list[Any]:
        return [[*two, "shares", 0], canonical(document | changes).decode()]

    identity = sign(_keys(2).signing.secret, coefexps_text((G, IDENTITY, G)), Stream("identity")).as_json()
    other = sign(_keys(2).signing.secret, coefexps_text((G, g_pow(2), g_pow(3))), Stream("other")).as_json()
    cases: dict[str, list[Any]] = {
        "nothing wrong": [],
        "a reveal is missing": [[["reveal", "3"]]],
        "the share of another member": [[[*two, "shares", 0], said["2"]["shares"][1]]],
        "two shares changed places": [
            [[*two, "shares", 0], said["2"]["shares"][1]], [[*two, "shares", 1], sealed_share]
        ],
        "a share that another member sent": [[[*two, "shares", 0], said["3"]["shares"][0]]],
        "a share signed by a stranger": [share('{"secret":"1"}', STRANGER.signing)],
        "a true signature, but sealed to another member": [share('{"secret":"1"}', to=3)],
        "a message to another member, sealed anew": [passed_on()],
        "a share that is not of the polynomial": [share('{"secret":"1"}')],
        "a share that is no number": [share('{"secret":"-1"}')],
        "a share that is no JSON": [share("1")],
        "a share with a field more": [share('{"secret":"1","to":"1"}')],
        "a share too few": [[[*two, "shares", 3]]],
        "one digit of a share changed": [spelled(data=("0" if data[0] != "0" else "1") + data[1:])],
        "a share cut short": [spelled(data=data[:30])],
        "a share in capitals": [spelled(data=data.upper())],
        "another algorithm": [spelled(algorithm="AES-CCM")],
        "an alpha that is the identity": [spelled(alpha=IDENTITY.encode())],
        "a share that is a number": [[[*two, "shares", 0], 7]],
        "another's transcript signature": [[[*two, "signature"], said["3"]["signature"]]],
        "another's acknowledgement": [[[*two, "acknowledgement"], said["3"]["acknowledgement"]]],
        "another's polynomial": [[[*two, "coefexps"], said["3"]["coefexps"]]],
        "another polynomial than was committed to": [[[*two, "coefexps"], other]],
        "the identity in the polynomial": [[[*two, "coefexps"], identity]],
        "another commitment, which the members have not acknowledged": [[["commitment", "3"], "0" * 64]],
        "a field more": [[[*two, "name"], "Ủy viên 2"]],
    }  # fmt: skip
    for comment, changes in cases.items():
        yield refusal(comment, "receive", *changes)
    bound = Memory.parse(honest()["memory"].encode()).bound_to("ab" * 32).encode().decode()
    yield refusal("the member has revealed to others before", "receive", [["memory"], bound])
    tall = talk(players(2, 2, steeper))
    said = attempt("receive", tall)
    inputs = {"act": "receive", "table": tall, "changes": [], "where": said["where"]}
    yield vector("a polynomial of a degree too many, committed to", said["expect"], size=2, threshold=2, **inputs)
