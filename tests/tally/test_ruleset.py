"""Rule sets: data read strictly, thresholds compared in whole numbers.

Here live rules with one thing changed. Never here: what a law says (tally/rules).
"""

from __future__ import annotations

import copy
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally import rules
from tally.protocol.errors import BadText, TallyError, WrongShape
from tally.protocol.ruleset import RuleSet, Threshold
from tally.rules import RuleSetUnreadable, UnknownRuleSet

SOURCE = rules.load("NQ96_2023").source


def threshold(numerator: int, denominator: int, *, strict: bool) -> Threshold:
    return Threshold("t", "low", numerator, denominator, strict, "w", "c", "")


def changed(*path: Any, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(SOURCE)
    spot: Any = document
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("share", "strict", "count", "base", "met"),
    [
        ((1, 2), True, 50, 100, False),
        ((1, 2), True, 51, 100, True),
        ((1, 2), True, 50, 99, True),
        ((1, 2), True, 49, 99, False),
        ((1, 2), False, 50, 100, True),
        ((2, 3), False, 54, 81, True),
        ((2, 3), False, 53, 81, False),
        ((2, 3), False, 67, 100, True),
        ((2, 3), False, 66, 100, False),
        ((2, 3), True, 54, 81, False),
        ((1, 1), False, 81, 81, True),
        ((1, 1), False, 80, 81, False),
        ((1, 2), True, 0, 0, False),
        ((1, 2), False, 0, 0, False),
        ((2, 3), False, 0, 5, False),
        ((1, 2), True, 1, 1, True),
    ],
)
def test_a_threshold_is_met_exactly_where_it_says(
    share: tuple[int, int], strict: bool, count: int, base: int, met: bool
) -> None:
    assert threshold(*share, strict=strict).is_met(count=count, base=base) is met


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 100), st.integers(1, 100), st.booleans())
def test_a_threshold_agrees_with_exact_fractions(count: int, base: int, n: int, d: int, strict: bool) -> None:
    share, need = Fraction(count, base), Fraction(n, d)
    assert threshold(n, d, strict=strict).is_met(count=count, base=base) == (share > need if strict else share >= need)


@pytest.mark.parametrize("name", rules.names())
def test_every_shipped_rule_set_is_read(name: str) -> None:
    found = rules.load(name)
    assert found.id == name
    assert RuleSet.parse(found.source) == found


@pytest.mark.parametrize("name", ["NQ96_2023", "QD96_2023"])
def test_two_thirds_decides_before_half(name: str) -> None:
    found = rules.load(name)
    assert [(t.key, t.numerator, t.denominator, t.strict) for t in found.thresholds] == [
        ("two_thirds", 2, 3, False),
        ("over_half", 1, 2, True),
    ]
    assert [level.key for level in found.levels] == ["high", "medium", "low"]
    assert found.base.kind == "returned"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "poll"), (("base", "kind"), "present"), (("levels",), []), (("thresholds",), []), (("quorum",), {}),
        (("thresholds", 0, "level"), "none"), (("thresholds", 0, "numerator"), 0), (("thresholds", 0, "numerator"), 4),
        (("thresholds", 0, "denominator"), 101), (("thresholds", 0, "numerator"), True),
        (("thresholds", 0, "numerator"), 0.5),
        (("thresholds", 0, "strict"), 1), (("bad_line_voids_ballot",), "no"), (("verify",), "x"), (("extra",), "x"),
        (("levels", 0, "colour"), "red"), (("quorum", "denominator"), 0), (("date",), 2023),
    ],
)  # fmt: skip
def test_a_rule_set_with_one_wrong_field_is_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(WrongShape):
        RuleSet.parse(changed(*path, value=value))


EXEMPTION = {"key": "new", "kind": "months_in_post", "value": "6", "words": "Giữ chức chưa đủ 6 tháng", "citation": ""}


def exempting(**changes: Any) -> RuleSet:
    """The rule set with one exemption and no other."""
    return RuleSet.parse(changed("exemptions", value=[EXEMPTION | changes]))


def test_each_kind_of_exemption_has_the_value_that_it_needs() -> None:
    for kind, value in (("status", "retired"), ("months_in_post", "1"), ("months_in_post", "120"),
                        ("appointed_in_year", ""), ("operator", "")):  # fmt: skip
        (found,) = exempting(kind=kind, value=value).exemptions
        assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("value", ["0", "121", "x", "06", "00006", "-6", "+6", "6.0", "1e1", "٦", "1200", "9" * 400])
def test_months_are_a_number_from_1_to_120_in_one_spelling(value: str) -> None:
    with pytest.raises(WrongShape) as refusal:
        exempting(value=value)
    assert refusal.value.where == "rules.exemptions[0].value"


@pytest.mark.parametrize("kind", ["status", "months_in_post"])
def test_an_exemption_that_depends_on_a_value_has_one(kind: str) -> None:
    with pytest.raises(BadText):
        exempting(kind=kind, value="")


@pytest.mark.parametrize("kind", ["appointed_in_year", "operator"])
def test_an_exemption_that_depends_on_no_value_has_none(kind: str) -> None:
    with pytest.raises(WrongShape) as refusal:
        exempting(kind=kind, value="6")
    assert refusal.value.where == "rules.exemptions[0].value"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("exemptions",), None), (("exemptions",), {}), (("exemptions", 0), "operator"),
        (("exemptions", 0, "kind"), "age"), (("exemptions", 0, "kind"), ""), (("exemptions", 0, "kind"), None),
        (("exemptions", 0, "value"), 6),
        (("exemptions", 0, "extra"), ""), (("exemptions", 1, "key"), "retirement_notice"),
        (("deadlines",), ""), (("deadlines", 0), []), (("deadlines", 0, "days"), 401), (("deadlines", 0, "days"), -1),
        (("deadlines", 0, "days"), "30"), (("deadlines", 0, "days"), 1.5), (("deadlines", 0, "days"), True),
        (("deadlines", 0, "extra"), ""), (("deadlines", 1, "key"), "list"),
        (("criteria",), None), (("criteria", 0), []), (("criteria", 0, "points"), "x"),
        (("criteria", 0, "points"), None), (("criteria", 0, "points"), [1]), (("criteria", 0, "extra"), ""),
    ],
)  # fmt: skip
def test_exemptions_deadlines_and_criteria_with_one_wrong_field_are_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(WrongShape) as refusal:
        RuleSet.parse(changed(*path, value=value))
    assert refusal.value.where.startswith(f"rules.{path[0]}")


@pytest.mark.parametrize(
    ("list_name", "field"),
    [(name, field) for name in ("exemptions", "deadlines") for field in SOURCE[name][0]]
    + [("criteria", "title"), ("criteria", "points")],
)
def test_no_field_of_an_entry_may_be_missing(list_name: str, field: str) -> None:
    entry = {key: value for key, value in SOURCE[list_name][0].items() if key != field}
    with pytest.raises(WrongShape):
        RuleSet.parse(changed(list_name, 0, value=entry))


@pytest.mark.parametrize(
    "path",
    [("exemptions", 0, "key"), ("exemptions", 0, "words"), ("deadlines", 0, "key"), ("deadlines", 0, "act"),
     ("deadlines", 0, "by"), ("criteria", 0, "title"), ("criteria", 0, "points", 0)],
    ids=str,
)  # fmt: skip
def test_texts_of_entries_do_not_deceive(path: tuple[Any, ...]) -> None:
    for value in ("", "A\u202eB", "Ti\u0301n"):
        with pytest.raises(BadText):
            RuleSet.parse(changed(*path, value=value))


@pytest.mark.parametrize("name", ["exemptions", "deadlines", "criteria", "invalid", "triggers", "certain", "verify"])
def test_a_rule_set_may_have_none_of_them(name: str) -> None:
    assert getattr(RuleSet.parse(changed(name, value=[])), name) == ()


def test_the_shortest_and_the_longest_time_before_a_session_are_read() -> None:
    for days in (0, 400):
        assert RuleSet.parse(changed("deadlines", 0, "days", value=days)).deadlines[0].days == days


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("layout",), "church"), (("disclosure",), "secret"), (("rates_neighbours",), "no"),
        (("several_posts", "most"), 10), (("several_posts", "most"), -1), (("several_posts",), ""),
        (("titles", "more"), "x"), (("titles",), {}), (("invalid", 0, "more"), ""),
        (("invalid", 1, "key"), "not_issued"),
        (("triggers", 0, "threshold"), ""), (("triggers", 0, "threshold"), "none"), (("triggers", 0, "kind"), "lot"),
        (("triggers", 0, "numerator"), 1), (("triggers", 0, "denominator"), 2),
        (("triggers", 1, "threshold"), "over_half"),
        (("triggers", 1, "numerator"), 0), (("triggers", 1, "numerator"), 6), (("triggers", 1, "key"), "over_half"),
        (("certain",), "x"),
    ],
)  # fmt: skip
def test_layout_titles_triggers_and_reasons_with_one_wrong_field_are_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(WrongShape) as refusal:
        RuleSet.parse(changed(*path, value=value))
    assert refusal.value.where.startswith(f"rules.{path[0]}")


SHARES = {
    "QD96_2023": ("returned", [(2, 3, False), (1, 2, True)], ["over_half"]),
    "QD262_2014": ("returned", [(2, 3, False), (1, 2, True)], []),
    "NQ96_2023": ("returned", [(2, 3, False), (1, 2, True)], ["over_half"]),
    "NQ85_2014": ("delegates", [(2, 3, False), (1, 2, True)], ["two_thirds"]),
    "NQ35_2012": ("delegates", [(2, 3, True), (1, 2, True)], ["two_thirds", "over_half"]),
}


@pytest.mark.parametrize("name", SHARES)
def test_base_thresholds_and_triggers_are_those_of_the_law(name: str) -> None:
    """A change here is a change of law."""
    found, (base, shares, triggers) = rules.load(name), SHARES[name]
    assert found.base.kind == base
    assert [(t.numerator, t.denominator, t.strict) for t in found.thresholds] == shares
    assert [t.threshold for t in found.triggers if t.threshold] == triggers
    assert found.bad_line_voids_ballot is (name == "QD262_2014")
    assert found.layout == ("party" if name.startswith("QD") else "state")


@pytest.mark.parametrize("name", rules.names())
def test_rule_sets_lead_to_each_other_without_a_gap(name: str) -> None:
    """What replaces and what is replaced touch; a vote has two levels, none of its own triggers, and a rating to it."""
    found = rules.load(name)
    for older in map(rules.load, (n for n in found.replaces if n in rules.names())):
        gap = date.fromisoformat(found.effective_from) - date.fromisoformat(older.effective_to)
        assert gap == timedelta(days=1)
        assert older.kind == found.kind
    if found.kind == "vote":
        assert found.triggers == ()
        assert name in {rules.load(n).vote_rules for n in rules.names()}
    elif found.vote_rules:
        assert rules.load(found.vote_rules).kind == "vote"
    assert found.certain
    assert found.verify


@pytest.mark.parametrize("name", rules.names())
def test_every_shipped_rule_set_lets_an_organiser_write_down_another_reason(name: str) -> None:
    assert [e.kind for e in rules.load(name).exemptions].count("operator") == 1


@pytest.mark.parametrize(
    "path", [("title",), ("base", "words"), ("levels", 0, "label"), ("thresholds", 0, "consequence")]
)
def test_texts_of_a_rule_set_do_not_deceive(path: tuple[Any, ...]) -> None:
    for value in ("", "A\u202eB", "Ti\u0301n"):
        with pytest.raises(BadText):
            RuleSet.parse(changed(*path, value=value))


@pytest.mark.parametrize("name", SOURCE)
def test_no_field_of_a_rule_set_may_be_missing(name: str) -> None:
    with pytest.raises(WrongShape):
        RuleSet.parse({key: value for key, value in SOURCE.items() if key != name})


def test_a_rule_set_that_is_not_there_is_refused_by_name() -> None:
    for name in ("NQ1_1900", "../rules/NQ96_2023", "", "NQ96_2023.toml"):
        with pytest.raises(UnknownRuleSet):
            rules.load(name)


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    for text in ("id = ", "id = " + "9" * 5000):  # the second is a number too long for int()
        (tmp_path / "X.toml").write_text(text, "utf-8")
        with pytest.raises(RuleSetUnreadable):
            rules.load("X", tmp_path)


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_what_is_no_mapping_is_no_rule_set(value: Any) -> None:
    with pytest.raises(TallyError):
        RuleSet.parse(value)
