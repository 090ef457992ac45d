"""The phases of a round: which belong together, and what people are told of each.

Here live these groups and words. Never here: which phase follows which (tally/protocol/phase.py).
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.phase import Phase

ARRIVING = (Phase.ISSUING, Phase.READY, Phase.VOTING)
"""From the first slip to the close: people arrive, stations are paired, slips may be voided. Threats 5.5."""
NOT_CLOSED = (Phase.DRAFT, *ARRIVING)
"""Whatever is older than this moment may lack ballots."""
COUNTED = (Phase.TALLIED, Phase.CERTIFIED)
CLOSED = (Phase.CLOSED, *COUNTED)
"""The box takes no ballot any more, and its record is there to be looked at."""
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
