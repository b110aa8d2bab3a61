"""Names for numbers: one each, and most weight together."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tutti.fleet.matching import heaviest_matching

_PAIRS = st.tuples(st.integers(0, 4), st.sampled_from("abcde"))


@given(weights=st.dictionaries(_PAIRS, st.integers(1, 6), max_size=14))
def test_no_other_way_to_give_the_names_weighs_more(weights: dict[tuple[int, str], int]) -> None:
    names = heaviest_matching(weights)
    assert len(set(names.values())) == len(names)
    most = max(sum(weights.get(pair, 0) for pair in enumerate(order)) for order in permutations("abcde"))
    assert sum(weights[pair] for pair in names.items()) == most


def test_who_comes_last_goes_without_where_that_weighs_as_much() -> None:
    assert heaviest_matching({(0, "a"): 1, (1, "a"): 1}) == {0: "a"}
