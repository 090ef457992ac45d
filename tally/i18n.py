"""The language of messages: Vietnamese is the source text, English is a catalogue beside it.

Here lives the look-up of a sentence. Never here: the sentences themselves.
"""

from __future__ import annotations

import os
from contextvars import ContextVar, Token
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).parent / "locale"
DEFAULT = "vi"
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def marked(message: str) -> str:
    """Mark a sentence for translation where it stands and return it unchanged."""
    return message


def translate(message: str, language: str | None = None) -> str:
    """Return `message` in `language` (default: as `speak` chose, else PTN_LANG, else Vietnamese)."""
    asked = language or _spoken.get() or os.environ.get("PTN_LANG", DEFAULT)
    return message if asked == DEFAULT else _catalogue(asked).get(message, message)


def said(sentence: str, **details: object) -> str:
    """Return a translated sentence with its places filled in."""
    return translate(sentence).format(**details)


def language_in_use() -> str:
    """Return the code of the language that `translate` answers in: the one asked for, if it has a catalogue."""
    asked = _spoken.get() or os.environ.get("PTN_LANG", DEFAULT)
    return asked if _catalogue(asked) else DEFAULT


def default_language() -> str:
    """Return the language of whoever asked for none: the environment's, else Vietnamese."""
    asked = os.environ.get("PTN_LANG", DEFAULT)
    return asked if _catalogue(asked) else DEFAULT


def speak(language: str) -> Token[str]:
    """Answer in `language` from now on, in this thread or task alone, until `stop_speaking`."""
    return _spoken.set(language)


def stop_speaking(token: Token[str]) -> None:
    """Answer again as before `speak`."""
    _spoken.reset(token)


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages that there are, Vietnamese first."""
    return (DEFAULT, *sorted(path.stem for path in LOCALE_DIR.glob("*.po")))


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = LOCALE_DIR / f"{language}.po"
    if not language.isalpha() or not path.is_file():
        return {}
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id and m.string}
