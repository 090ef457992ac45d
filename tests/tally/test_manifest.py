"""The manifest: one spelling, every field within its bounds, every change another hash.

Here lives manifest.json. Never here: the rules inside it (test_ruleset.py).
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.protocol.encoding import canonical
from tally.protocol.errors import BadHash, BadText, NotCanonical, TallyError, UnsupportedElection, WrongShape
from tally.protocol.manifest import Block, Exempt, Issuer, Manifest, Official, Policy, Roll, roll_digest
from tests.tally.small import issuer_key, make_manifest

SHA = "sha384-" + "oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K" * 2
LEFT_OUT = Exempt("Lê Văn C", "Giám đốc Sở Y tế", "Đã có thông báo nghỉ hưu", "khoản 5 Điều 2")
RAW = make_manifest(software={"a.js": SHA}, exempt=(LEFT_OUT,)).raw
words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyÁẢÃẠ –,.()", min_size=1, max_size=40).map(str.strip).filter(bool)


def changed(*path: Any, value: Any) -> bytes:
    document = json.loads(RAW)
    spot = document
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return canonical(document)


@settings(max_examples=25, deadline=None)
@given(words, words, st.lists(words, min_size=1, max_size=5), st.integers(1, 9), st.booleans())
def test_a_manifest_is_read_back_from_its_one_spelling(
    title: str, body: str, names: list[str], size: int, rehearsal: bool
) -> None:
    officials = tuple(Official(str(i), name, f"Ủy viên {i}") for i, name in enumerate(names))
    manifest = make_manifest(
        title=title, body=body, blocks=(Block(title, officials),), committee_size=size, threshold=size,
        rehearsal=rehearsal, policy=Policy(5), exempt=tuple(Exempt(n, title, body, "") for n in names),
    )  # fmt: skip
    assert Manifest.parse(manifest.raw) == manifest


def test_the_hash_is_over_the_bytes() -> None:
    assert Manifest.parse(RAW).hash == hashlib.sha256(RAW).hexdigest()
    assert make_manifest(software={"a.js": SHA}, exempt=(LEFT_OUT,)).raw == RAW


def test_the_time_of_the_archive_is_the_day_of_the_round() -> None:
    assert make_manifest(date="2026-12-07").timestamp == int(datetime(2026, 12, 7, tzinfo=UTC).timestamp())


def test_a_rule_that_no_count_of_sums_could_follow_is_refused() -> None:
    """No ballot is ever opened, so one bad line cannot void the others."""
    with pytest.raises(UnsupportedElection):
        Manifest.parse(changed("rules", "bad_line_voids_ballot", value=True))


def test_ballots_and_description_follow_from_the_manifest() -> None:
    manifest = make_manifest()
    assert [q.question for q in manifest.questions()] == [
        "1. Nguyễn Thị A – Chủ tịch",
        "2. Trần Văn B – Phó Chủ tịch",
    ]
    assert {(q.blank, q.min, q.max, q.answers) for q in manifest.questions()} == {
        (False, 0, 1, ("Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"))
    }
    assert manifest.description("cd" * 32) == f"manifest:{manifest.hash}|committee:{'cd' * 32}"
    assert manifest.origin == f"phieu-tin-nhiem/{manifest.uuid}"


WRONG: list[tuple[tuple[Any, ...], Any]] = [
    (("format",), "phieu-tin-nhiem/manifest/v2"),
    *((("uuid",), value) for value in ("short", "0" * 14, "O" * 14, "l" * 14, "a" * 41, "a" * 14 + "\n", "a/" * 7, 1)),
    *(
        (("date",), value)
        for value in (
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "26-01-01",
            "2026-1-1",
            "٢٠٢٦-01-01",
            "2026-02-30",
            "1969-12-31",
        )
    ),
    *((("rehearsal",), value) for value in (0, "false", None)),
    *((("blocks",), value) for value in ([], {}, None)),
    (("blocks", 0, "officials"), []),
    (("blocks", 0, "officials", 1, "id"), "a"),
    (("blocks", 0, "officials", 1), {"id": "c", "name": "Nguyễn Thị A", "position": "Chủ tịch"}),
    *((("roll", "voters"), value) for value in (2, -1, True, "15", 19)),
    (("roll", "summoned"), 14),
    *((("roll", "delegates"), value) for value in (0, 17)),
    (("issuers",), []),
    *((("issuers", 0, "name"), value) for value in ("Ban", "-x", "a b", "", "a" * 41)),
    *((("committee", "members"), value) for value in (0, 10, True, "3", 1)),
    *((("committee", "threshold"), value) for value in (0, 1, 4, -1)),
    *((("policy", "minimum_ballots"), value) for value in (0, -5, 10_001, None)),
    *((("policy", "own_device"), value) for value in (0, "false", None)),
    (("policy",), {"minimum_ballots": 1}),
    (("policy",), {"minimum_ballots": 1, "own_device": False}),
    *((("policy", "disclosure"), value) for value in ("", "Public", "secret", None, ["public"], True)),
    *((("policy", name), value) for name in ("secrecy", "accepted_by") for value in (None, 0, False, ["x"])),
    *((("blocks", 0, "form"), value) for value in (None, 1, ["A"])),
    *((("exempt",), value) for value in (None, {}, "", [[]], [{}])),
    (("exempt", 0), {"name": "Lê Văn C", "position": "Giám đốc Sở Y tế", "reason": "Đã có thông báo nghỉ hưu"}),
    *((("exempt", 0, name), None) for name in ("name", "position", "reason", "citation")),
    *(
        (("software",), value)
        for value in (None, [], {"b.js": SHA, "a.js": SHA}, {f"x{i:03}.js": SHA for i in range(201)})
    ),
    *((("software",), {name: SHA}) for name in ("", "1.js", "../a.js", "A.js", "a b.js", "a.js\n", "a" * 81)),
    *(
        (("software",), {"a.js": value})
        for value in ("", None, SHA[:-1], SHA + "A", SHA.replace("384", "256"), SHA + "\n")
    ),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=str)
def test_a_field_out_of_its_bounds_is_refused(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(WrongShape):
        Manifest.parse(changed(*path, value=value))


@pytest.mark.parametrize("path", [("box_key",), ("log_key",), ("roll", "digest"), ("issuers", 0, "statement_key")])
def test_keys_and_digests_are_64_lower_case_digits(path: tuple[Any, ...]) -> None:
    for value in ("AB" * 32, "ab" * 31, "", None):
        with pytest.raises(BadHash):
            Manifest.parse(changed(*path, value=value))


DECEIVING = (" x", "A\u202eB", "A\u200bB", "Ti\u0301n", "A\nB")
NEVER_EMPTY = [
    ("title",), ("body",), ("blocks", 0, "title"), ("blocks", 0, "officials", 0, "name"),
    *(("exempt", 0, name) for name in ("name", "position", "reason")),
]  # fmt: skip
MAYBE_EMPTY = [
    ("session",), ("blocks", 0, "form"), ("exempt", 0, "citation"), ("policy", "secrecy"), ("policy", "accepted_by"),
]  # fmt: skip


@pytest.mark.parametrize("path", NEVER_EMPTY)
def test_names_do_not_deceive(path: tuple[Any, ...]) -> None:
    for value in ("", *DECEIVING):
        with pytest.raises(BadText):
            Manifest.parse(changed(*path, value=value))


@pytest.mark.parametrize("path", MAYBE_EMPTY)
def test_texts_that_may_be_empty_do_not_deceive_either(path: tuple[Any, ...]) -> None:
    assert Manifest.parse(changed(*path, value=""))
    for value in DECEIVING:
        with pytest.raises(BadText):
            Manifest.parse(changed(*path, value=value))


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (("blocks", 0, "form"), 400), (("policy", "secrecy"), 40), (("policy", "accepted_by"), 200),
        *((("exempt", 0, name), 400) for name in ("name", "position", "reason", "citation")),
    ],
)  # fmt: skip
def test_a_text_is_not_longer_than_its_place_allows(path: tuple[Any, ...], most: int) -> None:
    assert Manifest.parse(changed(*path, value="Đ" * most))
    with pytest.raises(BadText) as refusal:
        Manifest.parse(changed(*path, value="Đ" * (most + 1)))
    assert refusal.value.where.endswith(str(path[-1]))


@pytest.mark.parametrize("name", json.loads(RAW))
def test_no_field_may_be_missing(name: str) -> None:
    document = {key: value for key, value in json.loads(RAW).items() if key != name}
    with pytest.raises(WrongShape):
        Manifest.parse(canonical(document))


def test_another_order_of_fields_is_refused() -> None:
    document = json.loads(RAW)
    with pytest.raises(WrongShape):
        Manifest.parse(canonical(dict(reversed(document.items()))))


def test_other_bytes_for_the_same_value_are_refused() -> None:
    for raw in (RAW + b"\n", json.dumps(json.loads(RAW)).encode(), RAW.replace("ấ".encode(), b"\\u1ea5")):
        with pytest.raises(NotCanonical):
            Manifest.parse(raw)


def test_software_is_sealed_in_the_order_of_its_names() -> None:
    manifest = make_manifest(software={"station.js": SHA, "booth.js": SHA, "booth.css": SHA})
    assert list(manifest.software) == ["booth.css", "booth.js", "station.js"]
    assert Manifest.parse(manifest.raw) == manifest
    assert make_manifest().software == {}


def test_votes_from_ones_own_device_are_off_unless_the_manifest_says_so() -> None:
    assert not make_manifest().own_device
    assert make_manifest(policy=Policy(1, own_device=True)).own_device


def test_only_a_rehearsal_may_count_fewer_than_five_ballots() -> None:
    assert make_manifest(rehearsal=True, policy=Policy(1)).minimum_ballots == 1
    assert make_manifest(rehearsal=False, policy=Policy(5)).minimum_ballots == 5
    with pytest.raises(WrongShape):
        make_manifest(rehearsal=False, policy=Policy(4))


def electorate(voters: int, *, rehearsal: bool = False, accepted_by: str = "") -> Manifest:
    roll = Roll(20, 18, voters, "cd" * 32)
    return make_manifest(rehearsal=rehearsal, roll=roll, policy=Policy(5, accepted_by=accepted_by))


def test_fewer_than_ten_voters_need_somebody_who_acknowledged_the_warning() -> None:
    """threats D2: a result of so few tells much about each; the chair has to say that this was understood."""
    for voters in (3, 9):
        assert electorate(voters, accepted_by="Trần Văn B").policy.accepted_by == "Trần Văn B"
        with pytest.raises(BadText) as refusal:
            electorate(voters)
        assert refusal.value.where == "manifest.json.policy.accepted_by"


def test_ten_voters_or_a_rehearsal_need_no_name() -> None:
    assert electorate(10).policy.accepted_by == ""
    assert electorate(3, rehearsal=True).policy.accepted_by == ""
    assert electorate(10, accepted_by="Trần Văn B").policy.accepted_by == "Trần Văn B"


def test_a_round_is_public_and_without_a_mark_unless_its_manifest_says_otherwise() -> None:
    assert (make_manifest().policy.disclosure, make_manifest().policy.secrecy) == ("public", "")
    policy = Policy(1, disclosure="restricted", secrecy="Mật", accepted_by="Trần Văn B")
    assert make_manifest(policy=policy).policy == policy


# --- forms --------------------------------------------------------------------------------------------------------


def in_forms(*forms: str) -> Manifest:
    """A manifest with a block of each form, in this order."""
    return make_manifest(
        blocks=tuple(
            Block(f"Khối {i}", (Official(f"cb{i}", f"Cán bộ {i}", "Ủy viên"),), f) for i, f in enumerate(forms)
        )
    )


def test_a_form_is_a_heading_over_blocks_that_stand_together() -> None:
    manifest = in_forms("Phiếu số 1", "Phiếu số 1", "Phiếu số 2")
    assert manifest.forms == ("Phiếu số 1", "Phiếu số 2")
    assert [(block.form, o.id) for block, o in manifest.officials()] == [
        ("Phiếu số 1", "cb0"), ("Phiếu số 1", "cb1"), ("Phiếu số 2", "cb2"),
    ]  # fmt: skip
    assert Manifest.parse(manifest.raw) == manifest


def test_the_only_form_may_have_a_name_or_none() -> None:
    assert in_forms("", "").forms == ("",)
    assert in_forms("Phiếu số 1", "Phiếu số 1").forms == ("Phiếu số 1",)


@pytest.mark.parametrize(
    "forms",
    [("A", "B", "A"), ("A", "A", "B", "A"), ("", "A"), ("A", ""), ("A", "", "A"), ("", "A", ""), ("A", "B", "")],
    ids=str,
)
def test_forms_that_stand_apart_or_have_no_name_beside_others_are_refused(forms: tuple[str, ...]) -> None:
    with pytest.raises(WrongShape) as refusal:
        in_forms(*forms)
    assert refusal.value.where == "manifest.json.blocks.form"


def test_forms_change_the_hash_and_never_the_ballot() -> None:
    one, two = in_forms("", ""), in_forms("A", "B")
    assert one.hash != two.hash
    assert one.questions() == two.questions()


def test_issuers_are_one_to_three_with_different_names_and_keys() -> None:
    issuers = tuple(Issuer(f"ben-{i}", issuer_key(i), "11" * 32) for i in range(3))
    assert len(make_manifest(issuers=issuers).issuers) == 3
    same_name = (issuers[0], Issuer("ben-0", issuer_key(1), "11" * 32))
    same_key = (issuers[0], Issuer("ben-1", issuer_key(0), "11" * 32))
    for wrong in ((), same_name, same_key, (*issuers, issuers[0]), (*issuers, *issuers)):
        with pytest.raises(WrongShape):
            make_manifest(issuers=wrong)


@pytest.mark.parametrize("key", ["ff" * 384, "00" * 384, "ab" * 256, "", "FF" * 384])
def test_an_issuers_key_that_anybody_can_factor_is_refused(key: str) -> None:
    with pytest.raises(TallyError):
        Manifest.parse(changed("issuers", 0, "key", value=key))


def test_the_digest_of_a_roll_depends_on_salt_and_voters_and_not_on_their_order() -> None:
    digest = roll_digest(bytes(32), ["Bình", "An"])
    assert digest == roll_digest(bytes(32), ["An", "Bình"])
    others = {
        roll_digest(bytes(31) + b"\x01", ["An", "Bình"]),
        roll_digest(bytes(32), ["An"]),
        roll_digest(bytes(32), []),
    }
    assert digest not in others
    assert len(others) == 3


# threats D1
def test_a_smaller_roll_than_three_voters_is_refused() -> None:
    assert make_manifest(roll=Roll(3, 3, 3, "cd" * 32)).roll.voters == 3
    with pytest.raises(WrongShape):
        make_manifest(roll=Roll(3, 3, 2, "cd" * 32))
