"""From counts to meaning: percentages as they are printed, void lines, thresholds, and published results recomputed.

Here lives arithmetic against what newspapers printed. Never here: where the counts come from.
"""

from __future__ import annotations

import csv
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import rules
from tally.outcome import Outcome, evaluate, percent
from tally.protocol.encoding import canonical
from tally.protocol.manifest import Roll
from tally.protocol.ruleset import RuleSet
from tests.tally.small import make_manifest

PUBLISHED = Path(__file__).parents[1] / "data" / "published"
LEVELS = ("high", "medium", "low")


def lines() -> list[dict[str, str]]:
    return [
        {"file": path.stem, **line}
        for path in sorted(PUBLISHED.glob("*.csv"))
        for line in csv.DictReader(path.read_text("utf-8").splitlines())
    ]


def outcome(*counts: tuple[int, ...], returned: int, rule_set: RuleSet | None = None, delegates: int = 20) -> Outcome:
    manifest = make_manifest(
        rules=rule_set or rules.load("NQ96_2023"), roll=Roll(delegates, max(delegates, returned), 15, "cd" * 32)
    )
    return evaluate(manifest, root="ab" * 32, issued=returned + 1, returned=returned, counts=counts)


# --- percentages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "base", "printed"),
    [
        (1, 200, "0,5%"),
        (1, 8, "12,5%"),
        (1, 80, "1,25%"),
        (1, 800, "0,13%"),  # 0,125 exactly: half goes up
        (3, 800, "0,38%"),  # 0,375 exactly
        (1, 20_000, "0,01%"),  # 0,005 exactly
        (1, 20_001, "0%"),
        (19_999, 20_000, "100%"),  # 99,995 exactly
        (210, 212, "99,06%"),
        (211, 212, "99,53%"),
        (212, 212, "100%"),
        (53, 212, "25%"),
        (2, 3, "66,67%"),
        (1, 3, "33,33%"),
        (1, 10, "10%"),
        (1, 1000, "0,1%"),
        (0, 5, "0%"),
        (0, 0, "0%"),
    ],
)
def test_a_percentage_is_printed_half_up_without_idle_zeros(count: int, base: int, printed: str) -> None:
    assert percent(count, base) == printed


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_agrees_with_decimal_arithmetic(count: int, base: int) -> None:
    hundredths = (Decimal(count * 10_000) / Decimal(base)).quantize(Decimal(1), ROUND_HALF_UP)
    expected = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    assert percent(count, base) == f"{expected}%"


def test_every_published_percentage_is_reproduced() -> None:
    exceptions, compared = [], 0
    for line in lines():
        for level in LEVELS:
            if line[f"pct_{level}"]:
                compared += 1
                printed = line[f"pct_{level}"].replace(".", ",") + "%"
                if percent(int(line[level]), int(line["percent_base"])) != printed:
                    exceptions.append((line["file"], line["seq"], level, printed))
    assert (compared, exceptions) == (27, [])


def test_published_lines_never_count_more_than_the_ballots_returned() -> None:
    full = [line for line in lines() if all(line[level] for level in LEVELS)]
    void = {}
    for line in full:
        if line["ballots_returned"]:
            void[line["file"], line["seq"]] = int(line["ballots_returned"]) - sum(int(line[level]) for level in LEVELS)
    assert (len(lines()), len(full), len(void)) == (51, 35, 25)
    assert {place: n for place, n in void.items() if n} == PUBLISHED_VOID
    assert min(void.values()) == 0


PUBLISHED_VOID = {
    ("qh_2014-11-15", "1"): 1,
    ("qh_2014-11-15", "6"): 2,
    ("qh_2014-11-15", "4"): 3,
    ("qh_2014-11-15", "8"): 4,
}


# --- lines --------------------------------------------------------------------------------------------------------


def test_a_line_without_a_mark_is_void_for_that_official_only() -> None:
    rows = outcome((5, 3, 1), (9, 0, 0), returned=10).officials
    assert [(row.void, sum(row.counts)) for row in rows] == [(1, 9), (1, 9)]
    assert [row.void for row in outcome((0, 0, 0), (10, 0, 0), returned=10).officials] == [10, 0]


def test_unanimity_is_a_hundred_percent() -> None:
    rows = outcome((10, 0, 0), (0, 0, 10), returned=10).officials
    assert [row.percent for row in rows] == [("100%", "0%", "0%"), ("0%", "0%", "100%")]
    assert [row.met for row in rows] == [(), ("two_thirds", "over_half")]


@pytest.mark.parametrize(
    ("low", "returned", "met", "deciding"),
    [
        (6, 12, (), None),  # exactly a half is not over a half
        (7, 12, ("over_half",), "over_half"),
        (8, 12, ("two_thirds", "over_half"), "two_thirds"),  # exactly two thirds is two thirds
        (0, 12, (), None),
        (0, 0, (), None),
    ],
)
def test_the_first_threshold_that_is_met_decides(
    low: int, returned: int, met: tuple[str, ...], deciding: str | None
) -> None:
    row = outcome((returned - low, 0, low), (0, 0, 0), returned=returned).officials[0]
    assert (row.met, row.deciding.key if row.deciding else None) == (met, deciding)


def test_the_base_of_a_share_is_what_the_rule_set_says() -> None:
    source = rules.load("NQ96_2023").source
    by_delegates = RuleSet.parse({**source, "base": {**source["base"], "kind": "delegates"}})
    returned = outcome((5, 3, 2), (5, 3, 2), returned=10, delegates=40)
    delegates = outcome((5, 3, 2), (5, 3, 2), returned=10, delegates=40, rule_set=by_delegates)
    assert (returned.base, delegates.base) == (10, 40)
    assert (returned.officials[0].percent[0], delegates.officials[0].percent[0]) == ("50%", "12,5%")


def test_slips_that_came_back_as_no_ballot_are_counted() -> None:
    ballots = outcome((5, 3, 2), (5, 3, 2), returned=10).ballots
    assert (ballots.issued, ballots.returned, ballots.not_returned) == (11, 10, 1)


def test_the_file_says_the_numbers_and_what_follows_from_them() -> None:
    found = outcome((1, 1, 8), (10, 0, 0), returned=10)
    raw = found.encode()
    document = json.loads(raw)
    assert canonical(document) == raw
    assert document["manifest"] == found.seal.manifest
    assert document["ballots"]["not_returned"] == 1
    assert [row["thresholds"] for row in document["officials"]] == [["two_thirds", "over_half"], []]
    assert [bool(row["consequence"]) for row in document["officials"]] == [True, False]
    assert document["officials"][0]["percent"] == ["10%", "10%", "80%"]
