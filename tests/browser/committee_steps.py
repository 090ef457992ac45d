"""What a member of the counting committee does at the page, step by step, with paper and two sticks of their own.

Here lives the order of presses, each of which waits for what it brings about. Never here: an expectation of a test's
own, or an act done without the page.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.browser.conftest import SETTLE_MS, check_accessible
from tests.browser.people import Person
from tests.browser.waiting import WITHIN

NO_PICKERS = "delete window.showSaveFilePicker; delete window.showOpenFilePicker;"
LONG = 2000 * WITHIN  # several browsers stretch their passphrases at once
SIZES = ((1366, 768), (1920, 1080), (390, 844))

STORED = """async () => {
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const db = await answer(indexedDB.open("kiem-phieu"));
  const all = (name) => answer(db.transaction(name).objectStore(name).getAll());
  const text = (value) => JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? new TextDecoder().decode(v) : v));
  return text([await all("phong"), await all("khoa"), await all("goc"), { ...localStorage }, { ...sessionStorage }]);
}"""
"""Everything that the browser keeps, as one text."""


NARROW = {"width": 390, "height": 844}
TOO_WIDE = """[...document.querySelectorAll(".content, .content *")].filter((e) => e.scrollWidth > e.clientWidth + 1)
  .filter((e) => e.clientWidth && !e.matches(".unseen")).map((e) => e.outerHTML.slice(0, 120))"""
"""What holds more than it is wide, so that something is cut off or has to be pushed aside."""


class Seated(Person):
    """A member with a browser of their own, the paper with the passphrase, and two sticks (folders)."""

    def __init__(self, browser: Any, folder: Path, number: int, *, pickers: bool = False) -> None:
        super().__init__(browser, "")
        self.number, self.paper = number, ""
        self.sticks = [folder / f"usb-{number}-{copy}" for copy in (1, 2)]
        for stick in self.sticks:
            stick.mkdir(parents=True, mode=0o700)
        self.sent: list[tuple[str, str]] = []
        self.page.set_viewport_size({"width": 1366, "height": 768})
        self.context.set_default_timeout(LONG)
        if not pickers:
            self.context.add_init_script(NO_PICKERS)
        self.context.on("request", lambda request: self.sent.append((request.url, request.post_data or "")))

    def file(self, copy: int) -> Path:
        return self.sticks[copy - 1] / f"thanh-vien-{self.number}-ban-{copy}.trustee.key"

    # --- the page -------------------------------------------------------------------------------------------------

    def screen(self, name: str) -> None:
        """Wait for a screen by its name."""
        self.page.locator(f"[data-screen={name}]").wait_for()

    def heading(self, text: str) -> None:
        self.page.get_by_role("heading", name=text).wait_for()

    def said(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def picture(self, name: str) -> None:
        """Let axe-core look, see that a narrow screen cuts nothing off, then take pictures where PTN_PICTURES says."""
        check_accessible(self.page)
        folder = os.environ.get("PTN_PICTURES")
        before = self.page.viewport_size
        self.page.set_viewport_size(NARROW)
        assert self.page.evaluate(TOO_WIDE) == []
        for width, height in SIZES if folder else ():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(SETTLE_MS)
            self.page.screenshot(path=f"{folder}/committee-{name}-{width}.png")
        self.page.set_viewport_size(before)

    def come_in(self, link: str) -> None:
        self.page.goto(link)
        self.screen("meeting")

    def meet(self) -> None:
        self.press("Đúng là tôi, mã giống bản giấy")

    def write_down(self) -> str:
        """Copy the suggested passphrase onto paper."""
        self.screen("phrasing")
        self.paper = " ".join(self.page.locator(".phrase li").all_inner_texts())
        return self.paper

    def type_from_paper(self) -> None:
        self.press("Tôi đã chép xong")
        self.screen("phrase-typing")
        self.page.fill("#phrase", self.paper)
        self.press("Tiếp tục")

    def take_seat(self, link: str) -> None:
        """Come in, and take a passphrase."""
        self.come_in(link)
        self.meet()
        self.write_down()
        self.type_from_paper()

    def unlock(self) -> None:
        self.screen("unlocking")
        self.page.fill("#phrase", self.paper)
        self.press("Mở khóa")

    def reload(self) -> None:
        """Reload, and type the passphrase again, which the page does not have any more."""
        self.page.reload()
        self.unlock()

    def read_words(self) -> list[str]:
        self.screen("comparing")
        return list(self.page.locator(".six li").all_inner_texts())

    def agree(self) -> None:
        self.screen("comparing")
        self.press("Mọi máy giống nhau")

    def save_both(self) -> None:
        self.screen("saving")
        for copy in (1, 2):
            with self.page.expect_download() as download:
                self.press(f"Lưu bản {copy}")
            download.value.save_as(self.sticks[copy - 1] / download.value.suggested_filename)
        self.press("Đã cất ở hai nơi")

    def choose(self, name: str, path: Path | Sequence[Path]) -> None:
        """Press a button that asks for files, and choose them."""
        with self.page.expect_file_chooser() as chooser:
            self.press(name)
        chooser.value.set_files(path)

    def open_copies(self) -> None:
        self.screen("reading-back")
        for copy in (1, 2):
            self.choose(f"Mở bản {copy}", self.file(copy))

    def prove(self) -> None:
        """Open both copies again, and the second one with the passphrase."""
        self.open_copies()
        self.unlock()

    def rest(self) -> None:
        self.heading("Khóa của quý vị mở được hòm phiếu.")

    # --- after the close ------------------------------------------------------------------------------------------

    def return_with_file(self, link: str) -> None:
        """Come in anew when the box is closed."""
        self.come_in(link)
        self.meet()
        self.screen("closed-menu")

    def open_file(self, path: Path | None = None) -> None:
        """Choose the key file from a stick and open it."""
        self.screen("bringing")
        self.choose("Chọn tệp khóa", path or self.file(1))
        self.unlock()

    def examine(self) -> None:
        """Have the record fetched and checked."""
        self.press("Giải mã")
        self.screen("getting")
        self.press("Lấy từ máy chủ")

    def compare(self) -> None:
        """Tick both numbers."""
        self.screen("numbers-screen")
        for box in self.page.locator(".numbers-screen input[type=checkbox]").all():
            box.check()
        self.press("Tiếp tục")

    def type_root(self, root: str) -> None:
        self.screen("root-typing")
        self.page.fill("#root", root)
        self.press("Tiếp tục")

    def replace_files(self) -> None:
        """Save the key file over the old copies."""
        with self.page.expect_download() as download:
            self.press("Lưu tệp mới")
        for copy in (1, 2):
            download.value.save_as(self.file(copy))
        self.press("Đã thay các bản cũ, giải mã")

    def decrypt(self, root: str) -> None:
        """From the menu to the part at the server."""
        self.examine()
        self.compare()
        self.type_root(root)
        self.open_file()
        self.replace_files()
        self.heading("Phần giải mã của quý vị đã được nhận")


def finish(members: Sequence[Seated]) -> None:
    """From the six words to the passed opening test, everybody at their own machine."""
    for member in members:
        member.agree()
    for member in members:
        member.save_both()
    for member in members:
        member.prove()
    for member in members:
        member.rest()


Seats = Callable[..., Seated]
"""The fixture `seats`: opens a browser for the member of this number."""


def private(path: Path) -> Path:
    """Close a file that a browser saved to others, as the tools ask for."""
    path.chmod(0o600)
    return path
