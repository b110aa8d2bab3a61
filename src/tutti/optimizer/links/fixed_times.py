"""Links chosen anew at fixed times: a local search each step of which is a flow over all trips of a kind of bus.

Where windows are wide, a plan leaves its trips much room. With each trip at some minute of its own, any two of them
tell by themselves whether they fit, so a flow finds the fewest buses and the least deadhead at those times. The plan
itself is possible at them: nothing is lost, and what is as good serves as well to go on from.

That finds few buses soon, and then hardly any less deadhead. From there on connections may seem some minutes longer
than they are, by chance, at every other flow, and what is a little worse serves, too (noising: Charon, Hudry 1993;
threshold accepting: Dueck, Scheuer 1990).
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tutti.optimizer.bounds.flow import cheapest_cover, nearest_arcs
from tutti.optimizer.model.arcs import Arcs, Floats, Ints
from tutti.optimizer.model.assignment import level_and_deadhead
from tutti.optimizer.model.chains import feasible_pieces, one_after_another
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.vehicles import Vehicles
from tutti.optimizer.model.weights import Weights
from tutti.optimizer.state.search import Search

_NEAREST = 60  # successors and predecessors of a trip that a flow may use, of those that a kind may run
_FAR = 0.1  # of the first level between plan and bound: nearer to it, dives gain more
_IDLE = 40  # rounds without gain, one after another
_WORSE_MIN = 15  # deadhead above the best, of a plan with its first level that serves to go on from


def relink_at_fixed_times(
    search: Search,
    arcs: Arcs,
    vehicles: Vehicles,
    seed: int,
    *,
    gap: float = _FAR,
    idle: int = _IDLE,
    noise_min: int = 0,
) -> None:
    """Better plans than the best so far, each trip by the same kind of bus, of a day whose windows leave room.

    Until so many rounds have brought nothing, or the first level is within that share of its bound. Not where blocks
    may be only so long: the flow knows nothing of that. noise_min: minutes that connections may seem to be longer.
    """
    if not arcs.has_room or search.problem.limits.longest_min is not None or search.level_gap <= gap:
        return
    rng = np.random.default_rng(seed)
    near = near_connections(search, arcs, vehicles)
    chains, kinds = search.chains, search.kinds
    best, in_vain, is_noisy = level_and_deadhead(arcs, vehicles, chains, kinds), 0, False
    while in_vain < idle and search.level_gap > gap:
        search.poll()
        starts = starts_within(arcs, chains, rng)
        more_min = rng.integers(0, noise_min, len(near[0]), endpoint=True) if is_noisy else None
        found = relinked(arcs, vehicles, near, starts, (chains, kinds), more_min=more_min)
        reached = level_and_deadhead(arcs, vehicles, *found)
        in_vain, is_noisy = in_vain + 1, noise_min > 0 and not is_noisy
        if reached <= (best[0], best[1] + _WORSE_MIN):
            chains, kinds = found
        if reached < best:
            best, in_vain = reached, 0
            if search.offer(arcs, chains):  # perhaps with other kinds of bus
                chains, kinds = search.chains, search.kinds


def near_connections(search: Search, arcs: Arcs, vehicles: Vehicles) -> tuple[Ints, Ints]:
    """Tails and heads of near connections among the trips of each kind."""
    codes = [np.zeros(0, dtype=np.int64)]
    for able in np.unique(vehicles.able, axis=0):
        search.poll()
        trips = np.flatnonzero(able)
        tail, head = nearest_arcs(arcs.among(trips), _NEAREST)
        codes.append(trips[tail] * arcs.n + trips[head])
    code = np.unique(np.concatenate(codes))
    return code // arcs.n, code % arcs.n


def starts_within(arcs: Arcs, chains: Sequence[Chain], rng: np.random.Generator) -> Ints:
    """A start of each trip that its chain allows, by chance: shape (n,).

    Trips of a chain are about as far from their soonest starts to their latest, in some rounds more alike than in
    others, and often at one end.
    """
    starts = np.zeros(arcs.n, dtype=np.int64)
    spread = rng.random()
    for chain in chains:
        share = rng.uniform(-0.5, 1.5) + spread * rng.uniform(-1, 1, len(chain))
        starts[list(chain)] = _starts_of(arcs, chain, share.clip(0, 1))
    return starts


def _starts_of(arcs: Arcs, chain: Chain, share: Floats) -> list[int]:
    """Starts of a chain's trips, each at that share of the way from its soonest to its latest, or as soon as it can."""
    trips = list(chain)
    earliest, latest, duration = (each[trips].tolist() for each in (arcs.earliest, arcs.latest, arcs.duration))
    taken = [duration[place] + int(arcs.travel[link]) for place, link in enumerate(pairwise(chain))]
    for place in reversed(range(len(taken))):
        latest[place] = min(latest[place], latest[place + 1] - taken[place])
    starts: list[int] = []
    soonest = earliest[0]
    for place, wanted in enumerate(share.tolist()):
        arrival = starts[-1] + taken[place - 1] if place else earliest[0]
        soonest = max(earliest[place], soonest + taken[place - 1]) if place else soonest
        start = soonest + int(wanted * (latest[place] - soonest))
        starts.append(max(start, arrival))
    return starts


def relinked(
    arcs: Arcs,
    vehicles: Vehicles,
    near: tuple[Ints, Ints],
    starts: Ints,
    plan: tuple[list[list[int]], Ints],
    *,
    more_min: Ints | None = None,
) -> tuple[list[list[int]], Ints]:
    """The cheapest chains at these starts, and the kind of bus of each; the plan itself if there are too few.

    more_min: what near connections seem to take more; the plan's own are then used as far as they are near.
    """
    chains, kinds = plan
    trips, number = one_after_another(chains)
    kind = np.empty(arcs.n, dtype=np.int64)
    kind[trips] = kinds[number]
    tail, head = near
    if more_min is None:
        is_link = number[1:] == number[:-1]
        tail, head = np.r_[tail, trips[:-1][is_link]], np.r_[head, trips[1:][is_link]]
    ready = starts + arcs.duration
    fits = (kind[tail] == kind[head]) & (ready[tail] + arcs.travel[tail, head] <= starts[head])
    each = np.arange(arcs.n)
    weights = Weights(arcs, vehicles.pull_out[kind, each], vehicles.pull_in[kind, each])
    seems = None if more_min is None else more_min[fits]
    successor = cheapest_cover(weights, tail[fits], head[fits], vehicles.minutes_of_a_bus[kind], seems)
    found = feasible_pieces(arcs, successor)
    kinds_found = kind[[chain[0] for chain in found]]
    used = np.bincount(vehicles.type_of[kinds_found], minlength=len(vehicles.count))
    return plan if (used > vehicles.count).any() else (found, kinds_found)
