"""Better plans by whole blocks: column generation and dives, for all trips first, then for a few blocks at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.arcs import Ints
from tutti.optimizer.block_lp import BlockLP, WeighedBlock
from tutti.optimizer.block_pricing import BlockPricing, block_of
from tutti.optimizer.fleet_relaxation import FleetRelaxation
from tutti.optimizer.flow import nearest_arcs
from tutti.optimizer.projection import projected_prices

_NEAREST = 30  # successors and predecessors of a trip that blocks of all trips may use
_NEAR_MIN = 60.0  # reduced cost of other connections that they may use
_SMOOTHING = 0.99  # share of the projected prices in those that blocks are looked for at (Wentges 1997)
_PASSES = 12
_ROUNDS_IN_DIVE = 12
_SURE = 0.999
_CHEAP_MIN = 5.0  # reduced cost of connections that show which blocks lie near to each other
_CLOSE = 0.05  # of the gap between plan and bound: nearer to the bound the programme needn't come
_GAIN = 1e-3  # weighted minutes


@dataclass(frozen=True, slots=True)
class Part:
    """Trips that are planned anew, and the blocks that are kept meanwhile."""

    trips: Ints
    kept: list[WeighedBlock]
    old: list[WeighedBlock]

    @property
    def cost(self) -> float:
        """What the blocks to be replaced weigh."""
        return sum(block.cost for block in self.old)


class BlockSearch:
    """Column generation at the prices of a converged relaxation, which are projected from connections to trips."""

    def __init__(self, relaxation: FleetRelaxation, seed: int) -> None:
        self._relaxation = relaxation
        self._search = relaxation.search
        self._lp = relaxation.master
        self._arcs = relaxation.arcs
        self._prices = relaxation.prices()
        self._seed = seed
        self.projected = projected_prices(relaxation)
        self.trips = relaxation.arcs.n
        cheap = relaxation.near_arcs(self._prices, _CHEAP_MIN)
        self.near_tail, self.near_head = (np.concatenate(ends) for ends in zip(*cheap, strict=True))

    def incumbent(self) -> list[WeighedBlock]:
        """The blocks of the best plan."""
        search = self._search
        return [
            block_of(self._lp, kind, chain) for chain, kind in zip(search.chains, search.kinds.tolist(), strict=True)
        ]

    def loss(self, block: WeighedBlock) -> float:
        """How much dearer a block is than its trips' projected prices; the sum of all is the gap to the bound."""
        type_ = self._lp.vehicles.type_of[block.kind]
        return block.cost - float(self.projected[list(block.trips)].sum()) - float(self._prices.count[type_])

    def plan_all(self, share: float) -> None:
        """All trips over their near connections, and a dive that fixes that share of the open trips at a time."""
        trips = np.arange(self._arcs.n)
        pricing = BlockPricing(self._lp, trips, self._near_links(), self._search.poll)
        self._improve(Part(trips, [], self.incumbent()), pricing, share, rounds=120)

    def plan_part(self, blocks: Sequence[WeighedBlock]) -> bool:
        """The trips of these blocks of the best plan over all connections among them; whether that gained."""
        freed = {block.trips for block in blocks}
        trips = np.sort(np.concatenate([np.array(block.trips, dtype=np.int64) for block in blocks]))
        kept = [block for block in self.incumbent() if block.trips not in freed]
        pricing = BlockPricing.among(self._lp, trips, self._search.poll)
        return self._improve(Part(trips, kept, list(blocks)), pricing, 0.25, rounds=40)

    def _near_links(self) -> list[tuple[Ints, Ints]]:
        arcs, able = self._arcs, self._lp.vehicles.able
        tail, head = nearest_arcs(arcs, _NEAREST)
        links = []
        for kind, (near_tail, near_head) in enumerate(self._relaxation.near_arcs(self._prices, _NEAR_MIN)):
            both = able[kind, tail] & able[kind, head]
            codes = [tail[both] * arcs.n + head[both], near_tail * arcs.n + near_head]
            code = np.unique(np.concatenate(codes))
            links.append((code // arcs.n, code % arcs.n))
        return links

    def _improve(self, part: Part, pricing: BlockPricing, share: float, rounds: int) -> bool:
        """Find better blocks for a part and offer the plan that they make with those that are kept."""
        lp = self._block_lp(part)
        is_open = np.zeros(self._arcs.n, dtype=bool)
        is_open[part.trips] = True
        lp.fix(part.kept, is_open)
        self._generate(lp, pricing, part, is_open, rounds)
        if lp.objective > part.cost - _GAIN:
            return False
        found = self._dive(lp, pricing, part, share)
        return found is not None and self._search.offer(self._arcs, [block.trips for block in (*part.kept, *found)])

    def _block_lp(self, part: Part) -> BlockLP:
        lp = BlockLP(self._lp, seed=self._seed, wants_stop=self._search.wants_stop)
        lp.add(part.old)
        for kind, able in enumerate(self._lp.vehicles.able):
            lp.add(block_of(self._lp, kind, [trip]) for trip in part.trips[able[part.trips]].tolist())
        return lp

    def _generate(
        self, lp: BlockLP, pricing: BlockPricing, part: Part, is_open: NDArray[np.bool_], rounds: int
    ) -> None:
        """Add blocks until none is missing at the programme's own prices, or its value is close to the bound."""
        bound = float(self.projected[is_open].sum())
        smoothing = _SMOOTHING
        for _ in range(rounds):
            self._search.solving(lp.solve)
            if lp.objective < bound + _CLOSE * (part.cost - bound):
                return
            cover = smoothing * self.projected + (1 - smoothing) * lp.cover_price
            new = lp.add(self._missing(lp, pricing.blocks(cover, lp.count_price, is_open, _PASSES)))
            if not new and not smoothing:
                return
            smoothing = smoothing if new > 2 else max(0.0, 1 - 4 * (1 - smoothing))

    def _missing(self, lp: BlockLP, blocks: Sequence[WeighedBlock]) -> list[WeighedBlock]:
        """Those that have a negative reduced cost at the programme's own prices."""
        cover, count = lp.cover_price, lp.count_price[self._lp.vehicles.type_of]
        return [block for block in blocks if block.cost - cover[list(block.trips)].sum() - count[block.kind] < -1e-6]

    def _dive(self, lp: BlockLP, pricing: BlockPricing, part: Part, share: float) -> list[WeighedBlock] | None:
        """Fix the surest blocks, add what is missing for the rest, and so on; None if that can't end better."""
        fixed: list[WeighedBlock] = []
        is_open = np.zeros(self._arcs.n, dtype=bool)
        is_open[part.trips] = True
        while True:
            fixed += _surest(lp, is_open, share)
            if not is_open.any():
                return fixed
            lp.fix([*part.kept, *fixed], is_open)
            is_complete = False
            for _ in range(_ROUNDS_IN_DIVE):
                self._search.solving(lp.solve)
                new = pricing.blocks((lp.cover_price + self.projected) / 2, lp.count_price, is_open, _PASSES)
                is_complete = not lp.add(self._missing(lp, new))
                if is_complete:
                    break
            else:
                self._search.solving(lp.solve)
            if is_complete and lp.objective + sum(block.cost for block in fixed) > part.cost - _GAIN:
                return None


def _surest(lp: BlockLP, is_open: NDArray[np.bool_], share: float) -> list[WeighedBlock]:
    """Disjoint blocks, the most used first, closed for what follows: the sure ones and that share of the trips."""
    value = lp.value
    wanted = math.ceil(share * is_open.sum())
    chosen: list[WeighedBlock] = []
    for number in np.argsort(-value, kind="stable").tolist():
        block = lp.blocks[number]
        if value[number] < _SURE and (wanted <= 0 or value[number] < 1e-6):
            break
        trips = list(block.trips)
        if is_open[trips].all():
            is_open[trips] = False
            wanted -= len(trips)
            chosen.append(block)
    return chosen
