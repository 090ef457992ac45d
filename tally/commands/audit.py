"""`tally audit-ballot`: what a terminal opened in a test (*Kiểm tra máy*) is encrypted again, by anybody, anywhere.

Here lives this command: reading, printing, its verdict. Never here: the check itself (protocol/opened.py), or a claim
about any draft but this one.

    tally audit-ballot election.json kiem-tra-may-2e7aee17.json --commit 5SXE-W5VR-QXXZ-RRCS-AYR5
    tally audit-ballot election.json frames.txt                         # a line for each QR code, in any order
"""

from __future__ import annotations

from pathlib import Path

import click

from tally.file_bytes import read_at_most
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.booth import BadCommit, check_commit, shown_commit
from tally.protocol.election import LIMIT as ELECTION_LIMIT
from tally.protocol.election import Election
from tally.protocol.encoding import grouped
from tally.protocol.errors import NotJson, one_line
from tally.protocol.opened import LIMIT, CheckedOpening, check_opened, read_file, read_frames
from tally.protocol.spoiled import OpenedBallot
from tally.screen import Screen

BLANK = _("Bỏ trống")
MATCHES = _("KHỚP: bản nháp này được mã hóa đúng như máy đã hiện.")
UNCOMPARED = _("NHẤT QUÁN, CHƯA SO MÃ CAM KẾT: xin so mã trên với mã quý vị đã chép từ màn hình trước khi chọn.")
SCOPE = _("Phép thử chỉ nói về bản nháp này; nó không nói gì về lá phiếu khác hay về lần mã hóa khác của máy.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("audit-ballot", help=_("Kiểm tra máy: mã hóa lại bản nháp mà máy đã mở và so với mã cam kết."))
@click.argument("election", type=FILE)
@click.argument("opened", type=FILE)
@click.option("--commit", "typed", help=_("Mã cam kết chép từ màn hình: 20 ký tự hoặc 64 chữ số."))
def audit_ballot(election: Path, opened: Path, typed: str | None) -> None:
    """Encrypt an opened draft again, print what it says, compare the commit code."""
    name = one_line(election.name)
    made = Election.parse(read_at_most(election, ELECTION_LIMIT, name), name)
    checked = check_opened(made, _opened(made, opened), one_line(opened.name))
    screen = Screen()
    for line in _lines(made, checked):
        screen.say(line)
    if typed is not None:
        _compare(typed, checked.commit)
    screen.say(translate(UNCOMPARED if typed is None else MATCHES))
    screen.say(translate(SCOPE))


def _opened(election: Election, path: Path) -> OpenedBallot:
    """Read either form; a file of the JSON form begins with a brace, a frame never does."""
    where = one_line(path.name)
    raw = read_at_most(path, LIMIT, where)
    if raw.startswith(b"{"):
        return read_file(election, raw, where)
    try:
        lines = raw.decode("ascii").splitlines()
    except ValueError:
        raise NotJson(where) from None
    return read_frames(election, [line for line in lines if line.strip()], where)


def _lines(election: Election, checked: CheckedOpening) -> list[str]:
    marks = [
        f"{question.question}: {translate(BLANK) if level is None else question.answers[level]}"
        for question, level in zip(election.questions, checked.levels, strict=True)
    ]
    rows = (
        (_("Máy"), checked.terminal or "–"),
        (_("Mã cam kết"), shown_commit(checked.commit)),
        (_("Mã cam kết đầy đủ"), checked.commit),
        (_("Mã băm của tệp bầu cử (so với mã đã công bố)"), grouped(election.hash, 16)),
    )
    return [one_line(line) for line in [*marks, *(f"{translate(label)}: {value}" for label, value in rows)]]


def _compare(typed: str, commit: str) -> None:
    try:
        check_commit(typed, commit)
    except BadCommit as error:
        raise click.BadParameter(str(error), param_hint="--commit") from None
