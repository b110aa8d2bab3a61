"""What solves of the same problem that run beside each other say to each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tutti.fleet.plan import Bound
from tutti.fleet.proof import Proof


@dataclass(frozen=True, slots=True)
class News:
    """The best plan of a solve, and what it has proven of all plans.

    chains: the trips of each block in driving order, by their number in the problem; None before there is a plan.
    """

    chains: Sequence[Sequence[int]] | None
    bound: Bound
    proof: Proof


class Exchange(Protocol):
    """Where a solve hears of others and tells them of itself; both at once, whatever the others do."""

    def heard(self, seconds: float) -> Iterable[News]:
        """What others have found since the last call. seconds: of this solve."""
        ...

    def tell(self, news: News) -> None:
        """Tell the others where this solve stands."""
        ...
