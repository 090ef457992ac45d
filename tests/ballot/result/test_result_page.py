"""The page of a counted round: forms and blocks in ballot order, who is not rated, who answers for few voters, a mark.

Here lives what is read off the page. Never here: who may see it, or a count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import render_template

from ballot.public.board import Published
from tally.protocol.manifest import Block, Exempt, Official, Policy
from tests.ballot.client import BOX
from tests.ballot.hall import Hall
from tests.builders import new_round

COUNCIL, PEOPLE = "Phiếu số 1", "Phiếu số 2"
LEFT_OUT = (
    Exempt("Trần Thị Bưởi", "Giám đốc Sở Y tế", "Đã có thông báo nghỉ hưu", "khoản 5 Điều 2"),
    Exempt("<b>Lý Văn Cam</b>", "Trưởng Ban Dân tộc", "Đang điều trị dài ngày", ""),
)
Shown = Callable[..., str]


def block(title: str, number: int, form: str) -> Block:
    return Block(title, (Official(f"cb-{number}", f"Cán bộ {number}", f"Chức vụ {number}"),), form)


@pytest.fixture
def shown(at: Callable[[str], Hall], tmp_path: Path) -> Shown:
    """Return the text of the public page over a real record, sealed with some changes."""

    def show(**changes: Any) -> str:
        round_ = new_round(**changes)
        record = round_.record()
        record.write(tmp_path / "record")
        manifest = round_.manifest
        result = json.loads(record["result.json"])
        counted = Published(manifest.uuid, "tallied", manifest, tmp_path / "record", result)
        with at("draft").box.test_request_context("/", base_url=BOX):
            page = render_template("board/result.html", round=counted)
        return " ".join(re.sub(r"<(?!b>|/b>)[^>]*>", " ", page).split())

    return show


def test_blocks_of_one_title_on_two_forms_stay_apart_and_in_ballot_order(shown: Shown) -> None:
    found = shown(
        blocks=(block("Lãnh đạo", 1, COUNCIL), block("Lãnh đạo", 2, PEOPLE), block("Phiếu số 3", 3, "Phiếu số 3"))
    )
    order = (f"{COUNCIL} · Lãnh đạo", "Cán bộ 1", f"{PEOPLE} · Lãnh đạo", "Cán bộ 2", "Phiếu số 3", "Cán bộ 3")
    places = [found.index(line) for line in order]
    assert places == sorted(places)
    assert "Phiếu số 3 ·" not in found
    assert "nên số phiếu của mọi loại đều bằng nhau" in found


def test_who_is_not_rated_stands_there_with_reason_and_source(shown: Shown) -> None:
    found = shown(exempt=LEFT_OUT)
    assert "Người giữ chức vụ thuộc diện nhưng không lấy phiếu trong đợt này" in found
    assert "Trần Thị Bưởi Giám đốc Sở Y tế Đã có thông báo nghỉ hưu khoản 5 Điều 2" in found
    assert "&lt;b&gt;Lý Văn Cam&lt;/b&gt; Trưởng Ban Dân tộc Đang điều trị dài ngày Không ghi" in found


def test_few_voters_have_the_name_of_whoever_accepted_the_warning(shown: Shown) -> None:
    """threats D2"""
    found = shown(policy=Policy(5, accepted_by="Trần Văn B, Chủ tọa"))
    assert "Trần Văn B, Chủ tọa đã đọc cảnh báo này và chấp nhận trước khi niêm phong." in found


def test_the_mark_of_secrecy_stands_before_the_name_of_the_body(shown: Shown) -> None:
    found = shown(policy=Policy(5, secrecy="Mật", accepted_by="Trần Văn B"), body="Đảng bộ tỉnh")
    assert re.search(r"MẬT Đảng bộ tỉnh", found)


def test_a_plain_round_says_nothing_of_all_this(shown: Shown) -> None:
    found = shown(rehearsal=True, policy=Policy(5))
    for word in ("đã đọc cảnh báo", "không lấy phiếu trong đợt này", "loại phiếu", "MẬT"):
        assert word not in found
