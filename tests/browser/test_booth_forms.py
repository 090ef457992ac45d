"""A round in several forms (loại phiếu) at the voting terminal: each screen with people says on which form they are.

Here lives what forms add to a visit. Never here: what holds with one form as well (test_booth_page.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.booth_steps import confirm, rate, visit
from tests.browser.hall import Fake, opened
from tests.browser.waiting import expect

COUNCIL = "Phiếu số 1: Người giữ chức vụ thuộc Thường trực và các Ban của Hội đồng nhân dân tỉnh"
PEOPLE = "Phiếu số 2: Ủy ban nhân dân"
BLOCKS = {"Khối Thường trực": 2, "Khối các Ban": 4, PEOPLE: 10}
FORMS = {"Khối Thường trực": COUNCIL, "Khối các Ban": COUNCIL, PEOPLE: PEOPLE}
FITS = "document.querySelector('.content').scrollHeight <= document.querySelector('.content').clientHeight"
WIDE = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def fake() -> Iterator[Fake]:
    with opened(Fake(BLOCKS, forms=FORMS)) as served:
        yield served


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)], ids=str)
def test_every_page_names_its_form_above_its_blocks_and_holds_no_other(
    page: Any, picture: Any, accessible: Any, fake: Fake, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{fake.registry}/booth")
    page.get_by_text("Phiếu có 16 người, gồm 2 loại phiếu, chia thành 3 khối.").wait_for()
    page.get_by_role("button", name="Bắt đầu").click()
    seen: list[tuple[str, list[str]]] = []
    while page.locator(".marking").count():
        seen.append((page.locator("header .form").inner_text(), page.locator("h2.block").all_inner_texts()))
        assert page.locator("h1.unseen").inner_text().split(". ", 1)[1].startswith(f"{seen[-1][0]}: ")
        assert page.evaluate(FITS)
        assert page.evaluate(WIDE)
        picture(f"page-{len(seen)}")
        accessible()
        rate(page, "1" * page.locator(".row").count())
    council = [blocks for form, blocks in seen if form == COUNCIL]
    assert [title for blocks in council for title in blocks] == ["Khối Thường trực", "Khối các Ban"]
    assert {form for form, _ in seen[len(council) :]} == {PEOPLE}
    assert all(blocks == [] for _, blocks in seen[len(council) :])  # the block is called as its form: one heading


def test_the_review_puts_people_under_their_forms_within_each_level(
    page: Any, picture: Any, accessible: Any, fake: Fake
) -> None:
    visit(page, fake)
    while page.locator(".marking").count():
        rows = page.locator(".row").count()
        rate(page, ("1" if page.locator("header .form").inner_text() == COUNCIL else "13" * 5)[:rows].ljust(rows, "1"))
    groups = page.locator(".review .group")
    assert [group.locator("h3").all_inner_texts() for group in groups.all()] == [[PEOPLE], [COUNCIL, PEOPLE]]
    lines = groups.nth(1).locator(".lines")
    expect(lines.first.locator(".item")).to_have_count(6)
    picture("review")
    accessible()


def test_one_by_one_names_the_form_and_the_block_of_each_person(page: Any, picture: Any, fake: Fake) -> None:
    visit(page, fake)
    page.get_by_role("button", name="Từng người một").click()
    page.locator(".single").wait_for()
    expect(page.locator("header .form")).to_have_text(COUNCIL, use_inner_text=True)
    expect(page.locator(".single p.small")).to_have_text("Khối Thường trực", use_inner_text=True)
    picture("single")
    for _ in range(6):
        before = page.locator("#person").inner_text()
        page.locator(".level").first.click()
        page.wait_for_function("name => document.querySelector('#person')?.textContent !== name", arg=before)
    expect(page.locator("header .form")).to_have_text(PEOPLE, use_inner_text=True)
    assert page.locator(".single p.small").count() == 0


def test_a_tested_ballot_lists_people_under_their_forms(page: Any, picture: Any, fake: Fake) -> None:
    visit(page, fake)
    while page.locator(".marking").count():
        rate(page, "2" * page.locator(".row").count())
    confirm(page)
    page.get_by_role("button", name="Kiểm tra máy").click()
    page.locator(".tested").wait_for()
    expect(page.locator(".tested h2.form")).to_have_text([COUNCIL, PEOPLE], use_inner_text=True)
    assert [each.locator(".line").count() for each in page.locator(".tested .lines").all()] == [6, 10]
    picture("tested")


def test_a_round_in_one_form_without_a_name_shows_no_form(page: Any) -> None:
    with opened(Fake({"Khối Đảng": 2, "Khối chính quyền": 1})) as plain:
        page.goto(f"{plain.registry}/booth")
        page.get_by_text("Phiếu có 3 người, chia thành 2 khối.").wait_for()
        page.get_by_role("button", name="Bắt đầu").click()
        expect(page.locator(".row")).to_have_count(3)
        rate(page, "111")
        page.locator(".review").wait_for()
        assert page.locator(".form").count() == 0
