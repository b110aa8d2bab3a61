"""From a converged LP to a proven plan: dives and repairs from several of its optimal vertices."""

import numpy as np

from tutti.optimizer.links.arc_dive import ArcDive
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.links.repair import repair_fractions, repair_losses, undecided_chains

_ATTEMPTS = 8
_ATTEMPTS_OF_FEW = 2  # where another way to prove the plan is quick
_ATTEMPTS_ABOVE = 2  # where plans still have more buses than the LP
_FEW_TRIPS = 80  # in a part that is repaired after each dive
_MANY_TRIPS = 400  # and after the last
_FROM_FOR_BLOCKS, _TO_FOR_BLOCKS = 120, 250  # trips: whole blocks prove more in a second than such a part


def close_gap(relaxation: Relaxation, rng: np.random.Generator, known: int) -> None:
    """Until the best plan is proven, or that few buses are refuted, or all attempts are made.

    known: buses that were proven before; fewer are looked for where links know nothing of it.
    Where many vertices of the LP are optimal, some are whole or nearly so: each attempt looks at another one.
    """
    search, master = relaxation.search, relaxation.master
    seed = int(rng.integers(2**31))
    trips = relaxation.arcs.n
    attempts = _ATTEMPTS if trips > _TO_FOR_BLOCKS else _ATTEMPTS_OF_FEW
    in_part = min(_FEW_TRIPS, trips - 1)
    in_last_part = in_part if _FROM_FOR_BLOCKS < trips <= _TO_FOR_BLOCKS else _MANY_TRIPS
    for attempt in range(1, attempts + 1):
        if search.is_proven or search.bound.buses > max(master.buses, known):
            return
        if attempt > _ATTEMPTS_ABOVE and search.objective is not None and search.objective.buses > master.buses:
            return  # links say too little of such a day: whole blocks get further
        undecided = undecided_chains(relaxation)
        search.enter("dive")
        ArcDive(relaxation).run()
        search.enter("root")
        master.shake(np.flatnonzero(undecided[master.tail] | undecided[master.head]), rng)
        relaxation.converge()
        search.enter("repair")
        most_trips = in_part if attempt < attempts else in_last_part
        repair_fractions(relaxation, seed, most_trips)
        repair_losses(relaxation, seed, most_trips)
