"""What prices prove, worked out without the optimizer, holds for every plan, whatever the prices."""

import json
import math
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.test_whole_fleet import fleets, fleets_in_depots, least_levels
from tutti.fleet.problem import Problem
from tutti.fleet.proof import UNITS, Amount, Case, Chain, Others, Prices, Proof, Split, Step
from tutti.fleet.proof_document import proof_document, read_proof
from tutti.fleet.proven import proven_bound
from tutti.optimizer import solve


@examples(150)
@given(st.one_of(fleets_in_depots(), fleets(most_trips=5, limited=True)), st.data())
def test_any_prices_in_any_cases_prove_a_bound_that_no_plan_undercuts(problem: Problem, data: st.DataObject) -> None:
    best = least_levels(problem)
    assume(best is not None)
    assert best is not None
    bound = proven_bound(problem, data.draw(st.one_of(proofs(problem), dearer(problem))))
    assert (bound.first_level, 0) <= best
    if bound.deadhead_min is not None:
        assert (bound.first_level, bound.deadhead_min) <= best
    if not problem.has_costs:
        assert bound.buses <= best[0]


@examples(60)
@given(fleets(), st.data())
def test_a_proof_of_a_solve_says_no_less_when_it_has_been_written_and_read(
    problem: Problem, data: st.DataObject
) -> None:
    for proof in (solve(problem).proof, data.draw(proofs(problem))):
        assert read_proof(json.loads(json.dumps(proof_document(proof)))) == proof


@st.composite
def dearer(draw: st.DrawFn, problem: Problem) -> Proof:
    """What a solve proved, with other prices of some routes."""
    proof = solve(problem).proof
    more = st.one_of(st.just(0), st.integers(-20, 20).map(lambda minutes: minutes * UNITS // 3))

    def changed(case: Case) -> Case:
        if isinstance(case, Split):
            return replace(case, within=changed(case.within), beyond=changed(case.beyond))
        return replace(case, routes=tuple(price + draw(more) for price in case.routes))

    return replace(proof, steps={name: replace(step, cases=changed(step.cases)) for name, step in proof.steps.items()})


@st.composite
def proofs(draw: st.DrawFn, problem: Problem) -> Proof:
    """One to three steps with prices as they come, and splits, chains and links that are left out."""
    trips, types = len(problem.trips), problem.vehicle_types
    costs = [cost for each in types for cost in (each.first_level, each.deadhead_cost_per_min)]
    unit = math.gcd(*costs, *(each.service_cost_per_min for each in types)) or 1
    amounts = [Amount(), *(Amount(from_cost=each.first_level) for each in types), Amount(of_type=types[0].name)]

    def price(most: int) -> int:
        return draw(st.integers(-most, most) | st.just(0)) * UNITS // 7

    def prices(most: int) -> Prices:
        counted = draw(st.lists(st.sampled_from(amounts), max_size=2, unique=True))
        chains = draw(st.lists(st.permutations(range(trips)), max_size=2)) if trips > 1 else []
        return Prices(
            tuple(price(most) for _ in range(trips)),
            {amount: price(most) for amount in counted},
            tuple(Chain(tuple(chain), draw(st.integers(0, most * UNITS)), draw(st.booleans())) for chain in chains),
        )

    def case(most: int, depth: int) -> Case:
        if depth and draw(st.booleans()):
            at_most = draw(st.integers(0, 4))
            return Split(draw(st.sampled_from(amounts)), at_most, case(most, depth - 1), case(most, depth - 1))
        return prices(most)

    steps = {}
    for number in range(draw(st.integers(1, 3))):
        weight = draw(st.sampled_from([0, 1, 30, 1000]))
        most = 10 * max(1, weight) + 60
        others = Others(prices(most), draw(st.integers(0, 4 * most))) if draw(st.booleans()) else None
        of = draw(st.sampled_from([None, unit, 2 * unit]))
        steps[str(number)] = Step(case(most, 2), weight, of, others)
    return Proof(tuple(trip.id for trip in problem.trips), steps)
