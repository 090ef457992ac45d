"""Vectors of manifests: as booth and station read them, and as a verifier does, place by place.

Here live the inputs and the reason for each, most of them lies. Never here: chance; see tests/make_js_vectors.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import gmpy2

from tally import rules
from tally.protocol.encoding import canonical
from tally.protocol.errors import TallyError
from tally.protocol.issuer_key import IssuerPublicKey
from tally.protocol.manifest import Block, Issuer, Manifest, Official, Policy, Roll
from tests.js_vector_base import UUID, Vector, outcome, vector

SHA = "sha384-" + "oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K" * 2


@cache
def manifest() -> Manifest:
    primes = (int(gmpy2.next_prime(start)) for start in (3 << 1534, 7 << 1533))
    key = IssuerPublicKey(next(primes) * next(primes))
    officials = (Official("a", "Nguyễn Thị A", "Chủ tịch"), Official("b", "Trần Văn B", "Phó Chủ tịch"))
    return Manifest.make(
        uuid=UUID, title="Lấy phiếu tín nhiệm", body="Hội đồng nhân dân", session="", date="2026-12-07",
        rehearsal=True, rules=rules.load("NQ96_2023"), blocks=(Block("Khối A", officials),),
        roll=Roll(20, 18, 15, "cd" * 32), issuers=(Issuer("ban-to-chuc", key, "11" * 32),), box_key="22" * 32,
        log_key="33" * 32, committee_size=3, threshold=2, policy=Policy(1, own_device=True),
        software={"booth.js": SHA, "hall.css": SHA, "station.js": SHA},
    )  # fmt: skip


def manifests() -> Iterator[Vector]:
    good = manifest()
    said = {"hash": good.hash, "forms": [""], "ownDevice": True, "software": dict(good.software), "committee": [3, 2]}
    block = json.loads(good.raw)["blocks"][0]
    other = block | {"officials": [{"id": "c", "name": "Lê Văn C", "position": "Ủy viên"}]}
    yield vector("sealed with three files, own devices allowed", said, raw=good.raw.decode())
    policy = Policy(1).as_json()
    changes: dict[str, dict[str, Any]] = {
        "no file named": {"software": {}},
        "names not ascending": {"software": {"hall.css": SHA, "booth.js": SHA}},
        "a name that leaves its folder": {"software": {"../booth.js": SHA}},
        "a name in capitals": {"software": {"Booth.js": SHA}},
        "another hash function": {"software": {"booth.js": SHA.replace("384", "256")}},
        "a hash a character short": {"software": {"booth.js": SHA[:-1]}},
        "a hash in hexadecimal": {"software": {"booth.js": "ab" * 48}},
        "files in a list": {"software": ["booth.js"]},
        "a policy without own devices": {"policy": {k: v for k, v in policy.items() if k != "own_device"}},
        "own devices as a number": {"policy": policy | {"own_device": 0}},
        "a policy too many": {"policy": policy | {"x": True}},
        "one of three decrypts alone": {"committee": {"members": 3, "threshold": 1}},
        "a committee of one": {"committee": {"members": 1, "threshold": 1}},
        "four of three decrypt": {"committee": {"members": 3, "threshold": 4}},
        "a block without a form": {"blocks": [{k: v for k, v in block.items() if k != "form"}]},
        "a form that is no text": {"blocks": [block | {"form": 1}]},
        "the blocks of two forms": {"blocks": [block | {"form": "A"}, other | {"form": "B"}]},
        "a policy without a disclosure": {"policy": {k: v for k, v in policy.items() if k != "disclosure"}},
        "a policy in another order": {"policy": dict(reversed(policy.items()))},
        "a committee of ten": {"committee": {"members": 10, "threshold": 2}},
        "nobody in the committee": {"committee": {"members": 0, "threshold": 0}},
    }
    for comment, change in changes.items():
        raw = canonical(json.loads(good.raw) | change).decode()

        def act(raw: str = raw) -> dict[str, Any]:
            read = Manifest.parse(raw.encode())
            committee = [read.committee_size, read.threshold]
            facts = {"ownDevice": read.own_device, "software": dict(read.software), "committee": committee}
            return {"hash": read.hash, "forms": [b.form for b in read.blocks]} | facts

        yield vector(comment, outcome(act), raw=raw)
    for name in ("exempt", "log_key", "software"):
        short = canonical({key: value for key, value in json.loads(good.raw).items() if key != name})
        expect = outcome(lambda short=short: Manifest.parse(short))
        yield vector(f"the older form without {name}", expect, raw=short.decode())


SMALL = {"delegates": 20, "summoned": 18, "voters": 9, "digest": "cd" * 32}
MONTHS = {"key": "new", "kind": "months_in_post", "value": "6", "words": "Giữ chức chưa đủ 6 tháng", "citation": ""}
SEVERAL = {"most": 1, "words": "Một lần cho mọi chức vụ.", "citation": ""}
INVALID = {"key": "not_issued", "words": "Phiếu không do ban kiểm phiếu phát ra", "citation": ""}
TRIGGER = {
    "key": "over_half", "kind": "threshold", "threshold": "over_half", "numerator": 0, "denominator": 1,
    "words": "Quá nửa tín nhiệm thấp", "citation": "",
}  # fmt: skip
DEADLINE = {"key": "list", "days": 20, "act": "Gửi danh sách", "by": "ban tổ chức", "citation": ""}
LEFT_OUT = {"name": "Lê Văn C", "position": "Giám đốc", "reason": "Đã có thông báo nghỉ hưu", "citation": "Điều 2"}


def sealed_manifests() -> Iterator[Vector]:
    """What a verifier reads strictly: not the code alone must be the same in both languages but also the place."""
    good = json.loads(manifest().raw) | {"rehearsal": False, "policy": Policy(5).as_json()}
    for comment, change in (*_sealed_changes(good), *_ruled_changes(good)):
        raw = canonical(good | change).decode()
        yield vector(comment, _place_of(raw), raw=raw)


def _place_of(raw: str) -> Any:
    try:
        read = Manifest.parse(raw.encode())
    except TallyError as refusal:
        return f"{refusal.code} {refusal.where}"
    return {"hash": read.hash, "logKey": read.log_key, "forms": [block.form for block in read.blocks]}


def _ruled_changes(good: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Change what a rule set says of layout, titles, invalid ballots and triggers."""
    rules_ = good["rules"]

    def ruled(name: str, *entries: Any) -> dict[str, Any]:
        return {"rules": rules_ | {name: list(entries)}}

    yield (
        "no certain word, trigger or reason of an invalid ballot",
        {"rules": rules_ | {"certain": [], "triggers": [], "invalid": []}},
    )
    for name, value in (("layout", "church"), ("disclosure", "secret"), ("rates_neighbours", 1), ("cycle", ""),
                        ("cycle", None), ("vote_rules", ""), ("blank_line", ""), ("certain", [""])):  # fmt: skip
        yield f"{name} is {value!r}", {"rules": rules_ | {name: value}}
    for change in ({"most": 0}, {"most": 9}, {"most": 10}, {"most": "2"}, {"words": ""}, {"citation": ""}):
        yield f"several posts: {change}", {"rules": rules_ | {"several_posts": SEVERAL | change}}
    for change in ({"resolution": ""}, {"minutes": ""}, {"ballot": "Đ" * 200}, {"ballot": "Đ" * 201}, {"more": "x"}):
        name = f"titles: {', '.join(f'{k} of {len(v)}' for k, v in change.items())}"
        yield name, {"rules": rules_ | {"titles": rules_["titles"] | change}}
    for change in ({"citation": ""}, {"words": ""}, {"key": ""}, {"more": ""}):
        yield f"an invalid ballot: {change}", ruled("invalid", INVALID | change)
    yield "two reasons with one key", ruled("invalid", INVALID, INVALID)
    share = {"kind": "initiative", "threshold": "", "numerator": 1, "denominator": 5}
    for change in ({}, {"kind": "repeated"}, {"threshold": "none"}, {"threshold": ""}, {"numerator": 1},
                   {"denominator": 2}, {"kind": "lot"}, {"kind": "body"}, {"kind": "body", "threshold": ""}, share,
                   share | {"numerator": 0}, share | {"numerator": 6}, share | {"denominator": 101}):  # fmt: skip
        yield f"a trigger: {change}", ruled("triggers", TRIGGER | change)
    yield "two triggers with one key", ruled("triggers", TRIGGER, TRIGGER)


def _sealed_changes(good: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    block, policy, rules_ = good["blocks"][0], good["policy"], good["rules"]

    def forms(*names: str) -> dict[str, Any]:
        people = [{"id": f"x{i}", "name": f"Người {i}", "position": "Ủy viên"} for i in range(len(names))]
        made = [block | {"form": form, "officials": [who]} for form, who in zip(names, people, strict=True)]
        return {"blocks": made}

    def ruled(name: str, *entries: Any) -> dict[str, Any]:
        return {"rules": rules_ | {name: list(entries)}}

    yield "sealed, public, nobody left out", {}
    yield "one form with a name", forms("A", "A")
    yield "two forms", forms("A", "A", "B")
    yield "a form that stands apart", forms("A", "B", "A")
    yield "a form without a name after one with a name", forms("A", "")
    yield "a form without a name before one with a name", forms("", "A")
    yield "a form that deceives", forms("A\u202e")
    yield "a form of 400 letters", forms("Đ" * 400)
    yield "a form of 401 letters", forms("Đ" * 401)
    yield "somebody left out", {"exempt": [LEFT_OUT, LEFT_OUT | {"citation": ""}]}
    yield "left out without a name", {"exempt": [LEFT_OUT | {"name": ""}]}
    yield "left out without a reason", {"exempt": [LEFT_OUT, LEFT_OUT | {"reason": ""}]}
    yield "left out with a reason of 401 letters", {"exempt": [LEFT_OUT | {"reason": "Đ" * 401}]}
    yield "left out with a citation that is no text", {"exempt": [LEFT_OUT | {"citation": None}]}
    yield "left out in another order", {"exempt": [dict(reversed(LEFT_OUT.items()))]}
    yield "the list of those left out is none", {"exempt": {}}
    yield "a log key in capitals", {"log_key": "AB" * 32}
    yield "restricted, marked, acknowledged", {"policy": Policy(5, False, "restricted", "Mật", "Trần Văn B").as_json()}
    yield "an unknown disclosure", {"policy": policy | {"disclosure": "secret"}}
    yield "a mark of 40 letters", {"policy": policy | {"secrecy": "M" * 40}}
    yield "a mark of 41 letters", {"policy": policy | {"secrecy": "M" * 41}}
    yield "a name of 201 letters", {"policy": policy | {"accepted_by": "Đ" * 201}}
    yield "nine voters, nobody answers for it", {"roll": SMALL}
    yield "nine voters, somebody answers for it", {"roll": SMALL, "policy": policy | {"accepted_by": "Trần Văn B"}}
    yield "nine voters in a rehearsal", {"roll": SMALL, "rehearsal": True}
    yield "ten voters", {"roll": SMALL | {"voters": 10}}
    for value in ("1", "120", "0", "121", "x", "06", "", "1000", "9" * 30):
        yield f"months in post: “{value}”", ruled("exemptions", MONTHS | {"value": value})
    yield "months in post as a number", ruled("exemptions", MONTHS | {"value": 6})
    yield "an unknown kind of exemption", ruled("exemptions", MONTHS | {"kind": "age"})
    yield "a status without a value", ruled("exemptions", MONTHS | {"kind": "status", "value": ""})
    yield "an operator's reason with a value", ruled("exemptions", MONTHS | {"kind": "operator"})
    yield "appointed in the year, with a value", ruled("exemptions", MONTHS | {"kind": "appointed_in_year"})
    yield "an exemption with a field too many", ruled("exemptions", MONTHS | {"more": ""})
    yield "two exemptions with one key", ruled("exemptions", MONTHS, MONTHS | {"value": "7"})
    yield "no exemption, deadline or criterion", {"rules": rules_ | {"exemptions": [], "deadlines": [], "criteria": []}}
    for days in (0, 400, 401, -1, "20"):
        yield f"a deadline of {days!r} days", ruled("deadlines", DEADLINE | {"days": days})
    yield "a deadline of nobody", ruled("deadlines", DEADLINE | {"by": ""})
    yield "two deadlines with one key", ruled("deadlines", DEADLINE, DEADLINE)
    yield "a criterion without points", ruled("criteria", {"title": "Phẩm chất", "points": []})
    yield "a criterion with an empty point", ruled("criteria", {"title": "Phẩm chất", "points": ["Liêm chính.", ""]})
    yield "a criterion without a title", ruled("criteria", {"title": "", "points": []})
