"""The English catalogue beside the Vietnamese source text: complete, current, with the same places to fill in.

Here lives the comparison of the catalogue with the sources, extracted afresh. Never here: how well a sentence reads.
"""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tally.i18n import LOCALE_DIR, language_in_use, translate
from tally.screen import ARCHIVE_OK, VERIFIED
from tests.commands import DONE, INCOMPLETE, REFUSED, run

ROOT = Path(__file__).parent.parent
TAMPERED = ROOT / "tests" / "vectors" / "belenios" / "tampered"
FOLDERS = ("tally", "keys", "ballot", "templates")
MARKS = ("_", "marked", "translate")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
WITHOUT_DIACRITICS = {"Ghi", "HO-SO", "TT", "Trang {page}/{pages}", "Xem", "Xong", "sai", "suy ra"}  # Vietnamese too
QUOTED = {"“", "”", "–", "…"}  # beyond ASCII in an English sentence


@cache
def extracted() -> frozenset[str]:
    """Every sentence that a translator's tool finds in the sources."""
    found: set[str] = set()
    for folder in FOLDERS:
        for _path, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, METHODS, keywords=dict.fromkeys(MARKS), directory_filter=_is_ours
        ):
            assert isinstance(message, str), message
            found.add(message)
    return frozenset(found)


def _is_ours(folder: str | Path) -> bool:
    return Path(folder).name not in ("node_modules", "static", "__pycache__")


@cache
def english() -> dict[str, str]:
    with (LOCALE_DIR / "en.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="en", abort_invalid=True) if m.id}


def places(sentence: str) -> list[str]:
    return sorted(name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name is not None)


def test_the_sources_hold_sentences() -> None:
    assert len(extracted()) > 400


def test_every_sentence_has_an_english_one() -> None:
    assert sorted(s for s in extracted() if not english().get(s, "").strip()) == []


def test_no_english_sentence_is_stale() -> None:
    assert sorted(english().keys() - extracted()) == []


def test_no_sentence_stands_twice_or_out_of_order_in_the_catalogue() -> None:
    assert list(english()) == sorted(english())
    lines = (LOCALE_DIR / "en.po").read_text("utf-8").splitlines()
    assert sum(line.startswith("msgid ") for line in lines) == len(english()) + 1
    assert not any(line.startswith(("#:", "#,", "#~")) for line in lines)


def test_both_sides_have_the_same_places_to_fill_in() -> None:
    assert [s for s, other in english().items() if places(s) != places(other)] == []


def test_both_sides_begin_and_end_with_the_same_space() -> None:
    def around(sentence: str) -> tuple[str, ...]:
        return tuple(re.findall(r"\A\s*|\s*\Z", sentence))

    assert [s for s, other in english().items() if around(s) != around(other)] == []


def test_source_sentences_are_nfc() -> None:
    texts = [*extracted(), *english().values()]
    assert [s for s in texts if not unicodedata.is_normalized("NFC", s)] == []


def test_source_sentences_are_vietnamese_and_translations_are_not() -> None:
    assert {s for s in extracted() if s.isascii()} - WITHOUT_DIACRITICS == set()
    assert {s for s in english().values() if not set(s) - QUOTED <= set(map(chr, range(128)))} == set()


def test_no_marked_sentence_hides_from_the_extraction() -> None:
    """A mark inside an f-string works at run time, but a translator's tool does not see it on every Python."""
    hidden = []
    for path in (p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py") if "node_modules" not in p.parts):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
                first = node.args[0]
                if isinstance(first, ast.JoinedStr):
                    hidden.append(f"{path.name}:{node.lineno}: an f-string cannot be looked up")
                elif isinstance(first, ast.Constant) and first.value not in extracted():
                    hidden.append(f"{path.name}:{node.lineno}: {first.value}")
    assert hidden == []


def test_every_page_names_the_language_in_use() -> None:
    whole = [p.read_text("utf-8") for p in (ROOT / "templates").rglob("*.html")]
    tags = [tag for page in whole for tag in re.findall(r"<html[^>]*>", page)]
    assert tags
    assert set(tags) == {'<html lang="{{ language }}">'}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Kết quả lấy phiếu tín nhiệm", "Result of the confidence rating"),
        ("Kết quả bỏ phiếu tín nhiệm", "Result of the confidence vote"),
        ("Số phiếu phát ra", "Ballots issued"),
        ("Câu này không có trong danh mục.", "Câu này không có trong danh mục."),
    ],
)
def test_a_sentence_is_looked_up(sentence: str, expected: str) -> None:
    assert translate(sentence, "en") == expected


@pytest.mark.parametrize("language", ["xx", "../en", "en.po", "EN ", "vi"])
def test_an_unknown_language_falls_back_to_vietnamese(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert translate(VERIFIED, language) == VERIFIED
    monkeypatch.setenv("PTN_LANG", language)
    assert translate(VERIFIED) == VERIFIED
    assert language_in_use() == "vi"


def test_the_environment_chooses_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTN_LANG", "en")
    assert language_in_use() == "en"
    assert translate(VERIFIED).startswith("VERIFIED. ")
    monkeypatch.delenv("PTN_LANG")
    assert (language_in_use(), translate(VERIFIED)) == ("vi", VERIFIED)


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("00", DONE, translate(ARCHIVE_OK, "en")),
        ("13", REFUSED, "NOT VERIFIED. "),
        ("20", INCOMPLETE, "INCOMPLETE, so not verified. "),
    ],
)
def test_a_verdict_is_given_in_english(number: str, code: int, words: str) -> None:
    archive = next(TAMPERED.glob(f"{number}_*.bel"))
    done = run("tally", "archive", archive, "--workers", 1, PTN_LANG="en")
    assert (done.code, words in done.output) == (code, True), done.output
    assert "ế" not in done.output


@pytest.mark.parametrize(
    ("command", "vietnamese", "english"),
    [
        (("tally",), "Kiểm chứng", "Verify"),
        (("tally", "verify"), "mặc định", "default"),
        (("keys", "trustee", "join"), "Số thứ tự thành viên", "Number of the member"),
        (("ballot",), "Hệ thống lấy phiếu tín nhiệm", "Confidence-vote system"),
    ],
)
def test_help_is_given_in_the_language_in_use(command: tuple[str, ...], vietnamese: str, english: str) -> None:
    for language, words, others in (("vi", vietnamese, english), ("en", english, vietnamese)):
        output = run(*command, "--help", PTN_LANG=language).output
        assert (words in output, others in output) == (True, False), output
