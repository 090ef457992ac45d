"""A terminal at a box to which more ballots come than it can look at: it comes again by itself, with the same bytes.

Here live answers that ask for patience. Never here: how the box decides on them (tests/ballot/box/test_admission.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tally.protocol.credential import SlipCode
from tests.browser.booth_steps import SMALL, confirm, present, rate, verified, visit
from tests.browser.hall import Fake, opened, refusal
from tests.browser.waiting import expect


@pytest.fixture
def small() -> Iterator[Fake]:
    with opened(Fake(SMALL)) as fake:
        yield fake


def test_a_terminal_that_is_put_off_sends_the_same_bytes_again_by_itself(page: Any, small: Fake, picture: Any) -> None:
    busy = refusal("BOX_BUSY", "", 503, {"Retry-After": "1"})
    small.trouble = lambda path: busy if path == "/cast" and len(small.bodies(path)) < 3 else None
    visit(page, small)
    rate(page, "121")
    confirm(page)
    code = SlipCode.random()
    present(page, code)
    page.get_by_text("Nhiều phiếu đang đến cùng lúc").wait_for()
    expect(page.locator("progress:not([value])")).to_have_count(1)  # a bar that moves: an empty one looks stuck
    picture("queueing")
    page.locator(".receipt").wait_for()  # nobody pressed anything
    assert len(small.bodies("/cast")) == 3
    assert len(set(small.bodies("/cast"))) == 1
    verified(small, small.bodies("/cast")[0], code)


@pytest.mark.parametrize("after", ["0", "9999"])
def test_a_header_that_is_no_few_seconds_leaves_it_to_the_person(page: Any, small: Fake, after: str) -> None:
    busy = refusal("BOX_BUSY", "", 503, {"Retry-After": after})
    small.trouble = lambda path: busy if path == "/cast" and len(small.bodies(path)) < 2 else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    page.get_by_role("button", name="Gửi lại").click()
    page.locator(".receipt").wait_for()
    assert len(set(small.bodies("/cast"))) == 1
