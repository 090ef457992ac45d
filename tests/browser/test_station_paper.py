"""Slips on paper: three sizes by print CSS, sheets for envelopes, and the PDF that the browser makes itself.

Here live pages as a printer gets them, read back with pypdf and pdftotext. Never here: how a slip is made.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tally.protocol.credential import SlipCode
from tests.browser.station_hall import TITLE, StationHall, serving
from tests.browser.station_steps import CODE, slip
from tests.browser.waiting import expect

BODY = "Gấp lại, không cho người khác xem"
SIZES = {"80mm": (80, None), "a6": (105, 148), "a4": (210, 297)}
NEVER = re.compile(r"\d{1,2}:\d{2}|Nguyễn|ban-1|127\.0|localhost|https?:|\b1/1\b")


@pytest.fixture
def hall() -> Iterator[StationHall]:
    with serving(StationHall()) as hall:
        yield hall


def millimetres(sheet: Any) -> tuple[int, int]:
    return tuple(round(float(side) / 72 * 25.4) for side in (sheet.mediabox.width, sheet.mediabox.height))


def choose_paper(page: Any, name: str) -> None:
    page.get_by_role("button", name="Giấy in").click()
    page.get_by_label(name).check()
    page.get_by_role("button", name="Quay lại").click()


def look_at(raw: bytes, name: str) -> str:
    """Return the text as pdftotext sees it; leave pictures of the pages where PTN_PICTURES says."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext: `apt-get install poppler-utils`")
    folder = os.environ.get("PTN_PICTURES")
    if folder:
        subprocess.run(["pdftoppm", "-r", "90", "-png", "-", str(Path(folder) / name)], input=raw, check=True)
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=raw, capture_output=True, check=True
    ).stdout.decode()


def plain(text: str) -> str:
    return " ".join(text.split())


def codes_in(text: str) -> set[str]:
    """Find the codes whose seven groups follow each other on a page; columns side by side are cut apart first."""
    groups = re.findall(r"(?<![/\w])[0-9A-Z]{4}\b", text)
    return {"".join(groups[i : i + 7]) for i in range(0, len(groups) - 6, 7)}


@pytest.mark.parametrize(("paper", "label"), [("80mm", "Giấy nhiệt 80 mm"), ("a6", "A6"), ("a4", "A4")])
@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_slip_is_one_page_of_the_chosen_paper_and_holds_nothing_else(
    page: Any, hall: StationHall, paper: str, label: str, rehearsal: bool
) -> None:
    hall.rehearsal = rehearsal
    page.goto(f"{hall.station}/#{CODE}")
    choose_paper(page, label)
    hall.order()
    code = slip(page)
    raw = page.pdf(prefer_css_page_size=True, print_background=True)
    (sheet,) = PdfReader(BytesIO(raw)).pages
    width, height = SIZES[paper]
    assert millimetres(sheet)[0] == width
    assert millimetres(sheet)[1] == height or height is None
    text = look_at(raw, f"slip-{paper}-{rehearsal}")
    assert "".join(codes_in(text)) == code.shown().replace("-", "")
    assert TITLE in plain(text)
    assert BODY in plain(text)
    assert "THẺ BỎ PHIẾU" in plain(text)
    assert "22/11/2026" in text
    assert ("DIỄN TẬP" in text) is rehearsal
    assert NEVER.search(text) is None
    assert "Trạm" not in text


@pytest.mark.parametrize("label", ["Giấy nhiệt 80 mm", "A6", "A4"])
def test_the_longest_title_still_fits_one_page(page: Any, hall: StationHall, label: str) -> None:
    hall.title = " ".join([TITLE] * 5)[:400].strip()
    page.goto(f"{hall.station}/#{CODE}")
    choose_paper(page, label)
    hall.order()
    code = slip(page)
    raw = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(PdfReader(BytesIO(raw)).pages) == 1
    text = look_at(raw, f"long-{label}")
    assert "".join(codes_in(text)) == code.shown().replace("-", "")
    assert BODY in plain(text)


def envelopes(page: Any, hall: StationHall, count: int) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    for _ in range(count):
        hall.order("envelope")
    page.get_by_role("heading", name=f"{count} thẻ phong bì đã xong").wait_for()


def shown_codes(page: Any) -> list[SlipCode]:
    found = page.locator(".sheet .slip-code").evaluate_all("all => all.map(each => each.textContent)")
    return [SlipCode.read(text) for text in found]


def test_nine_envelopes_come_on_two_sheets_shuffled_and_without_numbers(
    page: Any, hall: StationHall, picture: Any
) -> None:
    envelopes(page, hall, 9)
    picture("envelopes")
    codes = shown_codes(page)
    assert {hall.credential(code) for code in codes} == hall.credentials()
    assert len(hall.credentials()) == 9
    assert page.locator(".pile").is_hidden()
    raw = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = PdfReader(BytesIO(raw)).pages
    assert [millimetres(sheet) for sheet in sheets] == [(210, 297), (210, 297)]
    text = look_at(raw, "envelopes")
    assert text.count("THẺ BỎ PHIẾU") == 9
    assert NEVER.search(text) is None
    page.get_by_role("button", name="In thẻ").click()
    page.get_by_role("button", name="Đã in xong tất cả").click()
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    assert {order.state for order in hall.orders} == {"printed"}


def test_a_batch_cut_off_by_a_reload_is_finished_with_the_same_slips(page: Any, hall: StationHall) -> None:
    hall.lost = lambda path: path.endswith("/cap") and len(hall.bodies("cap")) == 4
    page.goto(f"{hall.station}/#{CODE}")
    for _ in range(5):
        hall.order("envelope")
    page.locator(".link[data-state=down]").wait_for()
    page.reload()
    page.get_by_role("heading", name="5 thẻ phong bì đã xong").wait_for()
    before = {code.value for code in shown_codes(page)}
    page.reload()
    page.get_by_role("heading", name="5 thẻ phong bì đã xong").wait_for()
    assert {code.value for code in shown_codes(page)} == before
    assert len(hall.staged) == len(hall.credentials()) == 5


def test_envelopes_on_a_roll_are_one_page_each(page: Any, hall: StationHall) -> None:
    envelopes(page, hall, 2)
    page.get_by_label("Giấy nhiệt 80 mm").check()
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert [millimetres(sheet)[0] for sheet in sheets] == [80, 80]


# --- the PDF made in the browser ----------------------------------------------------------------------------------


def opened_pdf(page: Any) -> tuple[bytes, Any]:
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Mở bản PDF").click()
    address = opened.value.url
    assert address.startswith("blob:")
    read = "async () => [...new Uint8Array(await window.lastBlob.arrayBuffer())]"
    return bytes(page.evaluate(read)), opened.value


@pytest.fixture
def watched(page: Any) -> Any:
    page.add_init_script(
        "const make = URL.createObjectURL; URL.createObjectURL = blob => make.call(URL, (window.lastBlob = blob));"
        "const end = URL.revokeObjectURL; URL.revokeObjectURL = a => { window.revoked = a; end.call(URL, a) };"
    )
    return page


@pytest.mark.parametrize(("paper", "label"), [("80mm", "Giấy nhiệt 80 mm"), ("a6", "A6"), ("a4", "A4")])
def test_the_pdf_holds_what_the_printed_page_holds(watched: Any, hall: StationHall, paper: str, label: str) -> None:
    page = watched
    page.goto(f"{hall.station}/#{CODE}")
    choose_paper(page, label)
    hall.order()
    code = slip(page)
    asked = len(hall.requests)
    raw, tab = opened_pdf(page)
    (sheet,) = PdfReader(BytesIO(raw)).pages
    assert millimetres(sheet)[0] == SIZES[paper][0]
    text = look_at(raw, f"pdf-{paper}")
    assert "".join(codes_in(text)) == code.shown().replace("-", "")
    assert TITLE in plain(text)
    assert BODY in plain(text)
    assert NEVER.search(text) is None
    assert "2000" in str(PdfReader(BytesIO(raw)).metadata.creation_date)
    assert len(hall.requests) - asked <= len([p for p, _, _ in hall.requests[asked:] if p.endswith("/viec")])
    page.get_by_role("button", name="Đã in xong").click()
    page.get_by_role("heading", name="Trạm sẵn sàng").wait_for()
    assert page.evaluate("window.revoked").startswith("blob:")
    assert tab.is_closed()


def test_the_pdf_of_envelopes_has_eight_to_a_sheet(watched: Any, hall: StationHall) -> None:
    page = watched
    hall.rehearsal = True
    envelopes(page, hall, 9)
    raw, _tab = opened_pdf(page)
    assert [millimetres(sheet) for sheet in PdfReader(BytesIO(raw)).pages] == [(210, 297), (210, 297)]
    text = look_at(raw, "pdf-envelopes")
    assert text.count("THẺ BỎ PHIẾU") == 9


def test_a_pdf_that_cannot_be_made_leaves_the_print_button(page: Any, hall: StationHall) -> None:
    page.goto(f"{hall.station}/#{CODE}")
    hall.order()
    slip(page)
    page.route("**/Tinos-Bold.ttf", lambda route: route.abort())
    page.get_by_role("button", name="Mở bản PDF").click()
    page.get_by_text("Chưa mở được bản PDF").wait_for()
    expect(page.get_by_role("button", name="In thẻ")).to_be_enabled()
