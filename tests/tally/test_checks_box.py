"""Checks 20 to 22: opened drafts, the box's own signed words, how many ballots there may be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from tally.checks.ballots import counts
from tally.protocol.booth import cast
from tally.protocol.checkpoint import Head, checkpoint_lines, encode_notes
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import TooManyBallots
from tally.verify import verify_closed
from tests.builders import VOTES, Round, new_round
from tests.tally.conftest import Refused
from tests.voter import draft, vote

# --- 20: opened drafts --------------------------------------------------------------------------------------------


def opened(round_: Round) -> list:
    return json.loads(round_.files().spoiled)["spoiled"]


def spoiled(round_: Round, ballots: list) -> bytes:
    return canonical(json.loads(round_.files().spoiled) | {"spoiled": ballots})


def test_an_opening_that_claims_another_mark_is_refused(round_: Round, refused: Refused) -> None:
    ballots = opened(round_)
    ballots[0]["rows"][0][0]["value"], ballots[0]["rows"][0][1]["value"] = 0, 1
    refused(round_.record(spoiled=spoiled(round_, ballots)), 20, "BAD_PROOF")


def test_an_opening_with_other_randomness_is_refused(round_: Round, refused: Refused) -> None:
    ballots = opened(round_)
    ballots[0]["rows"][0][0]["randomness"] = ballots[0]["rows"][0][1]["randomness"]
    refused(round_.record(spoiled=spoiled(round_, ballots)), 20, "BAD_PROOF")


def test_an_opened_draft_that_no_voter_could_mark_is_refused(round_: Round, refused: Refused) -> None:
    ballots = opened(round_)
    ballots[0]["rows"][0][1]["value"] = 1
    refused(round_.record(spoiled=spoiled(round_, ballots)), 20, "BAD_CHOICE")


def test_an_opened_draft_that_also_counts_is_refused(round_: Round, refused: Refused) -> None:
    counted = cast(round_.election, round_.spoiled[0], round_.unused).encode()
    refused(replace(round_, ballots=(*round_.ballots, counted)).record(), 20, "DUPLICATE_CIPHERTEXT")


def test_opened_drafts_out_of_order_are_refused(round_: Round, refused: Refused) -> None:
    two = replace(round_, spoiled=(*round_.spoiled, draft(round_.election, VOTES[1])))
    refused(two.record(spoiled=spoiled(two, opened(two)[::-1])), 20, "NOT_SORTED")


@pytest.mark.parametrize("name", ["b1", "-B1", "B 1", "B1\n", "Đ1", "B" * 13, 1, None])
def test_a_terminal_of_no_possible_name_is_refused(round_: Round, refused: Refused, name: object) -> None:
    ballots = opened(round_)
    ballots[0]["terminal"] = name
    refused(round_.record(spoiled=spoiled(round_, ballots)), 20, "WRONG_SHAPE")


def test_an_opened_draft_in_the_older_form_without_a_terminal_is_refused(round_: Round, refused: Refused) -> None:
    rows = [ballot["rows"] for ballot in opened(round_)]
    refused(round_.record(spoiled=spoiled(round_, rows)), 20, "WRONG_SHAPE")


def test_drafts_of_another_round_are_refused(round_: Round, refused: Refused) -> None:
    raw = canonical(json.loads(round_.files().spoiled) | {"election": "0" * 64})
    refused(round_.record(spoiled=raw), 20, "MISMATCH")


# --- 21: checkpoints and closing ----------------------------------------------------------------------------------


# threats G1
@pytest.mark.parametrize("place", range(len(VOTES)))
def test_a_ballot_dropped_after_its_checkpoint_is_refused(round_: Round, refused: Refused, place: int) -> None:
    """The server repairs everything, and all trustees decrypt again; the box had signed while voting was open."""
    fewer = replace(round_, ballots=(*round_.ballots[:place], *round_.ballots[place + 1 :]))
    honest = round_.files()
    failed = refused(fewer.record(checkpoints=honest.checkpoints, closing=honest.closing), 21, "MISMATCH")
    assert failed.error.where == f"ballot {sha256_hex(round_.ballots[place])}"


def test_a_ballot_dropped_under_a_new_closing_is_still_missed_by_the_checkpoints(
    round_: Round, refused: Refused
) -> None:
    fewer = replace(round_, ballots=round_.ballots[1:])
    refused(fewer.record(checkpoints=round_.files().checkpoints), 21, "MISMATCH")


def test_a_ballot_added_after_the_close_is_refused(round_: Round, refused: Refused) -> None:
    later = replace(round_, ballots=(*round_.ballots, vote(round_.election, VOTES[0], round_.unused)))
    honest = round_.files()
    refused(later.record(checkpoints=honest.checkpoints, closing=honest.closing), 21, "MISMATCH")


# threats G2
def test_a_ballot_replaced_by_another_of_the_same_voter_is_refused(round_: Round, refused: Refused) -> None:
    again = vote(round_.election, VOTES[1], round_.slips[0])
    honest = round_.files()
    record = replace(round_, ballots=(again, *round_.ballots[1:])).record(
        checkpoints=honest.checkpoints, closing=honest.closing
    )
    refused(record, 21, "MISMATCH")


def test_a_ballot_dropped_where_every_checkpoint_is_lost_is_missed_by_the_closing(
    round_: Round, refused: Refused
) -> None:
    fewer = replace(round_, ballots=round_.ballots[1:])
    failed = refused(fewer.record(closing=round_.files().closing), 21, "MISMATCH")
    assert failed.error.where == "closing.txt"


def test_a_checkpoint_signed_by_another_key_is_refused(round_: Round, refused: Refused) -> None:
    forger = replace(round_, hall=replace(round_.hall, box=SigningKey.generate()))
    refused(round_.record(checkpoints=forger.files().checkpoints), 21, "BAD_SIGNATURE")


def test_a_checkpoint_with_a_signature_that_nobody_asked_for_is_refused(round_: Round, refused: Refused) -> None:
    honest = round_.files().checkpoints
    more = honest + honest.splitlines(keepends=True)[-1].replace(b"phieu", b"nguoi")
    refused(round_.record(checkpoints=more), 21, "BAD_SIGNATURE")


def test_checkpoints_that_show_fewer_than_ten_ballots_at_once_are_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    hashes, head, notes = [sha256_hex(raw) for raw in files.ballots], Head.start(round_.election.hash), []
    for batch in (hashes[:3], hashes[3:]):
        head = head.after(batch)
        notes.append(files.note(checkpoint_lines(round_.manifest.origin, head, batch)))
    closing = files.note(files.statement_of_box(head=head).lines(round_.manifest.origin)).encode()
    refused(round_.record(checkpoints=encode_notes(notes), closing=closing), 21, "WRONG_COUNT")


def test_a_checkpoint_whose_chain_starts_elsewhere_is_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    hashes = [sha256_hex(raw) for raw in files.ballots]
    head = Head.start("0" * 64).after(hashes)
    note = files.note(checkpoint_lines(round_.manifest.origin, head, hashes))
    refused(round_.record(checkpoints=encode_notes([note])), 21, "MISMATCH")


# threats G12
def test_a_closing_without_any_checkpoint_is_refused(round_: Round, refused: Refused) -> None:
    refused(round_.record(checkpoints=b""), 21, "MISMATCH")


@pytest.mark.parametrize("field", ["manifest", "election", "opening", "credentials", "issuance", "spoiled", "root"])
def test_a_closing_that_says_anything_else_is_refused(round_: Round, refused: Refused, field: str) -> None:
    files = round_.files()
    lines = files.statement_of_box(**{field: "0" * 64}).lines(round_.manifest.origin)
    failed = refused(round_.record(closing=files.note(lines).encode()), 21, "MISMATCH")
    assert failed.error.details == {"other": field}


def test_a_closing_signed_by_another_key_is_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    lines = files.statement_of_box().lines(round_.manifest.origin)
    refused(round_.record(closing=files.note(lines, SigningKey.generate()).encode()), 21, "BAD_SIGNATURE")


def test_drafts_left_out_after_the_close_are_refused(round_: Round, refused: Refused) -> None:
    failed = refused(replace(round_, spoiled=()).record(closing=round_.files().closing), 21, "MISMATCH")
    assert failed.error.details == {"other": "spoiled"}


@pytest.mark.parametrize("last", ["Ballot", "EndBallots"])
def test_a_round_that_was_not_closed_is_incomplete(round_: Round, refused: Refused, last: str) -> None:
    events = round_.files().events
    kinds = [kind for kind, _ in events]
    end = len(kinds) - kinds[::-1].index(last)
    refused(round_.record(events=events[:end]), 21, "INCOMPLETE")


# --- 22: how many -------------------------------------------------------------------------------------------------


# threats D4
def test_fewer_ballots_than_the_minimum_are_refused(refused: Refused) -> None:
    refused(new_round(VOTES[:4]).record(), 22, "TOO_FEW_BALLOTS")


def test_exactly_the_minimum_of_ballots_is_enough() -> None:
    assert len(verify_closed(new_round(VOTES[:5]).closed()).evidence.ballots) == 5


# threats A17
def test_more_ballots_than_slips_are_refused(round_: Round) -> None:
    """Check 16 already lets no ballot through without its own slip, so only the check itself can be asked."""
    evidence = verify_closed(round_.closed()).evidence
    evidence.ballots = [*evidence.ballots, *evidence.ballots[:2]]
    with pytest.raises(TooManyBallots):
        counts(evidence)
