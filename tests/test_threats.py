"""Every threat that a first release must withstand has a test that names it, as the table in tests/README.md says.

Here lives the list of ids, and the check of the table against the tests. Never here: a threat's own test.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = """
A1 A2 A3 A4 A5 A6 A8 A9 A10 A11 A13 A14 A16 A17 A20 A22 A24 A25
B1 B2 B3 B4 B5 B6 B7 B9 B12 B13 B14 B15 B17 B21 B22
C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C16 C17 C18 C20 C21 C23 C24
D1 D2 D4 D5 D6 D7 D8
E1 E2 E3 E4 E5
F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F15
G1 G2 G3 G4 G5 G6 G7 G10 G11 G12
H1 H2 H3 H4 H5 H6 H7 H8 H9 H10 H12 H13 H14 H16 H17 H18 H19 H21 H23
I1 I2 I3 I4 I5 I6 I7 I8 I9 I11 I12 I13 I14 I19 I20
"""
MUST = ROWS.split()
REPLACED = ["A14", "A20", "B7", "C6", "C7", "C15", "C21", "F1", "G5", "G7", "H10"]
ROW = re.compile(r"\| ([A-I][0-9]{1,2}) \| (.+) \| ((?:`[^`]+`(?:<br>)?)+) \|")
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def table() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the rows of the README: id, words, and the tests as (file, name)."""
    lines = (TESTS / "README.md").read_text("utf-8").splitlines()
    return [(row[1], row[2], NAMED.findall(row[3])) for line in lines if (row := ROW.fullmatch(line))]


@cache
def functions(file: str) -> dict[str, str]:
    """Return the tests of a file by name: the text of each, with decorators and the comment lines above them."""
    source = (TESTS / file).read_text("utf-8")
    lines, found = source.splitlines(), {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            while first > 1 and lines[first - 2].startswith("#"):
                first -= 1
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def test_the_table_has_every_row_once_and_no_other() -> None:
    found = Counter(number for number, _, _ in table())
    assert found == Counter(MUST)
    assert len(MUST) == 123


def test_every_line_that_begins_like_a_row_is_read_as_one() -> None:
    lines = (TESTS / "README.md").read_text("utf-8").splitlines()
    assert sum(bool(re.match(r"\| [A-Z][0-9]", line)) for line in lines) == len(table())


def test_replaced_rows_say_what_replaced_them() -> None:
    assert [number for number, words, _ in table() if " | " in words] == REPLACED


@pytest.mark.parametrize("number", MUST)
def test_the_tests_of_a_row_exist_and_name_it(number: str) -> None:
    (tests,) = [tests for found, _, tests in table() if found == number]
    assert tests
    for file, name in tests:
        assert (TESTS / file).is_file(), file
        assert name in functions(file), f"{file} has no {name}"
        assert re.search(rf"[Tt]hreats?\b[^\n]*\b{number}\b", functions(file)[name]), (
            f"{file}::{name} names no {number}"
        )
