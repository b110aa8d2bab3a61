"""Which links to exchange so that a plan keeps more of an earlier one: found for all trips at once by a flow."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from ortools.graph.python import min_cost_flow

from tutti.fleet.errors import SolverError
from tutti.optimizer.bounds.fewest_blocks import merged
from tutti.optimizer.bounds.flow import nearest_arcs
from tutti.optimizer.model.arcs import NONE, Arcs, Ints
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.vehicles import Vehicles

_NEAREST = 20  # successors and predecessors of a trip that may be exchanged for those that it has

Link = tuple[int, int]
"""A trip and the one that follows it, by number. As tail ~b, block b begins with the head; as head NONE, it ends."""


class Relinking:
    """Links between trips of a plan, what each is worth, and the links that would be worth most together.

    The flow knows nothing of how shifts add up along a block, nor of limits, types and depots of whole blocks: each
    exchange is to be tried, and what its links cost is raised where it fails.
    """

    def __init__(
        self, arcs: Arcs, vehicles: Vehicles, chains: Sequence[Chain], wanted: set[Link], worth_min: int
    ) -> None:
        n = self._n = arcs.n
        self._trips = np.array(sorted(trip for chain in chains for trip in chain), dtype=np.int64)
        is_planned = np.zeros(n, dtype=bool)
        is_planned[self._trips] = True
        self._asked = arcs.asked
        kept = _links_of(chains)
        tails, heads = merged(n, nearest_arcs(arcs, _NEAREST), _ends(wanted | kept))
        possible = is_planned[tails] & is_planned[heads] & (vehicles.able[:, tails] & vehicles.able[:, heads]).any(0)
        possible |= np.isin(tails * n + heads, [tail * n + head for tail, head in kept])
        self._tails, self._heads = tails[possible], heads[possible]
        self._minute = (n + 1) ** 2  # of deadhead, in units of cost
        is_wanted = np.isin(self._tails * n + self._heads, [tail * n + head for tail, head in wanted])
        worth = worth_min * self._minute + n + 1
        self._cost = arcs.travel[self._tails, self._heads] * np.int64(self._minute) - worth * is_wanted
        self._out = _least(vehicles, vehicles.pull_out) * self._minute
        self._back = _least(vehicles, vehicles.pull_in) * self._minute

    def exchanges(self, chains: Sequence[Chain]) -> list[dict[int, int]]:
        """New successors of some tails that are worth more together, apart from each other; none if that is best."""
        successor = self._best(chains)
        now = successors(dict(enumerate(chains)))
        then = {tail: int(successor[tail]) for tail in now if tail >= 0}
        followed = set(then.values())
        begins = {chain[0]: ~block for block, chain in enumerate(chains) if chain}
        firsts = [trip for trip in then if trip not in followed]
        starts = [tail for tail, head in now.items() if tail < 0 and (head == NONE or head in followed)]
        fresh = sorted((trip for trip in firsts if trip not in begins), key=self._asked.__getitem__)
        then |= {begins[trip]: trip for trip in firsts if trip in begins}
        then |= dict(zip(starts, [*fresh, *[NONE] * (len(starts) - len(fresh))], strict=True))
        return _rings(now, then)

    def raise_cost(self, links: Iterable[Link], minutes: int) -> None:
        """Let these links be worth so many minutes less from now on."""
        codes = [tail * self._n + head for tail, head in links if tail >= 0 and head != NONE]
        self._cost[np.isin(self._tails * self._n + self._heads, codes)] += minutes * self._minute

    def _best(self, chains: Sequence[Chain]) -> Ints:
        """The successor of each trip, where the links that there are count a little less."""
        n, trips, count = self._n, self._trips, len(self._trips)
        out, back = 2 * n, 2 * n + 1
        kept = np.isin(self._tails * n + self._heads, [tail * n + head for tail, head in _links_of(chains)])
        solver = min_cost_flow.SimpleMinCostFlow()
        tails = np.concatenate([self._tails, trips, np.full(count, out), [back]])
        heads = np.concatenate([self._heads + n, np.full(count, back), trips + n, [out]])
        capacities = np.append(np.ones(len(tails) - 1, dtype=np.int64), len(chains))
        costs = np.concatenate([self._cost - kept, self._back[trips], self._out[trips], [0]])
        solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        solver.set_nodes_supplies(np.concatenate([trips, trips + n]), np.repeat([1, -1], count))
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise SolverError(f"the flow over {len(self._tails)} links ended with status {status}")
        used = solver.flows(np.arange(len(self._tails))) > 0
        successor = np.full(n, NONE, dtype=np.int64)
        successor[self._tails[used]] = self._heads[used]
        return successor


def _least(vehicles: Vehicles, pulls: Ints) -> Ints:
    """The least of these minutes for each trip, of the kinds that may run it."""
    least: Ints = np.where(vehicles.able, pulls, pulls.max(initial=0)).min(axis=0)
    return least


def _links_of(chains: Sequence[Chain]) -> set[Link]:
    return {link for chain in chains for link in pairwise(chain)}


def successors(chains: Mapping[int, Chain]) -> dict[int, int]:
    """What follows each trip of these blocks, by their numbers, and ~b where block b begins; NONE where it ends."""
    return {
        tail: head
        for block, chain in chains.items()
        for tail, head in zip([~block, *chain], [*chain, NONE], strict=True)
    }


def _ends(links: set[Link]) -> tuple[Ints, Ints]:
    pairs = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _rings(now: dict[int, int], then: dict[int, int]) -> list[dict[int, int]]:
    """The changes from `now` to `then` in as many parts as can be made one without the other."""
    changed = [tail for tail in now if now[tail] != then[tail]]
    had = {now[tail]: tail for tail in changed if now[tail] != NONE}
    ended = [tail for tail in changed if now[tail] == NONE]
    rings = []
    left = dict.fromkeys(changed)
    while left:
        ring: dict[int, int] = {}
        tail = next(iter(left))
        while tail in left:
            del left[tail]
            ring[tail] = head = then[tail]
            tail = had[head] if head != NONE else ended.pop()
        rings.append(ring)
    return rings
