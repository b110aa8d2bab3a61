"""What must be true of every result, whatever the problem and however the solve ended."""

from tests.optimizer.oracle import Known, Optimum
from tutti.fleet.plan import Certificate, Plan, Status
from tutti.fleet.problem import Problem
from tutti.fleet.rules import check
from tutti.optimizer import Result


def checked_plan(problem: Problem, result: Result) -> Plan:
    """The result's plan, after every rule was checked and that the certificate fits it."""
    assert result.plan is not None
    assert check(problem, result.plan) == []
    assert result.certificate.objective == result.plan.objective
    assert_consistent(result.certificate)
    return result.plan


def proven_levels(plan: Plan) -> Optimum:
    """The part of the plan's objective that certificates are about."""
    return Optimum(plan.objective.buses, plan.objective.deadhead_min)


def assert_consistent(certificate: Certificate) -> None:
    """The certificate of a plan doesn't contradict itself."""
    objective, bound = certificate.objective, certificate.bound
    assert objective is not None
    assert bound is not None
    assert bound.buses <= objective.buses
    is_proven = bound.buses == objective.buses and bound.deadhead_min == objective.deadhead_min
    if bound.buses == objective.buses and bound.deadhead_min is not None:
        assert bound.deadhead_min <= objective.deadhead_min
    assert is_proven == (certificate.status is Status.OPTIMAL)
    assert (certificate.stop_reason is not None) == (certificate.status is Status.STOPPED)
    assert certificate.status is not Status.INFEASIBLE
    assert certificate.reasons == ()


def assert_agrees(certificate: Certificate, known: Known) -> None:
    """Bound <= optimum <= plan on both levels, and what is called optimal is."""
    objective, bound = certificate.objective, certificate.bound
    assert objective is not None
    assert bound is not None
    value = Optimum(objective.buses, objective.deadhead_min)
    assert known.least <= value, "a plan better than all plans"
    assert bound.buses <= known.best.buses, "a bound on buses above a plan"
    if bound.buses == known.best.buses and bound.deadhead_min is not None:
        assert bound.deadhead_min <= known.best.deadhead_min, "a bound on deadhead above a plan with as many buses"
    if certificate.status is Status.OPTIMAL:
        assert value <= known.best, "not optimal"
