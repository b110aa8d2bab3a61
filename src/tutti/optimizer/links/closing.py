"""From a converged LP to a plan that it proves: dives from several of its optimal vertices."""

import numpy as np
from numpy.typing import NDArray

from tutti.optimizer.links.arc_dive import ArcDive
from tutti.optimizer.links.relaxation import Relaxation
from tutti.optimizer.model.arcs import Ints
from tutti.optimizer.model.chains import chains_and_cycles

_ATTEMPTS = 8
_ATTEMPTS_OF_FEW = 2  # where another way to prove the plan is quick
_FEW = 250  # trips: whole blocks prove so many in seconds
_ATTEMPTS_ABOVE = 2  # where plans still have a bus more than the LP
_SURE = 0.999
_USED = 1e-6


def close_gap(relaxation: Relaxation, rng: np.random.Generator, known: int) -> None:
    """Until the best plan is proven, or that few buses are refuted, or all attempts are made.

    known: the buses that were proven to be needed before; the LP may look for fewer, where its links can't tell.
    Where many vertices of the LP are optimal, some are whole or nearly so: each attempt looks at another one.
    """
    search, master = relaxation.search, relaxation.master
    attempts = _ATTEMPTS if relaxation.arcs.n > _FEW else _ATTEMPTS_OF_FEW
    for attempt in range(1, attempts + 1):
        if search.is_proven or search.bound.buses > max(master.buses, known):
            return
        undecided = _undecided_chains(relaxation)
        search.enter("dive")
        ArcDive(relaxation).run()
        above = 0 if search.objective is None else search.objective.buses - master.buses
        if above > 1 or (above == 1 and attempt >= _ATTEMPTS_ABOVE):
            return  # links say too little of such a day: whole blocks get further
        search.enter("root")
        master.shake(np.flatnonzero(undecided[master.tail] | undecided[master.head]), rng)
        relaxation.converge()


def _undecided_chains(relaxation: Relaxation) -> NDArray[np.bool_]:
    """Which trips, shape (n,), are in a chain that the LP left fractional somewhere."""
    chains, cycles = chains_and_cycles(relaxation.links(_SURE))
    at = np.zeros(relaxation.arcs.n, dtype=bool)
    at[_undecided_trips(relaxation)] = True
    for chain in [*chains, *cycles]:
        at[chain] = at[chain].any()
    return at


def _undecided_trips(relaxation: Relaxation) -> Ints:
    """Trips with a fractional link or end."""
    master = relaxation.master
    weak = (master.value > _USED) & (master.value <= _SURE)
    loose = (master.end > _USED) & (master.end <= _SURE)
    return np.concatenate([master.tail[weak], master.head[weak], np.flatnonzero(loose)])
