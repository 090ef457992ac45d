"""The two papers of the desk: what stands on them, in which order, and what never does.

Here live tests that read the PDFs back. Never here: how they look; people look at that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from ballot.desk import checkin
from ballot.life import rounds
from ballot.models.registry.roll import Voter
from ballot.storage import reading
from tests.ballot.hall import DESK, Hall, plan

Open = Callable[[str], Hall]
HOSTILE = "<b>{{7*7}}</b>" + "W" * 60
ROLL = "ma,ho_ten,don_vi,diem\n" + "".join(
    f"{'AB'[n % 2]}-{n:02d},{name},Tổ {n},{('Hà Nội', 'Cần Giờ')[n % 2]}\n"
    for n, name in enumerate(("Lê Ẩn", "Đặng Ỷ Lan", "Vũ An", "Trần Ba", HOSTILE, *(f"Họ Tên {n}" for n in range(60))))
)


def pages(raw: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages]


@pytest.fixture
def hall(at: Open) -> Hall:
    hall = at("issuing")
    hall.uuid = rounds.create(hall.house, plan(roll=ROLL, delegates=100), hall.actor("to-chuc-1"))
    return hall


def get(hall: Hall, name: str) -> bytes:
    answer = hall.person(DESK).get(f"/dot/{hall.uuid}/{name}")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "application/pdf",
        "no-store",
    )
    return answer.data


def test_the_sheet_has_everybody_once_by_site_and_given_name(hall: Hall) -> None:
    read = pages(get(hall, "to-ky.pdf"))
    sites = [re.search(r"Điểm: (.+)", page)[1].strip() for page in read]
    assert sites == sorted(sites, key=["Cần Giờ", "Hà Nội"].index)
    assert set(sites) == {"Cần Giờ", "Hà Nội"}
    text = "\n".join(read)
    assert text.index("Trần Ba") < text.index("Đặng Ỷ Lan") < text.index("Vũ An") < text.index("Lê Ẩn")
    assert [text.count(name) for name in ("Đặng Ỷ Lan", "Vũ An", "Lê Ẩn")] == [1, 1, 1]
    for number, page in enumerate(read, start=1):
        assert f"Trang {number}/{len(read)}" in page
        assert "TỜ ĐIỂM DANH" in page
    assert len(read) == 5


def test_a_name_of_any_length_is_printed_as_it_reads(hall: Hall) -> None:
    text = "".join(pages(get(hall, "to-ky.pdf"))).replace("\n", "")
    assert HOSTILE in text


def test_a_signature_from_the_tablet_is_drawn_and_nothing_of_it_is_written(at: Open) -> None:
    hall = at("issuing")
    before = get(hall, "to-ky.pdf")
    signed = b"[[[100,200],[300,250],[1900,20]],[[150,400]]]"
    checkin.check_in(hall.house, hall.uuid, hall.voters()[0], hall.actor(DESK), signature=signed)
    after = get(hall, "to-ky.pdf")
    assert pages(after) == pages(before)
    drawn = [
        len(re.findall(rb"\sl\s", PdfReader(io.BytesIO(raw)).pages[0].get_contents().get_data()))
        for raw in (before, after)
    ]
    assert drawn[1] - drawn[0] == 3  # two pieces of the long stroke, and a dot
    assert DESK not in "".join(pages(after))


@pytest.mark.parametrize("name", ["to-ky.pdf", "the-deo.pdf"])
def test_a_paper_tells_no_time_and_is_the_same_twice(hall: Hall, name: str) -> None:
    first = get(hall, name)
    assert get(hall, name) == first
    reader = PdfReader(io.BytesIO(first))
    assert reader.metadata.creation_date.year == 2000  # reportlab's constant
    assert not re.search(r"\d{1,2}:\d{2}", "".join(pages(first)))


def test_every_voter_has_a_badge_ten_on_a_page(hall: Hall) -> None:
    read = pages(get(hall, "the-deo.pdf"))
    assert len(read) == 7
    with reading(hall.house.registry) as session:
        references = session.scalars(select(Voter.reference).join_from(Voter, rounds.Round)
                                     .where(rounds.Round.uuid == hall.uuid)).all()  # fmt: skip
    text = "\n".join(read)
    assert all(text.count(reference) == 1 for reference in references)


def test_a_rehearsal_is_marked_on_every_page(hall: Hall) -> None:
    hall.uuid = rounds.create(hall.house, plan(roll=ROLL, delegates=100, rehearsal=True), hall.actor("to-chuc-1"))
    for name in ("to-ky.pdf", "the-deo.pdf"):
        assert all("DIỄN TẬP" in page for page in pages(get(hall, name)))


def test_nobody_without_an_account_gets_a_paper(hall: Hall) -> None:
    for name in ("to-ky.pdf", "the-deo.pdf", "co-mat.json"):
        assert hall.anybody().get(f"/dot/{hall.uuid}/{name}").status_code == 302
