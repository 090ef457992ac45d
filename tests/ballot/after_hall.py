"""A counted round and what people do after the count: typing from paper, the minutes, the recounts.

Here lives an honest way through. Never here: an expectation.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from ballot.result import closing, comparing, recounts
from ballot.result.comparing import Typed
from tests.ballot.client import Client
from tests.ballot.hall import VOTERS, Hall
from tests.ballot.prepared import Prepared
from tests.ballot.small_hall import FIRST, SECOND, cast, tally

COUNT, BALLOTS = VOTERS, 6
PAPER = {"signatures": str(COUNT), "envelopes_left": "0", "slips_in_box": str(BALLOTS)}
SITTING: dict[str, Any] = {
    "number": "01", "place": "Cần Thơ", "room": "Phòng họp số 2", "started": "10h05", "ended": "11:40",
    "assigned_by": "Hội nghị", "present": str(COUNT), "copies": "3", "complaints": "", "recipients": "Như trên\n\nLưu",
    "signer": ["1", "2"], "how": "paper", "absent_name": ["", "Nguyễn Văn Vắng"], "absent_reason": ["", "Đi công tác"],
}  # fmt: skip


def counted(prepared: Prepared) -> Hall:
    """Bring a fresh copy of a round whose box is open to the end of the count."""
    hall = prepared.at("voting")
    cast(hall, range(BALLOTS))
    hall.by_two(closing.close)
    tally(hall)
    return hall


def again(prepared: Prepared, hall: Hall) -> Hall:
    """Return a copy of a hall as it stands; what happens there happens nowhere else."""
    copy = prepared.copy(hall.house.config.instance, hall.uuid)
    copy.slips, copy.board = hall.slips, hall.board
    return copy


def dispose(hall: Hall) -> None:
    """Close the databases and take the folder away."""
    hall.house.registry.dispose()
    hall.house.box.dispose()
    shutil.rmtree(hall.house.config.instance)


def path(hall: Hall, name: str) -> str:
    return f"/dot/{hall.uuid}/{name}"


def post(
    browser: Client, hall: Hall, name: str, values: Mapping[str, Any] = {}, page: str = "doi-chieu"
) -> TestResponse:
    """Send a form with the token that stands on a page of this round."""
    return browser.form(path(hall, name), values, page=path(hall, page))


def read(browser: Client, hall: Hall, name: str) -> str:
    answer = browser.get(path(hall, name))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def both_type(hall: Hall, **changes: str) -> None:
    """Let two organisers type the same numbers."""
    for login in (FIRST, SECOND):
        assert post(hall.person(login), hall, "doi-chieu", PAPER | changes).status_code == 302


def agree(hall: Hall) -> None:
    """Let two organisers type what the record says, and all programs recount."""
    counts = comparing.record_counts(hall.house, hall.uuid)
    typed = Typed(counts.listed - counts.spoiled - counts.unused, counts.unused, True, counts.ballots)
    for login in (FIRST, SECOND):
        comparing.type_counts(hall.house, hall.uuid, typed, hall.actor(login))
    recounts.start(hall.house, hall.uuid, hall.actor(FIRST)).join()


def save(hall: Hall, revision: int = 0, **changes: Any) -> TestResponse:
    """Save the particulars of the minutes."""
    browser = hall.person(FIRST)
    return post(browser, hall, "bien-ban", SITTING | {"revision": str(revision)} | changes, page="bien-ban")


def draw_up(hall: Hall) -> TestResponse:
    """Press the button that makes the documents."""
    return post(hall.person(FIRST), hall, "van-ban", page="bien-ban")
