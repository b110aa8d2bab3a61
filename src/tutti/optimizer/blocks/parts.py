"""Parts of a plan that are planned anew, one after another: a block that loses much, and blocks that lie near to it."""

import numpy as np

from tutti.optimizer.blocks.block_lp import WeighedBlock
from tutti.optimizer.blocks.block_search import BlockSearch
from tutti.optimizer.state.search import Search

LARGEST_PART = 120  # trips that are planned at a time
_SHARE = 0.6  # of all trips at most: less than all, which were planned at a time before


def improve_parts(search: Search, blocks: BlockSearch, seed: int, idle: int) -> None:
    """Until so many parts in a row have gained nothing, or the plan is proven."""
    rng = np.random.default_rng(seed)
    in_vain = 0
    while in_vain < idle and not search.is_proven:
        part = _choose(blocks, rng)
        gained = blocks.plan_part(part)
        in_vain = 0 if gained else in_vain + 1


def _choose(blocks: BlockSearch, rng: np.random.Generator) -> list[WeighedBlock]:
    """A block that loses much, and those that the most cheap connections join to the chosen, by chance in between."""
    incumbent = blocks.incumbent()
    number_of = np.zeros(blocks.trips, dtype=np.int64)
    for number, block in enumerate(incumbent):
        number_of[list(block.trips)] = number
    loss = blocks.losses(incumbent).clip(min=0)
    size = np.array([len(block.trips) for block in incumbent])
    likely = 0.05 + loss / max(1e-9, loss.mean())
    chosen = np.zeros(len(incumbent), dtype=bool)
    chosen[rng.choice(len(incumbent), p=likely / likely.sum())] = True
    begin, end = number_of[blocks.near_tail], number_of[blocks.near_head]
    chance = rng.random(len(incumbent)) * likely
    most = min(LARGEST_PART, _SHARE * size.sum())
    while not chosen.all():
        joined = np.bincount(end, chosen[begin], len(incumbent)) + np.bincount(begin, chosen[end], len(incumbent))
        score = np.where(chosen, -1.0, (joined + 0.1) / size * chance)
        best = int(score.argmax())
        if size[chosen].sum() + size[best] > most:
            break
        chosen[best] = True
    return [block for block, is_chosen in zip(incumbent, chosen.tolist(), strict=True) if is_chosen]
