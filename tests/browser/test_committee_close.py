"""The member's page once the box is closed: what it refuses to decrypt, one decryption, and the end of a share.

Here live closed records in real browsers. Never here: a fake of the server, of a member's tool, or of a browser.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ballot.result import counting
from keys.committee.trustee import TrusteeFile
from tally.protocol.archive import Archive
from tally.protocol.checkpoint import parse_notes
from tally.protocol.encoding import grouped
from tally.record import CHECKPOINTS, CLOSING
from tests.ballot.hall import Hall
from tests.ballot.members import PageMember, invite
from tests.browser import committee_hall, real_hall
from tests.browser.committee_hall import (
    PASSPHRASE,
    open_box,
    python_members,
    vote_and_close,
    write_key,
)
from tests.browser.committee_steps import STORED, Seated, Seats, private
from tests.builders import VOTES
from tests.stranger import SUITES, ask
from tests.watchers import Watcher


@dataclass
class Closed:
    """A closed box whose committee of two among three made its key in Python."""

    hall: Hall
    members: list[PageMember]
    root: str

    def seat(self, seats: Seats, number: int, *, changed: dict[str, str] | None = None) -> Seated:
        """Let a member come to the page, invited anew, with two copies of the key file."""
        member = seats(number)
        member.paper = PASSPHRASE
        memory = self.members[number - 1].memory
        assert memory
        write_key(member.file(1), replace(memory, **(changed or {})))  # type: ignore[arg-type]
        shutil.copyfile(member.file(1), member.file(2))
        (link,) = invite(self.hall, number)
        member.return_with_file(link)
        return member


@pytest.fixture(scope="module")
def closed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    with real_hall.served(tmp_path_factory.mktemp("closed")) as hall:
        members = python_members(hall)
        open_box(hall)
        yield Closed(hall, members, vote_and_close(hall, VOTES[:5]))


def tamper(member: Seated, closed: Closed, how: Callable[[Hall, Archive], Archive]) -> None:
    """Change the archive on its way from the server to this browser."""
    archive = Archive.parse((closed.hall.house.record(closed.hall.uuid) / f"{closed.hall.uuid}.bel").read_bytes())
    raw = how(closed.hall, archive).encode()
    member.page.route("**/*.bel", lambda route: route.fulfill(body=raw, content_type="application/octet-stream"))


@pytest.mark.parametrize("how", [committee_hall.dropped, committee_hall.added, committee_hall.posed])
def test_a_record_that_was_changed_on_its_way_is_refused(closed: Closed, seats: Seats, how: Any) -> None:
    member = closed.seat(seats, 3)
    tamper(member, closed, how)
    member.examine()
    member.heading("Máy này từ chối giải mã")
    member.said("Hai chỗ trong hồ sơ phải khớp mà không khớp: có phiếu bị bớt, bị thêm, hoặc tệp bị thay.")
    member.said("Không có gì được giải mã; khóa của quý vị còn nguyên.")
    if how is committee_hall.dropped:
        member.picture("22-refused")
    assert not any(url.endswith("/giai-ma") for url, _body in member.sent)


def test_too_few_ballots_are_not_decrypted(dist: Path, tmp_path: Path, seats: Seats) -> None:
    with real_hall.served(tmp_path / "house") as hall:
        members = python_members(hall)
        open_box(hall)
        few = Closed(hall, members, vote_and_close(hall, VOTES[:4]))
        member = few.seat(seats, 1)
        member.examine()
        member.said("Số phiếu thu về dưới mức tối thiểu.")


def test_a_key_file_that_has_opened_another_root_refuses_for_ever(closed: Closed, seats: Seats) -> None:
    member = closed.seat(seats, 3, changed={"decrypted_root": "ab" * 32})
    member.examine()
    member.said("Không có người chứng kiến nào ký tờ chốt của hòm phiếu.")
    member.compare()
    member.type_root("0123 4567")
    member.said("Còn thiếu: cần ít nhất tám nhóm bốn ký tự.")
    member.type_root("ab" * 32)
    member.said("Mã gốc gõ vào không phải mã của hồ sơ này.")
    member.type_root(closed.root)
    member.open_file()
    member.said("Khóa này đã mở một mã gốc khác.")
    assert not any(url.endswith("/giai-ma") for url, _body in member.sent)


@contextmanager
def beside(closed: Closed, watcher: Watcher) -> Iterator[Watcher]:
    """Leave what a witness signed beside the record, for a while."""
    folder = closed.hall.house.record(closed.hall.uuid)
    notes, (last,) = (parse_notes((folder / name).read_bytes(), name) for name in (CHECKPOINTS, CLOSING))
    path = folder / "witness-1.txt"
    path.write_bytes(watcher.copy(closed.hall.manifest, notes, last).encode())
    yield watcher
    path.unlink()


REMEMBERED = """([name, root]) => new Promise((done) => {
  const asked = indexedDB.open("kiem-phieu");
  asked.onsuccess = () => {
    const writing = asked.result.transaction("goc", "readwrite");
    writing.objectStore("goc").put(root, name);
    writing.oncomplete = () => done(asked.result.close());
  };
})"""


def test_a_browser_that_has_opened_another_root_refuses_an_older_copy_of_the_file(closed: Closed, seats: Seats) -> None:
    member = closed.seat(seats, 3)
    member.page.evaluate(REMEMBERED, [f"{closed.hall.manifest.hash}|3", "cd" * 32])
    with beside(closed, Watcher("quan-sat-1")) as witness:  # threats F10
        member.examine()
        member.said("1 người chứng kiến đã ký tờ chốt của hòm phiếu.")
        member.said(f"quan-sat-1: {grouped(witness.public[:16], 4)} …")
    member.compare()
    member.type_root(closed.root)
    member.open_file()
    member.said("Khóa này đã mở một mã gốc khác.")
    assert not any(url.endswith("/giai-ma") for url, _body in member.sent)


# threats F2
def test_files_of_another_member_or_another_round_are_named(closed: Closed, seats: Seats, tmp_path: Path) -> None:
    member = closed.seat(seats, 3)
    memory = closed.members[0].memory
    assert memory
    others = write_key(tmp_path / "others.trustee.key", memory)
    elsewhere = write_key(tmp_path / "elsewhere.trustee.key", replace(memory, manifest="12" * 32, index=3))
    member.press("Thử lại khóa")
    member.screen("bringing")
    member.choose("Chọn tệp khóa", elsewhere)
    member.said("Tệp khóa này thuộc một đợt lấy phiếu khác.")
    member.open_file(others)
    member.said("Tệp khóa này của một thành viên khác.")


def test_a_member_decrypts_from_a_stick_waits_for_another_and_destroys_the_share(
    dist: Path, tmp_path: Path, seats: Seats
) -> None:
    with real_hall.served(tmp_path / "house") as hall:
        members = python_members(hall)
        open_box(hall)
        box = Closed(hall, members, vote_and_close(hall))
        first, second = box.seat(seats, 1), box.seat(seats, 2)
        first.press("Thử lại khóa")
        first.open_file()
        first.said("Thử lại bằng chính tệp này: khóa vẫn mở được.")
        first.press("Tiếp tục")
        first.screen("closed-menu")
        first.press("Giải mã")
        stick = shutil.copytree(hall.house.record(hall.uuid), tmp_path / "usb")
        first.choose("Chọn từ USB", [path for path in stick.iterdir() if path.suffix != ".bel"])
        first.said("Còn thiếu tệp.")
        first.choose("Chọn từ USB", list(stick.iterdir()))
        first.compare()
        first.type_root(box.root.upper()[:39])
        first.open_file()
        first.replace_files()
        first.heading("Phần giải mã của quý vị đã được nhận")
        first.press("Tiếp tục")
        first.said("Đã có 1 phần, cần 2 phần.")
        second.decrypt(box.root)
        first.said("Đã có 2 phần, đủ 2 phần để kiểm phiếu.")
        counting.tally(hall.house, hall.uuid, hall.actor("to-chuc-1"))
        first.screen("over-menu")
        first.press("Hủy phần khóa")
        first.press("Hủy phần khóa")
        first.open_file(first.file(2))
        first.heading("Phần khóa đã hủy trên máy này")
        second.said("đã hủy phần khóa")
        first.page.reload()
        first.heading("Phần khóa đã hủy trên máy này")
        kept = first.page.evaluate(STORED)
        remembered = TrusteeFile(private(second.file(1)), PASSPHRASE).load().decrypted_root
        state = members[2].state()
    assert remembered == box.root.replace(" ", "")
    assert (remembered in kept, "ciphertext" in kept) == (True, False)
    assert [m["destroyed"] for m in state["members"]] == [True, False, False]
    assert [m["part"] for m in state["members"]] == [True, True, False]
    for suite in SUITES:
        verdict = ask(suite, hall.house.record(hall.uuid) / f"{hall.uuid}.bel")
        assert verdict.returncode == 0, verdict.stderr
