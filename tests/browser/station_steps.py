"""What an attendant does at the station's page, step by step.

Here lives the order of keys and presses, each of which waits for what it brings about. Never here: an expectation of a
test's own.
"""

from __future__ import annotations

from typing import Any

from tally.protocol.credential import SlipCode

CODE = "ABCD1234"


def ready(page: Any) -> None:
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()


def slip(page: Any) -> SlipCode:
    page.locator("#slip-paper").wait_for()
    return SlipCode.read("".join(page.locator("#slip-paper .slip-code span").all_inner_texts()))


def printed(page: Any, wait: bool = True) -> None:
    page.get_by_role("button", name="In thẻ").click()
    page.get_by_role("button", name="Đã in xong").click()
    if wait:
        page.locator("#slip-paper").wait_for(state="detached")


def scan(page: Any, code: SlipCode) -> None:
    """A scanner types the code without hyphens, and Enter."""
    page.locator("#slip").press_sequentially(code.shown().replace("-", ""))
    page.keyboard.press("Enter")
