"""Papers of rounds for the tests of documents: Party and state, rating and vote, with minutes and without, on paper.

Here live values that are made directly. Never here: a record; what is checked of those is in test_documents.py.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from pypdf import PdfReader

from tally.comparison import IssuerCounts, RecordCounts, compare
from tally.outcome import Outcome, judge
from tally.protocol.committee import Member
from tally.protocol.incident import ComplaintWindow
from tally.protocol.manifest import Block, Exempt
from tally.protocol.minutes import Absent, Minutes, PaperCounts, Recount, Signatory
from tally.report import family
from tally.report.documents import Papers
from tally.report.typeface import Typeface
from tally.slips import SlipCounts
from tests.tally.judged import RECORD_HASH, VERDICT, a_round, counted, officials

Make = Callable[[Papers, Typeface], bytes]
MEMBERS = (Member("Trần Quang Minh", "Trưởng ban"), Member("Lê Thị Hòa", ""), Member("Phan Văn Đức", ""))
SLIPS = SlipCounts(
    issuers=("ban-to-chuc", "mat-tran"), issued=(28, 28), reissued=(1, 1), envelopes=(5, 5), undelivered=(0, 0),
    spoiled=1, unused=2, tests={"": 1, "B1": 2},
)  # fmt: skip
PARTY_BODY, STATE_BODY = "Tỉnh ủy Thanh Sơn", "Hội đồng nhân dân tỉnh Thanh Sơn"
EXEMPT = Exempt("Hồ Văn Ngoại", "Trưởng Ban Dân tộc", "Được bầu trong năm lấy phiếu", "khoản 5 Điều 2")


def minutes(**changes: object) -> Minutes:
    found = Minutes(
        manifest="0" * 64, root="ab" * 32, number="05", place="Thanh Sơn", room="Hội trường A", started="08:05",
        ended="11:20", assigned_by="", present=31, absent=(Absent("Vũ Thị Vắng", "nghỉ ốm"),),
        paper=PaperCounts(31, 2, slips_counted=True, slips_in_box=30, typed_by=("Lê Thị Hòa", "Ngô Gia Nhập")),
        recounts=(Recount("kiểm lại", agrees=True),), complaints="", copies=2, recipients=("Như trên", "Lưu"),
        signers=(Signatory(1, ""), Signatory(2, "")), window=ComplaintWindow(10),
    )  # fmt: skip
    return replace(found, **changes)  # type: ignore[arg-type]


def papers(outcome: Outcome, written: Minutes | None = None) -> Papers:
    """Papers of a round with a record; the numbers from paper agree with `SLIPS`."""
    issuers = tuple(IssuerCounts(name, 28, 1, 5, 0) for name in SLIPS.issuers)
    record = RecordCounts(issuers, listed=34, spoiled=1, unused=2, ballots=outcome.ballots.returned)
    found = compare(record, written.paper, recounts=written.recounts) if written else None
    return Papers(outcome, written, MEMBERS, SLIPS, RECORD_HASH, VERDICT, comparison=found)


@cache
def state_rating() -> Outcome:
    """Thirty ballots: an ordinary row, a unanimous one, one at two thirds low, one just over half with void lines."""
    council = Block("Khối Hội đồng nhân dân", officials("Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn"))
    people = Block("Khối Ủy ban nhân dân", officials("Lưỡng Vỹ Sửu", "Phạm Đức Trưởng"))
    manifest = a_round(council, people, exempt=(EXEMPT,))
    return counted(manifest, (20, 7, 3), (30, 0, 0), (4, 6, 20), (9, 2, 16))


@cache
def party_rating() -> Outcome:
    """The same counts under the Party's rules, without anybody exempt."""
    board = Block("Ban Thường vụ", officials("Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn", "Lưỡng Vỹ Sửu", "Phạm Đức Trưởng"))
    manifest = a_round(board, rules="QD96_2023", body=PARTY_BODY, session="Hội nghị lần thứ 12")
    return counted(manifest, (20, 7, 3), (30, 0, 0), (4, 6, 20), (9, 2, 16))


@cache
def vote(rules: str = "NQ96_2023_VOTE") -> Outcome:
    """A vote with two choices on two people; one has more than half against."""
    body = PARTY_BODY if rules.startswith("QD") else STATE_BODY
    people = Block("Ủy ban nhân dân", officials("Lưỡng Vỹ Sửu", "Phạm Đức Trưởng", position="Phó Chủ tịch"))
    return counted(a_round(people, rules=rules, body=body, title="Bỏ phiếu tín nhiệm năm 2026"), (12, 18), (15, 15))


@cache
def large(rules: str = "QD96_2023") -> Outcome:
    """Forty-four officials with long names and posts in three blocks, as in a parliament."""
    post = "Ủy viên Ban Thường vụ, Bí thư Đảng ủy, Chủ nhiệm Ủy ban Kiểm tra, Trưởng Ban Nội chính"
    names = [f"Công Tằng Tôn Nữ Phước Bảo Quỳnh {chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(44)]
    spans = ((0, 12), (12, 30), (30, 44))
    blocks = [Block(f"Khối thứ {k}", officials(*names[a:b], position=post)) for k, (a, b) in enumerate(spans, start=1)]
    numbered = [replace(b, officials=tuple(replace(o, id=o.name) for o in b.officials)) for b in blocks]
    return counted(a_round(*numbered, rules=rules), *[(20, 7, 3)] * 44)


def on_paper(outcome: Outcome, *, invalid: int = 0) -> Papers:
    """The same numbers as a committee with paper would have counted them."""
    ballots = replace(outcome.ballots, invalid=invalid)
    people = tuple((Block(o.block, (), o.form), o.official) for o in outcome.officials)
    found = judge(outcome.round, None, ballots, people, tuple(o.counts for o in outcome.officials))
    return Papers(found, None, (), None, "", "")


def made(make: Make, about: Papers) -> bytes:
    """The document, which is the same bytes when it is made again."""
    first = make(about, family())
    assert first == make(about, family())
    return first


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with runs of white space as one blank."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text(make: Make, about: Papers) -> str:
    """The text of the whole document."""
    return " ".join(pages(make(about, family())))
