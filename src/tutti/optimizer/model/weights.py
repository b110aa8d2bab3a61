"""What a connection costs in the relaxations: its deadhead, and a tie-break that can never add up to a minute."""

from dataclasses import dataclass

from tutti.optimizer.model.arcs import Arcs, Ints

_MOST_TIE_BREAK = 30


@dataclass(frozen=True, slots=True)
class Weights:
    """Integer cost of an arc = scale * deadhead + tie-break.

    The tie-break counts the minutes, at most 30, by which the asked starts of the two trips miss each other.

    scale is so large that the tie-breaks of a whole plan are less than `slack_min` of a deadhead minute together:
    they choose among equal plans, and rounding a bound up after taking them off is exact.
    """

    arcs: Arcs

    @property
    def scale(self) -> int:
        """Cost units in one deadhead minute; one scale for flow and LP."""
        return 16 * _MOST_TIE_BREAK * self.arcs.n + 1

    @property
    def slack_min(self) -> float:
        """All tie-breaks of a plan together, in minutes: less than 1/16."""
        return _MOST_TIE_BREAK * self.arcs.n / self.scale

    def of(self, tail: Ints, head: Ints) -> Ints:
        """Cost of the arcs (tail, head), whole units."""
        deadhead = self.arcs.travel[tail, head].astype("int64")
        missed = self.arcs.asked[tail] + self.arcs.duration[tail] + deadhead - self.arcs.asked[head]
        cost: Ints = self.scale * deadhead + missed.clip(0, _MOST_TIE_BREAK)
        return cost
