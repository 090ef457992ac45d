"""A member's page refuses every record that Python refuses before decryption, with the same code at the same check.

Here live forged records, each put to both. Never here: an expectation that Python does not share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nacl import bindings as sodium

from tally.protocol.ballot import Ballot
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.group import Point
from tally.protocol.manifest import Block, Official
from tally.protocol.opening import Opening
from tally.protocol.override import MEMBER, Override
from tally.protocol.sums import EncryptedTally
from tally.record import RESULT, Record
from tally.verify import CheckFailed, ClosedRecord
from tests.adversaries import Adversary, adversaries
from tests.browser.examined import ALL, ask, case, refusal, verdict
from tests.builders import VOTES, Round, new_round, small_round
from tests.tally.test_every_byte import flipped, spread

ORDER_2 = (2**255 - 20).to_bytes(32, "little")
SAMPLE = 60


@pytest.fixture(scope="module")
def round_() -> Round:
    return small_round()


# --- forged records -----------------------------------------------------------------------------------------------


def put_to_both(node: str, round_: Round, forged: list[Adversary]) -> None:
    budgets = [ALL if one.found.check.number == 19 else 0 for one in forged]
    cases = [case(one.record, expected=one.expected_manifest, budget=b) for one, b in zip(forged, budgets, strict=True)]
    answers = ask(node, cases)
    pairs = zip(forged, answers, strict=True)
    assert [(one.test, answer) for one, answer in pairs if not agrees(one, answer)] == []


def test_an_adversary_of_each_kind_is_refused_by_the_page_with_pythons_code(
    node: str, dist: Path, round_: Round
) -> None:
    forged = adversaries(round_, cases=1)
    assert {one.found.check.number for one in forged} >= set(range(1, 24)) - {5}
    put_to_both(node, round_, forged)


@pytest.mark.campaign
def test_every_adversary_of_python_is_refused_by_the_page_with_the_same_code(
    node: str, dist: Path, round_: Round
) -> None:
    forged = adversaries(round_)
    assert len(forged) > 190
    put_to_both(node, round_, forged)


def agrees(one: Adversary, answer: dict[str, Any]) -> bool:
    if one.may_be_decrypted:
        return "root" in answer
    return (answer.get("check"), answer.get("code")) == refusal(one.found)


def further(round_: Round) -> Iterator[tuple[str, Record]]:
    """Yield lies that no test of a single check tells."""
    files = round_.files()
    single = EncryptedTally.over(round_.election, [(Ballot.parse(round_.ballots[0]), 1)]).encode()
    yield "MISMATCH", round_.closed(encrypted_tally=single)
    yield "TOO_FEW_BALLOTS", new_round(VOTES[:1], hall=round_.hall).closed()
    alpha = Ballot.parse(round_.ballots[0]).answers[0].choices[0].alpha
    outside = Point(sodium.crypto_core_ed25519_add(alpha.raw, ORDER_2)).encode()
    for text, code in ((outside, "BAD_POINT"), (f"{1:064x}", "IDENTITY_POINT"), ("f" * 64, "BAD_POINT")):
        changed = round_.ballots[0].replace(alpha.encode().encode(), text.encode())
        ballots = tuple(sorted((changed, *round_.ballots[1:]), key=sha256_hex))
        yield code, round_.closed(ballots=ballots, encrypted_tally=files.encrypted_tally)
    events = files.events[:9]
    yield "WRONG_ORDER", round_.closed(events=(*events, ("PartialDecryption", (b"{}",))))
    named = Block("Khối", tuple(Official(f"cb-{n}", f"ỦY viên {n}", "Chức vụ") for n in (1, 2, 3)))
    conflict = new_round(hall=round_.hall, blocks=(named,))
    yield "CONFLICT_OF_INTEREST", conflict.closed()
    excuse = tuple(Override(f"Ủy viên {n}", MEMBER, "hai người khác nhau", "an", "binh") for n in (1, 2, 3))
    opening = Opening.parse(conflict.opening)
    yield "", conflict.closed(opening=replace(opening, overrides=excuse).encode())
    yield "NOT_SORTED", conflict.closed(opening=replace(opening, overrides=excuse[::-1]).encode())
    yield "MISMATCH", round_.closed(opening=replace(Opening.parse(round_.opening), overrides=excuse[:1]).encode())
    letters = tuple(Official(f"cb-{n}", name, "Chức vụ") for n, name in enumerate(("Strasse", "Ipek", "Ba")))
    spelled = new_round(hall=round_.hall, blocks=(Block("Khối", letters),))
    for name, code in (("Straẞe", ""), ("ıpek", "MISMATCH")):  # as Python folds them, which JavaScript does not
        other = (Override(name, MEMBER, "hai người khác nhau", "an", "binh"),)
        yield code, spelled.closed(opening=replace(Opening.parse(spelled.opening), overrides=other).encode())
    yield "DUPLICATE_KEY", round_.closed(spoiled=files.spoiled.replace(b'{"format"', b'{"format":"x","format"', 1))
    yield "TOO_DEEP", round_.closed(spoiled=b"[" * 13 + b"]" * 13)
    yield "NOT_JSON", round_.closed(opening=canonical({"format": 1})[:-1])


def test_further_lies_are_refused_alike(node: str, dist: Path, round_: Round) -> None:
    lies = list(further(round_))
    answers = ask(node, [case(record, budget=0) for _, record in lies])
    for (code, record), answer in zip(lies, answers, strict=True):
        found = verdict(record)
        assert (found.code if isinstance(found, CheckFailed) else "") == code
        assert (answer.get("code", "") == code) and ("root" in answer) == (code == "")
        assert isinstance(found, ClosedRecord) or answer["check"] == refusal(found)[0]


# --- single bytes -------------------------------------------------------------------------------------------------


def test_no_flipped_byte_of_a_sample_passes_and_the_code_is_pythons(node: str, dist: Path, round_: Round) -> None:
    record = round_.record()
    flips = [place for place in spread(record, SAMPLE) if place[0] != RESULT]
    changed = [record.with_files({name: flipped(record[name], at, 0x01)}) for name, at in flips]
    answers = ask(node, [case(forged, expected=round_.manifest.hash) for forged in changed])
    for flip, forged, answer in zip(flips, changed, answers, strict=True):
        found = verdict(forged, round_.manifest.hash)
        assert isinstance(found, CheckFailed), flip
        assert (flip, answer.get("check"), answer.get("code")) == (flip, *refusal(found))


# --- before a share is destroyed ----------------------------------------------------------------------------------


def test_a_share_is_destroyed_only_over_sums_that_enough_members_are_proved_to_have_opened(
    node: str, dist: Path, round_: Round
) -> None:
    parts, other = round_.files().parts, round_.files().part(3)
    factors = (other.factors[0][::-1], *other.factors[1:])
    swapped = parts | {3: replace(other, factors=factors).encode()}
    forged = {
        "": round_.record(),
        "INCOMPLETE": round_.closed(),
        "NO_STRONG_PROOF": round_.record(parts=parts | {3: replace(other, strong=None).encode()}),
        "BAD_DECRYPTION": round_.record(parts=swapped),
    }
    answers = ask(node, [case(record, budget=0, counted=True) for record in forged.values()])
    assert [answer.get("code", "") for answer in answers] == list(forged)
    assert "root" in answers[0]
