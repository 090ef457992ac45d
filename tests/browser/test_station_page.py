"""The station in a real browser: from the desk's permission to a slip on paper.

Here lives what the station sends and shows; Python signs, opens the seal and checks. Never here: a desk's own page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from nacl.public import SealedBox
from pypdf import PdfReader

from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.encoding import decode
from tests.browser.hall import Fake, opened, refusal

SMALL = {"Khối Đảng": 2, "Khối chính quyền": 1}
PERMISSION = "Kx7-desk-permission"


@pytest.fixture
def fake() -> Iterator[Fake]:
    with opened(Fake(SMALL)) as fake:
        yield fake


def slip(page: Any) -> SlipCode:
    page.locator("#slip-paper").wait_for()
    return SlipCode.read("".join(page.locator(".slip-code span").all_inner_texts()))


def test_a_slip_is_signed_by_every_issuer_and_staged_before_it_is_shown(page: Any, fake: Fake, picture: Any) -> None:
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    code = slip(page)
    picture("slip")
    page.set_viewport_size({"width": 1366, "height": 768})
    picture("slip")
    assert json.loads(fake.bodies("/issue")[0])["authorisation"] == PERMISSION
    (sealed,) = fake.bodies("/stage")
    listed = ListedCredential.parse(decode(SealedBox(fake.freeze_key).decrypt(sealed), "credential", limit=16_384), "c")
    listed.check_signatures(fake.manifest, "credential")
    assert listed.credential == Credential.derive(code, fake.manifest.uuid).public
    assert len(page.locator(".slip-code span").all_inner_texts()) == 7


def test_the_permission_leaves_the_address_at_once(page: Any, fake: Fake) -> None:
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    slip(page)
    assert page.url == f"{fake.registry}/station"
    assert page.evaluate("[history.length, localStorage.length, sessionStorage.length]")[1:] == [0, 0]


def test_printed_wipes_and_the_next_person_gets_another_slip(page: Any, fake: Fake) -> None:
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    first = slip(page)
    page.get_by_role("button", name="Đã in xong").click()
    assert page.locator("#slip-paper").count() == 0
    assert first.shown() not in page.content().replace("</span><span>", "-")
    page.evaluate("location.hash = 'another-permission'")
    assert slip(page).value != first.value
    assert len(fake.bodies("/stage")) == 2


def test_a_broken_line_repeats_the_very_same_requests(page: Any, fake: Fake, picture: Any) -> None:
    fake.trouble = lambda path: refusal("DOWN", "", 503) if path != "/" and len(fake.bodies(path)) == 1 else None
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    page.get_by_role("button", name="Gửi lại").click()
    page.locator("button", has_text="Gửi lại").wait_for()
    picture("trouble")
    assert page.locator("#slip-paper").count() == 0
    page.get_by_role("button", name="Gửi lại").click()
    slip(page)
    for path in ("/issue", "/stage"):
        assert len(fake.bodies(path)) == 2
        assert len(set(fake.bodies(path))) == 1


def test_a_wrong_signature_is_caught_and_no_slip_is_shown(page: Any, fake: Fake) -> None:
    answer = json.dumps({"signatures": ["11" * 384, "22" * 384]})
    fake.trouble = lambda path: _json(answer) if path == "/issue" else None
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    page.locator(".trouble").wait_for()
    assert "SIGNATURE_INVALID" in page.locator(".trouble").inner_text()
    assert fake.bodies("/stage") == []


def _json(text: str) -> Any:
    from flask import Response

    return Response(text, 200, mimetype="application/json")


def test_a_refused_permission_is_said_in_the_registrys_words(page: Any, fake: Fake) -> None:
    sentence = "Mã của bàn tiếp đón không đúng."
    fake.trouble = lambda path: refusal("NOT_AUTHORISED", sentence, 403) if path == "/issue" else None
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    page.locator(".trouble").wait_for()
    assert sentence in page.locator(".trouble").inner_text()


def test_without_a_permission_the_station_waits_and_asks_for_nothing(page: Any, fake: Fake, picture: Any) -> None:
    page.goto(f"{fake.registry}/station")
    page.get_by_text("Đang chờ bàn tiếp đón").wait_for()
    picture("waiting")
    assert fake.requests == []


def test_only_the_slip_is_printed(page: Any, fake: Fake, picture: Any) -> None:
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    slip(page)
    page.emulate_media(media="print")
    assert not any(each.is_visible() for each in page.locator("button, header, footer, .note").all())
    picture("print")
    assert abs(page.locator("#slip-paper").bounding_box()["width"] - 80 / 25.4 * 96) < 1
    (sheet,) = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert round(float(sheet.mediabox.width) / 72 * 25.4) == 80
    assert "".join(sheet.extract_text().split())[:3] == "THẺ"


def test_a_permission_that_comes_early_leaves_the_address_and_waits_its_turn(page: Any, fake: Fake) -> None:
    page.goto(f"{fake.registry}/station#{PERMISSION}")
    first = slip(page)
    page.evaluate("location.hash = 'the-next-one'")
    page.wait_for_function("location.hash === ''")
    assert slip(page).value == first.value
    page.get_by_role("button", name="Đã in xong").click()
    page.wait_for_function(f"!document.body.innerText.includes('{first.shown()[:4]}')")
    assert slip(page).value != first.value
    assert json.loads(fake.bodies("/issue")[1])["authorisation"] == "the-next-one"
