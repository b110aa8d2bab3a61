"""Which of some trips a bus can run one after the other when it may run other trips in between."""

from collections.abc import Callable

import numpy as np

from tutti.optimizer.model.arcs import NO_ARC, Arcs, Ints

_NEVER_MIN = 10**9


def with_ways_round(arcs: Arcs, trips: Ints, poll: Callable[[], None] = lambda: None) -> Arcs:
    """As `arcs.among(trips)`, with a connection also where a bus can be in time by way of other trips only.

    There is none where no trip is a shortcut. But a trip along a motorway may take less than the deadhead beside it.
    """
    among = arcs.among(trips)
    is_other = np.ones(arcs.n, dtype=bool)
    is_other[trips] = False
    if not is_other.any():
        return among
    for row, trip in enumerate(trips.tolist()):
        poll()
        taken = _soonest_after(arcs, trip, is_other)[trips] - arcs.earliest[trip] - arcs.duration[trip]
        is_new = (taken < NO_ARC) & (among.travel[row] == NO_ARC)
        is_new[row] = False
        among.travel[row, is_new] = taken[is_new]
    return among


def _soonest_after(arcs: Arcs, trip: int, is_other: np.ndarray) -> Ints:
    """The soonest start of each trip that a bus runs after `trip`, perhaps with others in between, shape (n,).

    _NEVER_MIN where there is none. Labels are corrected until none gets smaller, as by Bellman and Ford.
    """
    direct = arcs.travel[trip].astype(np.int64)
    arrival = arcs.earliest[trip] + arcs.duration[trip] + direct
    soonest = np.where(direct < NO_ARC, np.maximum(arrival, arcs.earliest), _NEVER_MIN)
    late = np.flatnonzero((soonest > arcs.earliest) & (arcs.latest > arcs.earliest[trip]))  # others can't be sooner
    is_changed = soonest < _NEVER_MIN
    while True:
        ends = soonest + arcs.duration
        via = np.flatnonzero(is_other & is_changed & (ends <= arcs.latest[late].max(initial=0)))
        if not len(via):
            return soonest
        travel = arcs.travel[np.ix_(via, late)].astype(np.int64)
        arrival = np.where(travel < NO_ARC, ends[via][:, None] + travel, _NEVER_MIN).min(axis=0)
        start = np.maximum(arrival, arcs.earliest[late])
        is_sooner = (start <= arcs.latest[late]) & (start < soonest[late])
        soonest[late[is_sooner]] = start[is_sooner]
        is_changed = np.zeros(arcs.n, dtype=bool)
        is_changed[late[is_sooner]] = True
