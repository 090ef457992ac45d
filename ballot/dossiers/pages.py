"""A PDF as pictures of its pages: asks the drawing process and judges what it answers.

Here lives the border to a hostile file. Never here: a parser of PDF in this process (threats H20).
"""

from __future__ import annotations

import subprocess
import sys
from threading import Lock

from ballot.dossiers.drawing import COUNT, LOCKED, MOST_BYTES, MOST_PAGES, SECONDS, TOO_LONG
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Refused, one_line

_REASONS = {
    LOCKED: _("tệp bị đặt mật khẩu"),
    TOO_LONG: _("tệp không có trang nào hoặc dài hơn 40 trang"),
}
_BROKEN = _("không phải tệp PDF đọc được")
_BUSY = _("máy chủ đang vẽ một tài liệu khác; xin gửi lại sau giây lát")
_ONE, PATIENCE = Lock(), 2
"""One is drawn at a time: several hostile ones at once would take every thread and core from the desks."""


class BadDossier(Refused):
    """A paper that cannot be taken; nothing of it was."""

    code = "BAD_DOSSIER"
    text = _("Tài liệu chưa dùng được: {reason}. Chưa có gì được ghi.")


def drawn(raw: bytes, name: str) -> list[bytes]:
    """Return a JPEG of each page, at most 40. Raises BadDossier naming the file."""
    if len(raw) > MOST_BYTES:
        raise _refusal(name, _("lớn hơn 7 MB"))
    if not raw.startswith(b"%PDF-"):
        raise _refusal(name, _BROKEN)
    if not _ONE.acquire(timeout=PATIENCE):
        raise _refusal(name, _BUSY)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ballot.dossiers.drawing"],
            input=raw,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _refusal(name, _BROKEN) from None
    finally:
        _ONE.release()
    if done.returncode:
        raise _refusal(name, _REASONS.get(done.returncode, _BROKEN))
    return _pages(done.stdout)


def _pages(out: bytes) -> list[bytes]:
    pages: list[bytes] = []
    while out and len(pages) < MOST_PAGES:
        (length,) = COUNT.unpack_from(out)
        pages.append(out[COUNT.size : COUNT.size + length])
        out = out[COUNT.size + length :]
    return pages


def _refusal(name: str, reason: str) -> BadDossier:
    return BadDossier(one_line(name), reason=translate(reason))
