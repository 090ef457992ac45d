"""Tables of rounds as anybody may send them: read strictly, refused by line and column, never half read.

Here live hostile and broken files. Never here: what is computed from a good one (test_paper.py).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.cells import plain, safe
from tally.paper import PaperRound, read
from tally.paper.table import FILE_LIMIT, MOST_LINES
from tally.protocol.errors import TallyError
from tests.commands import REFUSED, run

PUBLISHED = Path(__file__).parents[1] / "data" / "published"
COLUMNS = (
    "round", "date", "body", "rule_set", "percent_base", "total_delegates", "ballots_issued", "ballots_returned",
    "ballots_valid", "ballots_invalid", "seq", "name", "position", "high", "medium", "low", "pct_high", "source",
)  # fmt: skip
GOOD = ("Đợt", "2023-12-07", "HĐND", "NQ96_2023", "", "30", "22", "21", "20", "1", "1", "Lê Văn Hữu", "Chánh án",
        "10", "6", "4", "47.62", "báo")  # fmt: skip


def table(*rows: dict[str, str], delimiter: str = ",", head: tuple[str, ...] = COLUMNS) -> bytes:
    """A table whose lines are the good one with some cells changed."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows or ({},):
        writer.writerow([row.get(column, good) for column, good in zip(COLUMNS, GOOD, strict=True)])
    return out.getvalue().encode()


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(TallyError) as refused:
        read(raw, "bảng.csv")
    return refused.value.code, str(refused.value)


def one(raw: bytes) -> PaperRound:
    (found,) = read(raw)
    return found


# --- spellings of one table --------------------------------------------------------------------------------------


def test_commas_semicolons_marks_quotes_and_line_ends_make_no_difference() -> None:
    plain_table = table()
    quoted = "\n".join(
        ";".join(f'"{cell}"' for cell in line) for line in csv.reader(io.StringIO(plain_table.decode()))
    ).encode()
    spellings = (
        b"\xef\xbb\xbf" + plain_table, table(delimiter=";"), b"\xef\xbb\xbf" + table(delimiter=";"),
        plain_table.replace(b"\r\n", b"\n"), plain_table.rstrip(), plain_table + b"\r\n\r\n", quoted,
    )  # fmt: skip
    for raw in spellings:
        assert read(raw) == read(plain_table)


def test_the_order_of_columns_is_free_and_optional_ones_may_be_missing() -> None:
    order = [*range(len(COLUMNS))][::-1]
    raw = "\n".join(",".join(line[i] for i in order) for line in (COLUMNS, GOOD)).encode()
    assert read(raw) == read(table())
    least = ("round", "date", "body", "rule_set", "seq", "position", "high", "medium", "low")
    cells = dict(zip(COLUMNS, GOOD, strict=True))
    found = one("\n".join([",".join(least), ",".join(cells[c] for c in least)]).encode())
    assert (found.counters.returned, found.lines[0].name, found.lines[0].published) == (None, "", (None, None, None))


def test_decomposed_text_is_composed() -> None:
    assert one(unicodedata.normalize("NFD", table().decode()).encode()) == one(table())


def test_numbers_may_begin_with_a_zero_as_resolutions_print_them() -> None:
    assert one(table({"low": "04"})) == one(table())


def test_an_empty_cell_is_not_known_and_a_zero_is_zero() -> None:
    assert [one(table({"low": cell})).lines[0].counts[2] for cell in ("", "0")] == [None, 0]


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "＝1", "a;=1", "'=1", "''@x", "\U0001f600 Lê"]
)
def test_a_formula_is_a_text_like_any_other(text: str) -> None:
    assert one(table({"name": text})).lines[0].name == plain(text)
    assert one(table({"name": safe(text)})).lines[0].name == text


@given(st.text(st.sampled_from("=+-@'\";\t a1＝"), max_size=12))
def test_what_is_made_safe_is_read_as_it_was(text: str) -> None:
    assert plain(safe(text)) == text
    for part in safe(text).split(";"):
        assert not part.lstrip('" ').startswith(("=", "+", "-", "@", "＝", "\t"))


# --- cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["high", "low", "total_delegates", "ballots_returned", "percent_base", "seq"])
@pytest.mark.parametrize(
    "cell",
    [
        "-1",
        "+1",
        "1.0",
        "1,0",
        "1e3",
        "0x10",
        "١٢",
        "１２",
        "²",
        "12 3",
        "1 000",
        "1.000",
        "=1+1",
        "NaN",
        "1000001",
        "9" * 400,
    ],
)
def test_a_number_is_ascii_digits_and_nothing_else(column: str, cell: str) -> None:
    code, sentence = refusal(table({}, {column: cell, "seq": cell if column == "seq" else "2", "round": "Đợt 2"}))
    assert code == "BAD_CELL"
    assert f"dòng 3, cột {column}" in sentence


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("seq", "0"), ("seq", ""), ("percent_base", "0"), ("round", ""), ("position", ""), ("body", ""), ("date", ""),
        ("date", "07/12/2023"), ("date", "2023-02-30"), ("date", "20231207"), ("pct_high", "47,6,2"),
        ("pct_high", "-1"), ("pct_high", "٤٧"), ("name", "Lê\u202eHữu"), ("name", "Lê\u200bHữu"), ("name", "Lê\nHữu"),
        ("name", "Lê\u00a0H"), ("position", "x" * 401), ("source", "a\tb"),
    ],
)  # fmt: skip
def test_a_cell_that_its_column_does_not_allow_is_named(column: str, cell: str) -> None:
    code, sentence = refusal(table({column: cell}))
    assert (code, f"dòng 2, cột {column}: Ô này" in sentence) == ("BAD_CELL", True), sentence


def test_the_line_of_the_file_is_named_also_after_a_cell_of_several_lines() -> None:
    code, sentence = refusal(table({"source": ""}, {"seq": "2", "source": "hai\r\ndòng"}, {"seq": "3", "low": "x"}))
    assert (code, "dòng 3, cột source" in sentence) == ("BAD_CELL", True)
    raw = table({}, {"seq": "x"}).replace(b"\r\n", b"\r\n\r\n", 1)
    assert "dòng 4, cột seq" in refusal(raw)[1]


def test_a_rule_set_that_is_not_there_is_refused_and_no_path() -> None:
    for name in ("NQ97", "../NQ96_2023", "/etc/passwd", "nq96_2023", "NQ96_2023\x00"):
        assert refusal(table({"rule_set": name}))[0] in ("UNKNOWN_RULE_SET", "UNREADABLE_TABLE")
    assert refusal(table({"rule_set": ""}))[0] == "BAD_CELL"


# --- lines -------------------------------------------------------------------------------------------------------


def test_a_line_twice_is_refused() -> None:
    assert refusal(table({}, {"position": "Khác", "name": "Khác"})) == (
        "DUPLICATE_ROW",
        "dòng 3: Trùng với dòng 2 của cùng đợt.",
    )
    assert refusal(table({}, {"seq": "2"}))[0] == "DUPLICATE_ROW"
    assert len(one(table({"name": ""}, {"name": "", "seq": "2"})).lines) == 2  # two vice chairmen, without names


@pytest.mark.parametrize(
    ("column", "cell"),
    [("ballots_returned", "20"), ("rule_set", "NQ85_2014"), ("total_delegates", ""), ("percent_base", "9")],
)
def test_lines_of_one_round_say_the_same_of_it(column: str, cell: str) -> None:
    code, sentence = refusal(table({}, {"seq": "2", "name": "B", column: cell}))
    assert code == "ROWS_DIFFER"
    assert f"dòng 3, cột {column}: Khác với dòng 2" in sentence


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"ballots_returned": "23"}, "TOO_MANY_BALLOTS"),
        ({"ballots_returned": "", "ballots_valid": "20", "ballots_invalid": "3"}, "TOO_MANY_BALLOTS"),
        ({"ballots_valid": "22"}, "BAD_COUNTERS"),
        ({"ballots_invalid": "22"}, "BAD_COUNTERS"),
    ],
)
def test_counters_that_no_count_can_have_are_refused(cells: dict[str, str], code: str) -> None:
    assert refusal(table(cells))[0] == code


# --- columns and files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("source", "nguồn", "không có nghĩa"), ("source", "", "không có nghĩa"), ("source", "HIGH", "không có nghĩa"),
        ("source", "confidence", "không có nghĩa"), ("source", "high", "có hai lần"), ("low", "low2", "còn thiếu"),
        ("seq", "stt", "còn thiếu"), ("source", "=1+1", "không có nghĩa"), ("pct_high", "pct_none", "không có nghĩa"),
    ],
)  # fmt: skip
def test_a_column_that_is_unknown_missing_or_there_twice_is_named(old: str, new: str, reason: str) -> None:
    code, sentence = refusal(table(head=tuple(new if column == old else column for column in COLUMNS)))
    assert code == "BAD_COLUMN"
    assert reason in sentence


def test_a_line_has_nothing_under_the_levels_of_another_rule_set() -> None:
    head = "round,date,body,rule_set,ballots_returned,seq,position,high,medium,low,confidence,no_confidence"
    rows = ["A,2023-12-07,HĐND,NQ96_2023,20,1,X,10,6,4,1,", "B,2023-12-07,HĐND,NQ96_2023_VOTE,20,1,X,,,,9,9"]
    code, sentence = refusal("\n".join([head, *rows]).encode())
    assert (code, "dòng 2, cột confidence" in sentence) == ("BAD_CELL", True)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\n", b"\xef\xbb\xbf", ",".join(COLUMNS).encode(), table().decode().encode("utf-16"), table() + b"\xff",
        table() + b"\0", table() + b'"', table().replace(b"L\xc3", b'"L\xc3'), table() + b"a,b\r\n",
        table({"source": "x" * 4001}), b"PK\x03\x04" + bytes(40), b"x," * 100 + b"\n1", b" " * (FILE_LIMIT + 1),
        b"\n".join([table().splitlines()[0], *[table().splitlines()[1]] * (MOST_LINES + 1)]),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(raw: bytes) -> None:
    assert refusal(raw)[0] in ("UNREADABLE_TABLE", "BAD_COLUMN")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for content in (raw, table()[:-20] + raw):
        try:
            assert read(content)
        except TallyError as error:
            assert error.code in str(type(error).code)


def test_a_byte_anywhere_in_a_published_table_is_read_or_refused() -> None:
    whole = (PUBLISHED / "qh_2014-11-15.csv").read_bytes()
    for place in range(0, len(whole), 7):
        for byte in (0, 34, 44, 255):
            try:
                read(whole[:place] + bytes([byte]) + whole[place + 1 :])
            except TallyError as error:
                assert str(error)


def test_the_command_names_line_column_and_code(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(table({"low": "١٢"}))
    done = run("tally", "outcome", path, "--json")
    assert done.code == REFUSED
    assert done.output.startswith("BAD_CELL: dòng 2, cột low: Ô này phải là số nguyên không âm")
