"""What may go wrong at a site and between it and the box: one class for each answer.

Here live codes and sentences. Never here: a ballot, or the request that failed.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused, TallyError


class BoxAway(TallyError):
    """The box does not answer, or not now. Nothing is lost: what is held is sent again."""

    code = "BOX_AWAY"
    text = _("Hòm phiếu không trả lời. Không có gì bị mất; điểm cầu giữ phiếu và sẽ gửi lại.")


class BoxUnclear(Refused):
    """What answers at the box's address answers what no box of ours answers."""

    code = "BOX_UNCLEAR"
    text = _("Máy chủ hòm phiếu trả lời không đúng quy cách; xin kiểm tra địa chỉ rồi báo người phụ trách.")


class BoxRefused(Refused):
    """The box refuses; it says why."""

    code = "BOX_REFUSED"
    text = _("Hòm phiếu từ chối ({reason}): {sentence}")


class SiteNotTaking(Refused):
    """Nobody has opened this site yet, or it has stopped."""

    code = "SITE_NOT_TAKING"
    text = _("Điểm cầu chưa bắt đầu hoặc đã thôi nhận phiếu của đợt này. Thẻ chưa bị dùng; xin quý vị gọi cán bộ.")


class SiteStillTaking(Refused):
    """A statement that all was handed on would be untrue a moment later."""

    code = "SITE_STILL_TAKING"
    text = _("Điểm cầu còn đang nhận phiếu. Bản báo đã chuyển hết chỉ lập được sau khi điểm cầu thôi nhận phiếu.")


class SiteLocked(Refused):
    """Not the key that the site's operator gave out."""

    code = "SITE_LOCKED"
    text = _("Khóa của trang điểm cầu không đúng. Xin mở lại bằng liên kết mà người phụ trách máy chủ điểm cầu đã đưa.")


class SiteFull(Refused):
    """Far more opened drafts than voters: somebody is filling the disk."""

    code = "SITE_FULL"
    text = _("Điểm cầu nhận quá nhiều dữ liệu bất thường; xin quý vị báo ngay cho người phụ trách.")
