"""The page of a member who holds the key alone, in a real browser: files, a lost line, windows beside each other.

Here lives what may go wrong beside one member. Never here: a fake of the server, of a member's tool, or of a browser.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keys.committee.trustee import TrusteeFile
from tests.ballot.members import invite, named
from tests.browser import real_hall
from tests.browser.committee_hall import (
    open_box,
    vote_and_close,
)
from tests.browser.committee_steps import STORED, Seats, private


def test_a_committee_of_one_makes_its_key_and_leaves_no_secret_in_the_clear(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone = seats(1)
        alone.take_seat(link)
        assert "#" not in alone.page.url
        damaged = alone.sticks[1] / "khac.trustee.key"
        alone.save_both()
        damaged.write_bytes(alone.file(2).read_bytes()[:-40] + b"0" * 39 + b"\n")
        alone.screen("reading-back")
        alone.choose("Mở bản 1", damaged)
        alone.said("Đây không phải tệp khóa, hoặc tệp đã hỏng.")
        alone.open_copies()
        right, alone.paper = alone.paper, alone.paper + " sai"
        alone.unlock()
        alone.said("Mật khẩu không đúng")
        alone.paper = right
        alone.unlock()
        alone.rest()
        memory = TrusteeFile(private(alone.file(2)), alone.paper).load()
        kept = alone.page.evaluate(STORED)
    secrets = [alone.paper, memory.seed, str(memory.share), link.partition("#vao=")[2]]
    posted = [(url, body) for url, body in alone.sent if not url.endswith("/vao")]
    assert [s for s in secrets if any(s in url or s in body for url, body in posted)] == []
    assert [s for s in secrets if s in kept] == []
    assert memory.share is not None


def test_a_lost_line_is_said_and_the_same_bytes_are_sent_again(dist: Path, tmp_path: Path, seats: Seats) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone, lost, line = seats(1), [], {"down": True}

        def lose(route: Any) -> None:
            lost.append(route.request.post_data)
            if len(lost) == 2:  # this one arrives, and only the answer is lost
                route.fetch()
            if line["down"] or len(lost) < 4:
                route.abort()
            else:
                route.continue_()

        alone.page.route("**/gui", lose)
        alone.take_seat(link)
        alone.said("Mất liên lạc với máy chủ. Không có gì bị mất")
        alone.picture("10-line-down")
        line["down"] = False
        alone.screen("saving")
        assert (len(lost) >= 4, len(set(lost[:4]))) == (True, 1)
        assert "Mất liên lạc" not in alone.text()


def test_one_window_works_and_a_seat_that_was_invited_elsewhere_is_lost_here(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone = seats(1)
        alone.come_in(link)
        second = alone.watched(alone.context.new_page())
        second.goto(alone.page.url)
        second.get_by_role("heading", name="Trang này đang mở ở một cửa sổ khác").wait_for()
        second.close()
        alone.page.goto(link)  # used up
        alone.said("Đường liên kết không dùng được")
        alone.press("Tiếp tục")
        alone.page.goto(alone.page.url)
        alone.screen("meeting")
        (other,) = invite(hall, 1)
        alone.heading("Ghế này không còn ở máy này")
        alone.picture("11-lost-seat")
        alone.press("Dùng đường liên kết mới")
        alone.page.fill("#link", "không phải")
        alone.press("Tiếp tục")
        alone.said("Đây không phải đường liên kết mời.")
        alone.page.fill("#link", other)
        alone.press("Tiếp tục")
        alone.screen("meeting")


HANDLES = """() => {
  const folder = navigator.storage.getDirectory();
  const file = async (name) => (await folder).getFileHandle(name, { create: true });
  window.showSaveFilePicker = ({ suggestedName }) => file(suggestedName);
  window.showOpenFilePicker = async () => [await file(window.nextFile)];
}"""
WRITTEN = """async (name) =>
  (await (await (await navigator.storage.getDirectory()).getFileHandle(name)).getFile()).text()"""


def test_where_the_browser_has_file_dialogs_files_are_written_and_resealed_in_place(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house", committee_size=1, threshold=1) as hall:
        (link,) = invite(named(hall))
        alone = seats(1, pickers=True)
        alone.context.add_init_script(f"({HANDLES})()")
        alone.take_seat(link)
        alone.screen("saving")
        for copy in (1, 2):
            alone.press(f"Lưu bản {copy}")
            alone.page.locator(f".card.done [data-copy='{copy}']").wait_for()
        alone.press("Đã cất ở hai nơi")
        alone.screen("reading-back")
        for copy in (1, 2):
            alone.page.evaluate("(name) => (window.nextFile = name)", alone.file(copy).name)
            alone.press(f"Mở bản {copy}")
        alone.unlock()
        alone.rest()
        open_box(hall)
        root = vote_and_close(hall)
        alone.screen("closed-menu")
        alone.examine()
        alone.compare()
        alone.type_root(root)
        alone.press("Chọn tệp khóa")
        alone.unlock()
        alone.heading("Phần giải mã của quý vị đã được nhận")
        stored = alone.page.evaluate(WRITTEN, alone.file(2).name)
        path = alone.file(2)
        path.write_text(stored, "utf-8")
        assert TrusteeFile(private(path), alone.paper).load().decrypted_root == root.replace(" ", "")
