"""Column generation: the programme over blocks gets those that it lacks, and its prices prove a bound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.blocks.block_lp import BlockLP, BlockPrices, WeighedBlock
from tutti.optimizer.blocks.block_pricing import NEGATIVE, BlockPricing, Repeats
from tutti.optimizer.blocks.nearness import LARGEST_PART
from tutti.optimizer.state.search import Search

_FIRST_SHARE = 0.9  # of the best prices in those that blocks are looked for at
_LEAST_SHARE, _SMALLEST_SHARE, _LARGEST_SHARE = 0.5, 0.8, 0.95
_MUCH = 0.5  # of what the programme promises for such a step: then the next one is longer
_RADIUS = 5.0  # weighted minutes above the best prices that those of trips keep within at first
_FURTHER = 5  # times as far they may go next
_LEFT_OUT = 1e-6  # trips
_MANY_LEFT_OUT = 1.0  # trips, when no block is missing: then the best prices are far from right
_PRECISE = 0.05  # weighted minutes between the programme's value and what its prices prove


@dataclass(slots=True)
class BlockRelaxation:
    """The programme, the pricing of the blocks it may use, and the best prices so far.

    missing: as in `Cheapest`. Prices are smoothed: blocks are looked for between the programme's own prices and the
    best so far, nearer to these while that raises the value, but further from them after a step that raised it by much
    (Wentges 1997; Pessoa et al. 2018).

    may_repeat: blocks that run a trip more than once are added, too, when no others are found. What prices prove allows
    for them, so that without them the value can stay far below the programme's. Where they may not, others are looked
    for instead.
    """

    search: Search
    lp: BlockLP
    pricing: BlockPricing
    prices: BlockPrices
    missing: float = 0.0
    may_repeat: bool = False

    @property
    def value(self) -> float:
        """What the best prices prove: no plan of the pricing's connections costs less for the open trips."""
        return self.lp.worth(self.prices) + self.missing

    def copy(self) -> "BlockRelaxation":
        """The same, with a programme that goes on by itself."""
        return replace(self, lp=self.lp.copy())

    def begin_with(self, blocks: Sequence[WeighedBlock], prices: BlockPrices) -> None:
        """Take over what another programme of all trips found: its blocks, and its prices if they prove more."""
        self.lp.add(blocks)
        self.search.solving(self.lp.solve)
        self._look(prices, np.ones(self.pricing.vehicles.n, dtype=bool), Repeats.LEFT_OUT)

    def converge_near(self, is_open: NDArray[np.bool_], rounds: int, is_enough: Callable[[float, float], bool]) -> None:
        """The same as `converge`, stabilized: sooner where the best prices are nearly right already.

        Prices of trips keep near the best at first, and may go further above them as long as that leaves trips out (du
        Merle, Villeneuve, Desrosiers, Hansen 1999); as far as they like if the programme can't have the best, or if so
        many are left out that these are far from right.
        """
        radius, last = _RADIUS, self.search.rounds + rounds
        try:
            while True:
                self.lp.limit_prices(self.prices.cover + radius)
                self.converge(is_open, last - self.search.rounds, is_enough)
                if self.search.is_proven:
                    return
                is_over = is_enough(self.value, np.inf)  # whatever the programme comes to
                if is_over or self.lp.left_out < _LEFT_OUT or self.search.rounds >= last:
                    break
                has_best = self.lp.objective > self.value - _PRECISE  # not if some are negative, as cuts make them
                is_far = is_close(self.value, self.lp.objective) and self.lp.left_out >= _MANY_LEFT_OUT
                radius = _FURTHER * radius if has_best and not is_far else np.inf
        finally:
            self.lp.limit_prices(np.full(len(is_open), np.inf))
        self.search.solving(self.lp.solve)

    def converge(self, is_open: NDArray[np.bool_], rounds: int, is_enough: Callable[[float, float], bool]) -> None:
        """Until no block is missing, or after so many rounds, or when it is enough: asked with (value, objective)."""
        share, repeats = _FIRST_SHARE, Repeats.LEFT_OUT if self.may_repeat else Repeats.AVOIDED
        for _ in range(rounds):
            self.search.solving(self.lp.solve)
            if is_enough(self.value, self.lp.objective):
                return
            before, promised = self.value, (1 - share) * (self.lp.objective - self.value)
            is_news = self._look(self.lp.prices.towards(self.prices, share), is_open, repeats)
            gain = self.value - before
            if not is_news:
                if share:
                    share = max(0.0, 1 - 3 * (1 - share))
                elif repeats is Repeats.LEFT_OUT:
                    share, repeats = _FIRST_SHARE, Repeats.TAKEN
                else:
                    return
            elif gain > _MUCH * promised:
                share = max(_LEAST_SHARE, 1 - 2 * (1 - share))
            elif gain:
                share = min(_LARGEST_SHARE, 0.1 + 0.9 * share)
            else:
                share = min(max(_LEAST_SHARE, share), max(_SMALLEST_SHARE, share - 0.1))

    def look_at_best(self, is_open: NDArray[np.bool_]) -> None:
        """Find out what the best prices prove of these trips, and look for blocks at them before the next round.

        After a step of a dive they are nearly right, unlike the programme's own: it lacks most blocks of what is open.
        """
        self.search.solving(self.lp.solve)
        self._look(self.prices, is_open, Repeats.AVOIDED)

    def _look(self, prices: BlockPrices, is_open: NDArray[np.bool_], repeats: Repeats) -> bool:
        """Keep these prices if they prove more; whether blocks were found at them that the programme lacks."""
        cheapest = self.pricing.cheapest(prices, is_open, disjoint=self.pricing.size > LARGEST_PART, repeats=repeats)
        if self.lp.worth(prices) + cheapest.missing > self.value:
            self.prices, self.missing = prices, cheapest.missing
        return self.add_missing(cheapest.blocks) > 0

    def add_missing(self, blocks: Sequence[WeighedBlock]) -> int:
        """Add those that have a negative reduced cost at the programme's own prices; how many are new."""
        losses = self.lp.prices.losses(self.pricing.vehicles, blocks)
        return self.lp.add(blocks[number] for number in np.flatnonzero(losses < -NEGATIVE).tolist())


def is_close(value: float, objective: float) -> bool:
    """Whether more rounds would hardly prove more than `value`."""
    return objective < value + _PRECISE
