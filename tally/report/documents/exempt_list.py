"""Danh sách: who is rated in a round, by form and block, and who holds a rated post and is not, with reason and law.

Here lives the document. Never here: a decision who is left out (ballot/planning/exemptions.py), or a result.
"""

from __future__ import annotations

from reportlab.platypus import Flowable, LongTable, Spacer

from tally.outcome import OfficialOutcome
from tally.protocol.manifest import Exempt
from tally.protocol.ruleset import OPERATOR
from tally.report.documents.by_hand import OFFICE, STAMPED, Hand, places_to_sign
from tally.report.documents.letterhead import letterhead
from tally.report.documents.paper_styles import PaperStyles, boxed, head_row, styles_of
from tally.report.documents.papers import Papers
from tally.report.documents.parts import amount, title_block
from tally.report.documents.people_rows import under_headings
from tally.report.documents.rating_words import basis, finished, subjected
from tally.report.typeface import Typeface

NAME = "Danh sách người được lấy phiếu và người không lấy phiếu"
TITLE = "Danh sách"
RATED = "I. Người được {rating}"
EXEMPT = "II. Người không {rating}"
SEALED = "Danh sách này được niêm phong cùng bản kê của đợt, trước khi cấp thẻ bỏ phiếu."
IN_ORDER = "Có {count} người, xếp theo thứ tự trên phiếu."
EXEMPT_COUNT = "Có {count} người giữ chức vụ thuộc diện nhưng không {rating} trong đợt này:"
NOBODY = "Không có người nào giữ chức vụ thuộc diện {rating} mà không được {rating} trong đợt này."
CASES = "Các trường hợp không {rating} theo văn bản số {rules}:"
NO_CASES = "Văn bản số {rules} không nêu sẵn trường hợp nào; mỗi trường hợp do cấp có thẩm quyền quyết định."
NOT_CITED = "Không ghi"


def make(papers: Papers, face: Typeface) -> bytes:
    """Return the document."""
    styles = styles_of(papers, face)
    facts = papers.outcome.round
    what = subjected(facts.rules)
    about = f"người được {what} và người không {what}\n{facts.title}"
    story: list[Flowable] = [
        *letterhead(papers, styles),
        *title_block(TITLE, about, styles),
        styles.para(basis(facts.rules), styles.italic),
        *([styles.para(SEALED, styles.italic)] if papers.electronic else []),
        styles.para(RATED.format(rating=what).upper(), styles.section),
        *_rated(papers, styles),
        styles.para(EXEMPT.format(rating=what).upper(), styles.section),
        *_exempt(papers, styles),
        *places_to_sign(Hand("Người lập danh sách"), Hand(OFFICE, hint=STAMPED), styles),
    ]
    return finished(papers, f"{TITLE} {about.splitlines()[0]}", story, face)


def _rated(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    officials = papers.outcome.officials

    def cells(row: OfficialOutcome) -> list[Flowable]:
        return [
            styles.para(str(row.number), styles.middle),
            styles.sized(row.official.name, styles.strong, styles.strong_small),
            styles.sized(row.official.position, styles.cell, styles.cell_small),
        ]

    rows, headings = under_headings(officials, cells, styles, above=1, style=styles.strong)
    heads = head_row(("TT", "Họ và tên", "Chức danh, chức vụ"), styles)
    return [
        styles.para(IN_ORDER.format(count=amount(len(officials)))),
        boxed([heads], rows, (0.08, 0.38, 0.54), styles, extra=headings),
    ]


def _exempt(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    facts = papers.outcome.round
    what, people = subjected(facts.rules), facts.exempt
    if people:
        found: list[Flowable] = [
            styles.para(EXEMPT_COUNT.format(count=amount(len(people)), rating=what)),
            _table(people, styles),
        ]
    else:
        found = [styles.para(NOBODY.format(rating=what))]
    return [*found, Spacer(1, 6), *_cases(papers, styles)]


def _table(people: tuple[Exempt, ...], styles: PaperStyles) -> LongTable:
    rows = [
        [
            styles.para(str(number), styles.middle),
            styles.sized(one.name, styles.strong, styles.strong_small),
            *(
                styles.sized(text, styles.cell, styles.cell_small)
                for text in (one.position, one.reason, one.citation or NOT_CITED)
            ),
        ]
        for number, one in enumerate(people, start=1)
    ]
    heads = head_row(("TT", "Họ và tên", "Chức danh, chức vụ", "Lý do", "Căn cứ"), styles)
    return boxed([heads], rows, (0.08, 0.22, 0.26, 0.27, 0.17), styles)


def _cases(papers: Papers, styles: PaperStyles) -> list[Flowable]:
    rules = papers.outcome.round.rules
    cases = [case for case in rules.exemptions if case.kind != OPERATOR]
    if not cases:
        return [styles.para(NO_CASES.format(rules=rules.number))]
    lines = [f"- {case.words}{f' ({case.citation})' if case.citation else ''}" for case in cases]
    ended = [f"{line}{';' if number < len(lines) else '.'}" for number, line in enumerate(lines, start=1)]
    title = CASES.format(rating=subjected(rules), rules=rules.number)
    return [styles.para(title), *(styles.para(line, styles.item) for line in ended)]
