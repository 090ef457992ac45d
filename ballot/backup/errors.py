"""What backing up and restoring refuse, each with its own code. Here live codes and sentences.

Never here: a key, or what a backup holds.
"""

from __future__ import annotations

from ballot.box.second_copy import CopyAway
from ballot.round_errors import BoxBehind
from tally.i18n import marked as _
from tally.protocol.errors import Incomplete, Refused, TallyError


class BackupUnknown(TallyError):
    """Not a backup of ours, or of another version of the format."""

    code = "BACKUP_UNKNOWN"
    text = _("Tệp này không phải bản sao lưu của hệ thống, hoặc thuộc phiên bản khác. Chưa ghi gì.")


class BackupDamaged(TallyError):
    """A byte was changed or the end is missing; nothing of it is written."""

    code = "BACKUP_DAMAGED"
    text = _("Bản sao lưu bị hỏng hoặc bị cắt. Chưa ghi gì; xin quý vị dùng bản khác.")


class BackupOfAnother(TallyError):
    """Made for another recipient than the key that was given."""

    code = "BACKUP_OF_ANOTHER"
    text = _("Bản sao lưu này làm cho người nhận khác: {recipient}. Chưa ghi gì.")


class OneRecipient(TallyError):
    """Two parts for one recipient: whoever holds that key would hold registry and box together in the clear."""

    code = "BACKUP_ONE_RECIPIENT"
    text = _("Mỗi phần phải có người nhận riêng: một người không được mở cả danh sách lẫn hòm phiếu.")


class RestoreNotEmpty(TallyError):
    """Something stands where the part would be written; a restored part never writes over anything."""

    code = "RESTORE_NOT_EMPTY"
    text = _("Ở nơi khôi phục đã có {name}. Chỉ khôi phục vào nơi chưa có gì; chưa ghi gì.")


class EmptyInTheWay(RestoreNotEmpty):
    """A database without a row stands there: what a command makes that begins an installation."""

    text = _(
        "Ở nơi khôi phục đã có {name}, và trong đó không có gì: một lệnh chạy trước khi khôi phục đã tạo ra. Chưa ghi "
        "gì. Xin dừng máy chủ ở đây nếu đang chạy, chuyển tệp ấy (cùng -wal, -shm nếu có) đi nơi khác rồi chạy lại."
    )


class KeysInTheWay(RestoreNotEmpty):
    """Keys are there already: of a server that runs, or of one that was begun before its keys were restored."""

    text = _(
        "Ở nơi khôi phục, thư mục keys đã có {names}. Chưa ghi gì. Nếu đó là khóa của máy chủ đang dùng, xin khôi phục "
        "vào thư mục khác. Nếu máy chủ ở đây chỉ mới chạy trước khi khôi phục khóa và chưa niêm phong đợt nào, xin "
        "dừng máy chủ, chuyển thư mục keys đi nơi khác (đừng xóa) rồi chạy lại."
    )


class FileShrank(TallyError):
    """A file became shorter while it was being copied."""

    code = "BACKUP_FILE_CHANGED"
    text = _("Tệp {name} đổi khi đang sao lưu; xin quý vị chạy lại lệnh.")


# --- a restored box --------------------------------------------------------------------------------------------------


class PartsMissing(TallyError):
    """Some part of the installation was not restored yet; nothing was made in its place."""

    code = "RESTORE_INCOMPLETE"
    text = _(
        "Chưa khôi phục đủ: còn thiếu {parts}. Chưa thay đổi gì. Xin khôi phục phần ấy bằng ballot restore, hoặc đặt "
        "BALLOT_INSTANCE, BALLOT_REGISTRY_DB, BALLOT_BOX_DB đúng nơi đã khôi phục, rồi chạy lại."
    )


class NotRestored(Refused):
    """The box of this round did not come out of a backup; there is nothing to resume."""

    code = "NOT_RESTORED"
    text = _("Hòm phiếu của đợt này không phải vừa khôi phục; không có gì phải làm.")


class ChainsDiffer(Refused):
    """Two notes signed by the box about the same number of ballots: one of them is a lie, and both prove it."""

    code = "CHAINS_DIFFER"
    text = _(
        "Hòm phiếu đã ký hai mốc khác nhau cho cùng {size} phiếu. Không được tiếp tục; xin giữ cả hai tệp làm chứng cứ "
        "và báo ban kiểm phiếu."
    )


class BallotsMissing(Refused):
    """Checkpoints name ballots that are in none of the places that were given."""

    code = "BALLOTS_MISSING"
    text = _(
        "Còn thiếu {count} phiếu đã nằm trong mốc công bố, chẳng hạn {first}. Hòm phiếu vẫn chưa nhận phiếu; xin đưa "
        "thêm bản sao thứ hai hoặc chính các phiếu ấy."
    )


class LastWordAhead(BallotsMissing):
    """The box was closed with more ballots than the checkpoints that were given name."""

    text = _(
        "Hòm phiếu đã chốt với nhiều hơn {count} phiếu so với các mốc được đưa ra. Chưa thay đổi gì; xin đưa thêm "
        "checkpoints.txt của hồ sơ, bản của người chứng kiến hoặc bản sao thứ hai."
    )


class EvidenceNeeded(Refused):
    """Nothing from outside was given."""

    code = "EVIDENCE_NEEDED"
    text = _("Cần ít nhất một bản của người chứng kiến (--witness) hoặc bản sao thứ hai (--copy).")


class NothingInNotes(EvidenceNeeded):
    """A file that was given for evidence is empty, or says nothing about this box."""

    text = _("Tệp này không giữ mốc nào mà hòm phiếu của đợt {uuid} đã ký: tệp trống, hoặc của đợt khác.")


class StillBehind(BoxBehind, Incomplete):
    """The chain is whole, and ballots after its end may be gone: two organisers must say so."""

    text = _(
        "Chuỗi mốc đã đủ, nhưng không có bản sao thứ hai đang dùng (BALLOT_BOX_COPY): phiếu có biên nhận sau mốc cuối "
        "có thể đã mất. Hai người của ban tổ chức phải ghi lý do trên trang của đợt thì hòm phiếu mới nhận phiếu."
    )


class CopyNotRead(CopyAway):
    """A second copy that cannot be read as one, said to whoever runs the command."""

    text = _(
        "Không đọc được bản sao thứ hai ở {place}: không có ở đó, máy chủ không trả lời, hoặc không phải bản sao của "
        "một hòm phiếu. Chưa thay đổi gì; xin xem lại --copy hoặc BALLOT_BOX_COPY rồi chạy lại."
    )


class CopyIncomplete(Refused):
    """A copy that lacks ballots of a checkpoint, or all that there are, was not the second copy of this box."""

    code = "COPY_INCOMPLETE"
    text = _("Bản sao được đưa ra thiếu {count} phiếu phải có trong đó: đó không phải bản sao của hòm phiếu này.")


class ReasonTooShort(Refused):
    """A reason that says nothing."""

    code = "REASON_TOO_SHORT"
    text = _("Xin ghi lý do ít nhất {least} ký tự.")
