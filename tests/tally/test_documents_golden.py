"""The whole text of every document of a round under each rule set, beside the text that people have looked at.

Here live those comparisons. Never here: a judgement of one field (test_documents.py, test_papers_*.py).

After a change that is meant, look at the pages again and write the texts anew:

    .venv/bin/python -m tests.tally.test_documents_golden

The rounds are made up; hashes in them are fixed. Under QD262_2014 a bad line voids a whole ballot, so that its round
was counted on paper. NQ96_2023_VOTE stands for the votes with two choices.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from tally.protocol.incident import Incident
from tally.protocol.manifest import Block
from tally.protocol.minutes import Signatory
from tally.report import family
from tally.report.documents import DOCUMENTS, Document, Papers, documents_of, per_person
from tests.tally.judged import a_round, counted, officials
from tests.tally.some_papers import EXEMPT, PARTY_BODY, STATE_BODY, minutes, on_paper, papers

TEXTS = Path(__file__).parent.parent / "data" / "documents"
RULES = ("QD96_2023", "QD262_2014", "NQ96_2023", "NQ85_2014", "NQ35_2012", "NQ96_2023_VOTE")
ON_PAPER = "QD262_2014"
INCIDENTS = (
    Incident("power", "09:05", "Mất điện ở phòng phiếu trong ba phút.", "Máy chạy bằng bộ lưu điện, không mất phiếu."),
    Incident("receipt", "10:40", "Một biên nhận không tra thấy.", "Gõ nhầm một ký tự; đã tra thấy."),
)
TITLES = {"QD": "Lấy phiếu tín nhiệm trong Đảng bộ tỉnh", "NQ": "Lấy phiếu tín nhiệm tại Hội đồng nhân dân tỉnh"}


@cache
def golden_round(rules: str) -> Papers:
    """An ordinary row, a unanimous one, one at two thirds and one just over half of the base of these rules."""
    party, vote, of_all = rules.startswith("QD"), rules.endswith("VOTE"), rules in ("NQ85_2014", "NQ35_2012")
    first = Block("Khối thứ nhất", officials("Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn"))
    second = Block("Khối thứ hai", officials("Lưỡng Vỹ Sửu", "Phạm Đức Trưởng", position="Ủy viên"))
    title = TITLES[rules[:2]].replace("Lấy", "Bỏ" if vote else "Lấy")
    manifest = a_round(
        first, second, rules=rules, body=PARTY_BODY if party else STATE_BODY, title=title, exempt=(EXEMPT,),
        session="Hội nghị lần thứ 12" if party else "Kỳ họp thứ 11",
    )  # fmt: skip
    if vote:
        counts: tuple[tuple[int, ...], ...] = ((23, 7), (30, 0), (15, 15), (10, 17))
    elif of_all:
        counts = ((20, 7, 3), (30, 0, 0), (3, 4, 23), (9, 2, 18))
    else:
        counts = ((20, 7, 3), (30, 0, 0), (4, 6, 20), (9, 2, 16))
    if rules == ON_PAPER:
        less = tuple((count[0] - 2, *count[1:]) for count in counts)
        return on_paper(counted(manifest, *less), invalid=2)
    signers = tuple(Signatory(owner, "c" * 64) for owner in (1, 2, 3))
    said = minutes(assigned_by="Chủ tọa", signers=signers, complaints="", incidents=INCIDENTS)
    return papers(counted(manifest, *counts), said)


def those_of(rules: str) -> tuple[Document, ...]:
    """Every document of the round; of the sheets per person the first and the last."""
    about = golden_round(rules)
    sheets = per_person(about)
    return tuple(d for d in documents_of(about) if d.name not in {sheet.name for sheet in sheets[1:-1]})


def text_of(pdf: bytes) -> str:
    """The lines of each page under its number."""
    found = enumerate((page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages), start=1)
    return "".join(
        f"[trang {number}]\n" + "".join(f"{' '.join(line.split())}\n" for line in page.splitlines() if line.strip())
        for number, page in found
    )


CASES = [(rules, document) for rules in RULES for document in those_of(rules)]


@pytest.mark.parametrize(("rules", "document"), CASES, ids=[f"{rules}-{d.name}" for rules, d in CASES])
def test_a_document_says_what_people_have_read(rules: str, document: Document) -> None:
    if family().note:
        pytest.skip("lines break elsewhere in another family of type")
    path = TEXTS / rules / f"{document.name}.txt"
    assert text_of(document.make(golden_round(rules), family())) == path.read_text("utf-8")


def test_no_text_is_left_of_a_document_that_is_no_more() -> None:
    kept = {(path.parent.name, path.stem) for path in TEXTS.rglob("*.txt")}
    assert kept == {(rules, document.name) for rules, document in CASES}


def test_every_document_of_the_table_has_a_text() -> None:
    assert {d.name for d in DOCUMENTS} <= {document.name for _, document in CASES}


if __name__ == "__main__":
    for stale in TEXTS.rglob("*.txt"):
        stale.unlink()
    for chosen, one in CASES:
        target = TEXTS / chosen / f"{one.name}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text_of(one.make(golden_round(chosen), family())), "utf-8")
