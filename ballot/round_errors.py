"""What several parts answer about a round: that there is none, that too much came for it, that it may lack ballots.

Here live these refusals. Never here: a table, or who finds that out.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class NoSuchRound(Refused):
    """There is no round of this name, or none that whoever asks may see."""

    code = "NO_SUCH_ROUND"
    text = _("Không có đợt lấy phiếu này.")


class StagingFull(Refused):
    """Far more sealed credentials or test ballots than voters: somebody is filling the disk."""

    code = "STAGING_FULL"
    text = _("Hòm phiếu nhận quá nhiều dữ liệu bất thường; xin quý vị báo ngay cho người phụ trách.")


class BoxBehind(Refused):
    """The box came out of a backup, and nobody has shown yet that no ballot is missing. Threats I13."""

    code = "BOX_BEHIND"
    text = _(
        "Hòm phiếu vừa được khôi phục và đang được đối chiếu. Xin quý vị giữ thẻ, chờ người phụ trách báo rồi bỏ phiếu "
        "lại; phiếu đã có biên nhận không phải bỏ lại."
    )
