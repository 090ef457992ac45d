"""What a passphrase is worth: refused when it could be guessed, suggested by chance when somebody wants one.

Here live the measure and the suggestion. Never here: a passphrase kept, logged, or quoted in a refusal.

zxcvbn knows what people choose, but not our list of words, which stands in the source: each different word of the list
is worth its 8 bits and no more, whatever its length, and what is left of the phrase what zxcvbn says.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from functools import cache

from zxcvbn import zxcvbn

from keys.errors import PassphraseTooShort, PassphraseUnreadable, PassphraseWeak
from tally.protocol.fingerprint import WORDS

LEAST_CHARACTERS = 12
LEAST_GUESSES = 10**8
"""Where zxcvbn's score 3 begins: safely unguessable, given that each guess costs a slow key derivation."""
SUGGESTED, WORTH = 6, 256
_BETWEEN = re.compile(r"[\s_.,;-]+")
_MEASURED = 72
"""zxcvbn looks at no more; what is longer is worth at least as much."""
_OURS = ("phiếu tín nhiệm", "lấy phiếu tín nhiệm", "ban kiểm phiếu", "hội đồng nhân dân", "mật khẩu")
_COMMON = (
    "tôi yêu việt nam", "hồ chí minh", "nguyễn văn", "nguyễn thị", "trần văn", "lê văn", "văn an", "anh yêu em",
    "con yêu bố mẹ", "gia đình hạnh phúc", "chúc mừng năm mới", "việt nam muôn năm", "không biết", "bí mật",
    "chủ tịch hồ chí minh", "đảng cộng sản việt nam", "nhân dân", "tổ quốc", "thủ đô hà nội", "thành phố sài gòn",
    "đà nẵng", "hải phòng", "cần thơ", "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ", "tháng năm ngày",
)  # fmt: skip
"""What people here choose, by whole phrases and by words; zxcvbn knows English only."""


def suggest() -> str:
    """Return six different words of the list, drawn by chance: 48 bits, behind Argon2id."""
    return " ".join(secrets.SystemRandom().sample(WORDS, SUGGESTED))


def check_passphrase(passphrase: str, *, known: Sequence[str] = ()) -> None:
    """Refuse a passphrase that is short or could be guessed; `known` is what others know of this key.

    Raises PassphraseTooShort, PassphraseUnreadable, PassphraseWeak.
    """
    plain = unicodedata.normalize("NFC", passphrase)
    if len(plain) < LEAST_CHARACTERS:
        raise PassphraseTooShort(least=LEAST_CHARACTERS)
    try:
        plain.encode()
    except UnicodeEncodeError:  # its text would quote the passphrase
        raise PassphraseUnreadable from None
    if guesses(plain, known) < LEAST_GUESSES:
        raise PassphraseWeak


def guesses(plain: str, known: Sequence[str] = ()) -> int:
    """Return how many guesses a passphrase stands: the less of what zxcvbn and the list of words say.

    Capitals are worth nothing: where they stand in a name everybody knows.
    """
    plain = plain.casefold()
    found = {_squeezed(match[0]) for match in _listed().finditer(plain)}
    rest = _BETWEEN.sub(" ", _listed().sub(" ", plain)).strip()
    by_words = WORTH ** len(found) * _measured(rest, known)
    return min(_measured(plain, known), by_words) if found else _measured(plain, known)


def _measured(text: str, known: Sequence[str]) -> int:
    phrases = [unicodedata.normalize("NFC", phrase).casefold() for phrase in (*_OURS, *_COMMON, *known)]
    parts = [part for phrase in phrases for part in (phrase, *phrase.split())]
    inputs = [form for part in parts for form in (part, _plain(part), _squeezed(part)) if form]
    return int(zxcvbn(text[:_MEASURED], user_inputs=list(dict.fromkeys(inputs)))["guesses"]) if text else 1


@cache
def _listed() -> re.Pattern[str]:
    """Return the pattern of every word of the list, with and without its marks, blanks written or not."""
    spelled = sorted({form for word in WORDS for form in (word, _plain(word))}, key=len, reverse=True)
    return re.compile("|".join(re.escape(form).replace(r"\ ", r"[\s_-]?") for form in spelled))


def _plain(word: str) -> str:
    """Return a word without its marks, as some people type it."""
    letters = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(c for c in letters if unicodedata.category(c) != "Mn")


def _squeezed(word: str) -> str:
    """Return a word without marks and blanks, as many people write passwords."""
    return re.sub(r"[\s_-]", "", _plain(word))
