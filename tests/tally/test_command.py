"""The border between errors and the terminal, which all commands end at. Never here: a command of ours."""

from __future__ import annotations

import errno
import io
import os

import click
import pytest
from click.testing import CliRunner

from tally import command
from tests.commands import REFUSED

INTERRUPTED = 130


def ended(group: click.Group, capsys: pytest.CaptureFixture[str], *words: str, language: str = "vi") -> tuple[int, str]:
    """Run a group of commands as a program would; return its exit code and all that it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTN_LANG", language)
        patch.setattr("sys.argv", ["ballot", *words])
        with pytest.raises(SystemExit) as caught:
            command.run(group)
    said = capsys.readouterr()
    return int(caught.value.code or 0), said.out + said.err


def failing(error: OSError) -> click.Group:
    group = click.Group("group")

    @group.command("fail")
    def fail() -> None:
        raise error

    return group


def asking() -> click.Group:
    """Return a group with one command of each kind of question and option that ours have."""
    group = click.Group("group")

    @group.command("do")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False))
    @click.option("--kind", type=click.Choice(["a", "b"]), required=True)
    @click.option("--days", type=click.IntRange(1, 9), default=3, show_default=True)
    def do(file: str, kind: str, days: int) -> None: ...

    @group.command("end")
    @click.confirmation_option(prompt="Hủy khóa này?")
    def end() -> None: ...

    return group


WRONG = {
    (): ("Cách dùng:", "Các lệnh"), ("do",): ("Lỗi: Thiếu tham số 'FILE'", "Xin xem cách dùng: "),
    ("do", "--help"): ("Hiện cách dùng rồi thoát.", "mặc định: 3", "bắt buộc", "Tùy chọn"),
    ("do", "gone.csv", "--kind", "a"): ("Giá trị của 'FILE' không dùng được: Không có 'gone.csv'.",),
    ("do", "/", "--kind", "a"): ("'/' là một thư mục",),
    ("do", __file__): ("Thiếu tùy chọn '--kind'", "Chọn một trong"),
    ("do", __file__, "--kind", "c"): ("'c' không phải là một trong 'a', 'b'.",),
    ("do", __file__, "--kind", "a", "--days", "10"): ("10 nằm ngoài khoảng 1<=x<=9.",),
    ("do", __file__, "--kind", "a", "--days", "x"): ("'x' không phải là số đúng kiểu.",),
    ("do", __file__, "b", "--kind", "a"): ("Thừa tham số (b)",),
    ("do", __file__, "--kind"): ("'--kind' cần một giá trị.",),
    ("do", "--what"): ("Không có tùy chọn",), ("what",): ("Không có lệnh 'what'.",),
    ("end", "--help"): ("Làm ngay, không hỏi lại.",),
}  # fmt: skip
ENGLISH = (
    "Usage:",
    "Options:",
    "Commands:",
    "Error:",
    "Try '",
    "Missing",
    "Invalid",
    "No such",
    "not exist",
    "Show this",
)


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_use_is_answered_in_vietnamese(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, said = ended(asking(), capsys, *words)
    assert code == (0 if "--help" in words else 2)
    assert [sentence for sentence in WRONG[words] if sentence not in said] == [], said
    assert [sentence for sentence in ENGLISH if sentence in said] == [], said


def test_wrong_use_is_answered_in_english_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ended(asking(), capsys, "do", language="en")
    assert (code, "Error: Missing argument 'FILE'" in said) == (2, True), said


def test_what_click_says_to_others_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    ended(asking(), capsys, "do")
    assert "Missing argument" in CliRunner().invoke(asking(), ["do"]).output


def test_a_yes_or_no_is_asked_with_what_the_letters_mean(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("có\nn\n"))
    code, said = ended(asking(), capsys, "end")
    assert code == INTERRUPTED
    assert "Hủy khóa này? (y = có, n = không) [y/N]" in said and "Xin trả lời y (có) hoặc n (không)." in said


def test_what_the_system_refuses_is_said_with_the_file_if_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    at_a_file = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "phieu.csv")
    code, said = ended(failing(at_a_file), capsys, "fail")
    assert (code, "FILE_ERROR: Không đọc hoặc ghi được phieu.csv" in said) == (REFUSED, True)
    code, said = ended(failing(OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))), capsys, "fail")
    assert (code, "FILE_ERROR: Hệ điều hành từ chối: Network is unreachable" in said) == (REFUSED, True)
    assert "None" not in said
