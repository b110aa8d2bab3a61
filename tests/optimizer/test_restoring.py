"""Re-planning: links of the earlier plan come back where they are worth it, and the certificate shows the price."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import random_problem
from tutti.fleet.changes import changes, named_after
from tutti.fleet.plan import Plan, Status
from tutti.fleet.problem import Problem
from tutti.fleet.rules import check
from tutti.optimizer import Result, solve
from tutti.optimizer.restoring import restored


def day_after(problem: Problem, seed: int) -> Problem:
    """A tenth of the trips start a quarter of an hour later."""
    late = Random(seed).sample(range(len(problem.trips)), max(1, len(problem.trips) // 10))
    trips = list(problem.trips)
    for number in late:
        trip = trips[number]
        trips[number] = replace(
            trip, earliest_min=trip.earliest_min + 15, latest_min=trip.latest_min + 15, asked_min=trip.asked_min + 15
        )
    return replace(problem, trips=tuple(trips))


def replanned(kind: str, seed: int) -> tuple[Problem, Plan, Result]:
    """The changed day, the plan from before the change, and the best plan after it."""
    problem = random_problem(kind, 25, seed)
    earlier = solve(problem).plan
    assert earlier is not None
    changed = day_after(problem, seed)
    return changed, earlier, solve(changed, initial=earlier)


def kept_links(earlier: Plan, plan: Plan) -> int:
    """Pairs of trips that follow each other in both plans."""

    def links(of: Plan) -> set[tuple[str, str]]:
        return {(a.route_id, b.route_id) for block in of.blocks for a, b in pairwise(block.trips)}

    return len(links(earlier) & links(plan))


@examples(25)
@given(kind=st.sampled_from(["narrow", "compressed", "fixed"]), seed=st.integers(0, 99), worth_min=st.integers(0, 30))
def test_a_restored_plan_keeps_every_rule_and_more_links_at_no_more_than_they_are_worth(
    kind: str, seed: int, worth_min: int
) -> None:
    changed, earlier, best = replanned(kind, seed)
    result = restored(changed, best, earlier, worth_min)
    assert result.plan is not None
    assert best.plan is not None
    assert check(changed, result.plan) == []
    before, after = best.plan.objective, result.plan.objective
    gained = kept_links(earlier, result.plan) - kept_links(earlier, best.plan)
    assert after.first_level <= before.first_level
    assert after.deadhead_min - before.deadhead_min <= gained * worth_min
    assert result.certificate.objective == after
    assert (result.certificate.gap == 0) == (result.certificate.status is Status.OPTIMAL)


def test_what_is_free_is_put_back_and_the_proof_stays() -> None:
    for seed in range(8):
        changed, earlier, best = replanned("narrow", seed)
        result = restored(changed, best, earlier, 0)
        assert result.certificate.status is best.certificate.status


def test_the_price_of_moving_fewer_trips_is_told() -> None:
    prices = []
    for seed in range(12):
        changed, earlier, best = replanned("narrow", seed)
        result = restored(changed, best, earlier, 60)
        assert result.plan is not None
        assert best.plan is not None
        more = result.plan.objective.deadhead_min - best.plan.objective.deadhead_min
        if more > 0:
            prices.append(more)
            assert result.certificate.status is Status.FEASIBLE
            price = f"{more} deadhead minutes more than needed are the price of moving fewer trips"
            assert result.certificate.reasons == (price,)
            one, other = (changes(earlier, named_after(earlier, plan)) for plan in (best.plan, result.plan))
            assert other["moved_trips"] < one["moved_trips"]
    assert prices


@pytest.mark.parametrize("worth_min", [0, 10])
def test_an_unchanged_day_is_planned_as_before(worth_min: int) -> None:
    problem = random_problem("narrow", 25, 1)
    earlier = solve(problem).plan
    assert earlier is not None
    plan = restored(problem, solve(problem, seed=5), earlier, worth_min).plan
    assert plan is not None
    assert changes(earlier, named_after(earlier, plan))["moved_trips"] == 0
