"""Many points decoded once, and what is computed with them in lanes and without: the same bytes as libsodium's.

Here live counts around the number of lanes, coordinates around the limbs' borders, and points outside the group. Never
here: membership (test_kernel_members.py).
"""

from __future__ import annotations

import itertools
import os
import secrets

import pytest
from nacl import bindings as sodium

from tally.kernel.library import WAYS, Kernel, Points
from tally.protocol.group import IDENTITY, G, Point, Q, commitment, g_commitment, product
from tests.tally import pure_edwards as pure
from tests.tally.kernel_ways import EDGES, NEUTRAL, NON_CANONICAL, TORSION, mixed, opened, some_points, some_scalars

CASES = int(os.environ.get("PTN_KERNEL_CASES", "1000000"))
COUNTS = [0, 1, 2, 7, 8, 9, 16, 17, 33]


@pytest.fixture(scope="module", params=WAYS)
def fast(request: pytest.FixtureRequest) -> Kernel:
    return opened(request.param)


def read(fast: Kernel, raws: list[bytes]) -> Points:
    points = fast.decoded(b"".join(raws))
    assert points is not None
    return points


def written(numbers: list[int]) -> bytes:
    return b"".join(number.to_bytes(32, "little") for number in numbers)


def expected_text(key: bytes, pairs: list[bytes], numbers: list[int]) -> bytes:
    y, lines = Point(key), []
    for i in range(len(pairs) // 2):
        (alpha, beta), (c0, r0, c1, r1) = map(Point, pairs[2 * i : 2 * i + 2]), numbers[4 * i : 4 * i + 4]
        texts = [g_commitment(r0, alpha, c0), commitment(y, r0, beta, c0), g_commitment(r1, alpha, c1)]
        lines.append(",".join(p.encode() for p in [*texts, commitment(y, r1, beta / G, c1)]) + "\n")
    return "".join(lines).encode()


@pytest.mark.parametrize("count", COUNTS)
def test_the_texts_of_proofs_are_those_of_libsodium(fast: Kernel, count: int) -> None:
    key, pairs, numbers = some_points(1)[0], some_points(2 * count), some_scalars(4 * count)
    assert fast.branch_texts(key, read(fast, pairs), written(numbers)) == expected_text(key, pairs, numbers)


def test_the_texts_for_scalars_at_edges_in_every_lane(fast: Kernel) -> None:
    numbers = [number for pair in itertools.product(EDGES, EDGES[:6]) for number in (*pair, *pair[::-1])]
    key, pairs = some_points(1)[0], some_points(len(numbers) // 2)
    assert fast.branch_texts(key, read(fast, pairs), written(numbers)) == expected_text(key, pairs, numbers)


def test_points_outside_the_group_are_multiplied_as_the_definition_says(fast: Kernel) -> None:
    # the order of the checks must not matter: no step takes for granted that q times a point is nothing
    raws = [mixed(point, small) for point, small in zip(some_points(4), TORSION, strict=False)]
    numbers, key = some_scalars(8), mixed(some_points(1)[0], TORSION[0])
    g, y, *points = [pure.decode(raw) or pure.NEUTRAL for raw in (G.raw, key, *raws)]
    minus_g = (pure.P - g[0], g[1])
    lines = []
    for i in range(2):
        alpha, beta, (c0, r0, c1, r1) = points[2 * i], points[2 * i + 1], numbers[4 * i : 4 * i + 4]
        terms = [(g, r0, alpha, c0), (y, r0, beta, c0), (g, r1, alpha, c1), (y, r1, pure.plus(beta, minus_g), c1)]
        found = [pure.encode(pure.plus(pure.times(r, p), pure.times(c, q)))[::-1].hex() for p, r, q, c in terms]
        lines.append(",".join(found) + "\n")
    assert fast.branch_texts(key, read(fast, raws), written(numbers)) == "".join(lines).encode()


@pytest.mark.parametrize("number", [Q, Q + 1, 2**255 - 1, 2**256 - 1])
@pytest.mark.parametrize("place", [0, 3, 40])
def test_a_scalar_that_is_not_below_the_order_is_refused(fast: Kernel, number: int, place: int) -> None:
    numbers = [1] * 44
    numbers[place] = number
    with pytest.raises(ValueError, match="scalar"):
        fast.branch_texts(G.raw, read(fast, [G.raw] * 22), written(numbers))


@pytest.mark.parametrize("count", COUNTS)
def test_sums_columns_parts_and_joints(fast: Kernel, count: int) -> None:
    raws = some_points(6 * count)
    points, sizes = read(fast, raws), [count, 0, 2 * count]
    groups = [raws[: 2 * count], [], raws[2 * count :]]
    sums = [product(map(Point, group[k::2])).raw for group in groups for k in (0, 1)]
    assert fast.encoded(fast.sums(points, sizes)) == sums
    columns = [product(map(Point, raws[c :: 2 * count])).raw for c in range(2 * count)]
    assert fast.encoded(fast.columns(points, 3)) == columns
    some = fast.part(points, count, 3 * count)
    assert fast.encoded(some) == raws[count : 3 * count]
    assert fast.encoded(fast.joined(some, points, some)) == [*fast.encoded(some), *raws, *fast.encoded(some)]


def test_sizes_that_are_not_those_of_the_points_are_refused(fast: Kernel) -> None:
    points = read(fast, [G.raw] * 6)
    for wrong in (
        lambda: fast.sums(points, [2]),
        lambda: fast.sums(points, [4, -1]),
        lambda: fast.columns(points, 4),
        lambda: fast.columns(points, 0),
        lambda: fast.part(points, 5, 7),
        lambda: fast.part(points, 3, 2),
        lambda: fast.branch_texts(G.raw, points, bytes(128 * 2)),
    ):
        with pytest.raises(ValueError, match="not"):
            wrong()


@pytest.mark.parametrize("count", [1, 8, 11])
def test_one_bad_encoding_in_any_place_is_found(fast: Kernel, count: int) -> None:
    off_curve = (2).to_bytes(32, "little")
    assert pure.decode(off_curve) is None
    for place, bad in itertools.product(range(count), [off_curve, *NON_CANONICAL[:3], *NON_CANONICAL[-3:]]):
        raws = some_points(count)
        assert fast.encoded(read(fast, raws)) == raws
        raws[place] = bad
        assert fast.decoded(b"".join(raws)) is None
    assert fast.decoded(G.raw[:-1]) is None


def test_coordinates_around_the_borders_of_limbs_are_read_and_added_rightly(fast: Kernel) -> None:
    borders = [2**k + d for k in (13, 51, 52, 64, 102, 153, 204, 230, 254) for d in (-1, 0, 1)]
    ys = [*borders, *(pure.P - b for b in borders), *range(25), *(pure.P - d for d in range(25))]
    for raw in [(y + (sign << 255)).to_bytes(32, "little") for y in ys if 0 <= y < pure.P for sign in (0, 1)]:
        point = pure.decode(raw)
        assert (fast.decoded(raw) is None) == (fast.decoded(raw * 2) is None) == (point is None)
        if point is not None:
            double = pure.encode(pure.plus(point, point))
            assert fast.encoded(fast.columns(read(fast, [raw] * 6), 2)) == [double] * 3
            assert fast.pairs([(raw, 1, raw, 1)] * 2) == [double] * 2


def test_both_ways_give_the_same_bytes() -> None:
    portable, lanes = (opened(way) for way in WAYS)
    pairs, numbers, key = some_points(200), some_scalars(400), some_points(1)[0]
    texts = [way.branch_texts(key, read(way, pairs), written(numbers)) for way in (portable, lanes)]
    assert texts[0] == texts[1]
    terms = [(secrets.choice(pairs), *some_scalars(1), pair, *some_scalars(1)) for pair in pairs]
    assert portable.pairs(terms) == lanes.pairs(terms)
    assert IDENTITY.raw == NEUTRAL and portable.encoded(read(lanes, pairs)) == pairs


@pytest.mark.campaign
def test_millions_of_texts_both_ways() -> None:
    """PTN_KERNEL_CASES commitments (a million), of members and of points outside the group; prints the count."""
    portable, lanes = (opened(way) for way in WAYS)
    pool = some_points(400) + [mixed(point, secrets.choice(TORSION)) for point in some_points(100)]
    keys, done = [G.raw, *some_points(3), pool[-1]], 0
    while done < CASES:
        pairs = [secrets.choice(pool) for _ in range(2 * (1 + secrets.randbelow(120)))]
        key, numbers = secrets.choice(keys), written(some_scalars(2 * len(pairs)))
        texts = [way.branch_texts(key, read(way, pairs), numbers) for way in (portable, lanes)]
        assert texts[0] == texts[1]
        pool[secrets.randbelow(400)] = bytes.fromhex(texts[0][:64].decode())[::-1]  # a chain of ever new points
        done += 2 * len(pairs)
    print(f"\n{lanes.way} against {portable.way}: {done} commitments, 0 differ")


@pytest.mark.campaign
def test_millions_of_strings_are_members_exactly_if_libsodium_says_so(fast: Kernel) -> None:
    """PTN_KERNEL_CASES strings of 32 bytes (a million): anything, and members with every component; prints counts."""
    found = {True: 0, False: 0}
    while sum(found.values()) < CASES:
        point = read(fast, some_points(1) * 2)
        others = [read(fast, [raw, raw]) for raw in TORSION]
        raws = [fast.encoded(fast.columns(fast.joined(point, other), 2))[0] for other in others]
        raws += [secrets.token_bytes(32) for _ in range(40)]
        for raw in raws:
            member = raw == NEUTRAL or sodium.crypto_core_ed25519_is_valid_point(raw)
            assert fast.are_members([raw]) == member == fast.are_members([raw, raw])
            found[member] += 1
    print(f"\n{fast.way} against libsodium: {found[True]} members and {found[False]} others, 0 differ")
