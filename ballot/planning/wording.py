"""Words of the wizard that stand in several places.

Here live labels. Never here: a rule.
"""

from __future__ import annotations

from ballot.planning.content import EXEMPT, OPEN, RATED, REMOVED
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.ruleset import PUBLIC, RESTRICTED

DECISION_WORDS = {
    RATED: _("lấy phiếu"),
    EXEMPT: _("không lấy phiếu"),
    OPEN: _("chưa quyết định"),
    REMOVED: _("bỏ khỏi danh sách"),
}
DISCLOSURE_WORDS = {
    PUBLIC: _("công khai trên bảng kết quả"),
    RESTRICTED: _("hạn chế: chỉ trong tổ chức và cấp quản lý"),
}
STATE_WORDS = {
    "drafting": _("đang soạn"),
    "approved": _("đã duyệt"),
    "made": _("đã lập đợt"),
}
SECRECY_MARKS = ("", "Mật", "Tối mật", "Tuyệt mật")


def yes_no(value: bool) -> str:
    """Return a switch in a word."""
    return translate(_("cho phép")) if value else translate(_("không"))
