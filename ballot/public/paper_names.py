"""Names of files that a report may hand out, and to whom: the one list for the board, observers and organisers.

Here live the names. Never here: a path that came from a request; a name that no pattern knows is no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ballot.public.disclosure import Sees
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import sha256_hex

PUBLIC = re.compile(r"(ket-qua\.pdf|(bieu-do-[1-9][0-9]?|luot-phieu)\.(svg|png))\Z")
"""The working report and its charts: what the public board hands out of a public result."""
EXPORTS = re.compile(r"(ket-qua\.(xlsx|csv|json)|bao-cao-ket-qua\.pdf)\Z")
"""Numbers of the same result in other forms; no name of the roll."""
PAPERS = re.compile(
    r"((bien-ban-kiem-phieu|bao-cao-ket-qua|nghi-quyet|phieu-tin-nhiem|phieu-tin-nhiem-mau|danh-sach-khong-lay-phieu|"
    r"bang-cap-the|bien-ban-niem-phong|danh-sach-theo-doi|phieu-ca-nhan-[0-9]{2,3})\.pdf|"
    r"ket-qua\.(xlsx|csv|json)|bien-ban-kiem-phieu\.docx)\Z"
)
"""All that is made of a record and its minutes, with people of the roll, sheets of persons, who is followed up."""
PERSON = "phieu-ca-nhan"
TITLES = {
    "ket-qua.pdf": _("Báo cáo làm việc: kết quả và biểu đồ"),
    "bien-ban-kiem-phieu": _("Biên bản kiểm phiếu"), "bao-cao-ket-qua": _("Báo cáo kết quả phiếu tín nhiệm"),
    "nghi-quyet": _("Nghị quyết xác nhận kết quả (dự thảo)"), "phieu-tin-nhiem": _("Phiếu tín nhiệm để in"),
    "phieu-tin-nhiem-mau": _("Phiếu tín nhiệm có chữ MẪU"),
    "danh-sach-khong-lay-phieu": _("Danh sách người không lấy phiếu"),
    "bang-cap-the": _("Bảng điểm danh và cấp thẻ"), "bien-ban-niem-phong": _("Biên bản niêm phong"),
    "danh-sach-theo-doi": _("Danh sách theo dõi gửi cấp quản lý"),
    PERSON: _("Phiếu cá nhân số {number}"), "ket-qua.xlsx": _("Bảng kết quả (Excel)"),
    "ket-qua.csv": _("Bảng kết quả (CSV)"), "ket-qua.json": _("Kết quả cho máy đọc (JSON)"),
    "bien-ban-kiem-phieu.docx": _("Biên bản để sửa (Word)"), "bieu-do": _("Biểu đồ {number}"),
    "luot-phieu": _("Biểu đồ lượt phiếu"),
}  # fmt: skip
_NUMBERED = re.compile(r"(.+)-([0-9]+)\.")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as a page lists it."""

    name: str
    title: str
    digest: str

    @property
    def person(self) -> int:
        """The number of the official whose own sheet this is, or 0."""
        stem, number = _parts(self.name)
        return number if stem == PERSON else 0


def may_have(name: str, seen: Sees) -> bool:
    """Say whether whoever sees so much of a result may have this file of its report."""
    allowed = {Sees.RESULT: (PUBLIC, EXPORTS), Sees.PAPERS: (PUBLIC, EXPORTS, PAPERS)}
    return any(pattern.match(name) for pattern in allowed.get(seen, ()))


def listed(report: Path, seen: Sees) -> tuple[Paper, ...]:
    """Return what there is of a report for this viewer, in the order of TITLES, numbers ascending."""
    names = [path.name for path in report.iterdir() if may_have(path.name, seen)] if report.is_dir() else []
    return tuple(
        Paper(name, title(name), sha256_hex((report / name).read_bytes())) for name in sorted(names, key=order)
    )


def order(name: str) -> tuple[int, int, str]:
    """Return where a file stands among its like: documents as listed, then by number, vector before pixels."""
    stem, number = _parts(name)
    return list(TITLES).index(stem), number, (name.rpartition(".")[2] != "svg" and name) or ""


def title(name: str) -> str:
    """Return what a file is called."""
    stem, number = _parts(name)
    return translate(TITLES[stem]).format(number=number)


def _parts(name: str) -> tuple[str, int]:
    if name in TITLES:
        return name, 0
    numbered = _NUMBERED.match(name)
    return (numbered[1], int(numbered[2])) if numbered else (name.rpartition(".")[0], 0)
