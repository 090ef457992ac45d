"""What the tests of pages lean on: a page comes in two parts, and what never shows fails."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.browser import waiting
from tests.browser.real_hall import in_halves
from tests.browser.waiting import expect


@pytest.mark.parametrize(
    ("kind", "body", "parts"),
    [
        ("text/html; charset=utf-8", "<p>một</p>", 2), ("text/html", "", 2), ("application/json", "[1, 2]", 1),
    ],
)  # fmt: skip
def test_a_page_comes_whole_and_in_two_parts(kind: str, body: str, parts: int) -> None:
    app = in_halves(Response(body, content_type=kind))
    assert len(list(app(Client(app).get("/").request.environ, lambda *_: None))) == parts
    assert Client(app).get("/").get_data(as_text=True) == body


def test_what_never_shows_fails(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SHOWN_WITHIN", 0.3)
    page.set_content("<p>một</p>")
    expect(page.locator("p")).to_have_count(1)
    with pytest.raises(AssertionError):
        expect(page.locator("p")).to_have_count(2)


def test_what_shows_a_moment_later_is_waited_for(page: Any) -> None:
    page.set_content("<script>setTimeout(() => document.body.append(document.createElement('p')), 400)</script>")
    expect(page.locator("p")).to_have_count(1)
