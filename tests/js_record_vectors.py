"""Vectors of what the hall hands around: proofs of holding a slip, opened drafts as files and QR codes.

Here live the inputs and the reason for each, most of them lies. Never here: chance; see tests/make_js_vectors.py.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from tally.protocol.booth import Draft, check_commit, commit_code, encrypt, shown_commit
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election
from tally.protocol.encoding import canonical
from tally.protocol.group import Q
from tally.protocol.holding import check_standing, check_void, prove_standing, prove_void
from tally.protocol.opened import check_opened, opened_file, read_file, read_frames
from tally.protocol.opened import opened_frames as frames_of
from tests.js_vector_base import UUID, Stream, Vector, election, outcome, vector

# --- holding -------------------------------------------------------------------------------------------------------


def holdings() -> Iterator[Vector]:
    slip = SlipCode(Stream("holder")(32**26))
    credential = Credential.derive(slip, UUID)
    round_hash = "ab" * 32
    inputs = {"manifestHash": round_hash, "slip": slip.shown(), "uuid": UUID}
    for reason in ("spoiled", "unused_envelope"):
        proof = prove_void(round_hash, credential, reason, Stream(f"void-{reason}"))
        check_void(round_hash, credential.public, reason, proof, "vector")
        yield vector(f"voided: {reason}", proof.as_json(), reason=reason, seed=f"void-{reason}", **inputs)
    asked = prove_standing(round_hash, credential, Stream("standing"))
    check_standing(round_hash, credential.public, asked, "vector")
    yield vector("the box is asked for the state of a ballot", asked.as_json(), seed="standing", **inputs)
    wrong = {"a reason of no list": "lost", "capitals": "Spoiled", "nothing": "", "a separator": "spoiled|"}
    for comment, reason in wrong.items():
        expect = outcome(lambda reason=reason: prove_void(round_hash, credential, reason))
        yield vector(f"no voiding: {comment}", expect, reason=reason, seed="void", **inputs)


# --- opened drafts -------------------------------------------------------------------------------------------------

TWELVE = (3,) * 12
CHOICES = tuple(tuple(int(k == i % 4) for k in range(3)) for i in range(12))  # three levels, then a blank


@cache
def draft(seed: str = "tested") -> Draft:
    return encrypt(election(TWELVE), CHOICES, Stream(seed))


def _said(made: Election, read: Callable[[], Any]) -> Callable[[], dict[str, Any]]:
    def act() -> dict[str, Any]:
        checked = check_opened(made, read())
        return {"commit": checked.commit, "levels": list(checked.levels), "terminal": checked.terminal}

    return act


def opened_files() -> Iterator[Vector]:
    made = election()
    choices = ((1, 0, 0), (0, 0, 0), (0, 1))
    honest = encrypt(made, choices, Stream("file"))
    raw = opened_file(made, honest, "B1")
    other = encrypt(made, choices, Stream("other"))
    document = json.loads(raw)

    def changed(change: Callable[[Any], Any]) -> bytes:
        copy = json.loads(raw)
        change(copy)
        return canonical(copy)

    def first(copy: Any) -> Any:
        return copy["rows"][0][0]

    files = {
        "as a terminal makes it": raw,
        "a terminal without a name": opened_file(made, honest, ""),
        "a choice exchanged for blank": changed(lambda d: first(d).update(value=0)),
        "two levels for one official": changed(lambda d: d["rows"][0][1].update(value=1)),
        "randomness of another ciphertext": changed(lambda d: first(d).update(randomness=str(other.randomness[0][0]))),
        "a ciphertext of another draft": changed(lambda d: first(d).update(other.ciphertexts[0][0].as_json())),
        "randomness q": changed(lambda d: first(d).update(randomness=str(Q))),
        "the identity as alpha": changed(lambda d: first(d).update(alpha=f"{1:064x}")),
        "of another election": changed(lambda d: d.update(election="ef" * 32)),
        "of a later version": changed(lambda d: d.update(format="phieu-tin-nhiem/opened/v2")),
        "a terminal in small letters": changed(lambda d: d.update(terminal="b1")),
        "a terminal of thirteen letters": changed(lambda d: d.update(terminal="B" * 13)),
        "an official too few": changed(lambda d: d["rows"].pop()),
        "without a terminal": canonical({k: v for k, v in document.items() if k != "terminal"}),
        "an entry of spoiled.json": canonical({k: document[k] for k in ("terminal", "rows")}),
        "a newline after it": raw + b"\n",
        "cut off": raw[:-1],
    }
    for comment, text in files.items():
        expect = outcome(_said(made, lambda text=text: read_file(made, text)))
        inputs: dict[str, Any] = {"election": made.raw.decode(), "raw": text.decode()}
        if comment == "as a terminal makes it":
            inputs |= {"choices": choices, "seed": "file", "made_as": "B1"}
        yield vector(comment, expect, **inputs)


def opened_frames() -> Iterator[Vector]:
    made = election(TWELVE)
    whole = frames_of(made, draft())
    foreign = frames_of(made, draft("another"))
    head, tail = whole[0].rsplit(":", 1)

    def first(text: str) -> list[str]:
        return [text, *whole[1:]]

    def packed(change: Callable[[bytearray], Any]) -> list[str]:
        chunk = bytearray(base64.b32decode(tail + "=" * (-len(tail) % 8)))
        change(chunk)
        return first(f"{head}:{base64.b32encode(bytes(chunk)).decode().rstrip('=')}")

    def zero(chunk: bytearray) -> None:
        chunk[12:44] = bytes(32)

    def order(chunk: bytearray) -> None:
        chunk[12:44] = Q.to_bytes(32, "big")

    cases = {
        "as a terminal shows them": whole,
        "last first": whole[::-1],
        "one of them scanned twice": [*whole, whole[1]],
        "small letters and blanks around": [f"  {text.lower()}\t" for text in whole],
        "the second is missing": [whole[0], whole[2]],
        "only the last": whole[2:],
        "none": [],
        "one of another draft": [*whole[:2], foreign[2]],
        "two seconds that differ": [*whole, whole[1].replace(":2/3:", ":1/3:")],
        "a choice changed": packed(lambda c: c.__setitem__(0, 2)),
        "randomness changed": packed(lambda c: c.__setitem__(43, c[43] ^ 1)),
        "a level that no official has": packed(lambda c: c.__setitem__(0, 4)),
        "randomness zero": packed(zero),
        "randomness q": packed(order),
        "a byte too many": packed(lambda c: c.append(0)),
        "a byte too few": packed(lambda c: c.pop()),
        "another commit code named": [text.replace(head.split(":")[2], "0" * 16) for text in whole],
        "another number of frames": [text.replace("/3:", "/4:") for text in whole],
        "a fourth of three": first(whole[0].replace(":1/3:", ":4/3:")),
        "number nought": first(whole[0].replace(":1/3:", ":0/3:")),
        "a leading nought": first(whole[0].replace(":1/3:", ":01/3:")),
        "another version": first(whole[0].replace("PTN1", "PTN2")),
        "padding": first(whole[0] + "="),
        "a digit of no base 32": first(whole[0][:-1] + "1"),
        "bits after the end": first(whole[0][:-1] + "7"),
        "a slip instead": first(SlipCode(0).shown()),
    }
    for comment, texts in cases.items():
        expect = outcome(_said(made, lambda texts=texts: read_frames(made, texts)))
        inputs: dict[str, Any] = {"election": made.raw.decode(), "frames": texts}
        if comment == "as a terminal shows them":
            inputs |= {"choices": CHOICES, "seed": "tested"}
        yield vector(comment, expect, **inputs)


def commit_codes() -> Iterator[Vector]:
    commit = commit_code(election(TWELVE), draft().ciphertexts)
    shown = shown_commit(commit)
    bare = shown.replace("-", "")
    other = ("1" if bare[0] != "1" else "2") + bare[1:]
    typed = {
        "as shown": shown,
        "small letters, no hyphens": bare.lower(),
        "blanks": f" {bare[:4]} {bare[4:]}\n",
        "O, I and L for 0 and 1": shown.replace("0", "O").replace("1", "l"),
        "in full": commit,
        "in full, in fours and capitals": " ".join(commit[i : i + 4] for i in range(0, 64, 4)).upper(),
        "one character of another": other,
        "in full, one digit of another": commit[:-1] + ("0" if commit[-1] != "0" else "1"),
        "a character short": bare[:-1],
        "a character long": bare + "0",
        "U is no digit": "U" + bare[1:],
        "full, a digit short": commit[:-1],
        "a slip": SlipCode(0).shown(),
        "nothing": "",
    }
    for comment, text in typed.items():
        expect = outcome(lambda text=text: check_commit(text, commit)) or "accepted"
        yield vector(comment, expect, typed=text, commit=commit)
