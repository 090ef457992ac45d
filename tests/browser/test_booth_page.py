"""The voting terminal in a real browser, from the first screen to the receipt, and everything that may go wrong there.

Here live whole visits of voters; the ballots they send are verified in Python. Never here: a test of one function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from tally.protocol.ballot import Ballot
from tally.protocol.booth import commit_code, shown_commit
from tally.protocol.credential import SlipCode
from tally.protocol.encoding import canonical
from tally.protocol.padding import unpadded
from tally.protocol.receipt import Receipt, make_receipt
from tally.protocol.spoiled import FORMAT, Spoiled
from tests.browser.booth_steps import (
    SMALL,
    confirm,
    levels,
    present,
    rate,
    scan,
    to_slip_from_start,
    verified,
    visit,
)
from tests.browser.hall import BLOCKS, Fake, opened, refusal, reply
from tests.browser.waiting import expect, open_on_a_clock, stop_time

VERSION = 11  # of a code with a receipt in it: 61 squares
SIZES = ({"width": 1920, "height": 1080}, {"width": 1366, "height": 768})


@pytest.fixture
def small() -> Iterator[Fake]:
    with opened(Fake(SMALL)) as fake:
        yield fake


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s['width']}x{s['height']}")
def test_a_whole_visit_with_44_officials(page: Any, picture: Any, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    code, sent = SlipCode.random(), ""
    with opened(Fake(BLOCKS)) as fake:
        page.goto(f"{fake.registry}/booth")
        page.get_by_role("button", name="Bắt đầu").wait_for()
        picture("1-start")
        page.get_by_role("button", name="Bắt đầu").click()
        while page.locator(".marking").count():
            rows = page.locator(".row").count()
            assert rows <= 9
            assert page.evaluate(
                "document.querySelector('.content').scrollHeight <= document.querySelector('.content').clientHeight"
            )
            assert page.evaluate("[...document.querySelectorAll('.level')].every(b => b.offsetHeight >= 72)")
            keys = "".join("123.1"[(len(sent) + i) % 5] for i in range(rows))
            sent += keys
            page.wait_for_timeout(100)  # after the last page: keys less than 80 ms apart are a scanner's
            for key in keys:
                page.keyboard.press("ArrowDown" if key == "." else key)
            picture(f"2-page-{len(sent)}")
            page.keyboard.press("Enter")
            if "." in keys:
                picture(f"3-blanks-{len(sent)}")
                page.get_by_role("button", name="Bỏ trống có chủ ý").click()
        page.locator(".review").wait_for()
        picture("4-review")
        page.locator("button.line").first.click()
        picture("4-review-open")
        page.locator(".item .level").nth(1).click()
        sent = sent.replace(".", "2", 1)
        confirm(page)
        page.locator(".commit").wait_for()
        picture("5-commit")
        page.get_by_role("button", name="Bỏ phiếu").click()
        picture("6-slip")
        page.locator("#slip").press_sequentially(code.shown().replace("-", "").lower()[:10])
        picture("6-slip-typing")
        page.locator("#slip").press_sequentially(code.shown().replace("-", "").lower()[10:])
        page.keyboard.press("Enter")
        page.locator(".receipt").wait_for()
        picture("7-receipt")
        ballot = verified(fake, fake.bodies("/cast")[0], code)
        assert levels(ballot) == sent
        assert "".join(page.locator(".tracker span").all_inner_texts()) == ballot.tracker
        page.get_by_role("button", name="Xong").click()
        expect(page.locator(".welcome")).to_have_count(1)


def test_the_commit_code_is_that_of_the_ballot_sent(page: Any, small: Fake) -> None:
    visit(page, small)
    rate(page, "12.")
    confirm(page)
    shown = "-".join(page.locator(".commit .code span").all_inner_texts())
    code = SlipCode.random()
    present(page, code)
    page.locator(".receipt").wait_for()
    ballot = verified(small, small.bodies("/cast")[0], code)
    assert shown == shown_commit(commit_code(small.election, tuple(a.choices for a in ballot.answers)))
    assert levels(ballot) == "12."


def test_a_tested_ballot_opens_and_the_next_one_is_encrypted_afresh(page: Any, small: Fake, picture: Any) -> None:
    visit(page, small)
    rate(page, "312")
    confirm(page)
    before = page.locator(".commit code").inner_text()
    page.get_by_role("button", name="Kiểm tra máy").click()
    page.locator(".tested").wait_for()
    picture("tested")
    entry = json.loads(small.bodies("/test")[0])
    document = canonical({"format": FORMAT, "election": small.election.hash, "spoiled": [entry]})
    spoiled = Spoiled.parse(document)
    spoiled.check(small.election)
    assert spoiled.ballots[0].commit_code(small.election) == before
    page.get_by_role("button", name="Làm lại phiếu").click()
    confirm(page)
    expect(page.locator(".commit code")).not_to_have_text(before, use_inner_text=True)
    present(page, SlipCode.random())
    page.locator(".receipt").wait_for()
    opened_once = {choice.ciphertext for row in spoiled.ballots[0].rows for choice in row}
    assert not opened_once & set(Ballot.parse(unpadded(small.bodies("/cast")[0])).ciphertexts())


def test_a_broken_line_sends_the_very_same_bytes_again(page: Any, small: Fake, picture: Any) -> None:
    small.trouble = lambda path: refusal("DOWN", "", 503) if path == "/cast" and len(small.bodies(path)) < 3 else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    for _ in range(2):
        page.get_by_role("button", name="Gửi lại").wait_for()
        picture("unsure")
        page.get_by_role("button", name="Gửi lại").click()
    page.locator(".receipt").wait_for()
    assert len(small.bodies("/cast")) == 3
    assert len(set(small.bodies("/cast"))) == 1


def test_a_refusal_says_what_happened_and_lets_another_slip_in(page: Any, small: Fake, picture: Any) -> None:
    sentence = "Thẻ này đã được dùng để bỏ phiếu."
    small.trouble = lambda path: refusal("ALREADY_CAST", sentence) if len(small.bodies("/cast")) == 1 else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    expect(page.locator(".trouble")).to_contain_text(sentence, use_inner_text=True)
    picture("refused")
    page.get_by_role("button", name="Nhập lại mã").click()
    code = SlipCode.random()
    page.locator("#slip").fill(code.shown())
    page.keyboard.press("Enter")
    page.locator(".receipt").wait_for()
    verified(small, small.bodies("/cast")[1], code)


def test_a_receipt_about_another_ballot_is_not_believed(page: Any, small: Fake) -> None:
    small.trouble = lambda path: refusal("", "", 201) if path == "/cast" else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    page.get_by_role("button", name="Gửi lại").wait_for()
    assert page.locator(".receipt").count() == 0


def test_a_mistyped_code_is_caught_before_anything_is_sent(page: Any, small: Fake, picture: Any) -> None:
    visit(page, small)
    rate(page, "111")
    confirm(page)
    page.get_by_role("button", name="Bỏ phiếu").click()
    shown = SlipCode.random().shown()
    page.locator("#slip").fill(shown[:-1] + ("0" if shown[-1] != "0" else "1"))
    page.keyboard.press("Enter")
    expect(page.locator("#slip-hint")).to_contain_text("chưa đúng", use_inner_text=True)
    picture("bad-code")
    assert small.bodies("/cast") == []


def test_pressing_again_keeps_a_mark_another_level_moves_it_and_clear_clears(page: Any, small: Fake) -> None:
    visit(page, small)
    row = page.locator(".row").first
    checked = row.locator('[aria-checked="true"]')
    assert page.locator('[aria-checked="true"]').count() == 0  # nothing is preselected
    row.locator(".level").nth(0).click()
    row.locator(".level").nth(0).click()
    assert checked.get_attribute("data-level") == "0"
    row.locator(".level").nth(2).click()
    assert checked.get_attribute("data-level") == "2"
    row.get_by_role("button", name="Xóa").click()
    assert checked.count() == 0
    page.keyboard.press("2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("0")
    assert page.locator('[aria-checked="true"]').count() == 0


def test_blanks_are_listed_by_name_and_never_silent(page: Any, small: Fake) -> None:
    visit(page, small)
    page.keyboard.press("1")
    page.get_by_role("button", name="Tiếp tục").click()
    names = [o.name for _, o in small.manifest.officials()]
    expect(page.locator("dialog li")).to_have_text(names[1:], use_inner_text=True)
    page.get_by_role("button", name="Quay lại").last.click()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator("dialog li")).to_have_text(names[2:], use_inner_text=True)


def dark(path: str) -> set[tuple[int, int]]:
    """Return the dark squares of a code that the page drew, without its margin of four."""
    return {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}


def squares(text: str) -> list[set[tuple[int, int]]]:
    """Return the code of a text as another program makes it, under each of the eight masks."""
    found = []
    for mask in range(8):
        code = QRCode(VERSION, QRErrorCorrectLevel.L)
        code.addData(text)
        code.makeImpl(False, mask)
        found.append({(x, y) for y, row in enumerate(code.modules) for x, dark in enumerate(row) if dark})
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s['width']}x{s['height']}")
def test_what_a_voter_photographs_is_the_whole_receipt_that_the_box_signed(
    page: Any, small: Fake, size: dict[str, int]
) -> None:
    """threats G2; SPEC 5.21, step 7: without its signature a receipt proves nothing against a box."""
    page.set_viewport_size(size)
    visit(page, small)
    rate(page, "123")
    confirm(page)
    code = SlipCode.random()
    present(page, code)
    page.locator(".receipt").wait_for()
    ballot = verified(small, small.bodies("/cast")[0], code)
    signed = make_receipt(ballot, small.election, lambda raw: small.hall.box.sign(raw).signature).as_json()
    text = json.dumps(signed, separators=(",", ":"))
    assert dark(page.locator(".receipt .qr path").get_attribute("d")) in squares(text)
    Receipt.parse(json.loads(text)).check(small.manifest)
    box = page.locator(".receipt .qr").bounding_box()
    assert box["width"] / 69 > 2  # with two margins: each square is wider than two pixels
    assert box["y"] + box["height"] < page.locator(".receipt footer").bounding_box()["y"]


def test_the_receipt_wipes_itself(page: Any, small: Fake) -> None:
    open_on_a_clock(page, f"{small.registry}/booth")
    to_slip_from_start(page)
    stop_time(page)
    scan(page, SlipCode.random())
    page.locator(".receipt").wait_for()
    page.clock.run_for(9_000)
    expect(page.locator(".tracker")).to_have_count(1)
    page.clock.run_for(2_000)
    page.locator(".welcome").wait_for()
    assert page.locator(".tracker").count() == 0


# threats H8
def test_back_and_reload_show_nothing_of_the_last_voter(page: Any, small: Fake) -> None:
    visit(page, small)
    page.keyboard.press("1")
    page.goto("about:blank")
    page.go_back()
    page.locator(".welcome").wait_for()
    page.get_by_role("button", name="Bắt đầu").click()
    assert page.locator('[aria-checked="true"]').count() == 0


# threats H9
def test_nothing_is_stored_and_no_request_can_be_told_from_another(page: Any, small: Fake) -> None:
    visit(page, small)
    rate(page, "123")
    confirm(page)
    present(page, SlipCode.random())
    page.locator(".receipt").wait_for()
    assert page.url == f"{small.registry}/booth"
    stored = "[localStorage.length, sessionStorage.length, document.cookie, history.state]"
    assert page.evaluate(stored) == [0, 0, "", None]
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    headers = small.requests[-1][2]
    assert "Cookie" not in headers
    assert "Referer" not in headers


def test_an_election_of_another_manifest_is_not_opened(page: Any, small: Fake, picture: Any) -> None:
    with opened(Fake(SMALL)) as other:
        small.__dict__["election"] = other.election
        page.goto(f"{small.registry}/booth")
        page.locator(".trouble").wait_for()
        picture("broken")
        expect(page.locator(".trouble")).to_contain_text("WRONG_MANIFEST", use_inner_text=True)


def test_a_rehearsal_cannot_be_mistaken(page: Any, picture: Any) -> None:
    with opened(Fake(BLOCKS, rehearsal=True, lang="en")) as fake:
        page.goto(f"{fake.registry}/booth")
        page.get_by_role("button", name="Begin").click()
        expect(page.locator(".rehearsal")).to_contain_text("REHEARSAL", use_inner_text=True)
        picture("rehearsal-en")
        page.set_viewport_size(SIZES[1])
        page.reload()
        page.get_by_role("button", name="Begin").click()
        picture("rehearsal-en")


def test_a_refusal_after_a_broken_line_does_not_claim_that_nothing_arrived(page: Any, small: Fake) -> None:
    answers = {1: refusal("DOWN", "", 503), 2: refusal("WRONG_PHASE", "Đã đóng hòm phiếu.")}
    small.trouble = lambda path: answers.get(len(small.bodies("/cast")))
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    page.get_by_role("button", name="Gửi lại").click()
    page.get_by_text("Đã đóng hòm phiếu.").wait_for()
    ballot = Ballot.parse(unpadded(small.bodies("/cast")[0]))
    shown = page.locator(".trouble").inner_text()
    assert ballot.tracker[:4] in shown
    assert "không có gì được ghi" not in shown
    assert "Chưa rõ phiếu đã vào hòm phiếu hay chưa" in shown  # an answer came, so it does not say that none did


def test_a_refusal_that_hides_a_recorded_ballot_is_settled_by_asking_the_box(page: Any, small: Fake) -> None:
    answers = {1: refusal("DOWN", "", 503), 2: refusal("WRONG_PHASE", "Đã đóng hòm phiếu.")}
    small.trouble = lambda path: answers.get(len(small.bodies("/cast"))) if path == "/cast" else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    page.get_by_role("button", name="Gửi lại").click()
    page.locator(".receipt").wait_for()
    ballot = Ballot.parse(unpadded(small.bodies("/cast")[0]))
    assert "".join(page.locator(".tracker span").all_inner_texts()) == ballot.tracker


@pytest.mark.parametrize(
    ("code", "act", "said"),
    [
        ("WRONG_PHASE", "Kết thúc", "Hòm phiếu chưa mở hoặc đã đóng"),
        ("CREDENTIAL_VOID", "Kết thúc", "Thẻ đã bị hủy."),
        ("ALREADY_CAST", "Nhập lại mã", "vẫn giữ nguyên"),
    ],
)
def test_a_refusal_says_what_helps_and_its_red_button_does_that(
    page: Any, small: Fake, code: str, act: str, said: str
) -> None:
    small.trouble = lambda path: refusal(code, "Thẻ đã bị hủy.") if path == "/cast" else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    expect(page.locator(".trouble")).to_contain_text(said, use_inner_text=True)
    expect(page.locator(".trouble .primary")).to_have_text(act, use_inner_text=True)


def test_a_slip_of_another_round_is_told_to_be_unused(page: Any, small: Fake, picture: Any) -> None:
    small.trouble = lambda path: refusal("CREDENTIAL_NOT_LISTED", "…", 403) if path == "/cast" else None
    visit(page, small)
    rate(page, "111")
    confirm(page)
    present(page, SlipCode.random())
    said = page.locator(".trouble").inner_text()
    picture("foreign")
    assert "không thuộc đợt" in said
    assert "chưa bị dùng" in said


def ask(page: Any, code: SlipCode) -> str:
    page.get_by_role("button", name="Thẻ của tôi đã bỏ phiếu chưa?").click()
    page.locator("#slip").fill(code.shown())
    page.keyboard.press("Enter")
    page.locator(".standing-answer, .trouble").wait_for()
    return str(page.locator(".standing-answer, .trouble").inner_text())


def test_who_holds_a_slip_hears_one_of_three_answers(page: Any, small: Fake, picture: Any) -> None:
    code = SlipCode.random()
    page.goto(f"{small.registry}/booth")
    assert "Chưa ghi nhận" in ask(page, code)
    page.get_by_role("button", name="Xong").click()
    page.get_by_role("button", name="Bắt đầu").click()
    rate(page, "123")
    confirm(page)
    present(page, code)
    page.locator(".receipt").wait_for()
    tracker = "".join(page.locator(".tracker span").all_inner_texts())
    page.reload()  # as after a crash
    assert "Đã ghi nhận" in ask(page, code)
    picture("recorded")
    assert "".join(page.locator(".tracker span").all_inner_texts()) == tracker
    page.get_by_role("button", name="Xong").click()
    small.trouble = lambda path: reply({"state": "void"}) if path == "/standing" else None
    assert "Thẻ đã hủy" in ask(page, code)


@pytest.mark.parametrize(
    "said",
    [
        {"state": "maybe"},
        {"state": "recorded"},
        {"state": "recorded", "receipt": {"round": "x", "tracker": "y", "commit": "z", "signature": "0" * 128}},
        [],
    ],
)
def test_no_other_answer_and_no_unsigned_receipt_is_believed(page: Any, small: Fake, said: Any) -> None:
    small.trouble = lambda path: reply(said) if path == "/standing" else None
    page.goto(f"{small.registry}/booth")
    text = ask(page, SlipCode.random())
    assert "Chưa hỏi được hòm phiếu" in text
    assert "Đã ghi nhận" not in text


# threats H7
def test_a_print_of_the_booth_is_an_empty_sheet(page: Any, small: Fake) -> None:
    visit(page, small)
    page.keyboard.press("1")
    page.emulate_media(media="print")
    assert not page.locator("#booth").is_visible()
