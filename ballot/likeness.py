"""When two names would be read as one person's: the registry refuses more than a record can be checked for.

Here lives the comparison. Never here: a person, or the key of SPEC 4.9 (tally/protocol/names.py), which the registry's
comparison includes. One that goes too far costs two organisers a written exception; one that misses costs the vote.
"""

from __future__ import annotations

import re
import unicodedata

from tally.protocol.composing import composed
from tally.protocol.names import same_person_key

_SHOWN_ALIKE = str.maketrans("авеһіјкмнорсԁтухѕԛԝєαβεηικνορτυχðɖı", "abehijkmhopcdtyxsqweabehiknoptyxđđi")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs"}
_TITLES = (
    "đồng chí", "đ c", "ông", "bà", "gs ts", "pgs ts", "gs", "pgs", "ts", "ths", "bs", "ks", "ls", "tiến sĩ", "thạc sĩ",
)  # fmt: skip
_TITLE = re.compile(rf"(?:(?:{'|'.join(_TITLES)}) )+(?=\S+ \S)")


def likeness(name: str) -> str:
    """Return what names that read alike have in common.

    Passed over are letters of other alphabets, what is not seen, punctuation, titles before the name, and where a
    syllable carries its tone (hoà, hòa).
    """
    plain = same_person_key("".join(map(_seen, unicodedata.normalize("NFKC", composed(name, "name")))))
    latin = unicodedata.normalize("NFC", unicodedata.normalize("NFD", plain).translate(_SHOWN_ALIKE))
    return " ".join(map(_toned_last, _TITLE.sub("", latin, count=1).split()))


def _seen(character: str) -> str:
    """Return a letter, a blank for punctuation, nothing for what is not seen."""
    kind = unicodedata.category(character)
    return "" if kind in _UNSEEN else " " if kind[0] in "PSZ" else character


def _toned_last(syllable: str) -> str:
    """Spell a syllable without its tone, and the tone after it."""
    marks = unicodedata.normalize("NFD", syllable)
    return _TONES.sub("", marks) + "".join(_TONES.findall(marks))
