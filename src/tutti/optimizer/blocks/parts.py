"""Parts of a plan that are planned anew, one after another: a block that loses much, and blocks that lie near to it.

A large neighbourhood search whose parts are a seed and what is nearest to it, as in POPMUSIC (Taillard, Voss 2002).
"""

import numpy as np

from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.blocks.block_search import BlockSearch
from tutti.optimizer.state.search import Search


def improve_parts(search: Search, blocks: BlockSearch, seed: int, idle: int, gap: float | None = None) -> None:
    """Until so many parts in a row have gained nothing, or the plan is proven.

    gap: only until the plan's first level is so near to its bound, a share of it; then nothing else counts as a gain.
    """
    rng = np.random.default_rng(seed)
    in_vain = 0
    while in_vain < idle and not search.is_proven and (gap is None or search.level_gap > gap):
        before = search.level_gap
        gained = blocks.plan_part(_choose(blocks, rng))
        is_gain = gained and (gap is None or search.level_gap < before)
        in_vain = 0 if is_gain else in_vain + 1


def _choose(blocks: BlockSearch, rng: np.random.Generator) -> list[WeighedBlock]:
    """A block that loses much, and those that the most cheap connections join to the chosen, by chance in between."""
    incumbent = blocks.incumbent()
    loss = blocks.losses(incumbent).clip(min=0)
    likely = 0.05 + loss / max(1e-9, loss.mean())
    first = incumbent[rng.choice(len(incumbent), p=likely / likely.sum())]
    trips = np.zeros(blocks.trips, dtype=bool)
    trips[list(first.trips)] = True
    chosen = blocks.nearness.around(trips, incumbent, rng.random(len(incumbent)) * likely)
    return [block for block, is_chosen in zip(incumbent, chosen.tolist(), strict=True) if is_chosen]
