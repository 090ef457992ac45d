"""What a person sees while checks run: one line for each check, a bar on long work, one sentence at the end.

Here lives output to a terminal. Never here: a verdict of its own.
"""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tally.checks import Check, Evidence
from tally.checks.evidence import Testimony
from tally.i18n import marked as _
from tally.i18n import translate
from tally.kernel import why_not
from tally.protocol.encoding import grouped
from tally.protocol.errors import Incomplete, one_line
from tally.verify import CheckFailed, VerifiedRecord

FAILED, INCOMPLETE = 1, 3

NOT_VERIFIED = _("KHÔNG ĐƯỢC KIỂM CHỨNG. Phép kiểm số {number} không đạt: {title}.")
UNFINISHED = _("CHƯA ĐẦY ĐỦ, nên chưa được kiểm chứng. Dừng ở phép kiểm số {number}: {title}.")
VERIFIED = _("ĐÃ KIỂM CHỨNG. Mọi phép kiểm đều đạt và bản niêm phong đúng với mã trên giấy.")
CONSISTENT = _("NHẤT QUÁN, CHƯA KIỂM NGUỒN GỐC. Mọi phép kiểm đều đạt; hãy chạy lại với --manifest và mã trên giấy.")
REHEARSAL = _("Đây là hồ sơ DIỄN TẬP: không có giá trị.")
ARCHIVE_OK = _("Kho lưu trữ Belenios hợp lệ: mọi phép kiểm áp dụng được đều đạt.")
NO_STRONG = _("không có gì để kiểm: chứng minh mạnh gắn với hồ sơ của một đợt, kho lưu trữ này đứng một mình")

UNWATCHED = _("không có người chứng kiến")
WATCHED = _("người chứng kiến {name}: các mốc đến {size} phiếu{last}")
LAST_WORD = _(", và tờ chốt")
SILENT = _("{name} chỉ để lại tên và khóa, chưa ký gì của hòm phiếu: không kể là người chứng kiến")
WITNESS_KEY = _("khóa {key} (so với tờ giấy của người chứng kiến)")
SLOW = _("không dùng được thư viện tính nhanh ({reason}); libsodium tính thay: kết quả như nhau, chậm hơn nhiều lần")
RECEIPTS = _("biên nhận khớp: {count}")


class Screen:
    """Shows checks as they pass. `progress` and `listener` are what tally.verify asks for."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._bar: Progress | None = None

    def progress(self, done: int, total: int) -> None:
        """Move the bar of the check that is running."""
        if not self.console.is_terminal:
            return
        if self._bar is None:
            columns = (TextColumn("      "), BarColumn(40), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self.console, transient=True)
            self._bar.start()
            self._bar.add_task("", total=total)
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def listener(self, check: Check, evidence: Evidence) -> None:
        """Write the line of a check that passed."""
        self._stop_bar()
        note = ""
        if check.number == 3 and evidence.expected_manifest is None:
            note = translate(_(" (bỏ qua: chưa cho mã trên giấy)"))
        if check.number == 28:
            self._testimony(check, evidence.testimony)
            return
        self.line(check.number, "–" if note else "✓", translate(check.title) + note)
        if check.number == 19 and (reason := why_not()):
            self.say(f"{'':9}{translate(SLOW).format(reason=one_line(reason))}")

    def _testimony(self, check: Check, held: Testimony) -> None:
        """Say who watched: a record that nobody watched passes, and is not called watched."""
        self.line(check.number, "✓" if held.watched or held.receipts else "–", translate(check.title))
        for copy in held.watched:
            last = translate(LAST_WORD) if copy.closing else ""
            seen = translate(WATCHED).format(name=copy.witness or "–", size=copy.size, last=last)
            self.say(f"{'':9}{seen}")
            if copy.key:
                self.say(f"{'':9}  {translate(WITNESS_KEY).format(key=grouped(copy.key, 16))}")
        for copy in held.silent:
            self.say(f"{'':9}{translate(SILENT).format(name=copy.witness)}")
        if not held.watched:
            self.say(f"{'':9}{translate(UNWATCHED)}")
        if held.receipts:
            self.say(f"{'':9}{translate(RECEIPTS).format(count=len(held.receipts))}")

    def line(self, number: int, mark: str, sentence: str) -> None:
        """Write one line of the list."""
        self._print(f"{number:>4}  {mark}  {sentence}")

    def failure(self, failed: CheckFailed) -> int:
        """Write what went wrong and return the exit code."""
        self._stop_bar()
        incomplete = isinstance(failed.error, Incomplete)
        title = translate(failed.check.title)
        self.line(failed.check.number, "…" if incomplete else "✗", f"{title}\n         {failed.code}: {failed.error}")
        sentence = translate(UNFINISHED if incomplete else NOT_VERIFIED)
        self.say(sentence.format(number=failed.check.number, title=title))
        return INCOMPLETE if incomplete else FAILED

    def verdict(self, verified: VerifiedRecord) -> str:
        """Write and return the sentence that a verified record deserves."""
        sentence = verdict(verified)
        self.say(sentence)
        return sentence

    def say(self, sentence: str) -> None:
        """Write a sentence on a line of its own."""
        self._stop_bar()
        self._print(sentence)

    def _print(self, text: str) -> None:
        self.console.print("\n".join(map(one_line, text.split("\n"))), markup=False)

    def _stop_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def verdict(verified: VerifiedRecord) -> str:
    """Return the sentence that a verified record deserves: never "verified" without the hash from paper."""
    sentence = translate(VERIFIED if verified.origin_proven else CONSISTENT)
    return f"{sentence} {translate(REHEARSAL)}" if verified.evidence.manifest.rehearsal else sentence
