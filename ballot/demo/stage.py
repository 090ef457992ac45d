"""What a person sees of a demonstration: headings, bars, hashes for the paper, and the table of comparison.

Here lives output. Never here: an act.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ballot.config import Config
from ballot.demo.scenario import Scenario
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import grouped
from tally.protocol.errors import Refused

T = TypeVar("T")


class ResultDiffers(Refused):
    """The played round does not give the numbers it was played from."""

    code = "RESULT_DIFFERS"
    text = _("Kết quả khác số liệu gốc ở {count} chỗ.")


class Stage:
    """A console for one demonstration."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)

    def title(self, sentence: str) -> None:
        """Begin a round."""
        self.console.rule(translate(sentence))

    def note(self, sentence: str, **details: object) -> None:
        """Say what happens now: a marked sentence and what fills its places."""
        self.console.print(f"  · {translate(sentence).format(**details)}", markup=False)

    def paper(self, what: str, value: str) -> None:
        """Show a hash as it is copied onto paper."""
        self.console.print(f"  ✎ {translate(what)}: {grouped(value, 16)}", markup=False, soft_wrap=True)

    def each(self, items: Sequence[T], sentence: str) -> Iterator[T]:
        """Yield `items` behind a progress bar."""
        columns = (
            TextColumn("  · {task.description}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(),
        )  # fmt: skip
        with Progress(*columns, console=self.console) as bar:
            yield from bar.track(items, description=translate(sentence))

    def compare(self, scenario: Scenario, record: Path) -> None:
        """Print our table beside the one it was played from; raise ResultDiffers if any number differs."""
        ours = json.loads((record / "result.json").read_bytes())["officials"]
        table = Table(title=translate(_("Kết quả của hệ thống bên cạnh số liệu gốc")))
        headings = (_("TT"), _("Chức vụ"), _("Gốc: cao / TN / thấp"), _("Hệ thống"), _("Không hợp lệ"), _("Khác"))
        for place, heading in enumerate(headings):
            table.add_column(translate(heading), justify="left" if place == 1 else "right")
        differences = 0
        for number, (row, found) in enumerate(zip(scenario.rows, ours, strict=True), start=1):
            same = (list(row.counts), scenario.voids(row)) == (found["counts"], found["void"])
            differences += not same
            published, counted = (" / ".join(map(str, counts)) for counts in (row.counts, found["counts"]))
            table.add_row(str(number), row.position, published, counted, str(found["void"]), "" if same else "≠")
        self.console.print(table)
        if differences:
            raise ResultDiffers("result.json", count=differences)
        self.note(_("Không có khác biệt nào ở {rows} dòng."), rows=len(ours))

    def invite(self, config: Config, passwords: dict[str, str], uuid: str, codes: list[str], links: list[str]) -> None:
        """Print where a person can go now, and with what."""
        self.note(_("Bỏ phiếu ngay: {address}"), address=f"{config.box_origin}/dot/{uuid}/phong-phieu")
        for code in codes[:5]:
            self.note(_("  thẻ: {code}"), code=code)
        self.note(_("Tạo khóa như ban kiểm phiếu, mỗi thành viên một cửa sổ riêng tư hay một trình duyệt:"))
        for number, link in enumerate(links, start=1):
            self.note(_("  thành viên {number}: {link}"), number=number, link=link)
        self.note(_("Kiểm tra máy trên thiết bị khác: {address}"), address=f"{config.box_origin}/kiem-tra?dot={uuid}")
        self.note(_("Bảng công khai: {address}"), address=f"{config.box_origin}/")
        self.note(_("Bàn điều hành: {address}"), address=f"{config.registry_origin}/")
        for login, password in passwords.items():
            self.note("  {login}: {password}", login=login, password=password)
        self.note(_("Ctrl-C để dừng"))
