from tutti.fleet.plan import Bound, Certificate, Objective, Status
from tutti.optimizer.known_bound import certified, joined

TEN_BUSES = Objective(buses=10, deadhead_min=300, shift_min=0)


def stopped(bound: Bound) -> Certificate:
    return Certificate(Status.STOPPED, TEN_BUSES, bound, 5.0, "time limit")


def test_of_two_bounds_the_higher_one_holds() -> None:
    assert joined(Bound(9), Bound(10, 280), TEN_BUSES) == Bound(10, 280)
    assert joined(Bound(10, 290), Bound(9, 500), TEN_BUSES) == Bound(10, 290)
    assert joined(Bound(10, 290), Bound(10, 280), TEN_BUSES) == Bound(10, 290)


def test_the_deadhead_of_a_bound_says_nothing_about_a_plan_with_more_buses() -> None:
    assert joined(Bound(8), Bound(9, 280), TEN_BUSES) == Bound(9)


def test_costs_and_buses_are_not_compared() -> None:
    assert joined(Bound(9), Bound(10, 280, cost=5000), TEN_BUSES) == Bound(9)


def test_a_plan_that_an_earlier_attempt_has_proven_is_optimal() -> None:
    certificate = certified(stopped(Bound(9)), Bound(10, 300))
    assert (certificate.status, certificate.bound, certificate.stop_reason) == (Status.OPTIMAL, Bound(10, 300), None)


def test_a_plan_that_nobody_has_proven_keeps_its_status() -> None:
    assert certified(stopped(Bound(9)), Bound(10, 299)).status is Status.STOPPED
    assert certified(stopped(Bound(9)), None) == stopped(Bound(9))
