"""How every command of the project ends: one sentence and an exit code, never a traceback.

Here lives the border between errors and the terminal. Never here: a command.

Exit codes: 0 done · 1 refused · 2 wrong use · 3 incomplete · 130 interrupted · 143 ended (`tally`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import NoReturn

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from tally.i18n import DEFAULT, language_in_use, translate
from tally.i18n import marked as _
from tally.protocol.errors import CodedError, Incomplete
from tally.screen import FAILED, INCOMPLETE, Screen
from tally.verify import CheckFailed

OUT_OF_MEMORY = _("Dữ liệu quá lớn cho bộ nhớ của máy này, hoặc một tiến trình đã bị dừng.")
FILE_ERROR = _("Không đọc hoặc ghi được {name}: {reason}.")
SYSTEM_ERROR = _("Hệ điều hành từ chối: {reason}.")
ANSWERS = _("y = có, n = không")
CLICK = {
    "Error: {message}": _("Lỗi: {message}"),
    "Try '{command} {option}' for help.": _("Xin xem cách dùng: {command} {option}"),
    "Usage:": _("Cách dùng:"),
    "Options": _("Tùy chọn"),
    "Commands": _("Các lệnh"),
    "Show this message and exit.": _("Hiện cách dùng rồi thoát."),
    "default: {default}": _("mặc định: {default}"),
    "required": _("bắt buộc"),
    "Missing command.": _("Thiếu tên lệnh."),
    "Missing argument": _("Thiếu tham số"),
    "Missing option": _("Thiếu tùy chọn"),
    "Choose from:\n\t{choices}": _("Chọn một trong:\n\t{choices}"),
    "Invalid value: {message}": _("Giá trị không dùng được: {message}"),
    "Invalid value for {param_hint}: {message}": _("Giá trị của {param_hint} không dùng được: {message}"),
    "No such option {name!r}.": _("Không có tùy chọn {name!r}."),
    "No such command {name!r}.": _("Không có lệnh {name!r}."),
    "Did you mean {possibility}?": _("Có phải là {possibility}?"),
    "(Did you mean one of: {possibilities}?)": _("(Có phải là một trong: {possibilities}?)"),
    "Got unexpected extra argument ({args})": _("Thừa tham số ({args})"),
    "Got unexpected extra arguments ({args})": _("Thừa tham số ({args})"),
    "Option {name!r} requires an argument.": _("Tùy chọn {name!r} cần một giá trị."),
    "Option {name!r} does not take a value.": _("Tùy chọn {name!r} không nhận giá trị."),
    "{name} {filename!r} does not exist.": _("Không có {filename!r}."),
    "{name} {filename!r} is a file.": _("{filename!r} là một tệp, không phải thư mục."),
    "{name} {filename!r} is a directory.": _("{filename!r} là một thư mục, không phải tệp."),
    "{name} {filename!r} is not readable.": _("Không có quyền đọc {filename!r}."),
    "{name} {filename!r} is not writable.": _("Không có quyền ghi {filename!r}."),
    "{value!r} is not one of {choices}.": _("{value!r} không phải là một trong {choices}."),
    "{value!r} is not {choice}.": _("{value!r} không phải là {choice}."),
    "{value!r} is not a valid {number_type}.": _("{value!r} không phải là số đúng kiểu."),
    "{value} is not in the range {range}.": _("{value} nằm ngoài khoảng {range}."),
    "Confirm the action without prompting.": _("Làm ngay, không hỏi lại."),
    "Repeat for confirmation": _("Nhập lại lần nữa"),
    "Error: The two entered values do not match.": _("Hai lần nhập khác nhau; xin nhập lại."),
    "Error: invalid input": _("Xin trả lời y (có) hoặc n (không)."),
}
"""What Click says to people, by its own English; what another release of it words otherwise stays English."""


def run(group: click.Group) -> NoReturn:
    """Run `group` and exit."""
    translate_help(group)
    with _click_translated():
        _run(group, Screen())


def _run(group: click.Group, screen: Screen) -> NoReturn:
    try:
        sys.exit(group.main(standalone_mode=False) or 0)
    except CheckFailed as failed:
        sys.exit(screen.failure(failed))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(130)
    except (MemoryError, BrokenProcessPool):
        screen.say(f"OUT_OF_MEMORY: {translate(OUT_OF_MEMORY)}")
        sys.exit(FAILED)
    except OSError as error:
        screen.say(f"FILE_ERROR: {_about(error)}")
        sys.exit(FAILED)
    except CodedError as error:
        screen.say(f"{error.code}: {error}")
        sys.exit(INCOMPLETE if isinstance(error, Incomplete) else FAILED)


def _about(error: OSError) -> str:
    """Say what the system refused; not everything that it refuses is a file."""
    reason = error.strerror or str(error)
    if error.filename is None:
        return translate(SYSTEM_ERROR).format(reason=reason)
    return translate(FILE_ERROR).format(name=error.filename, reason=reason)


def translate_help(command: click.Command) -> None:
    """Put the help texts and prompts of a command, and of all below it, into the language in force."""
    answers = translate(ANSWERS)
    command.help = command.help and translate(command.help)
    for option in command.params:
        if isinstance(option, click.Option):
            option.help = option.help and translate(_in_words(option.help))
            option.prompt = option.prompt and translate(option.prompt) + (f" ({answers})" if option.is_flag else "")
    if isinstance(command, click.Group):
        for below in command.commands.values():
            translate_help(below)


@contextmanager
def _click_translated() -> Iterator[None]:
    """Let Click, whose modules look every sentence up by a function of their own, look it up here."""
    ours = {"_": _in_words, "ngettext": _one_or_many}
    modules = (core, decorators, exceptions, formatting, parser, termui, types)
    theirs = [(module, name, vars(module)[name]) for module in modules for name in ours if name in vars(module)]
    for module, name, _function in theirs:
        setattr(module, name, ours[name])
    try:
        yield
    finally:
        for module, name, function in theirs:
            setattr(module, name, function)


def _in_words(message: str) -> str:
    return CLICK.get(message, message) if language_in_use() == DEFAULT else message


def _one_or_many(one: str, many: str, count: int) -> str:
    return _in_words(one if count == 1 else many)
