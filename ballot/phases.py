"""The phases of a round in words.

Here lives what people are told of a phase. Never here: which phase follows which (tally/protocol/phase.py).
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.phase import Phase

WORDS: dict[str, str] = {
    Phase.DRAFT: _("Soạn thảo"),
    Phase.ISSUING: _("Cấp thẻ"),
    Phase.READY: _("Sẵn sàng mở"),
    Phase.VOTING: _("Đang bỏ phiếu"),
    Phase.CLOSED: _("Đã chốt hòm phiếu"),
    Phase.TALLIED: _("Đã kiểm phiếu"),
    Phase.CERTIFIED: _("Đã xác nhận"),
    Phase.VOID: _("Đã hủy"),
}


def phase_name(phase: str) -> str:
    """Return a phase in the reader's language; a word that is no phase stays as it is."""
    return translate(WORDS[phase]) if phase in WORDS else phase
