"""Who may open which key: one row for each kind, and no kind without a row.

Here lives the table that the store and the README follow. Never here: a key, or a decision about a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from keys.errors import UnknownKind
from tally.i18n import marked as _


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of key: its code, its name and holder in Vietnamese, what for, its end, and the suffix of its file."""

    kind: str
    name: str
    opened_by: str
    purpose: str
    destroyed: str
    suffix: str


ISSUER = "issuer"
STATEMENT = "statement"
BOX = "box"
FREEZE = "freeze"
LOG = "log"
SITE = "site"
WITNESS = "witness"
TRUSTEE = "trustee"
REPORT = "report"
AUTHORITY = "authority"
BACKUP = "backup"

_ROWS = (
    Role(
        kind=ISSUER,
        name=_("khóa cấp phiếu"),
        opened_by=_("bên cấp phiếu (ban tổ chức, ban kiểm phiếu hoặc quan sát viên)"),
        purpose=_("ký mù thẻ cử tri của một cuộc lấy phiếu; RSA 3072 bit"),
        destroyed=_("ngay khi kết thúc việc cấp phiếu, trước khi mở bỏ phiếu"),
        suffix=".issuer.key",
    ),
    Role(
        kind=STATEMENT,
        name=_("khóa bản kê"),
        opened_by=_("bên cấp phiếu"),
        purpose=_("ký bản kê số phiếu đã cấp; Ed25519"),
        destroyed=_("sau khi báo cáo được ký"),
        suffix=".statement.key",
    ),
    Role(
        kind=BOX,
        name=_("khóa hòm phiếu"),
        opened_by=_("máy chủ hòm phiếu"),
        purpose=_("ký biên nhận, các mốc kiểm soát và mốc cuối; Ed25519"),
        destroyed=_("sau khi niêm phong và kiểm tra hồ sơ"),
        suffix=".box.key",
    ),
    Role(
        kind=LOG,
        name=_("khóa nhật ký"),
        opened_by=_("máy chủ danh sách"),
        purpose=_("ký các mốc của nhật ký thao tác trong một đợt; Ed25519"),
        destroyed=_("sau khi niêm phong và kiểm tra hồ sơ"),
        suffix=".log.key",
    ),
    Role(
        kind=SITE,
        name=_("khóa điểm cầu"),
        opened_by=_("máy chủ điểm cầu"),
        purpose=_("ký biên nhận tạm của một điểm cầu và bản báo đã chuyển hết; Ed25519"),
        destroyed=_("sau khi niêm phong và kiểm tra hồ sơ"),
        suffix=".site.key",
    ),
    Role(
        kind=WITNESS,
        name=_("khóa người chứng kiến"),
        opened_by=_("chính người chứng kiến đó, trên máy của mình"),
        purpose=_("ký thêm dưới các mốc và tờ chốt mà hòm phiếu đã ký; Ed25519"),
        destroyed=_("sau khi hồ sơ đã được kiểm chứng"),
        suffix=".witness.key",
    ),
    Role(
        kind=FREEZE,
        name=_("khóa chốt danh sách"),
        opened_by=_("ban tổ chức, khi kết thúc việc cấp phiếu"),
        purpose=_("mở các thẻ đã ký mà trạm in gửi kín vào hòm, để lập danh sách cuối cùng; X25519"),
        destroyed=_("sau khi danh sách thẻ đã chốt"),
        suffix=".freeze.key",
    ),
    Role(
        kind=TRUSTEE,
        name=_("phần khóa của ủy viên ban kiểm phiếu"),
        opened_by=_("chính ủy viên đó"),
        purpose=_("giải mã tổng số phiếu, không bao giờ giải mã từng phiếu"),
        destroyed=_("sau khi báo cáo được ký, có biên bản"),
        suffix=".trustee.key",
    ),
    Role(
        kind=REPORT,
        name=_("khóa ký báo cáo"),
        opened_by=_("người ký báo cáo"),
        purpose=_("ký biên bản kiểm phiếu và báo cáo kết quả"),
        destroyed=_("theo quy chế chữ ký số của cơ quan"),
        suffix=".report.key",
    ),
    Role(
        kind=AUTHORITY,
        name=_("khóa cơ quan chứng thực"),
        opened_by=_("người được ban kiểm phiếu giao cấp chứng thư"),
        purpose=_("ký chứng thư của người ký báo cáo, hoặc chứng thư máy chủ của phòng họp; không ký gì khác"),
        destroyed=_("khi mọi chứng thư đã cấp hết hạn và danh sách thu hồi cuối cùng đã ký"),
        suffix=".authority.key",
    ),
    Role(
        kind=BACKUP,
        name=_("khóa mở bản sao lưu"),
        opened_by=_("người được giao giữ bản sao lưu của một phần (danh sách, hòm phiếu hoặc khóa máy)"),
        purpose=_("mở bản sao lưu của phần ấy để khôi phục; X25519"),
        destroyed=_("khi hồ sơ đã lưu trữ: hủy khóa này là hủy mọi bản sao lưu đã làm cho nó"),
        suffix=".backup.key",
    ),
)

ROLES: Mapping[str, Role] = MappingProxyType({row.kind: row for row in _ROWS})


def role_of(kind: str) -> Role:
    """Return the row of `kind`. Raises UnknownKind."""
    try:
        return ROLES[kind]
    except KeyError:
        raise UnknownKind("kind") from None
