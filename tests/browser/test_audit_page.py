"""The audit page in a real browser, served and as one file without a network: a right test matches, any lie is seen.

Here lives what an observer does with what Python's terminal handed out. Never here: the terminal's own page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tally.protocol.booth import Draft, commit_code, shown_commit
from tally.protocol.election import Election
from tally.protocol.encoding import canonical
from tally.protocol.opened import opened_file, opened_frames
from tests import voter
from tests.browser.hall import BLOCKS, DIST, Fake
from tests.browser.real_hall import open_box, served

LEVELS = (0, 1, 2, None)
SIZES = ((1920, 1080), (1366, 768), (1024, 600), (390, 844))


@dataclass(frozen=True)
class Test:
    """One opened test ballot of a 44 × 3 election, as a terminal hands it out."""

    __test__ = False
    election: Election
    draft: Draft

    @property
    def commit(self) -> str:
        return commit_code(self.election, self.draft.ciphertexts)

    @property
    def frames(self) -> list[str]:
        return opened_frames(self.election, self.draft)

    @property
    def file(self) -> bytes:
        return opened_file(self.election, self.draft, "B1")


def drafted(election: Election, shift: int = 0) -> Test:
    levels = [LEVELS[(i + shift) % 4] for i in range(len(election.questions))]
    return Test(election, voter.draft(election, levels))


@pytest.fixture(scope="module")
def test() -> Test:
    return drafted(Fake(BLOCKS).election)


@pytest.fixture
def offline(page: Any, dist: Path) -> Any:
    """The page as one file on a tablet that is connected to nothing."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    page.goto((dist / "kiem-tra-may.html").as_uri())
    yield page
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def give_election(page: Any, election: Election) -> None:
    file = {"name": "election.json", "mimeType": "application/json", "buffer": election.raw}
    page.get_by_label("Tệp election.json").set_input_files(file)


def give_file(page: Any, raw: bytes) -> None:
    file = {"name": "kiem-tra-may-12345678.json", "mimeType": "application/json", "buffer": raw}
    page.get_by_label("Tệp kiem-tra-may").set_input_files(file)


def type_frames(page: Any, frames: list[str]) -> None:
    """Type as a USB scanner does: the code, then Enter."""
    field = page.get_by_label("Nội dung mã QR")
    for frame in frames:
        field.fill(frame)
        field.press("Enter")


def type_commit(page: Any, code: str) -> None:
    page.get_by_label("Mã cam kết chép từ màn hình").fill(code)


def verdict(page: Any, expected: str) -> str:
    page.locator(".headline", has_text=re.compile(rf"^. {expected}$")).wait_for()
    return str(page.locator("main").inner_text())


# --- right --------------------------------------------------------------------------------------------------------


def test_scanned_frames_and_the_copied_code_match_and_the_choices_are_listed_by_name(
    offline: Any, test: Test, picture: Any, accessible: Any
) -> None:
    give_election(offline, test.election)
    frames = test.frames
    type_frames(offline, frames[1:])
    offline.get_by_text("còn thiếu mã số 1.").wait_for()
    accessible()
    picture("unfinished")
    type_frames(offline, [*frames[:1], frames[2].lower()])
    verdict(offline, "CHƯA SO MÃ CAM KẾT")
    accessible()
    picture("not-compared")
    type_commit(offline, shown_commit(test.commit).lower().replace("-", " "))
    text = verdict(offline, "KHỚP")
    accessible()
    picture("match")
    assert shown_commit(test.commit) in text
    rows = offline.locator(".choices li").all_inner_texts()
    labels = [*test.election.questions[0].answers, "Bỏ trống"]
    assert len(rows) == 44
    for i, (row, question) in enumerate(zip(rows, test.election.questions, strict=True)):
        assert row.split("\n") == [question.question, labels[i % 4]]


def test_the_file_is_read_too_and_names_its_terminal(offline: Any, test: Test) -> None:
    give_file(offline, test.file)
    give_election(offline, test.election)
    type_commit(offline, test.commit)
    assert "Máy B1" in verdict(offline, "KHỚP")


def test_the_page_says_what_it_proves_and_what_not(offline: Any) -> None:
    text = offline.locator("main").inner_text()
    assert "Điều này không chứng tỏ" in text
    assert "Rằng máy không nhìn hay không ghi lại lựa chọn" in text


def test_another_test_ballot_starts_over(offline: Any, test: Test) -> None:
    other = drafted(test.election, shift=1)
    give_election(offline, test.election)
    type_frames(offline, [test.frames[0], *other.frames])
    type_commit(offline, shown_commit(other.commit))
    verdict(offline, "KHỚP")


# --- lies ---------------------------------------------------------------------------------------------------------


def test_another_commit_code_than_the_copied_one_is_seen(
    offline: Any, test: Test, picture: Any, accessible: Any
) -> None:
    give_election(offline, test.election)
    type_frames(offline, test.frames)
    type_commit(offline, shown_commit(drafted(test.election).commit))
    assert "báo ban kiểm phiếu" in verdict(offline, "KHÔNG KHỚP")
    accessible()
    picture("differs")
    type_commit(offline, "7Q2M")
    verdict(offline, "CHƯA SO MÃ CAM KẾT")
    offline.get_by_text("Mã chưa đủ").wait_for()


def test_one_changed_character_of_a_frame_is_seen(offline: Any, test: Test) -> None:
    frames = test.frames
    place = len(frames[4]) - 20
    changed = "B" if frames[4][place] == "A" else "A"
    frames[4] = frames[4][:place] + changed + frames[4][place + 1 :]
    give_election(offline, test.election)
    type_frames(offline, frames)
    verdict(offline, "KHÔNG KHỚP")
    assert offline.locator(".choices").count() == 0


def test_a_changed_choice_in_the_file_is_seen(offline: Any, test: Test) -> None:
    opened = json.loads(test.file)
    opened["rows"][0][0]["value"], opened["rows"][0][1]["value"] = 0, 1
    give_election(offline, test.election)
    give_file(offline, canonical(opened))
    assert "BAD_PROOF" in verdict(offline, "KHÔNG KHỚP")


def test_a_test_ballot_of_another_election_is_seen(offline: Any, test: Test) -> None:
    other = Fake({"Khối Đảng": 2}).election
    give_election(offline, other)
    give_file(offline, test.file)
    assert "MISMATCH" in verdict(offline, "KHÔNG KHỚP")


def test_what_is_no_election_and_no_code_is_told(offline: Any) -> None:
    give_election(offline, Election.parse(Fake({"Khối Đảng": 2}).election.raw))
    file = {"name": "election.json", "mimeType": "application/json", "buffer": b"{}"}
    offline.get_by_label("Tệp election.json").set_input_files(file)
    offline.get_by_text("Không đọc được tệp này").wait_for()
    type_frames(offline, ["HELLO"])
    offline.get_by_text("không phải mã kiểm tra máy").wait_for()


# --- served, and its shape ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Election]]:
    with served(tmp_path_factory.mktemp("audit"), own_device=False) as hall:
        hall.slips = [hall.slip(number) for number in hall.voters()]
        open_box(hall, len(hall.slips))
        yield hall.house.config.box_origin, hall.uuid, hall.election


def test_the_served_page_fetches_the_election_of_its_own_host(page: Any, address: tuple[str, str, Election]) -> None:
    origin, uuid, election = address
    test = drafted(election)
    page.goto(f"{origin}/kiem-tra?dot={uuid}")
    page.get_by_text(" ".join(re.findall("....", election.hash))).wait_for()
    type_frames(page, test.frames)
    type_commit(page, test.commit)
    verdict(page, "KHỚP")
    assert page.context.cookies() == []


def test_the_file_that_the_page_offers_is_the_built_one(page: Any, address: tuple[str, str, Election]) -> None:
    page.goto(f"{address[0]}/kiem-tra?dot=khong-co")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải kiem-tra-may.html").click()
    assert download.value.suggested_filename == "kiem-tra-may.html"
    assert Path(download.value.path()).read_bytes() == (DIST / "kiem-tra-may.html").read_bytes()


def test_the_one_file_names_no_other_and_its_own_policy_forbids_all(dist: Path) -> None:
    text = (dist / "kiem-tra-may.html").read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha384-")
    head = text.partition("<script")[0]
    assert "url(" not in head
    assert "src=" not in text.replace("default-src", "").partition("<style>")[0]
    listed = json.loads((dist / "manifest.json").read_text("ascii"))
    assert "kiem-tra-may.html" in listed


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_cut_off_at_any_size(offline: Any, test: Test, width: int, height: int) -> None:
    offline.set_viewport_size({"width": width, "height": height})
    give_election(offline, test.election)
    give_file(offline, test.file)
    type_commit(offline, test.commit)
    verdict(offline, "KHỚP")
    assert offline.evaluate("document.documentElement.scrollWidth <= innerWidth")
