"""From parts to numbers: interpolation, bounded logarithms, sums of nothing, weights.

Here lives arithmetic over sums. Never here: a proof (test_decryption.py).
"""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tally.protocol.cipher import encrypt
from tally.protocol.decryption import PartialDecryption
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.errors import BadHash, Incomplete, NoSolution, TallyError, WrongShape
from tally.protocol.group import IDENTITY, Q, g_pow, random_scalar
from tally.protocol.result import Logarithms, Result, combine_factors, lagrange, open_sums
from tally.protocol.sums import MAX_WEIGHT, EncryptedTally, SizedTally
from tally.protocol.trustees import Trustees
from tests.tally.belenios_files import PEDERSEN
from tests.tally.small import RATING, WITH_BLANK, make_election, vote

SECRET = random_scalar()
ELECTION = make_election(RATING, WITH_BLANK, secret=SECRET)
scalars = st.integers(0, Q - 1)


def opened(tally: EncryptedTally, bound: int) -> tuple[tuple[int, ...], ...]:
    return open_sums(tally, tuple(tuple(c.alpha**SECRET for c in row) for row in tally.rows), bound).rows


# --- interpolation ------------------------------------------------------------------------------------------------


@given(st.lists(scalars, min_size=1, max_size=5), st.data())
def test_any_t_points_of_a_polynomial_give_its_value_at_zero(polynomial: list[int], data: st.DataObject) -> None:
    t = len(polynomial)
    present = sorted(data.draw(st.sets(st.integers(1, 9), min_size=t, max_size=t)))
    values = {k: sum(a * k**e for e, a in enumerate(polynomial)) for k in present}
    assert sum(values[k] * lagrange(present, k) for k in present) % Q == polynomial[0]


def test_one_point_less_gives_something_else() -> None:
    polynomial = [random_scalar(), random_scalar(), random_scalar()]
    values = {k: sum(a * k**e for e, a in enumerate(polynomial)) for k in (1, 2, 3)}
    for present in combinations((1, 2, 3), 2):
        assert sum(values[k] * lagrange(list(present), k) for k in present) % Q != polynomial[0]


def test_the_only_member_has_weight_one() -> None:
    assert lagrange([1], 1) == lagrange([7], 7) == 1


@pytest.mark.parametrize("owners", [(), (1,), (2,), (3,)])
def test_too_few_parts_open_nothing(owners: tuple[int, ...]) -> None:
    trustees = Trustees.parse(PEDERSEN.raw("trustees.json"))
    part = PartialDecryption.parse(PEDERSEN.printed("pd.1.out")[0], PEDERSEN.election, "part")
    with pytest.raises(Incomplete) as missing:
        combine_factors(trustees, dict.fromkeys(owners, part))
    assert missing.value.details == {"missing": f"{2 - len(owners)} phần giải mã"}


# --- logarithms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", [0, 1, 3, 500, 4096, 4097, 10_000])
def test_zero_and_the_bound_are_found_and_nothing_beyond(bound: int) -> None:
    logarithms = Logarithms(bound)
    assert [logarithms.of(g_pow(m), "sum") for m in {0, bound // 2, bound}] == list({0, bound // 2, bound})
    for beyond in (bound + 1, -1, Q // 2):
        with pytest.raises(NoSolution) as refusal:
            logarithms.of(g_pow(beyond), "result[0][1]")
        assert (refusal.value.where, refusal.value.details) == ("result[0][1]", {"bound": bound})


@given(st.integers(0, 5000))
def test_every_number_up_to_the_bound_is_found(number: int) -> None:
    assert BY_GIANT_STEPS.of(g_pow(number), "sum") == number


BY_GIANT_STEPS = Logarithms(5000)


def test_a_sum_over_the_number_of_ballots_has_no_solution() -> None:
    tally = EncryptedTally.over(ELECTION, [(vote(ELECTION, (1, 0, 0), (0, 0, 0, 1)), 1)] * 3)
    assert opened(tally, 3)[0] == (3, 0, 0)
    with pytest.raises(NoSolution):
        opened(tally, 2)


# --- sums ---------------------------------------------------------------------------------------------------------


def test_no_ballot_at_all_sums_to_the_identity_and_opens_to_zeros() -> None:
    tally = EncryptedTally.over(ELECTION, [])
    assert {point for row in tally.rows for c in row for point in (c.alpha, c.beta)} == {IDENTITY}
    assert EncryptedTally.parse(tally.encode(), ELECTION) == tally
    assert opened(tally, 0) == ((0, 0, 0), (0, 0, 0, 0))


def test_a_column_of_zeros_opens_to_zero() -> None:
    tally = EncryptedTally.over(ELECTION, [(vote(ELECTION, (0, 0, 0), (1, 0, 0, 0)), 1) for _ in range(3)])
    assert opened(tally, 3) == ((0, 0, 0), (3, 0, 0, 0))


def test_weights_count_as_often_as_they_say() -> None:
    votes = [(vote(ELECTION, (1, 0, 0), (0, 1, 0, 0)), 5), (vote(ELECTION, (0, 0, 1), (0, 1, 0, 0)), 2)]
    assert opened(EncryptedTally.over(ELECTION, votes), 7) == ((5, 0, 2), (0, 7, 0, 0))


@pytest.mark.parametrize("raw", [b"[]", b"{}", b"[[],[]]", b"null"])
def test_a_tally_of_another_shape_is_refused(raw: bytes) -> None:
    with pytest.raises(WrongShape):
        EncryptedTally.parse(raw, ELECTION)


@given(st.integers(0, 999), st.integers(0, 2**40))
def test_a_sized_tally_is_read_back_from_its_one_spelling(ballots: int, weight: int) -> None:
    tally = EncryptedTally(((encrypt(ELECTION.public_key, 1, 5),),))
    sized = SizedTally.of(tally, ballots=ballots, weight=weight)
    assert SizedTally.parse(sized.encode()) == sized
    assert sized.encrypted_tally == sha256_hex(tally.encode())


def test_a_sized_tally_names_a_hash() -> None:
    with pytest.raises(BadHash):
        SizedTally.parse(b'{"num_tallied":1,"total_weight":1,"encrypted_tally":"AB"}')


@given(st.lists(st.integers(0, 2**31), min_size=7, max_size=7))
def test_a_result_is_read_back_from_its_one_spelling(numbers: list[int]) -> None:
    result = Result((tuple(numbers[:3]), tuple(numbers[3:])))
    assert Result.parse(result.encode(), ELECTION) == result


def test_numbers_beyond_two_to_the_thirty_are_strings() -> None:
    assert Result(((MAX_WEIGHT, MAX_WEIGHT + 1),)).encode() == b'{"result":[[1073741823,"1073741824"]]}'


@pytest.mark.parametrize(
    "number", ["1", "01073741824", "-1", "1073741823", "", "١٠٧٣٧٤١٨٢٤", 1073741824, -1, True, 1.5, None]
)
def test_a_number_in_another_spelling_is_refused(number: object) -> None:
    with pytest.raises(TallyError):
        Result.parse(canonical({"result": [[number, 0, 0], [0, 0, 0, 0]]}), ELECTION)


@pytest.mark.parametrize("rows", [[], [[0, 0, 0]], [[0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0]], {}, None])
def test_a_result_of_another_shape_is_refused(rows: object) -> None:
    with pytest.raises(WrongShape):
        Result.parse(canonical({"result": rows}), ELECTION)
