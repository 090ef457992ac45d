"""The language of each answer: asked for in the address, kept in a session where there is one, carried on by links."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.ballot.hall import Client, Hall

Open = Callable[[str], Hall]
VIETNAMESE, ENGLISH = "Đăng nhập", "Log in"


def language(browser: Client, path: str) -> str:
    found = re.search(r'<html lang="(\w+)"', browser.get(path).get_data(as_text=True))
    assert found, path
    return found[1]


def test_a_page_is_vietnamese_until_somebody_asks_for_another(at: Open) -> None:
    browser = at("draft").anybody()
    page = browser.get("/dang-nhap", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="vi">' in page
    assert VIETNAMESE in page
    assert language(browser, "/dang-nhap?ngon-ngu=en") == "en"
    assert ENGLISH in browser.get("/dang-nhap").get_data(as_text=True)
    assert language(browser, "/dang-nhap?ngon-ngu=vi") == "vi"
    assert language(browser, "/dang-nhap") == "vi"


@pytest.mark.parametrize("asked", ["", "xx", "../vi", "EN", "en%00", "en&ngon-ngu=vi", "<b>"])
def test_a_language_that_there_is_not_changes_nothing(at: Open, asked: str) -> None:
    browser = at("draft").anybody()
    assert language(browser, f"/dang-nhap?ngon-ngu={asked}") == ("en" if asked.startswith("en&") else "vi")


def test_where_nothing_is_kept_the_links_carry_the_language_on(at: Open) -> None:
    hall = at("voting")
    browser = hall.booth()
    answer = browser.get("/?ngon-ngu=en")
    assert "Set-Cookie" not in answer.headers
    links = re.findall(r'href="(/dot/[^"]+)"', answer.get_data(as_text=True))
    assert links
    assert all("ngon-ngu=en" in link for link in links)
    assert language(browser, links[0].replace("&amp;", "&")) == "en"
    assert language(browser, f"/dot/{hall.uuid}/") == "vi"


def test_a_refusal_is_said_in_the_language_of_its_page(at: Open) -> None:
    browser = at("draft").anybody()
    browser.get("/dang-nhap?ngon-ngu=en")
    said = browser.form("/dang-nhap", {"login": "khong-ai", "password": "sai"}).get_data(as_text=True)
    assert "chưa đúng" not in said
    assert '<html lang="en">' in said


def test_two_readers_at_once_each_get_their_own_language(at: Open) -> None:
    hall = at("draft")

    def read(number: int) -> bool:
        wanted = ("vi", "en")[number % 2]
        return language(hall.anybody(), f"/dang-nhap?ngon-ngu={wanted}") == wanted

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(64)))


def test_a_page_offers_its_other_languages_at_the_same_place(at: Open) -> None:
    hall = at("draft")
    page = hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/").get_data(as_text=True)
    assert f'href="/dot/{hall.uuid}/?ngon-ngu=en"' in page
    assert 'lang="en"' in page


@pytest.mark.parametrize(
    "asked", ["_scheme=javascript", "_external=1", "_anchor=x", "_method=POST", "endpoint=x", "_external=1&_scheme=ftp"]
)
def test_what_an_address_asks_is_no_order_to_the_links_of_its_page(at: Open, asked: str) -> None:
    hall = at("voting")
    for browser, path in ((hall.anybody(), "/dang-nhap"), (hall.booth(), "/")):
        answer = browser.get(f"{path}?{asked}")
        assert answer.status_code == 200
        assert f'href="{path}?{asked}&ngon-ngu=en"' in answer.get_data(as_text=True).replace("&amp;", "&")
