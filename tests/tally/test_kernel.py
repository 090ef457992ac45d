"""The fast way for public data against libsodium and against the definition: the same answers, on friendly and on
hostile inputs, and the same verdicts where it is missing.

Here live comparisons of the library with what it stands for. Never here: a secret, or a time.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally.kernel import FOLDER, build
from tally.kernel.library import WAYS, Kernel
from tally.kernel.loading import NoKernel
from tally.protocol import group
from tally.protocol.ballot import Ballot, check_proofs
from tally.protocol.errors import Refused
from tally.protocol.group import Point, Q, commitment, g_commitment, g_pow, product
from tests.tally import pure_edwards as pure
from tests.tally.kernel_ways import EDGES, NEUTRAL, opened
from tests.tally.small import RATING, WITH_BLANK, cheat, make_election, new_credential, vote

scalars = st.one_of(st.integers(0, Q - 1), st.sampled_from(EDGES))
points = st.one_of(st.integers(1, Q - 1), st.sampled_from([1, 2, Q - 1])).map(g_pow)
CASES = int(os.environ.get("PTN_KERNEL_CASES", "1000000"))
MACHINES = [f"{machine}-{system}" for machine in ("x86_64", "aarch64") for system in build.SYSTEMS.values()]
MACHINES += ["x86_64-linux-musl", "aarch64-linux-musl"]


@pytest.fixture(scope="module", params=WAYS)
def fast(request: pytest.FixtureRequest) -> Kernel:
    return opened(request.param)


# --- arithmetic -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.tuples(points, points), st.tuples(scalars, scalars, scalars, scalars), points, st.integers(0, 5))
def test_commitments_are_those_of_libsodium(
    fast: Kernel, pair: tuple[Point, Point], numbers: tuple[int, int, int, int], key: Point, low: int
) -> None:
    (alpha, beta), (c0, r0, c1, r1) = pair, numbers
    expected = [
        g_commitment(r0, alpha, c0),
        commitment(key, r0, beta / g_pow(low) if low else beta, c0),
        g_commitment(r1, alpha, c1),
        commitment(key, r1, beta / g_pow(low + 1), c1),
    ]
    claim, raws = (alpha.raw, beta.raw, low, numbers), [point.raw for point in expected]
    assert fast.commitments(key.raw, [claim]) == raws
    assert fast.commitments(key.raw, [claim] * 3) == raws * 3


@pytest.mark.parametrize("first", EDGES)
def test_every_scalar_at_an_edge_with_every_other(fast: Kernel, first: int) -> None:
    p, q = g_pow(1234567), g_pow(Q - 99)
    terms = [(p.raw, first, q.raw, second) for second in EDGES]
    assert fast.pairs(terms) == [commitment(p, first, q, second).raw for second in EDGES]
    claims = [(p.raw, q.raw, 1, (first, second, second, first)) for second in EDGES]
    slow = [raw for s in EDGES for raw in group._branch_commitments(p, (p, q, 1, (first, s, s, first)))]
    assert fast.commitments(p.raw, claims) == [point.raw for point in slow]


@settings(max_examples=8, deadline=None)
@given(scalars, scalars, points, points)
def test_a_pair_is_what_the_definition_says(fast: Kernel, r: int, c: int, p: Point, q: Point) -> None:
    first, second = pure.decode(p.raw), pure.decode(q.raw)
    assert first is not None and second is not None
    expected = pure.encode(pure.plus(pure.times(r, first), pure.times(c, second)))
    for count in (1, 2, 9):
        assert fast.pairs([(p.raw, r, q.raw, c)] * count) == [expected] * count


@settings(deadline=None)
@given(st.lists(st.lists(points, max_size=5), max_size=4))
def test_products_of_groups_empty_ones_among_them(groups: list[list[Point]]) -> None:
    found = group.products(groups)
    assert found == [product(points) for points in groups]


def test_a_point_and_its_inverse_give_the_identity(fast: Kernel) -> None:
    p = g_pow(77)
    inverse = group.IDENTITY / p
    assert fast.products([[p.raw, inverse.raw], [NEUTRAL], []]) == [NEUTRAL] * 3
    assert fast.pairs([(p.raw, 5, inverse.raw, 5), (NEUTRAL, 9, NEUTRAL, 0)]) == [NEUTRAL] * 2


@pytest.mark.parametrize("count", [1, 2, 8, 9])
def test_signatures_whose_base_is_g_are_those_of_libsodium(fast: Kernel, count: int) -> None:
    publics = [g_pow(secrets.randbelow(Q)) for _ in range(count)]
    numbers = [(secrets.choice(EDGES), secrets.choice([*EDGES, secrets.randbelow(Q)])) for _ in range(count)]
    found = fast.pairs([(group.G.raw, r, p.raw, c) for p, (r, c) in zip(publics, numbers, strict=True)])
    assert found == [g_commitment(r, p, c).raw for p, (r, c) in zip(publics, numbers, strict=True)]


@pytest.mark.campaign
def test_millions_of_comparisons_with_libsodium(fast: Kernel) -> None:
    """PTN_KERNEL_CASES commitments (a million) each way, a part of them at edges; prints the count."""
    done, key = 0, g_pow(secrets.randbelow(Q - 1) + 1)
    at_random = secrets.SystemRandom()
    while done < CASES:
        claims = []
        for _ in range(64):
            alpha, beta = g_pow(secrets.randbelow(Q - 1) + 1), g_pow(secrets.randbelow(Q - 1) + 1)
            numbers = [at_random.choice(EDGES) if at_random.random() < 0.1 else secrets.randbelow(Q) for _ in range(4)]
            claims.append((alpha, beta, secrets.randbelow(3), tuple(numbers)))
        found = fast.commitments(key.raw, [(a.raw, b.raw, low, s) for a, b, low, s in claims])
        slow = [point.raw for claim in claims for point in group._branch_commitments(key, claim)]
        assert found == slow
        done += len(found)
    print(f"\n{fast.way} against libsodium: {done} commitments, 0 differ")


# --- the same verdicts ------------------------------------------------------------------------------------------------


def _verdict(raw: bytes, election: object) -> tuple[str, str] | None:
    try:
        check_proofs(Ballot.parse(raw), election, "ballot 1")  # type: ignore[arg-type]
    except Refused as error:
        return type(error).__name__, error.where
    return None


def test_verdict_and_first_error_are_the_same_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    election = make_election(RATING, WITH_BLANK, RATING, secret=99)
    good = vote(election, (0, 1, 0), (0, 0, 0, 1), (0, 0, 0)).encode()
    spoilt = [good]
    for at in range(200, len(good) - 1, 211):
        changed = bytearray(good)
        changed[at] = ord("1") if changed[at] == ord("2") else ord("2") if chr(changed[at]).isdigit() else changed[at]
        spoilt.append(bytes(changed))
    found = [_verdict(raw, election) for raw in spoilt]
    monkeypatch.setattr(group, "kernel", lambda: None)
    assert [_verdict(raw, election) for raw in spoilt] == found
    assert found[0] is None and len({f for f in found if f}) > 5


@pytest.mark.parametrize("numbers", [(2, 0, 0), (1, 1, 0), (1, 1, 1), (Q - 1, 1, 0), (1000, 0, 0)])
def test_no_ballot_that_cheats_passes_the_fast_way(fast: Kernel, numbers: tuple[int, ...]) -> None:
    # threats C14
    election = make_election(RATING, secret=4)
    verdict = _verdict(cheat(election, numbers, by=new_credential()).encode(), election)
    assert verdict is not None and verdict[0] == "BadProof"


# --- what is loaded, and where it comes from --------------------------------------------------------------------------


def test_the_library_is_the_one_of_this_source_and_builds_again_to_the_same_bytes(tmp_path: Path) -> None:
    if find_spec("ziglang") is None:
        pytest.skip("no C compiler: `pip install -e '.[test]'` brings ziglang")
    assert build.is_fresh(FOLDER)
    assert build.build(FOLDER, tmp_path)
    name = build.FILES[sys.platform]
    assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_a_library_that_is_missing_damaged_or_of_another_release_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(NoKernel, match="not built"):
        Kernel.open(tmp_path)
    name = build.FILES[sys.platform]
    (tmp_path / name).write_bytes(b"no library")
    with pytest.raises(NoKernel, match="cannot be loaded"):
        Kernel.open(tmp_path)


def test_a_stamp_that_is_not_of_this_library_has_it_built_again(tmp_path: Path) -> None:
    folder = tmp_path / "kernel"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert build.is_fresh(folder) == build.is_fresh(FOLDER)
    before = build.source(folder)
    with (folder / "field.h").open("a") as source:
        source.write("\n")
    assert build.source(folder) != before
    assert not build.is_fresh(folder)
    build.discard(folder)
    with pytest.raises(NoKernel, match="not built"):
        Kernel.open(folder)


def test_it_can_be_switched_off_and_says_so() -> None:
    said = "from tally.kernel import kernel, why_not; print(kernel(), why_not())"
    done = subprocess.run(
        [sys.executable, "-c", said], env=os.environ | {"PTN_KERNEL": "off"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "None PTN_KERNEL=off"


def test_it_says_what_does_the_work() -> None:
    for switch, said in (("off", "libsodium"), ("portable", "portable code"), ("", "kernel")):
        done = subprocess.run(
            [sys.executable, "-m", "tally.kernel"],
            env=os.environ | {"PTN_KERNEL": switch},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said in done.stdout or "no kernel" in done.stdout


@pytest.mark.campaign
@pytest.mark.parametrize("machine", MACHINES)
def test_the_source_compiles_for_every_kind_of_machine(machine: str, tmp_path: Path) -> None:
    build.compile_for(machine, FOLDER, tmp_path / "library")
    print(f"\n{machine}: {(tmp_path / 'library').stat().st_size} bytes")
