"""What a template may say: clean lines, known places, and for those in TOML every table and field that is read later.

Here lives the checking, with the line or the entry in each refusal. Never here: a version, or the filling in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ballot.catalogue.checked_tables import TABLES, check_tables, line_name
from ballot.catalogue.errors import BadTemplate
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import BadText

MOST_CHARACTERS = 60_000
PLACES = {
    "ten_dot": _("tên đợt lấy phiếu"),
    "co_quan": _("cơ quan, tổ chức lấy phiếu"),
    "ky_hop": _("hội nghị, kỳ họp"),
    "ngay": _("ngày lấy phiếu"),
    "can_cu": _("căn cứ: số, ngày và tên quy định"),
    "so_nguoi": _("số người được lấy phiếu"),
    "nguoi_duoc_lay_phieu": _("danh sách người được lấy phiếu"),
    "nguoi_duoc_mien": _("danh sách người không lấy phiếu và lý do"),
    "so_cu_tri": _("số người ghi phiếu"),
    "thanh_phan": _("thành phần ghi phiếu"),
    "diem_cau": _("các điểm cầu"),
    "moc_thoi_gian": _("các mốc thời gian"),
    "ban_kiem_phieu": _("số thành viên ban kiểm phiếu và số người cần để mở kết quả"),
    "cong_bo": _("phạm vi công bố kết quả"),
    "tieu_chi": _("các tiêu chí"),
}
"""What may stand in braces in a plan or a script, and what is put there."""
_PLACE = re.compile(r"\{([^{}]*)\}")


def checked(name: str, typed: str, rule_sets: Collection[str]) -> str:
    """Return a template as it is kept: NFC, one kind of line end, none at the end of a line. Raises BadTemplate.

    One of TABLES must have them, and name rule sets of `rule_sets`; any other may name only known places.
    """
    lines = composed(typed, "text").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    clean = "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
    if not clean.strip():
        raise BadTemplate("text", reason=_("chưa có chữ nào"))
    if len(clean) > MOST_CHARACTERS:
        raise BadTemplate("text", reason=translate(_("dài quá {limit} ký tự")).format(limit=MOST_CHARACTERS))
    for number, line in enumerate(clean.split("\n"), start=1):
        _check_line(line, number)
    if name in TABLES:
        check_tables(name, clean, rule_sets)
    else:
        _check_places(clean)
    return clean


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a checked template with its places filled in; what was filled in is never read as a place."""
    return _PLACE.sub(lambda place: values[place[1]], template)


def _check_line(line: str, number: int) -> None:
    try:
        text(line.strip(), "line", empty=True)
    except BadText:
        reason = _("có ký tự không nhìn thấy hoặc dòng dài quá 2000 ký tự")
        raise BadTemplate(line_name(number), reason=reason) from None


def _check_places(clean: str) -> None:
    for number, line in enumerate(clean.split("\n"), start=1):
        for place in _PLACE.findall(line):
            if place not in PLACES:
                reason = translate(_("không có chỗ điền {place}")).format(place="{" + place + "}")
                raise BadTemplate(line_name(number), reason=reason)
        if re.search("[{}]", _PLACE.sub("", line)):
            raise BadTemplate(line_name(number), reason=_("dấu ngoặc nhọn chỉ dùng cho chỗ điền, ví dụ {ten_dot}"))
