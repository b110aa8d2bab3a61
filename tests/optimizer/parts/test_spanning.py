"""The spanning tree that the first basis of the LP is made of is the lightest."""

import numpy as np
import pytest

from tutti.optimizer.links.spanning import spanning_tree


def weight_of_kruskal(nodes: int, edges: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Edges and weight of a minimum spanning forest, edge by edge."""
    part = list(range(nodes))
    count = total = 0
    for weight, begin, finish in sorted(edges):
        if part[begin] != part[finish]:
            part = [part[begin] if of == part[finish] else of for of in part]
            count, total = count + 1, total + weight
    return count, total


@pytest.mark.parametrize("seed", range(20))
def test_the_tree_is_as_light_as_kruskals(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes, edges = int(rng.integers(2, 40)), int(rng.integers(1, 150))
    begin, finish, weight = rng.integers(0, nodes, edges), rng.integers(0, nodes, edges), rng.integers(0, 9, edges)
    in_tree = spanning_tree(nodes, begin, finish, weight.astype(float))
    expected = weight_of_kruskal(nodes, list(zip(weight.tolist(), begin.tolist(), finish.tolist(), strict=True)))
    assert (in_tree.sum(), weight[in_tree].sum()) == expected


def test_a_graph_without_edges_has_no_tree() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert not spanning_tree(3, none, none, none.astype(float)).any()
