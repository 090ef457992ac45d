"""Warnings before a round is made: what is allowed, and better known now than in the hall.

Here live sentences and what they depend on. Never here: a refusal; completeness.py decides what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.catalogue.rule_books import load, shelf
from ballot.likeness import likeness
from ballot.models.registry.accounts import Account
from ballot.planning import bases, places
from ballot.planning.content import EXEMPT, RATED, Content
from ballot.planning.electorate import alike, rated_voters, sites_of
from ballot.vietnamese import vndate
from tally.i18n import marked as _
from tally.i18n import said, translate
from tally.protocol.ruleset import DELEGATES, PUBLIC

SMALL_SITE = 10
FEW = 3
LIMITS = (
    _(
        "Ít người ghi phiếu hoặc kết quả giống nhau thì chính con số nói ra từng người đã ghi gì; "
        "không hệ thống nào đổi được."
    ),
    _(
        "Đủ số thành viên ban kiểm phiếu cùng thông đồng thì đọc được bản mã; "
        "khi đó chỉ còn thẻ vô danh bảo vệ người ghi."
    ),
    _("Máy mà người ghi bấm chọn thì thấy lựa chọn của người đó."),
    _("Bỏ phiếu từ điện thoại riêng hay ở nhà thì không ngăn được người đứng bên cạnh."),
    _("Ban tổ chức, ban kiểm phiếu và quan sát viên dùng chung một máy thì sự phân quyền chỉ có trên giấy."),
    _(
        "Chương trình trên trang được tin vào lúc máy chủ gửi đi; "
        "máy trong buồng phiếu được bảo vệ tốt hơn thiết bị riêng."
    ),
    _(
        "Vì phiếu vô danh nên không ai biết ai đã bỏ phiếu. "
        "Đợt bị dừng hẳn phải làm lại từ đầu, không bao giờ làm tiếp trên giấy."
    ),
    _("Xóa trên ổ SSD không phải là mất hẳn; hòm phiếu nên nằm trên ổ mã hóa mà khóa được hủy khi xong."),
    _("Hệ thống chứng minh phép tính đúng, không chứng minh danh sách được lập khôn ngoan."),
)
"""What every organiser should know before a round is made. Source: threats 1.5."""


def warnings(session: Session, organisation_id: int, content: Content, today: date) -> list[str]:
    """Return what somebody should read before the round is made, a sentence each."""
    found = [*_of_basis(content, today), *_of_officials(content), *_of_voters(content), *_of_policy(content)]
    found += _of_base(session, organisation_id, content)
    found += _twice_a_year(session, organisation_id, content)
    found += _of_earlier_rolls(session, organisation_id, content)
    found += _of_accounts(session, organisation_id, content)
    return found


def _of_basis(content: Content, today: date) -> Iterator[str]:
    if content.basis and content.basis.date < today.isoformat():
        yield said(_("Ngày họp {day} đã qua."), day=vndate(content.basis.date))


def _of_officials(content: Content) -> Iterator[str]:
    for line in content.officials.lines if content.officials else ():
        if line.rule and line.decision == RATED:
            yield said(
                _("{name} thuộc diện không lấy phiếu theo quy định nhưng vẫn được đưa vào: {why}"),
                name=line.name,
                why=line.reason,
            )
        if line.new_posts and line.decision == RATED:
            posts = ", ".join(line.new_posts)
            yield said(
                _("{name} mới giữ chức vụ {posts}, các chức vụ khác giữ từ trước: lấy phiếu một lần cho tất cả."),
                name=line.name,
                posts=posts,
            )
        if line.suspended and line.decision in (RATED, EXEMPT):
            yield said(_("{name} đang bị tạm đình chỉ: ban tổ chức đã quyết định."), name=line.name)


def _of_voters(content: Content) -> Iterator[str]:
    both = rated_voters(content.rated, content.voters)
    if both:
        names = ", ".join(both)
        yield said(
            _("{count} người vừa được lấy phiếu vừa ghi phiếu (được phép): {names}."), count=len(both), names=names
        )
    for same in alike(content.voters):
        shown = "; ".join(f"{voter.name} ({voter.code}, {voter.unit})" for voter in same)
        yield said(
            _("Tên đọc giống nhau trong danh sách người ghi phiếu: {names}. Xin kiểm tra có phải một người."),
            names=shown,
        )
    sites = sites_of(content.voters)
    small = [f"{site} ({count})" for site, count in sites.items() if len(sites) > 1 and count < SMALL_SITE]
    if small:
        sentence = _("Điểm cầu ít người: {sites}. Kết quả không tách theo điểm, nhưng sĩ số ở đó ai cũng thấy.")
        yield said(sentence, sites="; ".join(small))


def _of_policy(content: Content) -> Iterator[str]:
    policy = content.policy
    if policy is None:
        return
    if policy.own_device:
        yield translate(
            _("Thiết bị riêng: không ngăn được người đứng bên cạnh và phần mềm xấu trên máy của người ghi phiếu.")
        )
    if policy.threshold == 1:
        yield translate(_("Một thành viên một mình mở được kết quả: không nên dùng cho đợt thật."))
    elif policy.threshold == policy.committee_size:
        yield translate(
            _("Mọi thành viên ban kiểm phiếu đều phải có mặt: mất một khóa là không bao giờ mở được kết quả.")
        )
    if policy.secrecy and policy.disclosure == PUBLIC:
        yield said(_("Đợt mang dấu {mark} nhưng kết quả lại công khai: xin xem lại."), mark=policy.secrecy)


def _of_base(session: Session, organisation_id: int, content: Content) -> Iterator[str]:
    rules = load(session, organisation_id, content.basis.rule_set) if content.basis else None
    if rules and rules.base.kind == DELEGATES and content.electorate:
        yield said(
            _("Tỷ lệ tính trên {count} đại biểu (thành viên), không phải trên số phiếu thu về."),
            count=content.electorate.delegates,
        )


def _twice_a_year(session: Session, organisation_id: int, content: Content) -> Iterator[str]:
    known = shelf(session, organisation_id)
    most = bases.most_places(known, content.basis.rule_set) if content.basis else None
    if content.basis is None or most is None:
        return
    rated = places.in_year(session, organisation_id, content.basis.date)
    for line in content.rated:
        elsewhere = places.of_line(rated, line)
        details = {"name": line.name, "rounds": "; ".join(elsewhere), "most": most.most, "citation": most.citation}
        if len(elsewhere) >= most.most:
            yield said(
                _("{name} đã được lấy phiếu trong năm ở: {rounds}. Thêm đợt này là quá {most} nơi ({citation})."),
                **details,
            )
        elif elsewhere:
            yield said(
                _("{name} cũng được lấy phiếu trong năm ở: {rounds}. Tối đa {most} nơi ({citation})."), **details
            )


def _of_earlier_rolls(session: Session, organisation_id: int, content: Content) -> Iterator[str]:
    """Warn of a round about the same people whose roll differs by very few: the difference tells their votes."""
    now = {likeness(voter.name) for voter in content.voters}
    for title, names in places.same_ballot(session, organisation_id, {likeness(line.name) for line in content.rated}):
        others = len(now ^ names)
        if 0 < others <= FEW:
            sentence = _(
                "Danh sách người ghi phiếu chỉ khác đợt “{round}” {count} người, cùng những người được lấy phiếu: hiệu "
                "hai kết quả có thể cho biết những người đó ghi gì."
            )
            yield said(sentence, round=title, count=others)


def _of_accounts(session: Session, organisation_id: int, content: Content) -> Iterator[str]:
    """Warn of accounts with a rated official's name: the round's pages will not open to them."""
    rated = {likeness(line.name) for line in content.rated}
    mine = select(Account).where(Account.organisation_id == organisation_id, Account.active.is_(True))
    for account in session.scalars(mine.order_by(Account.id)):
        if likeness(account.name) in rated:
            yield said(
                _("Tài khoản {login} mang tên người được lấy phiếu ({name}): sẽ không mở được trang của đợt này."),
                login=account.login,
                name=account.name,
            )
