"""What may go wrong between the registry and an issuer that is a process of its own: one class for each answer.

Here live codes and sentences. Never here: the secret of the link, or the request that failed.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused, TallyError


class IssuerAway(TallyError):
    """An issuer does not answer, or not now. Nothing is lost: the same request gets the same answer later."""

    code = "ISSUER_AWAY"
    text = _("Máy cấp phiếu {issuer} không trả lời. Không có gì bị mất; xin kiểm tra máy đó rồi thử lại.")


class IssuerRefused(Refused):
    """An issuer refuses; it says why."""

    code = "ISSUER_REFUSED"
    text = _("Máy cấp phiếu {issuer} từ chối ({code}): {sentence}")


class IssuerUnclear(Refused):
    """An issuer answers what no issuer of ours answers."""

    code = "ISSUER_UNCLEAR"
    text = _("Máy cấp phiếu {issuer} trả lời không đúng quy cách; xin báo người phụ trách.")


class IssuerNotLinked(TallyError):
    """The registry has no address or no secret for this issuer."""

    code = "ISSUER_NOT_LINKED"
    text = _("Chưa nối với máy cấp phiếu {issuer}: thiếu địa chỉ (BALLOT_ISSUERS) hoặc tệp mã nối.")
