"""What official documents share below their head: title, signatures, recipients; numbers, days and times in words.

Here lives their form. Never here: what a particular document says.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, Paragraph, Spacer, Table

from tally.protocol.committee import Member
from tally.report.documents.paper_styles import PaperStyles
from tally.report.documents.papers import Papers
from tally.report.fields import SignatureBox
from tally.report.sheet import WIDTH

HEAD = "Trưởng ban kiểm phiếu"
MEMBER = "Thành viên"
SIGN_HERE = "(Ký, ghi rõ họ tên)"
RECIPIENTS = "Nơi nhận:"
BY_KEY = "Bản gốc là tệp PDF có chữ ký số của những người có tên dưới đây."
FIELD_WIDTH, FIELD_HEIGHT = 70 * mm, 22 * mm
MOST_BESIDE, LETTERS_BESIDE = 12, 800
TIGHT = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("ALIGN", (0, 0), (-1, -1), "CENTER"),
]


def title_block(text: str, about: str, styles: PaperStyles) -> list[Flowable]:
    """Return what the document is and what it is about, each line of `about` by itself, over a short rule."""
    lines = [styles.balanced(line, styles.subtitle) for line in about.split("\n") if line]
    rule = HRFlowable(width=90, thickness=0.8, color=black, spaceBefore=4, spaceAfter=12, hAlign="CENTER")
    return [styles.para(text.upper(), styles.title), *lines, rule]


def signature_blocks(
    papers: Papers, styles: PaperStyles, *, fields: bool, beside: Sequence[Flowable] = ()
) -> list[Flowable]:
    """Return a block for everybody who signs: the head at the right, with `beside` at the left, then pairs of members.

    With `fields` each block holds an empty signature field `ky-K`, and the last one in the order of signing locks.
    """
    signers = papers.signers or ((1, Member(dots(12), HEAD)),)
    blocks = [
        _block(number, member, styles, head=i == 0, fields=fields, last=i == len(signers) - 1)
        for i, (number, member) in enumerate(signers)
    ]
    rows: list[list[list[Flowable]]] = [[list(beside), blocks[0]]]
    rows += [[left, *rest] for left, *rest in _pairs(blocks[1:])]
    return [Spacer(1, 12), *(Table([row], colWidths=[WIDTH / 2] * 2, style=TIGHT) for row in rows)]


def signed_under(papers: Papers, closing: Sequence[str], styles: PaperStyles) -> list[Flowable]:
    """Return the last sentences, the recipients and the places to sign, on one page: nobody signs one without text.

    One page does not hold more than a few members; the others then sign the next one.
    """
    if papers.signed_by_key:
        closing = [*closing, BY_KEY]
    beside, below = recipients_placed(papers, styles)
    blocks = signature_blocks(papers, styles, fields=papers.signed_by_key, beside=beside)
    # Not one within another: to reportlab a block that keeps together is, within one, higher than any page.
    return [KeepTogether([*(styles.para(sentence) for sentence in closing), *blocks]), *below]


def recipients(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    """Return the list "Nơi nhận:", from the minutes or with dots."""
    names = papers.minutes.recipients if papers.minutes else (dots(14), dots(14))
    lines = [f"- {name}{';' if i < len(names) else '.'}" for i, name in enumerate(names, start=1)]
    if not lines:
        return []
    return [
        Paragraph(RECIPIENTS if styles.state else f"<u>{RECIPIENTS}</u>", styles.to_title),
        *(styles.para(line, styles.to) for line in lines),
    ]


def recipients_placed(papers: Papers, styles: PaperStyles) -> tuple[list[Flowable], list[Flowable]]:
    """Return the recipients as they stand beside a signature, or, where they are too many for that, below it."""
    found = recipients(papers, styles)
    letters = sum(map(len, papers.minutes.recipients)) if papers.minutes else 0
    return (found, []) if len(found) <= MOST_BESIDE and letters <= LETTERS_BESIDE else ([], found)


def amount(n: int) -> str:
    """Return a count as resolutions write it: below ten with a leading zero, zero as 0, thousands with a dot.

    >>> amount(0), amount(4), amount(78), amount(1234)
    ('0', '04', '78', '1.234')
    """
    return f"{n:02d}" if 0 < n < 10 else plain(n)


def plain(n: int) -> str:
    """Return a count as tables print it, thousands with a dot."""
    return f"{n:,}".replace(",", ".")


def dots(n: int) -> str:
    """Return a line of dots on which people write by hand."""
    return "…" * n


def lines_to_write_on(styles: PaperStyles) -> list[Flowable]:
    """Return two lines of dots as wide as the page."""
    return [styles.para(dots(30), styles.plain) for _ in range(2)]


def day_words(iso: str) -> str:
    """Return an ISO date in words; days below ten and the first two months have a leading zero.

    >>> day_words("2026-12-09"), day_words("2023-02-02"), day_words("2023-05-17")
    ('ngày 09 tháng 12 năm 2026', 'ngày 02 tháng 02 năm 2023', 'ngày 17 tháng 5 năm 2023')
    """
    year, month, day = iso.split("-")
    return f"ngày {day} tháng {month if int(month) < 3 else int(month)} năm {year}"


def time_words(clock: str) -> str:
    """Return a time `HH:MM` in words.

    >>> time_words("08:05")
    '08 giờ 05 phút'
    """
    hour, minute = clock.split(":")
    return f"{hour} giờ {minute} phút"


def _pairs(blocks: Sequence[list[Flowable]]) -> list[list[list[Flowable]]]:
    return [[*blocks[i : i + 2], []][:2] for i in range(0, len(blocks), 2)]


def _block(number: int, member: Member, styles: PaperStyles, *, head: bool, fields: bool, last: bool) -> list[Flowable]:
    role = member.role or (HEAD if head else MEMBER)
    room: Flowable = Spacer(1, FIELD_HEIGHT)
    if fields:
        label = f"{role}: {member.name}"
        room = SignatureBox(f"ky-{number}", FIELD_WIDTH, FIELD_HEIGHT, lock=last, label=label)
    return [
        styles.para(role.upper(), styles.caption),
        styles.para(SIGN_HERE, styles.hint),
        room,
        styles.para(member.name, styles.caption),
    ]
