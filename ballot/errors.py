"""The border where errors become answers: plain Vietnamese, a stable code, what to do next; never a traceback.

Here lives the only translation of errors into HTTP. Never here: a decision that something is wrong.
"""

from __future__ import annotations

from logging import getLogger
from traceback import extract_tb
from typing import Any

from flask import Flask, current_app, jsonify, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from ballot.phases import phase_name
from ballot.storage import failure
from tally.i18n import language_in_use, translate
from tally.i18n import marked as _
from tally.protocol.errors import CodedError
from tally.protocol.phase import WrongPhase

SENTENCES = {
    400: _("Yêu cầu không hợp lệ. Không có gì bị thay đổi."),
    403: _("Quý vị không có quyền mở trang này."),
    404: _("Không tìm thấy trang này. Có thể địa chỉ bị gõ nhầm hoặc đợt lấy phiếu chưa được công bố."),
    405: _("Trang này không nhận cách gửi như vậy. Không có gì bị thay đổi."),
    413: _("Dữ liệu gửi lên quá lớn. Không có gì bị thay đổi."),
    429: _("Quý vị thử quá nhiều lần. Xin đợi một phút rồi thử lại; tài khoản không bị khóa."),
    415: _("Kiểu dữ liệu gửi lên không đúng. Không có gì bị thay đổi."),
}
UNKNOWN = _("Máy chủ gặp sự cố. Không có gì bị thay đổi; xin quý vị thử lại hoặc báo người phụ trách.")
FORM_EXPIRED = _("Trang này mở đã lâu hoặc phiên làm việc đã đổi. Không có gì bị thay đổi; xin quý vị mở lại trang.")

STATUS = {
    "ALREADY_CAST": 409,
    "ALREADY_CHECKED_IN": 409,
    "ALREADY_ISSUED": 409,
    "ALREADY_SIGNED": 409,
    "ATTEMPT_OVER": 409,
    "BALLOT_DAMAGED": 409,
    "BLINDED_REPEATED": 409,
    "BODY_CYCLE": 409,
    "BOX_AWAY": 503,
    "BOX_BEHIND": 503,
    "BOX_BUSY": 503,
    "BOX_REFUSED": 409,
    "BOX_UNCLEAR": 502,
    "CEREMONY_WAITS": 409,
    "CODE_TAKEN": 409,
    "COMPLAINTS_OPEN": 409,
    "COMPLAINTS_OVER": 409,
    "CONFLICT_OF_INTEREST": 403,
    "COPY_AWAY": 503,
    "DAYS_OUT_OF_ORDER": 409,
    "DEVICE_UNKNOWN": 403,
    "DISK_LOW": 507,
    "DRAFT_INCOMPLETE": 409,
    "DRAFT_MADE": 409,
    "DRAFT_MOVED": 409,
    "DRAFT_NOT_APPROVED": 409,
    "DUPLICATE_CIPHERTEXT": 409,
    "DUTY_FIRST": 403,
    "ENTRY_IN_USE": 409,
    "ENVELOPES_LEFT": 409,
    "FACTOR_NEEDED": 409,
    "FEWER_SIGNATURES": 409,
    "FLEET_FULL": 503,
    "FLEET_LOCKED": 403,
    "INVITATION_REFUSED": 403,
    "ISSUER_AWAY": 503,
    "ISSUER_NOT_ACCEPTED": 409,
    "ISSUER_NOT_LINKED": 503,
    "ISSUER_REFUSED": 409,
    "ISSUER_UNCLEAR": 502,
    "ISSUING_PAUSED": 503,
    "LAST_ADMINISTRATOR": 409,
    "LIST_CHANGED": 409,
    "LIST_HAS_PROBLEMS": 409,
    "LOGIN_FAILED": 401,
    "LOGIN_TAKEN": 409,
    "LOOKS_ALIKE": 409,
    "MESSAGE_EXISTS": 409,
    "MINUTES_INCOMPLETE": 409,
    "MINUTES_MOVED": 409,
    "NOBODY_WITHOUT_SLIP": 404,
    "NOTHING_TO_REPLACE": 409,
    "NOTE_UNKNOWN": 409,
    "NOT_ARCHIVED": 409,
    "NOT_AUTHORISED": 403,
    "NOT_CHECKED_IN": 409,
    "NOT_RESTORED": 409,
    "NOT_DUE": 409,
    "NOT_SIGNED": 409,
    "NOT_SIGNED_YET": 409,
    "NO_SUCH_ACCOUNT": 404,
    "NO_SUCH_DRAFT": 404,
    "NO_SUCH_ENTRY": 404,
    "NO_SUCH_INCIDENT": 404,
    "NO_SUCH_LIST": 404,
    "NO_QUORUM": 409,
    "NO_SUCH_PAPER": 404,
    "NO_SUCH_ROUND": 404,
    "NO_SUCH_VOTER": 404,
    "NO_VOTE_RULES": 409,
    "ORDER_EXISTS": 409,
    "ORDER_UNKNOWN": 404,
    "OWN_DEVICE_OFF": 404,
    "OWN_PROPOSAL": 409,
    "OWN_ROLE": 409,
    "PAIRING_REFUSED": 403,
    "PAPER_DIFFERS": 409,
    "PASSWORD_WRONG": 403,
    "PAST_FILE_KNOWN": 409,
    "PAST_ROUND_KNOWN": 409,
    "PROVIDER_AWAY": 503,
    "PROVIDER_OFF": 404,
    "PLAN_TEXT_MOVED": 409,
    "RECOUNT_RUNNING": 409,
    "REGISTRY_UNKNOWN": 401,
    "REHEARSAL_ONLY": 409,
    "RESULT_NOT_CERTIFIED": 403,
    "RESULT_RESTRICTED": 403,
    "ROUND_NOT_PUBLISHED": 404,
    "RULES_UNFIT": 409,
    "RULE_SET_EXISTS": 409,
    "RULE_SET_IN_USE": 409,
    "RULE_SET_MOVED": 409,
    "RULE_SET_UNCHANGED": 409,
    "SECOND_PERSON_NEEDED": 409,
    "SITE_GIVEN_UP": 409,
    "SITES_WAITING": 409,
    "SITE_FULL": 503,
    "SITE_LOCKED": 403,
    "SITE_NOT_TAKING": 409,
    "SITE_STILL_TAKING": 409,
    "SLIP_BEGUN": 409,
    "SOFTWARE_CHANGED": 409,
    "SPOILED_NOT_VOIDED": 409,
    "STAGING_FULL": 503,
    "STAGING_LOCKED": 403,
    "STATIONS_OWE": 409,
    "STATION_UNKNOWN": 403,
    "STORAGE_BUSY": 503,
    "STORAGE_FAILED": 503,
    "STORAGE_FULL": 507,
    "SUBJECT_TAKEN": 409,
    "TEMPLATE_MOVED": 409,
    "TEMPLATE_UNCHANGED": 409,
    "TOO_LARGE": 413,
    "TOO_MANY_OPINIONS": 409,
    "TOO_MANY_WITNESSES": 409,
    "VOTER_NAMED": 409,
    "WITNESS_EXISTS": 409,
    "WITNESS_HAS_SIGNED": 409,
    "WITNESS_UNKNOWN": 403,
    "WRONG_DRAFT_STATE": 409,
    "WRONG_ORDER_STATE": 409,
    "WRONG_PHASE": 409,
}


def install(app: Flask) -> None:
    """Answer every error with a page or object of our own."""
    app.register_error_handler(CodedError, _refusal)
    app.register_error_handler(CSRFError, lambda error: answer(400, translate(FORM_EXPIRED), "FORM_EXPIRED"))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _refusal(error: Any) -> Any:
    status = STATUS.get(error.code, 400)
    said, after = str(error) if status == 400 else _about_the_whole(error), error.details.get("after")
    return *answer(status, said, error.code), {} if after is None else {"Retry-After": str(after)}


def _about_the_whole(error: Any) -> str:
    """Return an error's sentence without a place: it is not about a line of a file but about the request."""
    if isinstance(error, WrongPhase):
        error = WrongPhase(phase=phase_name(str(error.details["phase"])))
    return str(error).removeprefix(f"{getattr(error, 'where', '')}: ")


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    return answer(status, translate(SENTENCES.get(status, UNKNOWN)), f"HTTP_{status}")


def _fault(error: Exception) -> Any:
    _log(error)
    if (storage := failure(error)) is not None:
        return _refusal(storage)
    return answer(503, translate(UNKNOWN), "FAULT")


def _log(error: Exception) -> None:
    """Name the kind of fault and its place in the code; no message, no request, no data."""
    last = extract_tb(error.__traceback__)[-1:]
    getLogger("ballot").error("fault %s at %s", type(error).__name__, [f"{f.name}:{f.lineno}" for f in last])


def answer(status: int, sentence: str, code: str) -> Any:
    """Return an error as a page, or as an object where a script asked."""
    if request.mimetype in ("application/json", "application/octet-stream"):
        return jsonify(code=code, sentence=sentence), status
    # Not by render_template: it would ask who is logged in, and the database may be what failed.
    page = current_app.jinja_env.get_template("errors/error.html")
    return page.render(sentence=sentence, code=code, status=status, language=language_in_use()), status
