"""What goes out comes in again unharmed, runs nowhere, prints well, and is the same bytes for the same lists.

Here lives every way out: the catalogue, a round, the samples. Never here: a way in that lies (test_lists_files.py).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from datetime import date
from io import BytesIO
from urllib.parse import unquote_to_bytes

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ballot.catalogue import appointments, bodies
from ballot.catalogue.bodies import NewBody
from ballot.life import rounds
from ballot.life.planned import Entitled, LeftOut, Planned, Rated
from ballot.lists import samples
from ballot.lists.columns import CATALOGUE, PAIR, by_slug
from ballot.lists.columns import PEOPLE as PEOPLE_SHEET
from ballot.lists.csv_file import plain, safe, write_csv
from ballot.lists.exports import as_csv
from ballot.lists.refusals import BadFile
from ballot.lists.sheets import read_sheets
from ballot.lists.workbook import Workbook, read
from ballot.lists.xlsx_out import Table, day_or_text, write_xlsx
from ballot.models.registry.catalogue import Appointment, Body
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Official
from ballot.slips.own_device import Login
from ballot.storage import reading, writing
from ballot.views.own_device import _as_csv
from tally.protocol.encoding import text
from tally.protocol.errors import BadText
from tests.ballot.hall import FORM, VOTERS, Hall, plan
from tests.ballot.hostile_names import LEGAL, REFUSED
from tests.ballot.list_desk import Desk, catalogue, words
from tests.ballot.look import refused

Open = Callable[[str], Hall]
STARTERS = ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.fixture
def desk(at: Open) -> Desk:
    return Desk(at("draft"))


def composed(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def people_csv(names: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["Mã", "Họ và tên"], *([f"{n:03d}", name] for n, name in enumerate(names))])
    return out.getvalue().encode()


def csv_rows(raw: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=delimiter))


# --- hostile names ------------------------------------------------------------------------------------------------


def test_the_hostile_names_are_sorted_right() -> None:
    assert len(LEGAL) >= 200
    assert [name for name in LEGAL if text(composed(name), "name", limit=200) != composed(name)] == []
    for name in REFUSED:
        with pytest.raises(BadText):
            text(composed(name), "name", limit=200)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_legal_name_comes_through_the_catalogue_unharmed(desk: Desk, kind: str) -> None:
    """In by one kind of file, out by every kind, in again without change. threats H4, H21."""
    table = Table("Người", ("Mã", "Họ và tên"), [[f"{n:03d}", composed(name)] for n, name in enumerate(LEGAL)])
    raw = write_xlsx([table]) if kind == "xlsx" else as_csv(table)
    assert f"Hàng đã thêm {len(LEGAL)}" in desk.write(raw, f"a.{kind}", "nguoi")
    wanted = {f"{n:03d}": composed(name) for n, name in enumerate(LEGAL)}
    for name, sheet in (
        ("danh-muc.xlsx", ""),
        ("nguoi.xlsx", "nguoi"),
        ("nguoi.csv", "nguoi"),
        ("nguoi.csv?dau=;&bom=0", "nguoi"),
    ):
        out = desk.person.get(f"/danh-sach/xuat/{name}").data
        again = read(out, name.partition("?")[0], only=by_slug(sheet))
        assert {row.cells["Mã"]: row.cells["Họ và tên"] for row in again.sheets["Người"]} == wanted
        assert "Không có gì mới" in words(desk.page(desk.look(out, name.partition("?")[0], sheet)))


def test_no_cell_of_an_export_is_a_formula(desk: Desk) -> None:
    desk.write(people_csv(LEGAL), "a.csv", "nguoi")
    sheet = openpyxl.load_workbook(BytesIO(desk.person.get("/danh-sach/xuat/nguoi.xlsx").data))["Người"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith(STARTERS))
    for delimiter in ",;\t":
        answer = desk.person.get("/danh-sach/xuat/nguoi.csv", query_string={"dau": delimiter})
        assert [c for row in csv_rows(answer.data, delimiter) for c in row if c.startswith(STARTERS)] == []


def test_every_other_name_is_refused_by_row_and_column() -> None:
    for name in REFUSED:
        try:
            found = read(people_csv(("Cán bộ mẫu 01", name)), "a.csv", only=PEOPLE_SHEET)
        except BadFile as error:
            assert "\0" in name  # no text file at all
            assert "CSV UTF-8" in str(error)
            continue
        assert [(p.sheet, p.row, p.column.partition(" (")[0]) for p in found.problems] == [("Người", 3, "Họ và tên")], (
            ascii(name)
        )


def test_a_round_carries_every_legal_name(at: Open) -> None:
    hall = at("draft")
    names = [composed(name) for name in LEGAL]
    house, actor = hall.house, hall.actor("to-chuc-1")
    settings_ = plan(delegates=len(names)).settings
    rated = [Rated(name, f"Chức danh {n}", "Khối", "Phiếu", "Cấp quản lý") for n, name in enumerate(names)]
    roll = [Entitled(f"{n:03d}", name, "Đơn vị") for n, name in enumerate(names)]
    left = [LeftOut(name, "Chức danh", "Lý do", "Điều 1") for name in names]
    uuid = rounds.create_planned(house, Planned(settings_, rated, roll, left), actor)
    person = hall.person("to-chuc-1")
    whole = openpyxl.load_workbook(BytesIO(person.get(f"/dot/{uuid}/danh-sach/danh-sach.xlsx").data))
    for slug, title in (
        ("nguoi-duoc-lay-phieu", "Người được lấy phiếu"),
        ("nguoi-ghi-phieu", "Người ghi phiếu"),
        ("nguoi-khong-lay-phieu", "Người không lấy phiếu"),
    ):
        rows = csv_rows(person.get(f"/dot/{uuid}/danh-sach/{slug}.csv").data)
        place = rows[0].index("Họ và tên")
        assert sorted(plain(row[place]) for row in rows[1:]) == sorted(names)
        assert whole[title].max_row == len(names) + 1
        assert {cell.data_type for cell in whole[title]["D" if place == 3 else "C" if place == 2 else "B"]} == {"s"}
    assert person.get(f"/dot/{uuid}/danh-sach/").status_code == 200


@given(st.text(max_size=50))
def test_a_csv_cell_is_read_as_it_was_written(cell: str) -> None:
    assert plain(safe(cell)) == cell
    assert not safe(cell).startswith(STARTERS)


WITHIN = "Sở;=1+1;x", "Sở; @SUM(1)", "Sở;\uff1d1+1", 'Sở;"=1+1";x', "Sở;'=1+1"


@pytest.mark.parametrize("name", WITHIN)
def test_no_cell_is_a_formula_where_a_spreadsheet_cuts_at_semicolons(name: str) -> None:
    """threats H4"""
    login = Login(reference="DB-1", name=name, unit=name, password="0")  # noqa: S106 - of nobody
    handed_out = unquote_to_bytes(_as_csv([login]).partition(",")[2])
    for raw in (write_csv([("Mã", "Tên"), ("1", name)]), handed_out):
        lines = raw.decode("utf-8-sig").splitlines()
        cells = [cell.lstrip(' "') for line in lines for cell in line.split(";")]
        assert not [cell for cell in cells if cell.startswith(STARTERS)]
        assert plain(list(csv.reader(lines))[1][1]) == name


# --- any legal workbook -------------------------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), max_codepoint=0x2FFFF)
DANGEROUS = st.sampled_from(
    ["=", "+", "-", "@", "'", '"', ",", ";", "_x0041_", "x005F_", "_x0041_x005F_", "_", "<", "&", "{", "ệ", "\u0323"]
)


def is_legal(value: str) -> bool:
    try:
        return text(value, "", limit=60) == value
    except BadText:
        return False


LEGAL_TEXTS = (
    st.lists(LETTERS | DANGEROUS, max_size=12).map(lambda parts: composed("".join(parts))).filter(bool).filter(is_legal)
)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
ROWS = st.lists(
    st.tuples(LEGAL_TEXTS, LEGAL_TEXTS, DAYS | st.just(""), LEGAL_TEXTS | st.just(""), LEGAL_TEXTS | st.just("")),
    min_size=1,
    max_size=6,
)


@given(ROWS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_workbook_of_legal_texts_is_read_as_it_was_written(rows: list[tuple[object, ...]]) -> None:
    def shown(value: object) -> str:
        return value if isinstance(value, str) else f"{value:%d/%m/}{value.year}"  # type: ignore[attr-defined]

    typed = [[day_or_text(v.isoformat()) if isinstance(v, date) else v for v in row] for row in rows]
    raw = write_xlsx([Table("Người", PEOPLE_SHEET.headings, typed)])
    (sheet,) = read_sheets(raw)
    found = [[sheet.rows[n].get(c, ("", ""))[1] for c in range(1, 6)] for n in range(2, len(rows) + 2)]
    assert found == [[shown(value) for value in row] for row in rows]
    again = read(
        write_csv([PEOPLE_SHEET.headings, *([shown(v) for v in row] for row in rows)]), "a.csv", only=PEOPLE_SHEET
    )
    assert again.problems == []
    assert [list(row.cells.values()) for row in again.sheets["Người"]] == [
        [shown(value) for value in row] for row in rows
    ]


# --- the catalogue ------------------------------------------------------------------------------------------------


def test_an_export_of_the_catalogue_imports_again_without_change(desk: Desk) -> None:
    """After a history: a body renamed, somebody on notice, somebody suspended and back, somebody gone."""
    desk.write(samples.provincial_workbook())
    hall = desk.hall
    actor = hall.actor("to-chuc-1")
    with reading(hall.house.registry) as session:
        council = session.scalars(select(Body.id).where(Body.code == "HDND")).one()
    bodies.change(
        hall.house, actor, "rename", "2025-07-01", [council], [NewBody("HDND-2", "Hội đồng nhân dân tỉnh mẫu mới")]
    )
    with writing(hall.house.registry) as session:
        terms = list(session.scalars(select(Appointment).order_by(Appointment.id)))
        appointments.set_status(session, terms[0], "retirement_notice", "2026-01-01", "Thông báo mẫu")
        appointments.set_status(session, terms[1], "suspended", "2024-01-01")
        appointments.set_status(session, terms[1], "serving", "2024-06-01")
        appointments.set_status(session, terms[2], "left", "2024-06-01")
    before = catalogue(hall)
    raw = desk.person.get("/danh-sach/xuat/danh-muc.xlsx").data
    page = words(desk.page(desk.look(raw)))
    assert "Không có gì mới" in page
    assert "Nên xem lại" not in page
    for sheet in CATALOGUE:
        out = desk.person.get(f"/danh-sach/xuat/{sheet.slug}.csv").data
        assert "Không có gì mới" in words(desk.page(desk.look(out, "a.csv", sheet.slug)))
    assert catalogue(hall) == before


def test_an_export_begins_another_catalogue(desk: Desk, at: Open) -> None:
    desk.write(samples.provincial_workbook())
    raw = desk.person.get("/danh-sach/xuat/danh-muc.xlsx").data
    other = Desk(at("draft"))
    assert "Hàng đã thêm 227" in other.write(raw)
    assert other.person.get("/danh-sach/xuat/danh-muc.xlsx").data == raw


def test_the_same_lists_are_the_same_bytes(desk: Desk) -> None:
    desk.write(samples.sample_workbook())
    for path in (
        "/danh-sach/xuat/danh-muc.xlsx",
        "/danh-sach/mau/tinh-mau.xlsx",
        f"/dot/{desk.hall.uuid}/danh-sach/danh-sach.xlsx",
    ):
        assert desk.person.get(path).data == desk.person.get(path).data
    first, second = (write_xlsx([Table("T", ("A",), [["x"]])]) for _turn in range(2))
    assert first == second
    assert b"1980" not in first  # the day of a zip entry is a number, and no other day is written


def test_csv_has_the_mark_of_utf8_unless_it_is_not_wanted(desk: Desk) -> None:
    with_mark, without = (desk.person.get(f"/danh-sach/xuat/nguoi.csv{more}").data for more in ("", "?bom=0"))
    assert with_mark == b"\xef\xbb\xbf" + without
    assert desk.person.get("/danh-sach/xuat/nguoi.csv?dau=x").data == with_mark  # no delimiter of Excel's


def test_a_sheet_is_ready_to_print(desk: Desk) -> None:
    sheet = openpyxl.load_workbook(BytesIO(desk.person.get("/danh-sach/xuat/danh-muc.xlsx").data))["Chức danh"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (
        sheet.page_setup.fitToWidth,
        sheet.page_setup.fitToHeight,
        sheet.sheet_properties.pageSetUpPr.fitToPage,
    ) == (1, 0, True)


def test_cells_have_their_types(desk: Desk) -> None:
    desk.write(samples.sample_workbook())
    whole = openpyxl.load_workbook(BytesIO(desk.person.get("/danh-sach/xuat/danh-muc.xlsx").data))
    post, person = [cell.value for cell in whole["Chức danh"][2]], [cell.value for cell in whole["Người"][2]]
    assert (post[7], post[8].date()) == (1, date(2021, 6, 1))
    assert (person[0], person[2].date()) == ("001", date(1970, 5, 1))


# --- a round ------------------------------------------------------------------------------------------------------


def test_a_rounds_lists_tell_nothing_of_who_came(at: Open) -> None:
    hall = at("draft")
    person = hall.person("to-chuc-1")
    paths = [f"/dot/{hall.uuid}/danh-sach/{name}" for name in ("danh-sach.xlsx", "nguoi-ghi-phieu.csv")]
    before = [person.get(path).data for path in paths]
    with writing(hall.house.registry) as session:
        for voter in session.scalars(select(Voter).limit(20)):
            voter.present = True
    assert [person.get(path).data for path in paths] == before
    assert len(csv_rows(before[1])) == VOTERS + 1


def test_the_roll_is_sorted_by_given_name(at: Open) -> None:
    hall = at("draft")
    roll = [Entitled(str(n), name, "") for n, name in enumerate(("Trần Ân", "Lê Ẩn", "Phạm Cúc", "Vũ An"))]
    settings_ = plan(rehearsal=True, minimum_ballots=1).settings
    uuid = rounds.create_planned(hall.house, Planned(settings_, [Rated("A", "B", "C")], roll), hall.actor("to-chuc-1"))
    rows = csv_rows(hall.person("to-chuc-1").get(f"/dot/{uuid}/danh-sach/nguoi-ghi-phieu.csv").data)
    assert [row[2] for row in rows[1:]] == ["Vũ An", "Trần Ân", "Lê Ẩn", "Phạm Cúc"]


# --- samples, and the two lists of a small round ------------------------------------------------------------------


def read_sample(desk: Desk, name: str) -> Workbook:
    raw, slug = desk.person.get(f"/danh-sach/mau/{name}").data, name.partition(".")[0]
    pair = slug in [sheet.slug for sheet in PAIR]
    return read(raw, name, only=by_slug(slug, (*CATALOGUE, *PAIR)), sheets=PAIR if pair or "hai" in name else CATALOGUE)


SAMPLES = [
    "danh-muc-mau.xlsx",
    "tinh-mau.xlsx",
    "hai-danh-sach-mau.xlsx",
    *(f"{s.slug}.csv" for s in (*CATALOGUE, *PAIR)),
]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_a_list_without_a_problem(desk: Desk, name: str) -> None:
    found = read_sample(desk, name)
    assert (found.problems, found.warnings) == ([], [])
    assert all(len(rows) > 1 for rows in found.sheets.values())


def test_every_sample_is_named_on_the_page(desk: Desk) -> None:
    page = desk.page("/danh-sach/") + desk.page("/dot-moi")
    assert [name for name in SAMPLES if f"/danh-sach/mau/{name}" not in page] == []


def send_pair(hall: Hall, officials: bytes, roll: bytes, ending: str = "xlsx"):
    files = {"officials": (BytesIO(officials), f"o.{ending}"), "roll": (BytesIO(roll), f"r.{ending}")}
    return hall.person("to-chuc-1").form("/dot-moi", {**FORM, **files, "delegates": "12"}, page="/dot-moi")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_small_round_is_made_from_the_sample(at: Open, ending: str) -> None:
    hall = at("draft")
    person = hall.person("to-chuc-1")
    names = ("nguoi-duoc-lay-phieu.csv", "nguoi-ghi-phieu.csv") if ending == "csv" else ("hai-danh-sach-mau.xlsx",) * 2
    officials, roll = (person.get(f"/danh-sach/mau/{name}").data for name in names)
    answer = send_pair(hall, officials, roll, ending)
    assert answer.status_code == 302, words(answer.get_data(as_text=True))
    uuid = answer.headers["Location"].split("/")[-2]
    with reading(hall.house.registry) as session:
        row = rounds.Round.__table__
        round_id = session.scalar(select(row.c.id).where(row.c.uuid == uuid))
        assert session.scalars(select(Official.name).where(Official.round_id == round_id)).all() == [
            f"Cán bộ mẫu 0{n}" for n in (1, 2, 3)
        ]
        voters = session.scalars(select(Voter).where(Voter.round_id == round_id).order_by(Voter.id)).all()
    assert [(v.reference, v.site) for v in voters][:2] == [("001", "Điểm cầu số 2"), ("002", "Điểm cầu số 3")]


def test_a_bad_cell_of_the_pair_is_refused_by_row_and_column(at: Open) -> None:
    hall = at("draft")
    bad = write_xlsx([Table("Trang 1", ("Mã", "Họ và tên"), [["1", "A"], ["2", 5]])])
    officials = write_xlsx(samples.tables(samples.pair_rows(), PAIR)[:1])
    answer = send_pair(hall, officials, bad)
    refused(answer, 400, "BAD_LIST")
    assert "dòng 3, Họ và tên (B3)" in answer.get_data(as_text=True)


def test_hostile_files_are_no_list_of_a_round(at: Open) -> None:
    hall = at("draft")
    refused(send_pair(hall, b"PK\3\4 nothing", b"PK\3\4 nothing"), 400, "BAD_LIST")
