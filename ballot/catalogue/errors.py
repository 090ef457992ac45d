"""What the catalogue refuses, each with a stable code and a sentence that says what to do.

Here live the answers. Never here: a look into the database.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class NoSuchEntry(Refused):
    """There is none, or it is another organisation's."""

    code = "NO_SUCH_ENTRY"
    text = _("Không tìm thấy mục này trong danh mục.")


class FieldMissing(Refused):
    """A field that must be filled in was left empty."""

    code = "FIELD_MISSING"
    text = _("Chưa điền.")


class FieldTooLong(Refused):
    """More than the column holds."""

    code = "FIELD_TOO_LONG"
    text = _("Dài quá {limit} ký tự.")


class BadDay(Refused):
    """Not a day of the calendar."""

    code = "BAD_DAY"
    text = _("Không phải một ngày. Xin viết ngày/tháng/năm, ví dụ 05/01/2026.")


class BadNumber(Refused):
    """Not a small whole number."""

    code = "BAD_NUMBER"
    text = _("Cần một số nguyên từ 0 đến {most}.")


class UnknownChoice(Refused):
    """None of the values that are known."""

    code = "UNKNOWN_CHOICE"
    text = _("Không có lựa chọn “{found}”. Các lựa chọn: {known}.")


class CodeTaken(Refused):
    """Codes tell entries apart, so each is used once in an organisation."""

    code = "CODE_TAKEN"
    text = _("Mã {code} đã dùng cho {name}. Xin chọn mã khác; chưa có gì được ghi.")


class LooksAlike(Refused):
    """The name reads like one that is there already; the organiser says whether it is another one."""

    code = "LOOKS_ALIKE"
    text = _("Đọc giống mục đã có: {names}. Nếu là mục khác, xin đánh dấu vào ô ở trên nút ghi rồi gửi lại.")


class EntryInUse(Refused):
    """Others refer to the row, so its words are history."""

    code = "ENTRY_IN_USE"
    text = _("Đã có mục khác dùng đến dòng này nên không sửa được nữa. Xin ghi một dòng mới thay cho dòng này.")


class OutOfOrder(Refused):
    """A day before the beginning, after the end, or after something that then could not have been."""

    code = "DAYS_OUT_OF_ORDER"
    text = _("Ngày {day} không khớp với ngày {other} của “{name}”: {reason}. Chưa có gì được ghi.")


class BodyCycle(Refused):
    """A body would stand above itself."""

    code = "BODY_CYCLE"
    text = _("“{name}” sẽ là cấp trên của chính mình. Xin chọn cấp trên khác; chưa có gì được ghi.")


class WrongChange(Refused):
    """The number of old or new bodies does not fit the kind of change."""

    code = "WRONG_CHANGE"
    text = _("Thay đổi này cần {needed}. Chưa có gì được ghi.")


class BadTemplate(Refused):
    """A template that the application could not use; `where` is the line or the entry."""

    code = "BAD_TEMPLATE"
    text = _("Mẫu chưa dùng được: {reason}. Chưa có gì được ghi; xin sửa rồi gửi lại.")


class TemplateUnchanged(Refused):
    """A new version must differ from the one that holds."""

    code = "TEMPLATE_UNCHANGED"
    text = _("Văn bản không khác bản đang dùng nên chưa ghi gì.")


class TemplateMoved(Refused):
    """Somebody else saved a version since this form was opened."""

    code = "TEMPLATE_MOVED"
    text = _("Trong lúc quý vị sửa đã có người ghi bản khác. Xin xem khác biệt rồi gửi lại; chưa có gì được ghi.")
