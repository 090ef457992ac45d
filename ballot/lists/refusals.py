"""How a list is refused: a class for each answer.

Here live codes and sentences. Never here: a decision.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class BadFile(Refused):
    """A file that is not read at all; `where` names it or its part."""

    code = "BAD_FILE"
    text = _("Chưa nhận được tệp này: {reason}. Chưa có gì được ghi.")


class NoSuchList(Refused):
    """No list of this account waits under that name: taken over before, put aside, or somebody else's."""

    code = "NO_SUCH_LIST"
    text = _("Không còn danh sách nào đang chờ ở địa chỉ này: đã ghi rồi, đã bỏ, hoặc của tài khoản khác.")


class ListHasProblems(Refused):
    """A list with problems is written neither whole nor in part."""

    code = "LIST_HAS_PROBLEMS"
    text = _("Danh sách còn lỗi nên chưa ghi gì. Xin quý vị sửa các ô đã nêu trong tệp rồi gửi lại.")


class ListChanged(Refused):
    """What would be written now is not what was shown."""

    code = "LIST_CHANGED"
    text = _("Danh mục đã thay đổi từ lúc quý vị xem. Chưa ghi gì; xin mở lại trang xem trước và xem lại.")


class Unfit(Exception):
    """What a file is refused for, as it is found: an untranslated sentence with its details, and the place."""

    def __init__(self, reason: str, where: str = "", **details: object) -> None:
        super().__init__(reason, where)
        self.reason, self.where, self.details = reason, where, details
