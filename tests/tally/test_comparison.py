"""Paper beside record: each equation of SPEC 5.19 holds on an honest round and names itself when one number is off.

Here live comparisons of counts. Never here: a ballot.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.comparison import Comparison, IssuerCounts, PaperDiffers, RecordCounts, compare
from tally.protocol.credential_list import CredentialList, Issuance
from tally.protocol.minutes import PaperCounts, Recount
from tally.record import CREDENTIALS, ISSUANCE
from tests.builders import small_round

AGREED = (Recount("tally", agrees=True), Recount("recount", agrees=True))
BOTH = ("Người thứ nhất", "Người thứ hai")


def paper(signatures: int, left: int, slips: int | None) -> PaperCounts:
    return PaperCounts(signatures, left, slips is not None, slips or 0, BOTH)


def day(*, desk: int, undelivered: int, replaced: int, exchanged: int, late: int, left: int, cast: int) -> RecordCounts:
    """A day told by what happened: served at the desk, slips lost, spoiled, exchanged by an envelope, late comers."""
    envelopes = undelivered + exchanged + late + left
    issuer = IssuerCounts("ban-to-chuc", desk, replaced, envelopes, undelivered)
    listed = desk + replaced + envelopes - undelivered
    return RecordCounts((issuer, replace(issuer, name="ban-kiem-phieu")), listed, replaced + exchanged, left, cast)


@given(st.lists(st.integers(0, 40), min_size=6, max_size=6), st.booleans())
def test_every_honest_day_agrees(happened: list[int], counted: bool) -> None:
    served, lost, replaced, exchanged, late, left = happened
    record = day(
        desk=served + lost, undelivered=lost, replaced=replaced, exchanged=exchanged, late=late, left=left, cast=served
    )
    holders = served + lost + late  # whoever lost a slip drew an envelope
    found = compare(record, paper(holders, left, served if counted else None), recounts=AGREED)
    assert found.agrees, found.sentence
    assert len(found.equations) == 2 + 2 + 3 + counted
    assert found.sentence.startswith("Khớp.")
    found.check()


HONEST = day(desk=20, undelivered=1, replaced=2, exchanged=1, late=2, left=3, cast=21)
PAPER = paper(22, 3, 21)


def wrong(found: Comparison) -> set[int]:
    return {line.number for line in found.equations if not line.holds}


@pytest.mark.parametrize(
    ("changed", "numbers"),
    [
        (replace(PAPER, signatures=21), {1, 3}),
        (replace(PAPER, signatures=20), {1, 3, 4}),
        (replace(PAPER, envelopes_left=4), {1, 5}),
        (replace(PAPER, slips_in_box=20), {6}),
        (replace(PAPER, slips_counted=False, slips_in_box=0), set()),
    ],
)
def test_a_wrong_number_from_paper_is_named(changed: PaperCounts, numbers: set[int]) -> None:
    found = compare(HONEST, changed, recounts=AGREED)
    assert wrong(found) == numbers
    assert all(f"phép so {n}" in found.sentence for n in numbers)
    if numbers:
        with pytest.raises(PaperDiffers, match="Không khớp"):
            found.check()


def test_one_issuer_that_signed_more_is_named() -> None:  # threats A19
    first, second = HONEST.issuers
    found = compare(replace(HONEST, issuers=(first, replace(second, issued=21))), PAPER, recounts=AGREED)
    assert [(line.number, line.words.split(":")[0]) for line in found.equations if not line.holds] == [
        (1, "ban-kiem-phieu"), (2, "ban-kiem-phieu"),
    ]  # fmt: skip


def test_a_credential_more_than_was_signed_for_is_named() -> None:
    assert wrong(compare(replace(HONEST, listed=HONEST.listed + 1), PAPER, recounts=AGREED)) == {2, 3}


def test_a_recount_that_differs_or_is_missing_keeps_everybody_from_signing() -> None:
    other = compare(HONEST, PAPER, recounts=(*AGREED, Recount("belenios-tool 3.0", agrees=False)))
    assert not other.agrees
    assert "lần kiểm lại của belenios-tool 3.0" in other.sentence
    assert not compare(HONEST, PAPER, recounts=()).agrees


def test_the_counts_of_a_real_record_are_its_own() -> None:
    round_ = small_round()
    files = round_.record().files
    issuance, credentials = Issuance.parse(files[ISSUANCE]), CredentialList.parse(files[CREDENTIALS])
    counts = RecordCounts.of(issuance, credentials, len(round_.ballots))
    assert counts.listed == len(round_.listed)
    assert counts.ballots == len(round_.ballots)
    assert [one.name for one in counts.issuers] == [issuer.name for issuer in round_.manifest.issuers]


def test_more_unused_envelopes_than_there_ever_were_are_named() -> None:  # threats A19
    """Slips of voters voided as envelopes: every sum comes out, and yet there were no such envelopes."""
    issuers = tuple(IssuerCounts(name, issued=30, reissued=0, envelopes=19, undelivered=0) for name in ("a", "b"))
    record = RecordCounts(issuers, listed=49, spoiled=0, unused=20, ballots=29)
    found = compare(record, paper(29, 20, None), recounts=AGREED)
    assert wrong(found) == {5}
    fewer = compare(replace(record, unused=19), paper(30, 19, None), recounts=AGREED)
    assert fewer.agrees
