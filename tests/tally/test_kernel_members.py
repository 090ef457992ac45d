"""Membership of the subgroup as the fast way finds it, against the definition: every kind of stranger, in any company.

Here live points that are no members, and members. Never here: what is computed with them.
"""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.kernel.library import FEW, WAYS, Kernel
from tally.protocol import group
from tally.protocol.group import G, Point, Q, g_pow, members
from tests.tally import pure_edwards as pure
from tests.tally.kernel_ways import NON_CANONICAL, TORSION, mixed, opened
from tests.tally.weak_points import SMALL


@pytest.fixture(scope="module", params=WAYS)
def fast(request: pytest.FixtureRequest) -> Kernel:
    return opened(request.param)


@pytest.mark.parametrize("company", [0, 7, FEW - 1, FEW])
@pytest.mark.parametrize("place", [0, -1])
def test_one_point_that_is_no_member_is_found_among_any_number(fast: Kernel, company: int, place: int) -> None:
    # threats C9 C10: malformed, small order, mixed order
    good = [g_pow(secrets.randbelow(Q - 1) + 1).raw for _ in range(company)]
    assert fast.are_members(good)
    strangers = [*SMALL, *NON_CANONICAL, *(mixed(G.raw, small) for small in SMALL)]
    for stranger in strangers:
        assert pure.is_member(stranger) is False
        at = len(good) if place else 0
        assert not fast.are_members([*good[:at], stranger, *good[at:]])


def test_pairs_of_strangers_that_cancel_each_other_are_found(fast: Kernel) -> None:
    order_two = next(s for s in SMALL if pure.times(2, pure.decode(s) or pure.NEUTRAL) == pure.NEUTRAL)
    pair = [mixed(g_pow(5).raw, order_two), mixed(g_pow(7).raw, order_two)]
    many = [g_pow(k).raw for k in range(1, 30)]
    assert not fast.are_members([*many, *pair])
    assert not fast.are_members(pair * 20)


@settings(deadline=None, max_examples=50)
@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_a_member_for_the_library_exactly_if_they_are_by_definition(fast: Kernel, raw: bytes) -> None:
    member = pure.is_member(raw)
    assert fast.are_members([raw]) == member
    assert fast.are_members([raw] * (FEW + 1)) == member


def test_of_every_coset_only_the_subgroup_is_found_good_however_the_points_are_written(fast: Kernel) -> None:
    small = [bytes.fromhex(raw) for raw in {raw.hex() for raw in TORSION}]
    assert len(small) == len({raw for raw in TORSION if pure.decode(raw) is not None}) == 8
    for _ in range(10):
        first, second = g_pow(secrets.randbelow(Q)).raw, g_pow(secrets.randbelow(Q)).raw
        parts = fast.decoded(b"".join(part for raw in small for part in (mixed(first, raw), first, second, second)))
        assert parts is not None
        sums = fast.sums(parts, [2] * 8)  # (first · small · second, first · second), of a Z that is not 1
        for i, raw in enumerate(small):
            assert fast.all_members(fast.part(sums, 2 * i, 2 * i + 1)) == (raw == group.IDENTITY.raw)
            assert fast.all_members(fast.part(sums, 2 * i + 1, 2 * i + 2))
            assert fast.are_members([mixed(first, raw)]) == (raw == group.IDENTITY.raw)


def test_bytes_of_another_length_are_no_point(fast: Kernel) -> None:
    for raw in (b"", bytes(31), bytes(33), G.raw + b"\x00"):
        assert not fast.are_members([raw])
        assert not fast.are_members([G.raw] * 9 + [raw])
    with pytest.raises(ValueError, match="point"):
        fast.products([[bytes(31)]])


def test_help_with_reading_never_hands_out_the_identity_or_a_stranger() -> None:
    texts = [g_pow(k).encode() for k in range(1, 20)]
    stranger = mixed(G.raw, SMALL[0])[::-1].hex()
    assert members([*texts, stranger]) == {}
    assert members([*texts, group.IDENTITY.encode()]) == {}
    assert members([*texts, None, 7, ["x"], "zz", texts[0].upper()]) in ({}, {t: Point.decode(t, "p") for t in texts})
