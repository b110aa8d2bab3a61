"""Kinds of buses: what they carry, how many there are, and what they cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VehicleType:
    """A kind of bus.

    seats = passengers it carries at once. features = what else trips may ask for, such as "wheelchair". depots =
    names of those that its buses may stand in (empty: any there is). count = how
    many there are (None: as many as needed). fixed_cost = of one bus for a day that it is used, in whole units of any
    one currency (None: costs are not given, for no type of the fleet). The costs per minute are in the same unit, for
    each minute of deadhead and of service; they are 0 where fixed_cost is None.
    """

    name: str
    seats: int
    fixed_cost: int | None = None
    count: int | None = None
    features: frozenset[str] = frozenset()
    deadhead_cost_per_min: int = 0
    service_cost_per_min: int = 0
    depots: frozenset[str] = frozenset()

    @property
    def first_level(self) -> int:
        """What a bus of it adds to the first level of the objective before it drives: its cost, else itself."""
        return 1 if self.fixed_cost is None else self.fixed_cost

    def running_cost(self, deadhead_min: int, service_min: int) -> int:
        """Cost of driving so many minutes empty and in service."""
        return deadhead_min * self.deadhead_cost_per_min + service_min * self.service_cost_per_min

    @property
    def by_cost(self) -> tuple[int, int, int, int]:
        """Sorts cheaper types first, and of equally cheap ones the smaller: no bus is larger than it must be."""
        return self.first_level, self.service_cost_per_min, self.deadhead_cost_per_min, self.seats
