"""Better plans by whole blocks: column generation and dives, for all trips first, then for a few blocks at a time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tutti.fleet.proof import Others
from tutti.optimizer.blocks.block_dive import GAIN, BlockDive, Part, is_near
from tutti.optimizer.blocks.block_lp import BlockLP, BlockPrices, WeighedBlock
from tutti.optimizer.blocks.block_pricing import BlockPricing
from tutti.optimizer.blocks.block_relaxation import BlockRelaxation, is_close
from tutti.optimizer.blocks.bounded_day import BoundedDay
from tutti.optimizer.blocks.labels import minutes_of_moves
from tutti.optimizer.blocks.listed_search import MANY
from tutti.optimizer.blocks.nearness import LARGEST_PART, Nearness
from tutti.optimizer.blocks.weighing import blocks_of
from tutti.optimizer.bounds.flow import nearest_arcs
from tutti.optimizer.links.fixed_times import relink_at_fixed_times
from tutti.optimizer.links.fleet_relaxation import FleetRelaxation
from tutti.optimizer.model.arcs import Floats, Ints
from tutti.optimizer.model.block_rules import BlockRules

_NEAREST = 30  # successors and predecessors of a trip that blocks of all trips may use
_NEAR_MIN = 60.0  # reduced cost of other connections that they may use
_CHEAP_MIN = 5.0  # reduced cost of connections that show which blocks lie near to each other
_CLOSE = 0.05  # of the gap between plan and bound: nearer to the bound the programme needn't come
_ROUNDS_FOR_BOUND, _ROUNDS_OVER_NEAR, _ROUNDS_OF_PART = 400, 120, 40
_SHARE_OF_PART = 0.25  # of its open trips, that its dive fixes at a time
_MOST_MOVES = 400_000  # between labels, for all kinds of bus together
_NOISE_MIN = 2  # that connections may seem to be longer at fixed times, where plain rounds gain no more
_IDLE_NOISY, _FOR_TRIPS = 1000, 300  # such rounds without gain, as many fewer as there are more trips than those
_STEP_MIN = 4  # between starts in wide windows: blocks lose little by that


class BlockSearch:
    """Column generation at the prices of a converged relaxation, which are projected from connections to trips."""

    def __init__(self, relaxation: FleetRelaxation, seed: int) -> None:
        self._relaxation = relaxation
        self._search = relaxation.search
        self._lp = relaxation.master
        self._arcs = relaxation.arcs
        self._arc_prices = relaxation.prices()
        self._arc_value = relaxation.value
        self._seed = seed
        self._rules = BlockRules.of(self._search.problem.limits, self._arcs, self._lp.vehicles)
        self.prices = BlockPrices(*relaxation.projected())
        self._link_evidence = relaxation.evidence()
        self.trips = relaxation.arcs.n
        self._near: tuple[list[WeighedBlock], BlockPrices] | None = None  # found for all trips over near connections
        self._day: BoundedDay | None = None  # all trips, over all connections of better plans
        cheap = relaxation.near_arcs(self._arc_prices, _CHEAP_MIN)
        self.nearness = Nearness(*(np.concatenate(ends) for ends in zip(*cheap, strict=True)))

    def incumbent(self) -> list[WeighedBlock]:
        """The blocks of the best plan."""
        return blocks_of(self._lp, self._search.kinds, self._search.chains)

    def _all_trips(self) -> Part:
        return Part(np.arange(self.trips), [], self.incumbent())

    def losses(self, blocks: Sequence[WeighedBlock]) -> Floats:
        """How much dearer each block is than what it is worth; the sum of all of a plan is the gap to the bound."""
        return self.prices.losses(self._lp.vehicles, blocks)

    def bound_all(self, share: float, patience: float = 1) -> bool:
        """Raise the bound by whole blocks, and plan all trips by them; False if there are too many connections.

        patience: how many times more of them there may be.

        Only connections that a better plan could use count (reduced cost fixing): any plan with another one costs more
        than the best.
        """
        part = self._all_trips()
        gap = part.cost - self._arc_value + self._relaxation.weights.slack_min
        links = self._relaxation.near_arcs(self._arc_prices, gap)
        pricing = self._priceable(part.trips, links, patience * _MOST_MOVES)
        if pricing is None:
            return False
        self._search.knows_length = True
        whole = replace(self._begin(part, pricing, self._relaxation.fixed_level), may_repeat=True)
        if self._near is not None:
            whole.begin_with(*self._near)

        def is_enough(value: float, objective: float) -> bool:
            self._relaxation.learn(min(value, part.cost))  # it holds before the end, too: a solve may be stopped
            return self._search.is_proven or is_close(value, objective)

        if self.trips > MANY:
            self._plan_soon(whole, part, share)
        whole.converge_near(np.ones(self.trips, dtype=bool), _ROUNDS_FOR_BOUND, is_enough)
        self.prices = whole.prices
        self._relaxation.learn(min(whole.value, part.cost))
        self._day = BoundedDay(
            self._relaxation, whole, lambda: self._all_trips().cost,
            lambda copy: self._dive(copy, self._all_trips(), share), Others(self._link_evidence, int(part.cost)),
            seed=self._seed,
        )  # fmt: skip
        if not self._search.is_proven:
            self._day.plan()
        return True

    def _plan_soon(self, whole: BlockRelaxation, part: Part, share: float) -> None:
        """While cost is open, dive as soon as the programme is near its end and its value can prove no more of it."""

        def is_enough(value: float, objective: float) -> bool:
            self._relaxation.learn(min(value, part.cost))
            if not self._search.has_open_level:
                return True
            is_at_end = is_near(value, objective, part.cost, _CLOSE)
            return is_at_end and not self._relaxation.can_tell(min(objective, part.cost))

        if self._search.has_open_level:
            whole.converge_near(part.marked(self.trips), _ROUNDS_FOR_BOUND, is_enough)
        if self._search.has_open_level:
            self._dive(whole.copy(), part, share)

    def close(self) -> None:
        """Raise the bound as far as fleets go that there can be, and plan within their limits."""
        self._bounded().close()

    def close_lists(self) -> None:
        """Then list what better plans could use; more thoroughly each time."""
        self._bounded().close_lists()

    def _bounded(self) -> BoundedDay:
        if self._day is None:
            raise ValueError("bound_all() comes first")
        return self._day

    def _priceable(self, trips: Ints, links: list[tuple[Ints, Ints]], most_moves: float) -> BlockPricing | None:
        """Pricing over these connections if that is quick enough."""
        if sum(int(minutes_of_moves(self._arcs, tail, head)[1].sum()) for tail, head in links) > most_moves:
            return None
        return self._pricing(trips, links)

    def _pricing(self, trips: Ints, links: Sequence[tuple[Ints, Ints]], step_min: int = 1) -> BlockPricing:
        return BlockPricing(self._lp, trips, links, self._search.poll, self._rules, step_min=step_min)

    @property
    def step_min(self) -> int:
        """Minutes between the starts that the first plan of all trips by whole blocks tries."""
        is_coarse = self._arcs.has_wide_windows and self._rules.length is None and self.trips > LARGEST_PART
        return _STEP_MIN if is_coarse else 1

    def plan_all(self, share: float) -> None:
        """All trips over their near connections, and a dive that fixes that share of the open trips at a time.

        Many trips most of whose windows are wide start every few minutes only, until few are open.
        """
        part = self._all_trips()
        pricing = self._pricing(part.trips, self._near_links(), self.step_min)
        whole = self._begin(part, pricing, least_level=None)  # a dive sees where buses can be saved by what they cost

        def is_enough(value: float, objective: float) -> bool:
            return is_near(value, objective, part.cost, _CLOSE)

        whole.converge(part.marked(self.trips), _ROUNDS_OVER_NEAR, is_enough)
        self._near = [*whole.lp.blocks], whole.prices
        if whole.lp.objective < part.cost - GAIN:
            self._dive(whole, part, share)

    def relink(self) -> None:
        """Choose the links between trips anew at fixed times where windows are wide, while a lower level is open."""
        if not self._arcs.has_wide_windows:
            return
        day = self._search, self._arcs, self._lp.vehicles, self._seed
        idle = _IDLE_NOISY * _FOR_TRIPS // max(_FOR_TRIPS, self.trips)
        relink_at_fixed_times(*day, gap=0.0)
        relink_at_fixed_times(*day, gap=0.0, idle=idle, noise_min=_NOISE_MIN)

    def plan_part(self, blocks: Sequence[WeighedBlock]) -> bool:
        """The trips of these blocks of the best plan over all connections among them; whether that gained."""
        freed = {block.trips for block in blocks}
        trips = np.sort(np.concatenate([np.array(block.trips, dtype=np.int64) for block in blocks]))
        kept = [block for block in self.incumbent() if block.trips not in freed]
        pricing = BlockPricing.among(self._lp, trips, self._search.poll, self._rules)
        return self._improve(Part(trips, kept, list(blocks)), pricing)

    def _near_links(self) -> list[tuple[Ints, Ints]]:
        n = self._arcs.n
        tail, head = nearest_arcs(self._arcs, _NEAREST)
        links = []
        for near_tail, near_head in self._relaxation.near_arcs(self._arc_prices, _NEAR_MIN):
            code = np.union1d(tail * n + head, near_tail * n + near_head)
            links.append((code // n, code % n))
        return links

    def _improve(self, part: Part, pricing: BlockPricing) -> bool:
        """Find better blocks for a part and offer the plan that they make with those that are kept."""
        whole = self._begin(part, pricing, self._relaxation.fixed_level)
        bound = whole.value

        def is_enough(value: float, objective: float) -> bool:
            return objective < max(value, bound + _CLOSE * (part.cost - bound)) + GAIN

        whole.converge(part.marked(self.trips), _ROUNDS_OF_PART, is_enough)
        if whole.lp.objective > part.cost - GAIN:
            return False
        return self._dive(whole, part, _SHARE_OF_PART)

    def _begin(self, part: Part, pricing: BlockPricing, least_level: int | None) -> BlockRelaxation:
        lp = BlockLP(self._lp, seed=self._seed, wants_stop=self._search.wants_stop)
        lp.add(part.old)
        for kind, able in enumerate(self._lp.vehicles.able):
            alone = part.trips[able[part.trips]]
            singles = blocks_of(self._lp, np.full(len(alone), kind), alone[:, None].tolist())
            lp.add(pricing.allowed(singles))
        lp.fix(part.kept, part.marked(self.trips))
        if least_level is not None:
            lp.limit_fleet(lp.limits.at_level(least_level))  # or it would look for cheaper buses, which there are not
        return BlockRelaxation(self._search, lp, pricing, self.prices)

    def _dive(self, whole: BlockRelaxation, part: Part, share: float) -> bool:
        """Fix that share of the open trips at a time; whether that gave a better plan."""
        blocks = BlockDive(whole, part, self.nearness, self.trips, self._seed).run(share)
        if blocks is None:
            return False
        return self._search.offer(self._arcs, [block.trips for block in (*part.kept, *blocks)])
