"""What a voter does at the booth's page, step by step, and what a test of it asks of a ballot that was sent.

Here lives the order of keys and presses, each of which waits for what it brings about. Never here: an expectation of a
test's own, or a pause of so many milliseconds.
"""

from __future__ import annotations

from typing import Any

from tally.protocol.ballot import Ballot, check_election, check_proofs, check_signature
from tally.protocol.cipher import without
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.group import IDENTITY, G
from tally.protocol.padding import padded_length, unpadded
from tests.browser.hall import KEY_SECRET, Fake

SMALL = {"Khối Đảng": 2, "Khối chính quyền": 1}
AT = "document.querySelector('.review .list').scrollTop"
ARRIVED = """at => {
  const list = document.querySelector(".review .list");
  const more = [...document.querySelectorAll(".review button")].some((each) => each.textContent === "Xem tiếp");
  const most = list ? list.scrollHeight - list.clientHeight - 4 : 0;
  return !list || !more || (list.scrollTop >= at + 0.85 * list.clientHeight - 1 && list.scrollTop < most);
}"""
"""A press on *Xem tiếp* scrolls smoothly by 0.85 of the list; at its end, give or take 4 px, the button turns."""
MOST_PRESSES = 60
BURST = """(text) => {
  for (const key of [...text, "Enter"]) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }
}"""


# --- a visit ------------------------------------------------------------------------------------------------------


def visit(page: Any, fake: Fake) -> None:
    page.goto(f"{fake.registry}/booth")
    page.get_by_role("button", name="Bắt đầu").click()


def rate(page: Any, keys: str) -> None:
    """Mark by number keys: a digit a row, a dot for a line left blank on purpose; then turn the page."""
    for key in keys:
        page.keyboard.press("ArrowDown" if key == "." else key)
    page.keyboard.press("Enter")
    if "." in keys:
        page.get_by_role("button", name="Bỏ trống có chủ ý").click()


def confirm(page: Any) -> None:
    """Read the review to its end and have the ballot encrypted."""
    page.locator(".review").wait_for()
    more = page.get_by_role("button", name="Xem tiếp", exact=True)
    for _ in range(MOST_PRESSES):
        if not more.count():
            break
        at = page.evaluate(AT)
        more.click()
        page.wait_for_function(ARRIVED, arg=at)
    if page.locator(".review").count():  # a press that came as the button turned has confirmed already
        page.get_by_role("button", name="Xác nhận lựa chọn", exact=True).click()
    page.locator(".commit").wait_for()


async def confirm_async(page: Any) -> None:
    """The same for a page of Playwright's other API."""
    await page.locator(".review").wait_for()
    more = page.get_by_role("button", name="Xem tiếp", exact=True)
    for _ in range(MOST_PRESSES):
        if not await more.count():
            break
        at = await page.evaluate(AT)
        await more.click()
        await page.wait_for_function(ARRIVED, arg=at)
    if await page.locator(".review").count():
        await page.get_by_role("button", name="Xác nhận lựa chọn", exact=True).click()
    await page.locator(".commit").wait_for()


def present(page: Any, code: SlipCode) -> None:
    page.get_by_role("button", name="Bỏ phiếu").click()
    page.locator("#slip").press_sequentially(code.shown().replace("-", "").lower())
    page.keyboard.press("Enter")


def to_slip_from_start(page: Any) -> None:
    page.get_by_role("button", name="Bắt đầu").click()
    rate(page, "111")
    confirm(page)
    page.get_by_role("button", name="Bỏ phiếu").click()
    page.locator("#slip").wait_for()


def to_slip(page: Any, fake: Fake) -> None:
    page.goto(f"{fake.registry}/booth")
    to_slip_from_start(page)


def scan(page: Any, code: SlipCode) -> None:
    """Type as a scanner does: all at once, with Enter at the end, whatever has the focus."""
    page.evaluate(BURST, code.shown().replace("-", ""))


# --- what was sent ------------------------------------------------------------------------------------------------


def verified(fake: Fake, body: bytes, code: SlipCode) -> Ballot:
    """Check everything about a posted ballot and return it."""
    assert len(body) == padded_length(fake.election)
    ballot = Ballot.parse(unpadded(body))
    check_election(ballot, fake.election, "ballot")
    check_signature(ballot, "ballot")
    check_proofs(ballot, fake.election, "ballot")
    assert ballot.credential == Credential.derive(code, fake.manifest.uuid).public
    return ballot


def levels(ballot: Ballot) -> str:
    """Decrypt a ballot, as nobody in a real round can: a digit for each official, a dot for a blank."""
    rows = []
    for answer in ballot.answers:
        marks = [without(c.beta, 1) == c.alpha**KEY_SECRET for c in answer.choices]
        assert all(c.beta in (c.alpha**KEY_SECRET, c.alpha**KEY_SECRET * G) for c in answer.choices)
        rows.append(str(marks.index(True) + 1) if True in marks else ".")
    assert IDENTITY not in {c.alpha for c in ballot.ciphertexts()}
    return "".join(rows)
