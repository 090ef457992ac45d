"""What keeps a machine from serving in earnest, each with its code and its sentence, and what it should only know.

Here live these classes. Never here: a look at the machine.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.protocol.errors import TallyError


class Unfit(TallyError):
    """Root of what is found at the start; with `BALLOT_PRODUCTION=1` nothing is served then."""

    code = "UNFIT"
    text = _("Máy này chưa đủ điều kiện để phục vụ.")


class Doubtful(Unfit):
    """Something that whoever runs the machine must know and may accept."""

    code = "DOUBTFUL"
    text = _("Có điều cần quý vị xem lại.")


class NotFitToServe(TallyError):
    """At least one check refuses; `ballot check` says each in words."""

    code = "NOT_FIT_TO_SERVE"
    text = _("Chưa phục vụ thật được ({codes}). Xin chạy lệnh ballot check để đọc từng điều.")


class ChecksRefused(NotFitToServe):
    """The same at the end of the list itself, which has said each in words."""

    text = _("Máy này chưa đủ điều kiện ({codes}); mỗi điều đã nêu ở trên.")


class DebugOn(Unfit):
    """A debugger shows the inside of a request to whoever asks."""

    code = "DEBUG_ON"
    text = _("Chế độ gỡ lỗi đang bật ({setting}); xin tắt đi.")


class SchemeNotHttps(Unfit):
    """Without TLS anybody on the wire reads slips and changes pages."""

    code = "SCHEME_NOT_HTTPS"
    text = _("BALLOT_SCHEME phải là https; chứng thư của mạng nội bộ làm bằng keys tls.")


class SecretUnfit(Unfit):
    """A file that only its owner may read can be read by others, or holds too little."""

    code = "SECRET_UNFIT"
    text = _("Tệp bí mật {file} để ngỏ cho người khác đọc hoặc quá ngắn; xin chạy: chmod 600.")


class SchemaTellsOrder(Unfit):
    """A table of the box numbers its rows, or has a column that may hold a number or a time. Threats K3."""

    code = "SCHEMA_TELLS_ORDER"
    text = _("Bảng {table} của hòm phiếu có thể để lộ thứ tự phiếu ({column}).")


class DatabasesJoined(Unfit):
    """Registry and box in one file, under one user of a server, or the registry within the box's reach."""

    code = "DATABASES_JOINED"
    text = _("Cơ sở dữ liệu của sổ cử tri và của hòm phiếu chưa tách nhau ({place}).")


class DatabaseAway(Unfit):
    """A database that cannot be opened: no server, no right, no such database."""

    code = "DATABASE_AWAY"
    text = _("Không mở được cơ sở dữ liệu: máy chủ không chạy, sai tên hoặc không có quyền.")


class FolderMissing(Unfit):
    """A folder that the installation makes is not there: it was not installed, or a disk was not mounted."""

    code = "FOLDER_MISSING"
    text = _("Không có thư mục {folder}: chưa cài đặt xong, sai đường dẫn, hoặc ổ đĩa chưa gắn.")


class CopyMissing(Unfit):
    """The second copy has no folder to be written in, or its server does not answer: no ballot gets a receipt."""

    code = "COPY_MISSING"
    text = _(
        "Bản thứ hai của hòm phiếu không ghi được vào {place} hoặc không trả lời, nên không phiếu nào có biên nhận; "
        "xin gắn ổ đĩa, lập thư mục hoặc chạy máy chủ ấy."
    )


class RoundKeyMissing(Unfit):
    """A round is open and a key that it still needs is not on this machine."""

    code = "ROUND_KEY_MISSING"
    text = _("Đợt đang mở còn thiếu {count} tệp khóa trên máy này, đầu tiên là {file}; xin khôi phục phần khóa.")


class DiskLow(Unfit):
    """Too little room for the ballots of a hall. Threats I3."""

    code = "DISK_LOW"
    text = _("Ổ đĩa chứa {folder} còn {free} MB; cần ít nhất {least} MB.")


class DiskNotLocal(Unfit):
    """A file system that may forget what it said it had written, or that lies on another machine. Threats I5."""

    code = "DISK_NOT_LOCAL"
    text = _("{folder} nằm trên hệ tập tin {kind}; cần một ổ đĩa gắn trực tiếp vào máy này.")


class AccessLogOn(Unfit):
    """Some layer writes down who asked for what, and when. Threats B5, B6."""

    code = "ACCESS_LOG_ON"
    text = _("Nhật ký truy cập đang bật ({place}); thời điểm và địa chỉ có thể nối người với phiếu.")


class CoreDumpsOn(Unfit):
    """A crash would write keys and ballots onto the disk."""

    code = "CORE_DUMPS_ON"
    text = _("Hệ điều hành còn ghi ảnh bộ nhớ khi tiến trình hỏng; xin đặt LimitCORE=0 hoặc ulimit -c 0.")


class UpgradeMidRound(Unfit):
    """Another release than the one with which a round was sealed or last served. Threats I14."""

    code = "UPGRADE_MID_ROUND"
    text = _("Đợt {round} đang giữa niêm phong và chốt hòm phiếu; xin chạy lại đúng bản phần mềm trước ({what}).")


class OneProcess(Doubtful):
    """One process plays registry and box."""

    code = "ONE_PROCESS"
    text = _("Một tiến trình giữ cả sổ cử tri và hòm phiếu; sự tách quyền chỉ có trên giấy.")


class SwapOn(Doubtful):
    """Memory with keys may be written to a disk."""

    code = "SWAP_ON"
    text = _("Máy có vùng tráo đổi (swap); khóa trong bộ nhớ có thể bị ghi ra đĩa.")


class ClockUnlikely(Doubtful):
    """The clock shows a day on which this release did not exist, or one far ahead; nothing of a round depends on it."""

    code = "CLOCK_UNLIKELY"
    text = _("Đồng hồ máy chỉ {day}; xin chỉnh lại. Việc bỏ phiếu không phụ thuộc đồng hồ.")


class RoundOpen(Doubtful):
    """A round is between seal and close: nothing may be upgraded. Threats I14."""

    code = "ROUND_OPEN"
    text = _("Đợt {round} đang mở: không nâng cấp phần mềm cho tới khi chốt hòm phiếu.")


class SeveralRoundsOpen(Doubtful):
    """Two rounds at once: what is asked, shown and handed out is easily taken for the other's."""

    code = "SEVERAL_ROUNDS_OPEN"
    text = _("Có {count} đợt cùng đang mở ({rounds}); mỗi lúc chỉ nên mở một đợt.")


class UpgradePending(Doubtful):
    """The system has new versions that begin to run with its next start. Threats I14."""

    code = "UPGRADE_PENDING"
    text = _(
        "Hệ điều hành đã cập nhật và chờ khởi động lại ({file}); xin khởi động lại trước khi mở đợt, đừng giữa đợt."
    )


class CopyOnSameDisk(Doubtful):
    """The second copy of the box would be lost with the box. Threats I5."""

    code = "COPY_ON_SAME_DISK"
    text = _("Bản thứ hai của hòm phiếu nằm cùng một nơi với hòm phiếu ({place}); hỏng nơi ấy là mất cả hai.")


class FewWitnesses(Doubtful):
    """Fewer than two observers were heard from in a round; a box that forks is then found later, or not."""

    code = "FEW_WITNESSES"
    text = _("Đợt {round} mới có {count} người chứng kiến lên tiếng; nên có ít nhất hai.")
