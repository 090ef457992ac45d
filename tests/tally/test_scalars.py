"""Exponents and ciphertexts: decimal digits below the order, and sums that open to what was put in.

Here live numbers in hostile spellings. Never here: points (test_group.py).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.protocol.cipher import Ciphertext, combine, encrypt, without
from tally.protocol.errors import BadScalar, IdentityPoint
from tally.protocol.group import IDENTITY, G, Q, decode_scalar, g_pow, random_scalar

scalars = st.integers(0, Q - 1)


@given(scalars)
def test_a_scalar_is_read_back_from_its_decimal_digits(number: int) -> None:
    assert decode_scalar(str(number), "field") == number


# threats C12
@pytest.mark.parametrize(
    "value",
    [
        str(Q), str(Q + 1), str(2**256), "9" * 76, "9" * 5000, "01", "00", "", "-1", "-0", "+1", "1_000", "1 ", " 1",
        "1\n", "١٢٣", "１", "²", "0x1", "1e3", "1.0", "NaN", "ff", 1, 0, True, None, 1.0, ["1"], b"1",
    ],
)  # fmt: skip
def test_what_is_no_decimal_below_the_order_is_refused(value: object) -> None:
    with pytest.raises(BadScalar):
        decode_scalar(value, "field")


def test_the_bounds_of_a_scalar_are_read() -> None:
    assert [decode_scalar(text, "field") for text in ("0", "1", str(Q - 1))] == [0, 1, Q - 1]


@pytest.mark.parametrize(("drawn", "expected"), [(0, 1), (Q - 2, Q - 1)])
def test_a_secret_exponent_is_never_zero(drawn: int, expected: int) -> None:
    assert random_scalar(lambda below: min(drawn, below - 1)) == expected


# --- ciphertexts --------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 1), max_size=6), st.integers(1, Q - 1))
def test_the_product_of_ciphertexts_opens_to_the_sum(numbers: list[int], secret: int) -> None:
    total = combine(encrypt(g_pow(secret), m, random_scalar()) for m in numbers)
    assert without(total.beta / total.alpha**secret, sum(numbers)) == IDENTITY


# threats C11
def test_a_ciphertext_with_the_identity_as_alpha_is_refused_in_a_ballot() -> None:
    value = {"alpha": "0" * 63 + "1", "beta": G.encode()}
    with pytest.raises(IdentityPoint):
        Ciphertext.parse(value, "choice")
    assert Ciphertext.parse(value, "sum", identity=True).as_json() == value
