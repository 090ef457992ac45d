"""Rounds that were counted, from given numbers: what reports are made of.

Here lives what several test files build upon. Never here: a test.
"""

from dataclasses import replace

from tally.outcome import Outcome, evaluate
from tally.protocol.manifest import Block, Manifest, Official, Policy, Roll
from tally.rules import load
from tally.slips import SlipCounts

REHEARSAL = "DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"


SLIPS = SlipCounts(
    issuers=("van-phong", "mat-tran", "thanh-tra"), issued=(31, 31, 31), reissued=(1, 1, 1), envelopes=(4, 4, 4),
    undelivered=(1, 0, 0), spoiled=1, unused=3, tests={"": 1, "B1": 2},
)  # fmt: skip


RECORD_HASH = "c0de" * 16


VERDICT = "Đã kiểm tra: mọi chữ ký và phép đếm đều đúng."


UNANIMOUS = "con số tự nó cho biết"


def officials(*names: str, position: str = "Trưởng Ban Pháp chế") -> tuple[Official, ...]:
    return tuple(Official(f"cb{i}", name, position) for i, name in enumerate(names))


def a_round(*blocks: Block, rules: str = "NQ96_2023", **changes: object) -> Manifest:
    manifest = Manifest(
        uuid="2" * 14, title="Lấy phiếu tín nhiệm năm 2026", body="Hội đồng nhân dân tỉnh Thanh Sơn",
        session="Kỳ họp thứ 11", date="2026-12-09", rehearsal=False, rules=load(rules), blocks=blocks, exempt=(),
        roll=Roll(34, 32, 31, "0" * 64), issuers=(), box_key="0" * 64, log_key="1" * 64, committee_size=5, threshold=3,
        policy=Policy(5), software={}, raw=b"manifest",
    )  # fmt: skip
    return replace(manifest, **changes)  # type: ignore[arg-type]


def counted(manifest: Manifest, *counts: tuple[int, ...], returned: int = 30) -> Outcome:
    return evaluate(manifest, root="ab" * 32, issued=returned + 1, returned=returned, counts=counts)


def usual(**changes: object) -> Outcome:
    """Thirty ballots: an ordinary row, a unanimous one, one at two thirds low, one just over half with void lines."""
    council = Block("Khối Hội đồng nhân dân", officials("Nguyễn Thị Hường", "Đỗ Quỳnh Ẩn"))
    people = Block("Khối Ủy ban nhân dân", officials("Lưỡng Vỹ Sửu", "Phạm Đức Trưởng"))
    manifest = a_round(council, people, **changes)
    return counted(manifest, (20, 7, 3), (30, 0, 0), (4, 6, 20), (9, 2, 16))


def in_two_forms(**changes: object) -> Outcome:
    """Three blocks on two forms; the last two blocks have one title."""
    first = Block("Khối Hội đồng nhân dân", officials("Nguyễn Thị Hường"), "Phiếu số 1: Hội đồng nhân dân")
    second = Block("Lãnh đạo", officials("Đỗ Quỳnh Ẩn"), "Phiếu số 1: Hội đồng nhân dân")
    third = Block("Lãnh đạo", officials("Lưỡng Vỹ Sửu", "Phạm Đức Trưởng"), "Phiếu số 2: Ủy ban nhân dân")
    manifest = a_round(first, second, third, **changes)
    return counted(manifest, (20, 7, 3), (30, 0, 0), (4, 6, 20), (9, 2, 16))


HOSTILE = ("<img src=x onerror=alert(1)>", "{{7*7}} {count} %s", "A & B &lt;", "<b>đậm</b><br/>", r"$x^2$ \frac", "]]>")
