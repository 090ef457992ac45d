"""A small round at three sites (điểm cầu), real or a rehearsal, public or restricted, brought to any point of its day.

Here lives the bringing. Never here: an expectation.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text as sql

from ballot.desk import sites
from ballot.result import closing
from ballot.storage import reading, writing
from tests.ballot.asking import do, hand_in_parts
from tests.ballot.hall import Hall

SITES = ("Hội trường chính", "Điểm cầu Cần Giờ", "Điểm cầu Thủ Đức")
COUNT = 36
ROLL = "ma,ho_ten,don_vi,diem\n" + "".join(
    f"DB-{n:04d},Đại biểu họ tên {n:04d},Tổ {n % 2},{SITES[n % 3]}\n" for n in range(COUNT)
)
PLAN: dict[str, Any] = {"roll": ROLL, "delegates": COUNT}
FIRST, SECOND, DESK = "to-chuc-1", "to-chuc-2", "tiep-don"


def set_column(hall: Hall, column: str, value: Any) -> None:
    """Change the round's row behind the application's back."""
    with writing(hall.house.registry) as session:
        statement = sql(f"UPDATE round SET {column} = :value WHERE uuid = :uuid")  # noqa: S608 - a name of ours
        session.execute(statement, {"value": value, "uuid": hall.uuid})


def column(hall: Hall, name: str) -> Any:
    with reading(hall.house.registry) as session:
        return session.scalar(sql(f"SELECT {name} FROM round WHERE uuid = :uuid"), {"uuid": hall.uuid})  # noqa: S608


def screen(hall: Hall, **asked: Any) -> str:
    """Return what stands on the big screen."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = hall.anybody().get(f"/chieu/{column(hall, 'projector_key')}?{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def cast(hall: Hall, numbers: range) -> None:
    for number in numbers:
        assert hall.cast(hall.body(number)).status_code == 201


def close(hall: Hall) -> None:
    """Report every site as all in, and close."""
    for site in SITES:
        sites.report_all_in(hall.house, hall.uuid, site, hall.actor(DESK))
    hall.by_two(closing.close)


def tally(hall: Hall) -> None:
    browser = hall.person(FIRST)
    hand_in_parts(hall, browser)
    assert do(browser, hall, "kiem-phieu").status_code == 302


def certify(hall: Hall) -> None:
    """Put the round where the committee's signatures put it."""
    set_column(hall, "phase", "certified")
    with writing(hall.house.box) as session:
        session.execute(sql("UPDATE election SET phase = 'certified'"))


def drafted(hall: Hall, **columns: Any) -> Hall:
    """Bring a draft, changed in these columns, to an open box."""
    for name, value in columns.items():
        set_column(hall, name, value)
    for phase in ("issuing", "frozen", "ready", "voting"):
        getattr(hall, phase)()
    return hall
