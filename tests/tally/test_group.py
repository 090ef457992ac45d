"""Points: what is a member of the group, in which spelling, and that the algebra is that of RFC 8032.

Here live hostile points. Never here: a proof.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings as sodium

from tally.protocol.errors import BadPoint, IdentityPoint
from tally.protocol.group import IDENTITY, G, Point, Q, g_pow, product
from tests.tally.weak_points import ON_CURVE_BELOW_19, SMALL

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
scalars = st.integers(0, Q - 1)


def on_curve(y: int) -> bool:
    """Say by Euler's criterion whether some x has −x² + y² = 1 + d·x²·y²."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return square == 0 or pow(square, (P - 1) // 2, P) == 1


def hexed(raw: bytes) -> str:
    return raw[::-1].hex()


def spelt(number: int, sign: int = 0) -> str:
    return f"{number + (sign << 255):064x}"


def refused(text: object) -> None:
    with pytest.raises(BadPoint):
        Point.decode(text, "field")
    with pytest.raises(BadPoint):
        Point.decode(text, "field", identity=True)


def test_the_hex_of_a_point_is_the_rfc_8032_string_turned_round() -> None:
    assert G.encode() == "66" * 31 + "58"
    assert G.raw.hex() == "58" + "66" * 31
    refused(G.raw.hex())


def test_a_key_of_rfc_8032_is_the_power_we_compute() -> None:
    """RFC 8032, 7.1, test 1: the public key is the base point times the clamped hash of the secret."""
    digest = hashlib.sha512(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")).digest()
    clamped = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
    expected = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert g_pow(clamped).raw.hex() == expected


@given(scalars)
def test_a_member_is_read_back_from_its_one_spelling(exponent: int) -> None:
    point = g_pow(exponent)
    assert Point.decode(point.encode(), "field", identity=True) == point


@given(scalars, scalars)
def test_exponents_add_subtract_and_multiply(a: int, b: int) -> None:
    assert g_pow(a) * g_pow(b) == g_pow(a + b)
    assert g_pow(a) / g_pow(b) == g_pow(a - b)
    assert g_pow(a) ** b == g_pow(a * b)


@given(scalars)
def test_zero_and_the_identity_are_no_exception(a: int) -> None:
    assert g_pow(a) ** 0 == IDENTITY == IDENTITY**a == g_pow(Q)
    assert g_pow(a) * IDENTITY == g_pow(a) == g_pow(a) / IDENTITY
    assert g_pow(a) / g_pow(a) == IDENTITY == product([])


@pytest.mark.parametrize("text", ["66" * 31, "66" * 33, "", "66" * 31 + "5", "66" * 31 + "58\n", "0x" + "66" * 31])
def test_a_point_of_another_length_is_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize("value", [None, 1, True, ["66"], b"66" * 32, {"x": 1}])
def test_what_is_no_string_is_no_point(value: object) -> None:
    refused(value)


# threats C20
def test_upper_case_and_other_digits_are_refused() -> None:
    point = g_pow(7).encode()
    assert point.upper() != point
    refused(point.upper())
    refused("٦" * 64)
    refused(" " + point[1:])


def test_the_identity_is_refused_unless_it_is_expected() -> None:
    identity = spelt(1)
    with pytest.raises(IdentityPoint):
        Point.decode(identity, "field")
    assert Point.decode(identity, "field", identity=True) == IDENTITY


# threats C9
@pytest.mark.parametrize("y", ON_CURVE_BELOW_19)
@pytest.mark.parametrize("sign", [0, 1])
def test_a_coordinate_over_the_prime_is_refused(y: int, sign: int) -> None:
    assert on_curve(y)
    refused(spelt(y + P, sign))


@pytest.mark.parametrize("y", [1, P - 1])
def test_a_sign_without_an_x_is_refused(y: int) -> None:
    refused(spelt(y, 1))


# threats C9
def test_points_off_the_curve_are_refused() -> None:
    strangers = [y for y in range(2, 200) if not on_curve(y)]
    assert len(strangers) > 50
    for y in strangers:
        refused(spelt(y))


# threats C10
@pytest.mark.parametrize("raw", SMALL, ids=bytes.hex)
def test_a_point_of_small_order_is_refused(raw: bytes) -> None:
    assert on_curve(int.from_bytes(raw, "little") & ((1 << 255) - 1))
    refused(hexed(raw))


# threats C10
@pytest.mark.parametrize("raw", SMALL, ids=bytes.hex)
def test_a_member_with_a_torsion_point_added_is_refused(raw: bytes) -> None:
    mixed = sodium.crypto_core_ed25519_add(G.raw, raw)
    assert mixed != G.raw
    refused(hexed(mixed))


@given(st.integers(0, 2**256 - 1))
def test_any_32_bytes_are_refused_or_are_a_member(number: int) -> None:
    try:
        point = Point.decode(f"{number:064x}", "field", identity=True)
    except BadPoint:
        return
    assert point.encode() == f"{number:064x}"
    assert point ** (Q - 1) * point == IDENTITY
