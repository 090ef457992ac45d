"""What is played: a published result to be reproduced, or a made-up one with every rare case in it.

Here lives the reading of ballot/demo/data. Never here: a random number, or a ballot.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Row:
    """An official and the published counts (high, medium, low); what is missing to `returned` are void lines."""

    block: str
    name: str
    position: str
    counts: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One round to play; `tests` drafts are opened to test the terminal; `signed`: documents are made and signed."""

    slug: str
    title: str
    body: str
    session: str
    date: str
    rule_set: str
    delegates: int
    issued: int
    returned: int
    rows: tuple[Row, ...]
    tests: int = 1
    signed: bool = False

    def voids(self, row: Row) -> int:
        """Return how many lines are left blank for this official."""
        return self.returned - sum(row.counts)


def published() -> Scenario:
    """HĐND TP.HCM, 7/12/2023: the 18 officials whose three counts were all published; names are not in the data."""
    with (DATA / "hdnd_tphcm_2023-12-07.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["high"] and line["medium"] and line["low"]]
    first = lines[0]
    rows = tuple(
        Row(
            _block(line["position"]),
            f"Đại biểu {number:02d}",
            line["position"],
            (int(line["high"]), int(line["medium"]), int(line["low"])),
        )
        for number, line in enumerate(lines, start=1)
    )
    return Scenario(
        slug="hdnd-tphcm-2023",
        title="Lấy phiếu tín nhiệm người giữ chức vụ do HĐND Thành phố bầu",
        body=first["body"],
        session=first["round"],
        date=first["date"],
        rule_set=first["rule_set"],
        delegates=int(first["percent_base"]),
        issued=int(first["ballots_issued"]),
        returned=int(first["ballots_returned"]),
        rows=rows,
    )


def _block(position: str) -> str:
    council = ("HĐND", "Trưởng Ban")
    return "Khối HĐND" if any(word in position for word in council) and "UBND" not in position else "Khối UBND"


def rare_cases() -> Scenario:
    """A made-up round: void lines, a unanimous row, a row at exactly two thirds, exactly one half, all blank."""
    with (DATA / "tinh-huong-hiem.csv").open(encoding="utf-8", newline="") as file:
        rows = tuple(
            Row(
                line["block"],
                line["name"],
                line["position"],
                (int(line["high"]), int(line["medium"]), int(line["low"])),
            )
            for line in csv.DictReader(file)
        )
    return Scenario(
        slug="tinh-huong-hiem",
        title="Lấy phiếu tín nhiệm: các tình huống hiếm gặp",
        body="Ban Chấp hành Đảng bộ (số liệu giả định)",
        session="Hội nghị thử nghiệm",
        date="2026-11-22",
        rule_set="QD96_2023",
        delegates=33,
        issued=31,
        returned=30,
        rows=rows,
        tests=2,
        signed=True,
    )


def for_visitors() -> Scenario:
    """The round that stays open at the end, in which a person can vote at once."""
    whole = published()
    return replace(
        whole, slug="moi-quy-vi-bo-phieu", title="Mời quý vị bỏ phiếu thử", delegates=12, issued=12, returned=0
    )


def for_members() -> Scenario:
    """The round that stays sealed at the end, in which people can make a committee's key on their own pages."""
    return replace(for_visitors(), slug="moi-quy-vi-tao-khoa", title="Mời quý vị tạo khóa của ban kiểm phiếu thử")
