from typing import Any

import pytest

from tutti.fleet.verdict import claims, headline


def certificate(buses: int, deadhead: int, least_buses: int, least_deadhead: int | None, **more: Any) -> dict[str, Any]:
    return {
        "status": "feasible",
        "objective": {"buses": buses, "deadhead_min": deadhead},
        "bound": {"buses": least_buses, "deadhead_min": least_deadhead},
        "seconds": 2.0,
        **more,
    }


def said(content: dict[str, Any]) -> list[str]:
    return [str(claim) for claim in claims(content)]


def test_an_optimal_plan_is_proven_in_buses_and_in_deadhead() -> None:
    content = certificate(45, 1433, 45, 1433)
    assert said(content) == [
        "45 buses - proven: no plan has fewer",
        "1433 deadhead minutes - proven least with 45 buses",
    ]
    assert all(claim.proven for claim in claims(content))


def test_deadhead_above_its_bound_is_open_by_its_share() -> None:
    fleet, deadhead = claims(certificate(45, 1500, 45, 1485))
    assert fleet.proven
    assert not deadhead.proven
    assert str(deadhead) == "1500 deadhead minutes - at least 1485 are needed with 45 buses (1.0% open)"


def test_a_tiny_open_share_is_not_rounded_to_nothing() -> None:
    assert said(certificate(45, 100_000, 45, 99_999))[1].endswith("(less than 0.1% open)")


def test_deadhead_without_a_bound_claims_nothing() -> None:
    assert said(certificate(1, 30, 1, None))[1] == "30 deadhead minutes - not known how few can do with 1 bus"


def test_while_buses_are_open_nothing_is_claimed_for_deadhead() -> None:
    fleet, deadhead = claims(certificate(47, 100, 46, 100))
    assert str(fleet) == "47 buses - at most one too many: 46 may or may not do"
    assert str(deadhead) == "100 deadhead minutes - nothing is proven here while the number of buses is open"
    assert not fleet.proven
    assert not deadhead.proven


def test_buses_far_from_their_bound_say_how_many_are_needed() -> None:
    assert said(certificate(50, 100, 40, None))[0] == (
        "50 buses - at least 40 are needed, fewer than 50 may do (20.0% open)"
    )


@pytest.mark.parametrize(("buses", "claims_of_buses"), [(1, ["1 bus - proven: no plan has fewer"]), (2, [])])
def test_a_bound_of_one_bus_is_worth_saying_only_of_one_bus(buses: int, claims_of_buses: list[str]) -> None:
    content = certificate(buses, 30, 1, 30)
    for figures in (content["objective"], content["bound"]):
        figures["cost"] = 500
    assert [claim for claim in said(content) if " bus" in claim.partition(" - ")[0]] == claims_of_buses


def test_without_a_plan_there_are_no_claims() -> None:
    content = {"status": "infeasible", "objective": None, "bound": None, "seconds": 0.1}
    assert claims(content) == []
    assert headline(content) == "No plan exists, found after 0.1 s"
    assert headline(content, "the whole week") == "No plan of the whole week exists, found after 0.1 s"


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        ("optimal", None, "Optimal, proven after 2 s"),
        ("feasible", None, "Ended after 2 s without full proof"),
        ("stopped", "time limit of 2 s", "Stopped after 2 s: time limit of 2 s"),
    ],
)
def test_the_headline_says_how_it_ended(status: str, reason: str | None, sentence: str) -> None:
    assert headline(certificate(1, 0, 1, 0, status=status, stop_reason=reason)) == sentence


@pytest.mark.parametrize(("seconds", "said"), [(0.046, "0.046 s"), (9.94, "9.9 s"), (9.96, "10 s"), (75.4, "75 s")])
def test_seconds_are_as_exact_as_people_need(seconds: float, said: str) -> None:
    assert headline(certificate(1, 0, 1, 0, status="optimal", seconds=seconds)) == f"Optimal, proven after {said}"
