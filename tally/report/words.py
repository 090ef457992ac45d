"""Every sentence that a report prints, in Vietnamese, each once.

Here live sentences and how they are filled in. Never here: a number, a rule of any law, or a decision.
"""

from __future__ import annotations

from tally.i18n import marked as _
from tally.i18n import translate

RATING_TITLE = _("Kết quả lấy phiếu tín nhiệm")
VOTE_TITLE = _("Kết quả bỏ phiếu tín nhiệm")
DATE = _("Ngày {date}")
LEGAL_BASIS = _("Căn cứ {rules}.")
NATURE = _("Báo cáo làm việc, do máy lập từ hồ sơ kiểm phiếu; không thay cho biên bản kiểm phiếu.")
RESTRICTED = _("Kết quả không công bố rộng rãi; chỉ gửi những người và cơ quan có thẩm quyền.")
REHEARSAL = _("DIỄN TẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ")
FOOTER_RECORD = _("Hồ sơ {short}")
FOOTER_PAPER = _("Kiểm phiếu giấy")
FOOTER_PAGE = _("Trang {page}/{pages}")

COUNTERS = _("Số liệu chung")
DELEGATES = _("Tổng số đại biểu")
SUMMONED = _("Số người được triệu tập")
ISSUED = _("Số phiếu phát ra")
RETURNED = _("Số phiếu thu về")
NOT_RETURNED = _("Số phiếu không thu về")
VALID = _("Số phiếu hợp lệ")
INVALID = _("Số phiếu không hợp lệ")
ELECTORATE = _(
    "Danh sách có {count} người bỏ phiếu. Càng ít người, càng dễ suy ra lựa chọn của từng người từ kết quả; {name} đã "
    "đọc cảnh báo này và chấp nhận trước khi niêm phong."
)
FORM = _("Loại phiếu")
RATED = _("Số người được lấy phiếu")
FORMS_NOTE = _("Các loại phiếu là các phần của cùng một phiếu điện tử, nên số phiếu của mọi loại đều bằng nhau.")
SLIPS = _("Thẻ bỏ phiếu và kiểm tra máy")
VOTERS = _("Số người đã được cấp thẻ tại bàn")
REISSUED = _("Số thẻ cấp lại thay thẻ hỏng")
ENVELOPES = _("Số phong bì thẻ chuẩn bị trước")
SPOILED = _("Số thẻ đã hủy vì hỏng")
UNUSED = _("Số thẻ đã hủy vì phong bì không dùng đến")
UNDELIVERED = _("Số thẻ đã ký nhưng không giao được, không nằm trong danh sách")
SLIPS_NOTE = _(
    "Số phát ra là số thẻ trong danh sách trừ số thẻ đã hủy. Hai số cách nhau dấu “/” là số của từng bên cấp thẻ."
)
TESTS = _("Số lần kiểm tra máy")
TESTS_OF = _("Trong đó, máy {terminal}")
TESTS_UNNAMED = _("Trong đó, máy không ghi tên")
TESTS_OTHERS = _("Trong đó, các máy khác")
BLANK_LINE = _(
    "Dòng để trống chỉ làm mất hiệu lực của chính dòng đó: phiếu vẫn hợp lệ và vẫn được tính cho những người còn lại."
)
BASE = _(
    "Mọi tỷ lệ phần trăm dưới đây đều tính trên {base}, tức {count}{citation}, làm tròn đến hai chữ số thập phân; "
    "số phiếu là căn cứ, tỷ lệ chỉ để đọc."
)

RESULTS = _("Kết quả của từng người")
ORDINAL = _("TT")
NAME = _("Họ và tên")
POSITION = _("Chức danh, chức vụ")
COUNT = _("Số phiếu")
SHARE = _("Tỷ lệ")
VOID = _("Dòng trống")
VOID_NOTE = _("“Dòng trống” là số phiếu thu về không ghi mức nào cho người đó.")

EXEMPT = _("Người giữ chức vụ thuộc diện nhưng không lấy phiếu trong đợt này")
EXEMPT_NOTE = _("Danh sách này được niêm phong trước khi cấp phiếu.")
CITATION = _("Căn cứ")
NO_CITATION = _("Không ghi")

CONSEQUENCES = _("Người có tỷ lệ đạt ngưỡng quy định")
NOBODY = _("Không có người nào đạt ngưỡng phải xem xét theo văn bản số {rules}.")
REACHED = _("{level}: {count} phiếu, chiếm {percent} {base}; thuộc trường hợp {words}.")
CONSEQUENCE = _("Hệ quả: {text} ({source}).")
SOURCE = _("{citation}, văn bản số {rules}")
SOURCE_RULES = _("văn bản số {rules}")
UNANIMOUS = _(
    "Khi tất cả phiếu ghi cùng một mức, hoặc không phiếu nào ghi một mức, con số tự nó cho biết nội dung "
    "của dòng đó trên mọi phiếu. Đây là giới hạn chung của mọi cách kiểm phiếu, kể cả phiếu giấy."
)
FEW = _(
    "Chỉ có {count} phiếu thu về. Với ít phiếu như vậy, kết quả đúng từng con số có thể cho phép suy đoán; xin quý vị "
    "cân nhắc phạm vi công bố."
)

CHART = _("Biểu đồ")
CHART_BASE = _("Mỗi thanh dài bằng {base} ({count}). Con số trên thanh là số phiếu; số không đủ chỗ được ghi bên phải.")
CHART_LINES = _("Vạch ngưỡng tính từ mép phải của thanh, là phía ghi “{level}”.")
LINE_FROM = _("{level} từ {share} trở lên")
LINE_OVER = _("{level} quá {share}")
CHART_ALT = _("Biểu đồ thanh, mỗi người một thanh dài bằng {base} ({count}).")
CHART_REACHED = _("đạt ngưỡng “{line}”")
ABSENT = _("Không có phiếu")
INVALID_BALLOTS = _("Phiếu không hợp lệ")
TURNOUT_BASE = _("Khung của mỗi thanh dài bằng số lớn nhất ({count}).")
TURNOUT_ALT = _("Biểu đồ thanh về số phiếu của cả đợt. {counts}.")
HISTORY_ALT = _("Biểu đồ thanh, mỗi đợt một thanh, mỗi thanh dài bằng số gốc của chính đợt đó.")
HISTORY_BASE = _("Tính trên {base} ({count}); văn bản số {rules}")
HISTORY_CAPTION = _("Mỗi đợt tính trên số gốc của chính đợt đó, nên chiều dài các thanh không so với nhau được.")
HISTORY_LINES = _("Vạch ngưỡng tính từ mép phải của thanh; mỗi đợt có ngưỡng theo văn bản của đợt đó.")
SHARE_FROM = _("từ {share}")
SHARE_OVER = _("quá {share}")
SIGNATURE = _("Ô chữ ký")

EXCEPTIONS = _("Ngoại lệ về xung đột lợi ích")
EXCEPTIONS_NOTE = _(
    "Người được lấy phiếu không giữ khóa và không giữ nhiệm vụ trong cùng đợt. Những người sau đây có tên trùng với "
    "người được lấy phiếu và được hai người duyệt bằng văn bản trước khi mở hòm phiếu."
)
OFFICE = _("Nhiệm vụ")
REASON = _("Lý do")
APPROVED = _("Người đề nghị, người duyệt")

VERIFICATION = _("Kết quả này đã được kiểm tra như thế nào")
VERDICT = _("Kết luận kiểm tra")
MANIFEST_HASH = _("Mã niêm phong (bản kê)")
ROOT = _("Gốc cây phiếu")
RECORD_HASH = _("Mã hồ sơ")
ISSUERS = _("Bên phát phiếu")
COMMITTEE = _("Ban kiểm phiếu giữ khóa")
COMMITTEE_VALUE = _("{members} thành viên; mở kết quả cần ít nhất {threshold}")
COMMAND = _("Quý vị có thể tự kiểm tra trên máy của mình, với mã niêm phong lấy từ bản giấy đã ký:")
RECORD_FOLDER = _("HO-SO")
NOT_COMPARED = _("Phần quy định cần đối chiếu với văn bản gốc")


def printed_date(iso: str) -> str:
    """Return an ISO date as dd/mm/yyyy."""
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def say(sentence: str, **details: object) -> str:
    """Return `sentence` in the language in force with its places filled in."""
    return translate(sentence).format(**details)
