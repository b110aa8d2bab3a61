"""The rules about whole blocks, as whole blocks are priced by them: how long they may take, and breaks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tutti.fleet.blocks import BlockLimits
from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.block_breaks import BlockBreaks
from tutti.optimizer.model.block_length import BlockLength
from tutti.optimizer.model.vehicles import Vehicles


@dataclass(frozen=True, slots=True)
class BlockRules:
    """None where there is no such rule."""

    length: BlockLength | None = None
    breaks: BlockBreaks | None = None

    @classmethod
    def of(cls, limits: BlockLimits, arcs: Arcs, vehicles: Vehicles) -> "BlockRules":
        """Those of a problem."""
        length, breaks = None, None
        if limits.longest_min is not None:
            length = BlockLength(arcs, vehicles, limits.longest_min)
        if limits.break_after_min is not None:
            breaks = BlockBreaks(arcs, vehicles, limits.break_after_min, limits.break_min)
        return cls(length, breaks)

    @property
    def are_none(self) -> bool:
        """Whether blocks may be any."""
        return self.length is None and self.breaks is None

    def kept(self, kind: Ints, trips: Ints) -> NDArray[np.bool_]:
        """Which feasible blocks keep each rule at some starts, perhaps others for each, shape (B,).

        kind: of each, shape (B,); trips: shape (B, L), those of each in driving order, then NONE.
        """
        kept = np.ones(len(trips), dtype=bool)
        for rule in (self.length, self.breaks):
            if rule is not None:
                kept &= rule.keeps(kind, trips)
        return kept
