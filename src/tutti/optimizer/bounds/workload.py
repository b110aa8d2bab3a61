"""A first bound, however wide windows are: how much of the trips' work lies in the busiest part of the day."""

from dataclasses import dataclass

import numpy as np

from tutti.optimizer.model.arcs import NO_ARC, Arcs, Floats, Ints

_MINUTES = 24  # of the day between which parts of it are looked at


@dataclass(frozen=True, slots=True)
class Workload:
    """The part of the day from one minute to a later one, in which every trip takes some of a bus' time at least.

    A bus is busy with a trip while it runs it and, whatever comes next, for the least travel from its end. What of that
    lies in the part is least when the trip starts at its earliest or at its latest: its energy there (Baptiste, Le
    Pape, Nuijten 1999). A bus does one thing at a time, so its trips take all of the part at most.
    """

    begin_min: int
    end_min: int

    @classmethod
    def busiest(cls, arcs: Arcs, worth: Ints) -> "Workload":
        """Of the parts between two of some minutes the one with the highest `least_level`, for n >= 1 trips.

        The minutes have equally many of the trips' beginnings and ends, as early and as late as can be, between them.
        """
        ends = [arcs.earliest, arcs.earliest + arcs.duration, arcs.latest, arcs.latest + arcs.duration]
        minutes = np.quantile(np.concatenate(ends), np.linspace(0, 1, _MINUTES), method="nearest")
        minutes = np.unique(np.r_[minutes, minutes[0] + 1])
        begin, end = (minutes[side] for side in np.triu_indices(len(minutes), 1))
        best = (_asked(arcs, worth, begin, end) / (end - begin)).argmax()
        return cls(int(begin[best]), int(end[best]))

    def shares(self, arcs: Arcs) -> Floats:
        """The share of the part that each trip takes of its bus at least, shape (n,)."""
        energy = _energy(arcs, np.array([self.begin_min]), np.array([self.end_min]))[0]
        shares: Floats = energy / (self.end_min - self.begin_min)
        return shares

    def fewest_buses(self, arcs: Arcs) -> int:
        """No plan has fewer buses."""
        return self.least_level(arcs, np.ones(arcs.n, dtype=np.int64))

    def least_level(self, arcs: Arcs, worth: Ints) -> int:
        """No plan costs less if every bus costs as much at least as each trip that it runs is worth, shape (n,)."""
        begin, end = np.array([self.begin_min]), np.array([self.end_min])
        return -(-int(_asked(arcs, worth, begin, end)[0]) // (self.end_min - self.begin_min))


def _energy(arcs: Arcs, begin: Ints, end: Ints) -> Ints:
    """Minutes within each of some parts of the day that each trip takes of its bus at least, shape (P, n)."""
    busy = _busy_min(arcs)
    early, late = (
        np.minimum(start + busy, end[:, None]) - np.maximum(start, begin[:, None])
        for start in (arcs.earliest, arcs.latest)
    )
    energy: Ints = np.minimum(early, late).clip(min=0)
    return energy


def _asked(arcs: Arcs, worth: Ints, begin: Ints, end: Ints) -> Ints:
    """Minutes within each of some parts of the day that trips take at least, each times its worth, added up, (P,)."""
    asked: Ints = _energy(arcs, begin, end) @ worth
    return asked


def _busy_min(arcs: Arcs) -> Ints:
    """For how long a bus that starts a trip can't start another one, shape (n,)."""
    onwards = arcs.travel.min(axis=1).astype(np.int64)
    return arcs.duration + np.where(onwards < NO_ARC, onwards, 0)
