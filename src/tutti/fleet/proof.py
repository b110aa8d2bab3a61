"""What proves a bound: prices, that anybody can check without a solver (`prices.proven_bound`). And its document.

Each route has a price, and each bus of some kinds may have one, too. If no bus can run routes in time that are worth
more than it costs to run them, then no plan costs less than all its routes and buses are worth together: weak duality
of the programme over whole blocks (Ribeiro, Soumis 1994). Any prices prove something; these are a solver's best.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutti.fleet.vehicle import VehicleType

UNITS = 100_000
"""Prices are whole numbers of so many parts of a minute: sums of them are exact."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Amount:
    """What is counted of a fleet: the buses of a type; those with a fixed cost of so much or more; or all fixed cost.

    Fixed cost is counted in the units of the step. Where costs aren't given each bus costs 1.
    """

    of_type: str | None = None
    from_cost: int | None = None

    @property
    def is_cost(self) -> bool:
        """Whether it is all fixed cost."""
        return self.of_type is None and self.from_cost is None

    def counts(self, vehicle: VehicleType) -> bool:
        """Whether buses of that type are counted."""
        if self.of_type is not None:
            return vehicle.name == self.of_type
        return self.from_cost is None or vehicle.first_level >= self.from_cost


@dataclass(frozen=True, slots=True)
class Chain:
    """Routes that no bus can run in this order one right after the other, and what each link among them costs more.

    routes: by their places in `Proof.routes`. Of links from one to a later one a plan has fewer by two than there are
    routes: with one more it would run the chain. (Tournament inequalities: Ascheuer, Fischetti, Groetschel 2001.)

    is_ring: links in both directions cost more, of which a plan has fewer by one than there are routes, for with one
    more it would run in a ring. No bus does that, but blocks as they are priced might. (Subtour elimination.)
    """

    routes: tuple[int, ...]
    price: int
    is_ring: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """What each route is worth, by the order of `Proof.routes`, and one more of each amount of a fleet, in UNITS."""

    routes: tuple[int, ...]
    fleet: Mapping[Amount, int] = field(default_factory=dict)
    chains: tuple[Chain, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Two kinds of fleets, and none besides: with `at_most` of an amount, and with more."""

    amount: Amount
    at_most: int
    within: "Case"
    beyond: "Case"


Case = Prices | Split


@dataclass(frozen=True, slots=True)
class Others:
    """Why links need not be looked at: at these prices a plan with one of them weighs `weight` minutes or more."""

    prices: Prices
    weight: int


@dataclass(frozen=True, slots=True)
class Step:
    """Of the argument, by what the ones before it have proven: prices for each kind of fleet that there may be.

    weight: minutes of deadhead that count as much as a unit of the first level; 0: deadhead doesn't count. unit: so
    much of it (None: of buses, whatever they cost). others: links that are left out first.
    """

    cases: Case
    weight: int = 0
    unit: int | None = None
    others: Others | None = None

    def all_prices(self) -> Iterator[Prices]:
        """Those of all cases, and those by which links are left out."""
        cases = [self.cases] if self.others is None else [self.cases, self.others.prices]
        while cases:
            case = cases.pop()
            if isinstance(case, Prices):
                yield case
            else:
                cases += [case.within, case.beyond]


@dataclass(frozen=True, slots=True)
class Proof:
    """The steps by their names, in their order. routes: the names of the trips that prices are for."""

    routes: tuple[str, ...] = ()
    steps: Mapping[str, Step] = field(default_factory=dict)

    def with_step(self, name: str, step: Step) -> "Proof":
        """With that step at the end, or in the place of the one with its name."""
        return Proof(self.routes, {**self.steps, name: step})

    def joined(self, other: "Proof") -> "Proof":
        """With the steps of another proof about the same trips; those of the same name are the other's."""
        return Proof(self.routes or other.routes, {**self.steps, **other.steps})
