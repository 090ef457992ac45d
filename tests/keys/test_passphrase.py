"""What a passphrase is worth: short, guessable, made of listed words, suggested."""

from __future__ import annotations

import math
import secrets
import unicodedata
from pathlib import Path

import pytest

from keys import passphrase, store
from keys.errors import PassphraseTooShort, PassphraseUnreadable, PassphraseWeak
from keys.roles import BOX, TRUSTEE
from keys.signers import machine_secret
from keys.store import KdfCost
from tally.protocol.fingerprint import WORDS
from tests.commands import DONE, REFUSED, run
from tests.keys.folder import new_committee


def bits(text: str) -> float:
    return math.log2(passphrase.guesses(unicodedata.normalize("NFC", text)))


@pytest.mark.parametrize(
    "weak",
    [
        "password1234", "matkhau12345", "aaaaaaaaaaaaaaaa", "qwertyuiop123", "123456789012", "phiếu tín nhiệm 2026",
        "phieutinnhiem2026", "BanKiemPhieu2026", "hoidongnhandan", "toiyeuvietnam", "hochiminh1890",
        "ChucMungNamMoi2026",
        "bàn tay bàn tay bàn tay", "con bò con bò con bò con bò", "conboconboconbo", "cây tre cà phê bàn tay",
    ],
)  # fmt: skip
def test_what_others_would_guess_makes_no_key(key_path: Path, cheap: KdfCost, weak: str) -> None:
    for words in (weak, unicodedata.normalize("NFD", weak)):
        with pytest.raises(PassphraseWeak) as refused:
            store.create(key_path, kind=BOX, secret=b"x", passphrase=words, cost=cheap)
        assert words not in str(refused.value)
    assert not key_path.exists()


def test_what_the_file_says_of_itself_is_known_to_everybody(key_path: Path, cheap: KdfCost) -> None:
    name = "Trần Thị Kim Ngân"
    passphrase.check_passphrase(name)
    with pytest.raises(PassphraseWeak):
        store.create(key_path, kind=TRUSTEE, secret=b"x", passphrase=name, name=name, cost=cheap)
    for spelled in ("Trần Thị Kim Ngân 1985", "tranthikimngan85", "TranThiKimNgan", "Tran Thi Kim Ngan 1985"):
        with pytest.raises(PassphraseWeak):
            passphrase.check_passphrase(spelled, known=(name,))


@pytest.mark.parametrize("short", ["", "bàn tay", "Xq7#vL0pZw!"])
def test_fewer_than_twelve_characters_are_short_whatever_they_are(short: str) -> None:
    with pytest.raises(PassphraseTooShort):
        passphrase.check_passphrase(short)


def test_what_is_no_text_is_not_quoted() -> None:
    with pytest.raises(PassphraseUnreadable):
        passphrase.check_passphrase("\udce1" * 20)


@pytest.mark.parametrize("text", ["một mật khẩu đủ dài", "cây tre trăm đốt", "Xq7#vL0pZw!mK", secrets.token_hex(2000)])
def test_what_nobody_would_guess_is_taken_however_long(text: str) -> None:
    passphrase.check_passphrase(text)


def test_each_different_word_of_the_list_is_worth_eight_bits_and_no_more() -> None:
    chosen = WORDS[10:16]
    for count in range(1, 7):
        for joined in (" ".join(chosen[:count]), "-".join(chosen[:count]), "".join(chosen[:count]).replace(" ", "")):
            assert bits(joined) <= 8 * count + 3, joined
    for plain in ("con bo hoa sen ca phe", "CON BÒ HOA SEN CÀ PHÊ"):
        assert bits(plain) == 24
    assert bits("con bò hoa sen 8Zq#x!v7") > 40


def test_a_suggested_phrase_is_six_different_words_and_always_passes() -> None:
    for _ in range(300):
        suggested = passphrase.suggest()
        passphrase.check_passphrase(suggested)
        syllables = suggested.split(" ")
        words = [" ".join(syllables[i : i + 2]) for i in range(0, len(syllables), 2)]
        assert len(set(words)) == passphrase.SUGGESTED
        assert bits(suggested) >= 40


def test_the_machines_own_secret_passes(tmp_path: Path) -> None:
    for n in range(50):
        passphrase.check_passphrase(machine_secret(tmp_path / f"{n}.secret"))


def test_the_command_suggests_one_that_is_taken_and_a_weak_one_is_refused(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    join = ("keys", "trustee", "join", committee.exchange.folder, tmp_path / "1.trustee.key", "--member", 1)
    weak = run(*join, stdin="con bò con bò con bò\n")
    assert (weak.code, "PASSPHRASE_WEAK" in weak.output, "con bò" in weak.output) == (REFUSED, True, False)
    suggested = run("keys", "passphrase")
    assert suggested.code == DONE
    assert run(*join, stdin=suggested.output).code == DONE
