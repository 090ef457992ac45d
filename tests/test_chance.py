"""Where chance comes from: the operating system, in Python and in the browser, and no number that only counts.

Here live checks that read the source (threats B14). Never here: a measurement of randomness.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Integer

from ballot.models.box import BoxBase

ROOT = Path(__file__).parent.parent
SOURCES = {
    "Python": ([*ROOT.glob("ballot/**/*.py"), *ROOT.glob("keys/**/*.py"), *ROOT.glob("tally/**/*.py")], re.compile(
        r"^\s*(?:import|from)\s+random\b|\bnumpy\.random\b|\buuid1\(|\buuid\.uuid|\bos\.getpid\(\).*seed|\brandom\.seed",
        re.MULTILINE,
    )),
    "JavaScript": ([*ROOT.glob("ballot/frontend/src/**/*.js"), *ROOT.glob("ballot/static/**/*.js")],
                   re.compile(r"Math\.random\b|Date\.now\(\)\s*%")),
}  # fmt: skip


# threats B14
@pytest.mark.parametrize("language", SOURCES)
def test_no_source_draws_from_a_generator_that_can_be_foretold(language: str) -> None:
    paths, weak = SOURCES[language]
    ours = [path for path in paths if not {"dist", "vendor", "node_modules"} & set(path.parts)]
    assert len(ours) > 20
    found = {str(path.relative_to(ROOT)): weak.findall(path.read_text("utf-8")) for path in ours}
    assert {name: hits for name, hits in found.items() if hits} == {}


# threats B14
def test_no_key_of_the_box_is_a_number_that_counts() -> None:
    keys = [column for table in BoxBase.metadata.sorted_tables for column in table.primary_key.columns]
    assert keys
    assert [str(column) for column in keys if isinstance(column.type, Integer)] == []
