"""Solves of the same problem that hear of each other at any moment: what they claim stays true, whoever found it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tests.optimizer.effort import examples
from tests.optimizer.instances import problems
from tests.optimizer.test_whole_fleet import fleets
from tests.optimizer.verdict import checked_plan, proven_levels
from tutti.fleet.generate import generate_day
from tutti.fleet.plan import Status
from tutti.fleet.problem import Problem
from tutti.fleet.proven import proven_bound
from tutti.fleet.reading import read_day
from tutti.optimizer import Result
from tutti.optimizer.stages import solve_beside
from tutti.optimizer.state.exchange import News


@dataclass
class Another:
    """An exchange with a solve that found this news before: it says each piece at the poll that is given with it."""

    script: list[tuple[int, News]] = field(default_factory=list)
    polls: int = 0
    told: list[News] = field(default_factory=list)

    def heard(self, seconds: float) -> Iterator[News]:
        assert seconds >= 0
        self.polls += 1
        while self.script and self.script[0][0] <= self.polls:
            yield self.script.pop(0)[1]

    def tell(self, news: News) -> None:
        self.told.append(news)


def at_any_polls(data: st.DataObject, other: Another) -> Another:
    """Who says all that the other solve told, in order, at any polls that a solve as long as that one has."""
    polls = data.draw(st.lists(st.integers(1, max(1, other.polls)), min_size=len(other.told), max_size=len(other.told)))
    return Another(list(zip(sorted(polls), other.told, strict=True)))


def least(result: Result) -> tuple[int, int]:
    """Both levels of a plan, which are what can be proven of it."""
    objective = result.certificate.objective
    assert objective is not None
    return objective.first_level, objective.deadhead_min


@examples(40)
@given(problems(), st.data())
def test_what_another_solve_says_changes_no_optimum(problem: Problem, data: st.DataObject) -> None:
    other = Another()
    alone = solve_beside(problem, 0, other)
    result = solve_beside(problem, 1, at_any_polls(data, other))
    plan = checked_plan(problem, result)
    if alone.certificate.status is Status.OPTIMAL:
        assert result.certificate.status is Status.OPTIMAL
        assert proven_levels(plan) == proven_levels(checked_plan(problem, alone))


@examples(40)
@given(fleets(), st.data())
def test_nor_of_a_mixed_fleet(problem: Problem, data: st.DataObject) -> None:
    other = Another()
    alone = solve_beside(problem, 0, other)
    result = solve_beside(problem, 1, at_any_polls(data, other))
    assert result.certificate.status is alone.certificate.status is Status.OPTIMAL
    assert least(result) == least(alone)


@examples(6)
@given(st.integers(1, 500), st.data())
def test_nor_of_a_day_that_takes_whole_blocks(seed: int, data: st.DataObject) -> None:
    problem = read_day(generate_day(30, seed, types=True, wide=True)).problem()
    other = Another()
    alone = solve_beside(problem, 0, other)
    result = solve_beside(problem, 1, at_any_polls(data, other))
    if alone.certificate.status is Status.OPTIMAL:
        assert result.certificate.status is Status.OPTIMAL
        assert least(result) == least(alone)


def test_a_solve_that_hears_the_answer_ends_with_it_and_with_its_proof() -> None:
    problem = read_day(generate_day(60, 3)).problem()
    other = Another()
    alone = solve_beside(problem, 0, other)
    listener = Another([(1, other.told[-1])])
    result = solve_beside(problem, 0, listener)
    assert result.plan == alone.plan
    assert result.certificate.status is Status.OPTIMAL
    assert listener.polls < other.polls
    bound = result.certificate.bound
    assert bound is not None
    assert proven_bound(problem, result.proof) == bound


def test_a_solve_tells_its_plan_and_bound_last_of_all() -> None:
    problem = read_day(generate_day(60, 3)).problem()
    other = Another()
    alone = solve_beside(problem, 0, other)
    last = other.told[-1]
    assert last.bound == alone.certificate.bound
    assert last.chains is not None
    assert alone.plan is not None
    assert sorted(map(len, last.chains)) == sorted(len(block.trips) for block in alone.plan.blocks)
