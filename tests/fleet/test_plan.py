import pytest

from tutti.fleet.plan import Block, Bound, Objective, Plan, PlannedTrip, relative_gap


def test_a_plan_amounts_to_its_buses_deadhead_and_shifts_either_way() -> None:
    plan = Plan((
        Block("1", "bus", 40, (PlannedTrip("a", 480, 500, -3, 0), PlannedTrip("b", 520, 540, 2, 9))),
        Block("2", "bus", 40, (PlannedTrip("c", 480, 500, 0, 0), PlannedTrip("d", 512, 540, 1, 12))),
    ))  # fmt: skip
    assert plan.objective == Objective(buses=2, deadhead_min=21, shift_min=6)


def test_a_bus_counts_more_than_any_deadhead_and_deadhead_more_than_any_shift() -> None:
    assert Objective(2, 900, 900) < Objective(3, 0, 0)
    assert Objective(2, 8, 900) < Objective(2, 9, 0)


def test_of_two_plans_that_amount_to_different_things_one_is_better() -> None:
    all_fixed = Objective(2, 9, 0, fixed_cost=1000, running_cost=0)
    for other in (
        Objective(2, 9, 0, fixed_cost=900, running_cost=100),
        Objective(3, 9, 0, fixed_cost=1000, running_cost=0),
    ):
        assert (all_fixed < other) != (other < all_fixed)


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (Objective(4, 50, 0), Bound(3, 50), 0.25),
        (Objective(4, 50, 0), Bound(4, 40), 0.2),
        (Objective(4, 50, 0), Bound(4, 50), 0.0),
        (Objective(0, 0, 0), Bound(0, 0), 0.0),
        (Objective(4, 50, 0), Bound(4, None), None),
        (Objective(4, 50, 0), None, None),
        (None, Bound(4, 50), None),
    ],
)
def test_the_gap_is_that_of_the_first_figure_that_is_not_proven(
    objective: Objective | None, bound: Bound | None, gap: float | None
) -> None:
    assert relative_gap(objective, bound) == gap
