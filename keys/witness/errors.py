"""The refusals of a witness's program. Here live codes and their sentences. Never here: a word about a voter."""

from __future__ import annotations

from keys.errors import KeysError
from tally.i18n import marked as _
from tally.protocol.errors import Incomplete


class BoxNotReached(KeysError):
    """No answer came, or the box is busy; whether it is asked again is for whoever asked."""

    code = "BOX_NOT_REACHED"
    text = _("Chưa hỏi được hòm phiếu. Không có gì bị mất.")


class BoxAnswersOddly(KeysError):
    """What answers is no box of ours, or not within the bounds of an answer."""

    code = "BOX_ANSWERS_ODDLY"
    text = _("Câu trả lời không phải của một hòm phiếu; xin kiểm tra địa chỉ.")


class BoxDeclines(KeysError):
    """The box refuses, with its reason."""

    code = "BOX_DECLINES"
    text = _("Hòm phiếu từ chối ({reason}): {sentence}")


class BadBoxAddress(KeysError):
    """Not an origin: https://host[:port], or http on this very machine."""

    code = "BAD_BOX_ADDRESS"
    text = _("Địa chỉ hòm phiếu phải là https://… (http chỉ dùng trong chính máy này), không có phần sau tên máy.")


class EndOnlyClaimed(KeysError, Incomplete):
    """The box says that the round was annulled. That is no last word: nobody signed it, and nothing can be verified."""

    code = "END_ONLY_CLAIMED"
    text = _(
        "Hòm phiếu nói đợt này đã bị hủy. Lời ấy không có chữ ký, không có tờ chốt nào để kiểm chứng: đây không phải "
        "một đợt đã được chứng kiến đến cùng. Xin giữ bản chép ({size} phiếu) và hỏi ban tổ chức văn bản hủy."
    )


class WitnessOfAnother(KeysError):
    """The copy in this folder is somebody else's, or of another round."""

    code = "WITNESS_OF_ANOTHER"
    text = _("Thư mục này giữ bản chép của người khác hoặc của đợt khác; xin dùng một thư mục riêng.")
