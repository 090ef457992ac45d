"""What every database of ours must do before anything is served, and the refusals when it does not.

Here live these refusals. Never here: a pragma or a setting of one kind of database.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import TallyError

READ_ONLY = "ptn_read_only"
"""Execution option of a connection that only reads."""


class StorageLawBroken(TallyError):
    """The database does not do what a receipt depends on; nothing is served."""

    code = "STORAGE_LAW_BROKEN"
    text = _("Cơ sở dữ liệu không giữ được thiết lập bắt buộc {pragma}; ứng dụng không khởi động.")


class RewriteFailed(TallyError):
    """Somebody was reading the whole time; the file still tells the order of arrival."""

    code = "REWRITE_FAILED"
    text = _("Chưa ghi lại được hòm phiếu vì đang có máy đọc. Không có gì bị mất; xin quý vị thử lại.")
