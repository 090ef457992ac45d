"""From an empty organisation to a sealed provincial round, in a real browser, as somebody would who sees it first.

Here lives what comes of it, and how much work it may be. Never here: the order of clicks (planning_steps.py).

70 voters at 3 sites, 29 officials on two forms, all from one sample workbook that the application itself offers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ballot.acts import find_round
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Exempt, Official, Round
from ballot.storage import reading
from tally.protocol.manifest import Manifest
from tests.ballot.hall import PASSWORD, Hall
from tests.browser.planning_steps import Counted, Diary, Planning
from tests.browser.real_hall import served_empty

pytestmark = pytest.mark.campaign  # test_provincial.py goes through the wizard every time

MOST_CLICKS, MOST_SECONDS = 40, 15 * 60


@dataclass
class Work:
    """What two organisers did, and what came of it."""

    hall: Hall
    diary: Diary
    seen: dict[str, str]
    uuid: str
    errors: list[str]


@pytest.fixture(scope="module")
def work(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    folder, diary = tmp_path_factory.mktemp("planning"), Diary()
    with served_empty(folder / "house") as hall:
        first, second = (Counted(browser, hall.house.config.registry_origin, diary) for _ in range(2))
        for person, login in ((first, "to-chuc-1"), (second, "to-chuc-2")):
            person.log_in(login, PASSWORD)
        planning = Planning(first, second, folder, diary)
        uuid = planning.play()
        for person in (first, second):
            person.close()
        yield Work(hall, diary, planning.seen, uuid, first.errors + second.errors)


def test_nothing_went_wrong_in_any_page(work: Work) -> None:
    assert work.errors == []


def test_it_takes_few_clicks_and_little_typing(work: Work) -> None:
    print(work.diary.written())
    assert work.diary.clicks <= MOST_CLICKS
    assert sum(part.typed for part in work.diary.parts) < 80
    assert work.diary.seconds < MOST_SECONDS


def test_an_empty_organisation_is_told_how_to_begin(work: Work) -> None:
    assert "Chưa có kế hoạch nào" in work.seen["00-nothing-yet"]


def test_the_round_is_the_provincial_one_and_sealed(work: Work) -> None:
    with reading(work.hall.house.registry) as session:
        row: Round = find_round(session, work.uuid)
        officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number)).all()
        voters = session.scalars(select(Voter).where(Voter.round_id == row.id)).all()
        exempt = session.scalars(select(Exempt).where(Exempt.round_id == row.id)).all()
    assert (row.phase, len(officials), len(voters), len(exempt)) == ("issuing", 29, 70, 0)
    assert len({voter.site for voter in voters}) == 3
    manifest = Manifest.parse(row.manifest or b"")
    assert len(manifest.forms) == 2
    assert [official.name for _block, official in manifest.officials()] == [official.name for official in officials]


def test_who_is_in_several_groups_votes_once(work: Work) -> None:
    assert "70" in work.seen["14-voters"]
    assert "Vừa ghi phiếu vừa được lấy phiếu (được phép): 10 người" in work.seen["14-voters"]


def test_the_second_person_saw_what_was_approved(work: Work) -> None:
    seen = work.seen["21-to-approve"]
    assert "đã trình duyệt kế hoạch này; cần người khác duyệt" in seen
    assert "Duyệt kế hoạch" in seen
    assert "Duyệt kế hoạch" not in work.seen["19-submitted"]


def test_the_last_step_tells_the_chances_and_the_deadlines(work: Work) -> None:
    seen = work.seen["22-check"]
    assert "Với 70 người ghi phiếu và 29 người được lấy phiếu" in seen
    assert f"{Planning.day() - timedelta(days=45):%d/%m/%Y}" in seen
