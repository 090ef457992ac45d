"""The refusals about what a box was seen to say: what its own key signed against what it shows now, or no word of it.

Here live codes and their sentences. Never here: a suspicion without a signature.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import Refused


class BoxContradicts(Refused):
    """The box's own key signed something that its record, or its other word, rules out."""

    code = "BOX_CONTRADICTS"
    text = _(
        "MÁY CHỦ HÒM PHIẾU TỰ MÂU THUẪN. Chính khóa của hòm phiếu {server} (khóa {key}) đã ký lô phiếu số {batch}, đến "
        "phiếu thứ {size}, mã đầu chuỗi {head}; nay hòm phiếu đưa ra chuỗi khác. Số phiếu của lô này không còn: {lost} "
        "({trackers}). Chữ ký ấy là bằng chứng; người giữ bản chép này không tự làm ra được."
    )


class ClosingContradicts(BoxContradicts):
    """The box signed two last words."""

    text = _(
        "MÁY CHỦ HÒM PHIẾU TỰ MÂU THUẪN. Chính khóa của hòm phiếu {server} (khóa {key}) đã ký một tờ chốt khác: {size} "
        "phiếu, mã gốc {root}. Chữ ký ấy là bằng chứng; người giữ bản chép này không tự làm ra được."
    )


class ClosingTooShort(BoxContradicts):
    """The box ended a chain before a mark that it had signed itself, or beside it."""

    text = _(
        "MÁY CHỦ HÒM PHIẾU TỰ MÂU THUẪN. Chính khóa của hòm phiếu {server} (khóa {key}) đã ký mốc đến phiếu thứ "
        "{seen}, rồi ký tờ chốt của một chuỗi khác, chỉ đến phiếu thứ {size}. Hai chữ ký ấy là bằng chứng; người giữ "
        "bản chép này không tự làm ra được."
    )


class ReceiptContradicts(BoxContradicts):
    """The box gave a receipt for a ballot that its record does not hold."""

    text = _(
        "MÁY CHỦ HÒM PHIẾU TỰ MÂU THUẪN. Chính khóa của hòm phiếu {server} (khóa {key}) đã ký biên nhận "
        "cho phiếu {tracker}, mà hồ sơ không có đúng lá phiếu ấy. Chữ ký ấy là bằng chứng; người giữ biên nhận không "
        "tự làm ra được."
    )


class WitnessSilent(Refused):
    """A copy that somebody hands over as a witness's, and that holds no word of the box."""

    code = "WITNESS_SILENT"
    text = _(
        "Bản chép này không có mốc nào và không có tờ chốt nào của hòm phiếu, nên không nói gì về hồ sơ. Xin kiểm tra "
        "lại tệp, có thể tệp đã bị cắt mất hoặc máy hết chỗ khi ghi; hoặc kiểm chứng mà không đưa tệp này."
    )


class BoxWentBack(Refused):
    """The box shows fewer checkpoints than before: it came out of a backup, or somebody hides the newest from us."""

    code = "BOX_WENT_BACK"
    text = _(
        "Hòm phiếu đưa ra ít mốc hơn trước: đã thấy {seen}, nay chỉ còn {shown}. Không ký gì thêm; xin báo ngay ban tổ "
        "chức: hòm phiếu có thể vừa được khôi phục từ bản sao lưu cũ."
    )
