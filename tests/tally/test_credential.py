"""The code on a slip: forgiving about how it is typed, unforgiving about what it says.

Here live codes and the keys they lead to. Never here: a signature of an issuer.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.protocol.credential import ALPHABET, DIGITS, Credential, SlipCode
from tally.protocol.errors import BadCode
from tally.protocol.group import G, Q

UUID, OTHER = "8e1CVLYEET9UQq", "8e1CVLYEET9UQr"
codes = st.integers(0, 32**DIGITS - 1).map(SlipCode)
SAMPLE = SlipCode(0x1234567890ABCDEF1234567890ABCDEF)


def plain(code: SlipCode) -> str:
    return code.shown().replace("-", "")


@given(codes)
def test_a_code_is_read_back_as_it_is_printed(code: SlipCode) -> None:
    assert SlipCode.read(code.shown()) == code


@given(codes)
def test_a_code_is_printed_in_seven_groups_of_four(code: SlipCode) -> None:
    assert [len(group) for group in code.shown().split("-")] == [4] * 7
    assert set(plain(code)) <= set(ALPHABET)


def test_the_alphabet_has_no_letters_that_look_like_digits() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("OILU") & set(ALPHABET)


def test_the_code_of_zero_is_all_zeros() -> None:
    assert SlipCode(0).shown() == "-".join(["0000"] * 7)


@given(codes)
def test_the_check_digits_are_the_value_modulo_1021(code: SlipCode) -> None:
    high, low = (ALPHABET.index(c) for c in plain(code)[-2:])
    assert high * 32 + low == code.value % 1021


def test_every_single_wrong_character_is_noticed() -> None:
    for code in (SAMPLE, SlipCode(0), SlipCode(32**DIGITS - 1)):
        typed = plain(code)
        wrong = [typed[:i] + c + typed[i + 1 :] for i in range(28) for c in ALPHABET if c != typed[i]]
        assert [w for w in wrong if _reads(w)] == []


def test_every_two_neighbours_that_changed_places_are_noticed() -> None:
    typed = plain(SAMPLE)[:DIGITS]
    swapped = {typed[:i] + typed[i + 1] + typed[i] + typed[i + 2 :] for i in range(DIGITS - 1)} - {typed}
    assert len(swapped) > 15
    assert [s for s in swapped if _reads(s + plain(SAMPLE)[DIGITS:])] == []


def _reads(typed: str) -> bool:
    try:
        SlipCode.read(typed)
    except BadCode:
        return False
    return True


@given(codes)
def test_letters_that_look_like_digits_are_read_as_digits(code: SlipCode) -> None:
    assert SlipCode.read(code.shown().replace("0", "O").replace("1", "I")) == code
    assert SlipCode.read(code.shown().replace("0", "o").replace("1", "l")) == code


@given(codes, st.lists(st.integers(0, 27), max_size=5), st.sampled_from([" ", "-", "\t", "\n", " - ", "\u00a0"]))
def test_case_and_grouping_do_not_matter(code: SlipCode, places: list[int], gap: str) -> None:
    typed = plain(code).lower()
    for place in places:
        typed = typed[:place] + gap + typed[place:]
    assert SlipCode.read(f" {typed}\r\n") == code


@pytest.mark.parametrize(
    "typed",
    ["", "-", plain(SAMPLE)[:-1], plain(SAMPLE) + "0", "U" + plain(SAMPLE)[1:], "0" * 27 + "*", "٠" * 28, "0" * 10**6],
    ids=["empty", "dash", "too short", "too long", "U", "star", "arabic digits", "a million"],
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadCode):
        SlipCode.read(typed)


def test_check_digits_that_no_value_has_are_refused() -> None:
    with pytest.raises(BadCode):
        SlipCode.read("0" * 26 + "ZZ")  # 1023, where the remainder is at most 1020


@given(codes)
def test_a_credential_is_derived_as_specified(code: SlipCode) -> None:
    label = f"phieu-tin-nhiem/v1/credential-secret|{UUID}|{plain(code)[:26]}"
    x = int.from_bytes(hashlib.sha512(label.encode()).digest(), "big") % Q
    credential = Credential.derive(code, UUID)
    assert (credential.secret, credential.public) == (x, G**x)


def test_one_code_has_another_credential_in_another_round() -> None:
    assert Credential.derive(SAMPLE, UUID).public != Credential.derive(SAMPLE, OTHER).public


def test_neither_code_nor_secret_shows_up_in_a_log() -> None:
    credential = Credential.derive(SAMPLE, UUID)
    shown = f"{SAMPLE!r} {SAMPLE} {credential!r} {credential}"
    assert str(SAMPLE.value) not in shown
    assert SAMPLE.digits not in shown
    assert str(credential.secret) not in shown


# threats A20
def test_a_code_holds_all_130_bits_that_were_drawn() -> None:
    asked = []

    def draw(below: int) -> int:
        asked.append(below)
        return below - 1

    assert (SlipCode.random(draw).value, asked) == (2**130 - 1, [2**130])
