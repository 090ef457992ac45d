"""What a database answers when a disk is full, broken or held by others, in our words and under stable codes.

Here lives this reading of a driver's codes, SQLite's and PostgreSQL's. Never here: an answer, or a second attempt.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError

from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class StorageFull(TallyError):
    """There is no room for what was to be written; nothing of it was."""

    code = "STORAGE_FULL"
    text = _(
        "Đĩa của máy chủ đã đầy nên chưa nhận thêm được. Những gì đã có biên nhận vẫn còn nguyên; xin quý vị báo ngay "
        "cho người phụ trách, rồi gửi lại."
    )


class StorageFailed(TallyError):
    """The disk or the database does not answer; whoever got no answer may send the same again."""

    code = "STORAGE_FAILED"
    text = _(
        "Máy chủ chưa ghi được dữ liệu. Những gì đã có biên nhận vẫn còn nguyên; xin quý vị gửi lại đúng như cũ, nếu "
        "vẫn vậy thì báo ngay cho người phụ trách."
    )


class StorageBusy(TallyError):
    """Others were writing for longer than anybody should wait."""

    code = "STORAGE_BUSY"
    text = _("Máy chủ đang bận. Không có gì bị mất; xin quý vị gửi lại sau giây lát.")


class FullAtCommand(StorageFull):
    """The same, said to whoever runs a command on the machine."""

    text = _("Đĩa đã đầy nên lệnh không làm xong. Xin dọn chỗ trên đĩa rồi chạy lại.")


class FailedAtCommand(StorageFailed):
    """The same, said to whoever runs a command on the machine."""

    text = _(
        "Ổ đĩa hoặc cơ sở dữ liệu báo lỗi nên lệnh không làm xong. Xin xem ổ đĩa và nhật ký của máy chủ cơ sở dữ liệu "
        "trước khi chạy lại."
    )


class BusyAtCommand(StorageBusy):
    """The same, said to whoever runs a command on the machine."""

    text = _("Cơ sở dữ liệu đang bận nên lệnh không làm xong. Xin chạy lại sau giây lát.")


AT_COMMAND: dict[type[TallyError], type[TallyError]] = {
    StorageFull: FullAtCommand,
    StorageFailed: FailedAtCommand,
    StorageBusy: BusyAtCommand,
}
SQLITE: dict[int, type[TallyError]] = {
    5: StorageBusy,  # SQLITE_BUSY
    6: StorageBusy,  # SQLITE_LOCKED
    8: StorageFailed,  # SQLITE_READONLY
    10: StorageFailed,  # SQLITE_IOERR
    11: StorageFailed,  # SQLITE_CORRUPT
    13: StorageFull,  # SQLITE_FULL
    14: StorageFailed,  # SQLITE_CANTOPEN
    15: StorageBusy,  # SQLITE_PROTOCOL: a race for the log's locks that was lost too often
    26: StorageFailed,  # SQLITE_NOTADB
}
"""Primary result codes; the rest of a code says where it happened. Source: sqlite.org/rescode.html."""
POSTGRES: dict[str, type[TallyError]] = {
    "25006": StorageFailed,  # read_only_sql_transaction: a standby
    "40001": StorageBusy,  # serialization_failure
    "40P01": StorageBusy,  # deadlock_detected
    "53100": StorageFull,  # disk_full
    "53": StorageBusy,  # insufficient_resources
    "55P03": StorageBusy,  # lock_not_available
    "57": StorageFailed,  # operator_intervention: shut down
    "58": StorageFailed,  # system_error
    "08": StorageFailed,  # connection_exception
    "XX": StorageFailed,  # internal_error: a page is damaged
}
"""SQLSTATE, or its class of two characters. Source: PostgreSQL 15, appendix A."""
NOT_OPENED = (14, 26)
"""SQLITE_CANTOPEN, SQLITE_NOTADB."""
NOT_LET_IN = ("08", "28", "3D", "42501", "57P")
"""How SQLSTATEs begin where a server is not reached, shuts down, or lets this user not do what a command does."""


def failure(error: BaseException) -> TallyError | None:
    """Return what is wrong with the storage when a database raises this, or nothing if it is something else."""
    if isinstance(error, TimeoutError):  # every connection of the pool is in use
        return StorageBusy("storage")
    raised = getattr(error, "orig", None) or error
    found = _of_sqlite(raised) or _of_postgres(raised)
    if found is None and isinstance(error, OperationalError) and _is_gone(raised):
        found = StorageFailed
    return found("storage") if found and not isinstance(error, IntegrityError) else None


def at_command(error: BaseException) -> TallyError | None:
    """Return the same for whoever runs a command, who holds no receipt and sends nothing again."""
    found = failure(error)
    return found and AT_COMMAND[type(found)]("storage")


def is_away(error: BaseException) -> bool:
    """Say whether a database could not be opened at all: no server, no right, no such database or none of its kind."""
    raised = getattr(error, "orig", None) or error
    state = str(getattr(raised, "sqlstate", None) or "")
    gone = isinstance(error, OperationalError) and _is_gone(raised)
    return gone or state.startswith(NOT_LET_IN) or _code(raised) in NOT_OPENED


def _code(raised: BaseException) -> int:
    return getattr(raised, "sqlite_errorcode", 0) & 0xFF


def _of_sqlite(raised: BaseException) -> type[TallyError] | None:
    return SQLITE.get(_code(raised))


def _of_postgres(raised: BaseException) -> type[TallyError] | None:
    state = str(getattr(raised, "sqlstate", None) or "")
    return POSTGRES.get(state) or POSTGRES.get(state[:2])


def _is_gone(raised: BaseException) -> bool:
    """Say whether a server was not reached at all: then there is no SQLSTATE."""
    return hasattr(raised, "sqlstate") and not raised.sqlstate
