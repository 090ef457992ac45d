"""`tally destruction`: who says to have destroyed a share, checked against the record whose result it had served.

Here lives this command. Never here: the check of the signature (protocol/destruction.py), or a claim that no copy is
left.

    tally destruction destruction-2.json HO-SO
"""

from __future__ import annotations

from pathlib import Path

import click

from tally.commands.verifying import verified_record
from tally.commands.worker_options import worker_options
from tally.executors import Workers
from tally.file_bytes import read_at_most
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.destruction import LIMIT, Destruction
from tally.protocol.errors import Mismatch, one_line
from tally.screen import Screen

STATED = _("Thành viên {number}, {name}, đã ký rằng phần khóa của mình đã hủy sau khi có kết quả của hồ sơ này.")
SCOPE = _("Chữ ký nói ai đã khai như vậy. Nó không chứng minh rằng không còn bản sao nào: việc đó ghi trong biên bản.")


@click.command("destruction", help=_("Kiểm tra bản khai đã hủy phần khóa của một thành viên, đối chiếu với hồ sơ."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@worker_options
def destruction(file: Path, record: Path, workers: Workers) -> None:
    """Verify the record, then the statement about it."""
    where, screen = one_line(file.name), Screen()
    stated = Destruction.parse(read_at_most(file, LIMIT, where), where)
    e = verified_record(screen, record, None, workers).evidence
    committee = e.committee
    stated.check(committee, where)
    if stated.root != e.archive.root:
        raise Mismatch(f"{where}: root", other=e.record.archive_name)
    member = committee.members[stated.owner - 1]
    screen.say(translate(STATED).format(number=stated.owner, name=one_line(member.name)))
    screen.say(translate(SCOPE))
