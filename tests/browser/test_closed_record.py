"""A page examines an honest record to the numbers of Python, says what it left, and decrypts to the same bytes.

Here live honest records, the budget and the stop. Never here: a refusal but that of the lot
(test_closed_record_refusals.py).
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tally.checks import CLOSED
from tally.checks.sums import binding
from tally.count import checked_part
from tally.protocol.archive import Archive
from tally.protocol.checkpoint import encode_notes
from tally.protocol.decryption import decrypt_partially
from tally.protocol.encoding import sha256_hex
from tally.record import ARCHIVE, Record
from tally.verify import CheckFailed, verify_closed
from tests.browser.examined import MERGED, ask, case, refusal, verdict
from tests.builders import Round, new_round, small_round
from tests.js_vector_base import Stream
from tests.tally.test_checks_ballots import with_number
from tests.tally.watching import copy_of, notes_of, watched
from tests.watchers import Watcher

SOURCES = Path(__file__).parents[2]
LAN, MAI = Watcher("quan-sat-1"), Watcher("quan-sat-2")


@pytest.fixture(scope="module")
def round_() -> Round:
    return small_round()


# --- honest records -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "threshold"), [(3, 2), (1, 1), (5, 3)])
def test_an_honest_record_passes_with_the_numbers_of_python_and_decrypts_to_the_same_bytes(
    node: str, dist: Path, round_: Round, size: int, threshold: int
) -> None:
    held = round_ if size == 3 else new_round(hall=round_.hall, committee_size=size, threshold=threshold)
    closed = verify_closed(held.closed())
    e, shares = closed.evidence, held.board.shares
    wanted = [{"owner": owner, "secret": str(share), "seed": f"part {owner}"} for owner, share in shares.items()]
    (found,) = ask(node, [case(held.closed(), decrypt=wanted)])
    parts = found.pop("parts")
    assert found == {
        "issued": e.credentials.issued, "returned": len(e.ballots), "root": closed.root, "checked": 6, "of": 6,
        "tested": len(e.spoiled.ballots), "witnesses": [], "tally": sha256_hex(e.tally.encode()),
        "election": e.election.hash, "committee": e.committee.hash, "steps": steps(), "left": 0,
    }  # fmt: skip
    for (owner, share), part in zip(shares.items(), parts, strict=True):
        checked = checked_part(closed, owner, part.encode())
        ours = decrypt_partially(
            e.election, e.tally, binding(e, owner), public=e.trustees.owners[owner - 1], secret=share,
            randbelow=Stream(f"part {owner}"),
        )  # fmt: skip
        assert checked == ours
        assert part.encode() == ours.encode()


def steps() -> list[int]:
    """Return the checks in the order in which the page tells of them: the proofs last."""
    numbers = [check.number for check in CLOSED if check.number not in MERGED]
    return [*(n for n in numbers if n != 19), 19]


def test_what_follows_the_sums_is_not_looked_at(node: str, dist: Path, round_: Round) -> None:
    counted, closed = ask(node, [case(round_.record(), budget=0), case(round_.closed(), budget=0)])
    assert counted == closed
    assert counted["root"] == verify_closed(round_.record()).root


def test_the_page_names_every_check_as_python_does() -> None:
    text = (SOURCES / "ballot/frontend/src/protocol/record_checks.js").read_text("utf-8")
    catalogue = (SOURCES / "tally/locale/en.po").read_text("utf-8")
    rows = [json.loads(row) for row in re.findall(r"^  (\[\d+, .*\]),$", text, re.MULTILINE)]
    assert [(number, vi) for number, vi, _ in rows] == [(check.number, check.title) for check in CLOSED]
    assert [vi for _, vi, en in rows if f'msgid "{vi}"\nmsgstr "{en}"' not in catalogue] == []


# --- witnesses ----------------------------------------------------------------------------------------------------


def test_the_page_names_the_witnesses_whom_python_names(node: str, dist: Path, round_: Round) -> None:
    """threats F10"""
    closed = round_.closed()
    record = watched(round_, closed, LAN, MAI)
    half = {**watched(round_, closed, LAN).witnesses, "witness-2.txt": copy_of(round_, closed, MAI, ended=False)}
    for one, ended in ((record, [True, True]), (replace(closed, witnesses=half), [True, False])):
        said = verify_closed(one).evidence.testimony
        (found,) = ask(node, [case(one, budget=0)])
        assert found["witnesses"] == [
            {"name": copy.witness, "key": copy.key, "closing": copy.closing is not None} for copy in said.inside
        ]
        assert [each["closing"] for each in found["witnesses"]] == ended


def test_a_copy_that_contradicts_or_is_none_is_refused_by_the_page_as_by_python(
    node: str, dist: Path, round_: Round
) -> None:
    """threats 5.12, F10"""
    closed = round_.closed()
    one_less = replace(round_, ballots=round_.ballots[1:]).closed()
    copy = copy_of(round_, closed)
    marks, closing = notes_of(closed)
    box = Watcher("quan-sat-1", round_.hall.box)
    forged = {
        "a dropped ballot": (one_less, copy),
        "no introduction": (closed, encode_notes([*marks, closing])),
        "the box as a witness": (closed, copy_of(round_, closed, box)),
        "the last word among the marks": (closed, LAN.copy(round_.manifest, [closing, *marks]).encode()),
        "a signature of nobody": (closed, copy[:-9] + b"AAAAAAA=\n"),
    }
    records = [replace(record, witnesses={"witness-1.txt": raw}) for record, raw in forged.values()]
    records.append(watched(round_, closed, LAN, LAN))
    expected = [refusal(found) for record in records if isinstance(found := verdict(record), CheckFailed)]
    answers = ask(node, [case(record, budget=0) for record in records])
    found = [(answer.get("check"), answer.get("code")) for answer in answers]
    names = [*forged, "one witness under two names"]
    assert dict(zip(names, found, strict=True)) == dict(zip(names, expected, strict=True))
    assert found[0] == (28, "BOX_CONTRADICTS")


# --- the budget ---------------------------------------------------------------------------------------------------


def test_a_budget_that_is_too_small_is_said_and_the_lot_decides(node: str, dist: Path, round_: Round) -> None:
    bad = with_number(round_, 2)
    record = replace(round_, ballots=(bad, *round_.ballots[1:])).closed()
    place = verify_order(record).index(sha256_hex(bad))
    none, *drawn = ask(node, [case(record, budget=0), *(case(record, budget=1, first=k) for k in range(6))])
    assert (none["checked"], none["of"], none["left"]) == (0, 6, 1)
    for k, answer in enumerate(drawn):
        if k == place:
            assert (answer["check"], answer["code"]) == (19, "BAD_PROOF")
            assert answer["where"].startswith(f"ballot {place + 1}.answers[0]")
        else:
            assert (answer["checked"], answer["of"], answer["left"]) == (1, 6, 1)


def verify_order(record: Record) -> list[str]:
    """Return the hashes of a record's ballots in archive order."""
    return [sha256_hex(raw) for raw in Archive.parse(record.files[ARCHIVE]).ballots]


def test_an_examination_can_be_stopped_and_then_says_nothing(node: str, dist: Path, round_: Round) -> None:
    cases = [case(round_.closed(), stopAt=number) for number in (2, 17, 19)]
    assert ask(node, cases) == [{"stopped": number} for number in (2, 17, 19)]
