"""What makes a terminal or a station unfit, each with its code and its sentence. Never here: a look at the machine."""

from __future__ import annotations

from ballot.startup.errors import Unfit
from tally.i18n import marked as _


class TerminalSwapOn(Unfit):
    """What a voter marks may be written to a disk."""

    code = "TERMINAL_SWAP_ON"
    text = _("Máy có vùng tráo đổi (swap) ở {place}; điều quý vị đánh dấu có thể bị ghi ra đĩa. Xin tắt: swapoff -a.")


class CoreHandlerOn(Unfit):
    """The system hands a crashed browser's memory to a program, which no limit of the process keeps from it."""

    code = "CORE_HANDLER_ON"
    text = _(
        "Khi trình duyệt hỏng, hệ điều hành đưa bộ nhớ của nó cho {handler} giữ; xin đặt Storage=none hoặc tắt hẳn."
    )


class PrinterKeepsJobs(Unfit):
    """CUPS keeps what was printed, one day by default. Threats B17."""

    code = "PRINT_JOBS_KEPT"
    text = _("Dịch vụ in (CUPS) giữ lại việc đã in, tức là giữ các thẻ; xin xem {place} trong cupsd.conf.")


class PolicyMissing(Unfit):
    """A browser that may do everything."""

    code = "BROWSER_POLICY_MISSING"
    text = _("Chưa có chính sách trình duyệt: cần {file} hoặc {other}, do ballot deploy ghi ra.")


class PolicyDiffers(Unfit):
    """Not the policy for these addresses, or another one beside it."""

    code = "BROWSER_POLICY_DIFFERS"
    text = _("Chính sách trình duyệt {file} không phải tệp do ballot deploy ghi ra cho các địa chỉ này.")
