"""The border where errors become pages: plain Vietnamese, a stable code, what to do next; never a traceback.

Here lives the only translation of errors into HTTP. Never here: a decision that something is wrong.
"""

from __future__ import annotations

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import TallyError

SENTENCES = {
    400: _("Yêu cầu không hợp lệ. Không có gì bị thay đổi."),
    403: _("Quý vị không có quyền mở trang này."),
    404: _("Không tìm thấy trang này. Có thể địa chỉ bị gõ nhầm hoặc đợt lấy phiếu chưa được công bố."),
    405: _("Trang này không nhận cách gửi như vậy. Không có gì bị thay đổi."),
    413: _("Dữ liệu gửi lên quá lớn. Không có gì bị thay đổi."),
}
UNKNOWN = _("Máy chủ gặp sự cố. Không có gì bị thay đổi; xin quý vị thử lại hoặc báo người phụ trách.")


def install(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(TallyError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _refusal(error: TallyError) -> tuple[str, int]:
    return page(400, str(error), error.code)


def _http(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    return page(status, translate(SENTENCES.get(status, UNKNOWN)), f"HTTP_{status}")


def _fault(error: Exception) -> tuple[str, int]:
    """Say as little as possible; the log names the kind of fault and its place in the code, no data."""
    from logging import getLogger
    from traceback import extract_tb

    last = extract_tb(error.__traceback__)[-1:]
    getLogger(__name__).error("fault %s at %s", type(error).__name__, [f"{f.name}:{f.lineno}" for f in last])
    return page(503, translate(UNKNOWN), "FAULT")


def page(status: int, sentence: str, code: str) -> tuple[str, int]:
    """Return an error page."""
    return render_template("errors/error.html", sentence=sentence, code=code, status=status), status
