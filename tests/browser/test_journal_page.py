"""The log's pages in a browser: read, filtered and printed without a script, clean for axe-core in every size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tally.protocol.acts_log import Log
from tests.ballot.hall import PASSWORD
from tests.browser.conftest import SIZES, check_accessible
from tests.browser.real_hall import VOTERS, open_box, served
from tests.browser.waiting import expect

TITLE = "Lấy phiếu tín nhiệm các chức danh do Hội đồng nhân dân tỉnh bầu, khóa XVIII"


def test_an_organiser_reads_filters_exports_and_prints_the_log(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path, title=TITLE * 2) as hall:
        hall.slips = [hall.slip(voter) for voter in hall.voters()]
        open_box(hall, VOTERS)
        context = browser.new_context(locale="vi-VN", java_script_enabled=False)
        page = context.new_page()
        root = f"http://localhost:{hall.house.config.port}"
        page.goto(f"{root}/dang-nhap")
        page.fill("[name=login]", "to-chuc-1")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.get_by_role("link", name="Nhật ký").click()
        expect(page.locator("table.journal tbody tr").nth(VOTERS)).to_be_visible()
        page.locator("[name=viec]").select_option(label="Mở hòm phiếu")
        page.get_by_role("button", name="Lọc").click()
        expect(page.locator("table.journal tbody tr")).to_have_count(1)
        with page.expect_download() as sent:
            page.get_by_role("button", name="Xuất tệp đã ký").click()
        assert Log.parse(Path(sent.value.path()).read_bytes()).check_chain() > VOTERS
        page.get_by_role("link", name="Trang để in").click()
        expect(page.get_by_text("Trưởng ban kiểm phiếu")).to_be_visible()
        cookies = context.cookies()
        context.close()
        context = browser.new_context(locale="vi-VN")
        context.add_cookies(cookies)
        page = context.new_page()
        for path in ("/nhat-ky/", f"/nhat-ky/in?dot={hall.uuid}"):
            page.goto(root + path)
            check_accessible(page)
            for width, height in (*SIZES, (390, 800)):
                page.set_viewport_size({"width": width, "height": height})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
        context.close()
