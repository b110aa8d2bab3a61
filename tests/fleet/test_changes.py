"""A plan against the one before it: names of blocks, counts of moved trips, and what a day says of an earlier plan."""

from dataclasses import replace

import pytest

from tests.fleet.planned import DAY, PLAN
from tests.fleet.routes import entry
from tutti.fleet.changes import changes, named_after
from tutti.fleet.document import plan_document
from tutti.fleet.errors import InputError
from tutti.fleet.plan import Block, Bound, Certificate, Plan, PlannedTrip, Status
from tutti.fleet.reading import read_day


def block(name: str, *starts: tuple[str, int]) -> Block:
    return Block(name, "bus", 40, tuple(PlannedTrip(trip, start, start + 10, 0, 0) for trip, start in starts))


EARLIER = Plan((block("red", ("a", 1), ("b", 2), ("c", 3)), block("blue", ("d", 4), ("e", 5))))


def test_blocks_go_on_under_the_names_of_those_they_share_most_trips_with() -> None:
    plan = Plan((block("B1", ("d", 4)), block("B2", ("e", 5), ("f", 6)), block("B3", ("c", 3), ("a", 1), ("b", 2))))
    assert [each.id for each in named_after(EARLIER, plan).blocks] == ["blue", "B1", "red"]


def test_a_new_block_never_gets_the_name_of_an_earlier_one() -> None:
    earlier = Plan((block("B1", ("a", 1)), block("B2", ("b", 2))))
    plan = Plan((block("x", ("new", 0)), block("y", ("a", 1))))
    assert [each.id for each in named_after(earlier, plan).blocks] == ["B3", "B1"]


def test_trips_are_counted_by_what_has_changed() -> None:
    plan = Plan((block("red", ("a", 1), ("d", 4)), block("blue", ("b", 9), ("c", 3), ("f", 6))))
    assert changes(EARLIER, plan, {"bus"}) == {
        "moved_trips": 3, "to_another_bus": 3, "to_another_time": 1, "new_trips": 1, "gone_trips": 1,
    }  # fmt: skip


def test_a_bus_of_another_type_is_another_bus_whatever_its_name() -> None:
    red, blue = EARLIER.blocks
    plan = Plan((replace(red, vehicle_type="coach"), blue))
    counts = changes(EARLIER, plan, {"bus", "coach"})
    assert (counts["moved_trips"], counts["to_another_bus"], counts["to_another_time"]) == (3, 3, 0)


def test_a_type_that_has_another_name_now_moves_no_trip() -> None:
    plan = Plan(tuple(replace(each, vehicle_type="coach") for each in EARLIER.blocks))
    assert changes(EARLIER, plan, {"coach"})["moved_trips"] == 0


def test_of_blocks_that_share_as_many_trips_the_one_of_the_same_type_gets_the_name() -> None:
    earlier = Plan((block("red", ("a", 1), ("b", 2)),))
    plan = Plan((replace(block("B1", ("a", 1)), vehicle_type="coach"), block("B2", ("b", 2))))
    assert [each.id for each in named_after(earlier, plan).blocks] == ["B1", "red"]


def test_names_are_given_so_that_most_trips_keep_their_bus() -> None:
    earlier = Plan((block("red", ("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)), block("blue", ("f", 6), ("g", 7))))
    plan = Plan((block("B1", ("a", 1), ("b", 2), ("c", 3), ("f", 6), ("g", 7)), block("B2", ("d", 4), ("e", 5))))
    named = named_after(earlier, plan)
    assert [each.id for each in named.blocks] == ["blue", "red"]
    assert changes(earlier, named, {"bus"})["to_another_bus"] == 3


def document_of(plan: Plan) -> dict[str, object]:
    return plan_document(DAY, plan, Certificate(Status.FEASIBLE, plan.objective, Bound(1), 1.0))


def test_a_plan_under_from_is_read_and_compared_with() -> None:
    day = read_day({"routes": [entry(), entry(id="E3")], "from": document_of(PLAN)})
    assert day.earlier == PLAN
    plan = Plan((Block("B1", "bus", 21, (PlannedTrip("E1", 490, 510, 0, 0),)), block("B2", ("E3", 490))))
    document = plan_document(day, plan, Certificate(Status.FEASIBLE, plan.objective, Bound(1), 1.0))
    assert [each["id"] for each in document["blocks"]] == ["1", "B1"]
    assert document["kpis"]["changes"]["moved_trips"] == 0
    assert document["kpis"]["changes"]["new_trips"] == 1


@pytest.mark.parametrize(
    ("earlier", "finding"),
    [
        (7, "from: must be an object with fields in braces, not 7"),
        ({"blocks": 7}, "from.blocks: must be a list in brackets, not 7"),
    ],
)
def test_what_is_wrong_with_a_plan_under_from_is_said_by_its_place(earlier: object, finding: str) -> None:
    with pytest.raises(InputError) as caught:
        read_day({"routes": [entry()], "from": earlier})
    assert [str(found) for found in caught.value.findings] == [finding]


def test_routes_that_the_earlier_plan_lacks_or_that_no_longer_run_are_named() -> None:
    day = read_day({"routes": [entry(), entry(id="E3")], "from": document_of(PLAN)})
    assert day.warnings == (
        "the plan to start from has 2 route(s) that do not run now: E2, X1",
        "the plan to start from has 1 route(s) fewer than run now; new are: E3",
    )


def test_a_plan_of_another_day_is_left_out_with_a_warning() -> None:
    day = read_day({"routes": [entry(id="E9")], "from": document_of(PLAN)})
    assert day.earlier is None
    (warning,) = day.warnings
    assert warning == "the plan to start from shares no route with this day: it is of another day and was left out"


def test_a_faulty_earlier_plan_is_refused_with_its_places() -> None:
    with pytest.raises(InputError, match=r"^from.blocks\[0\].id: is missing; give it a text in quotes$"):
        read_day({"routes": [entry()], "from": {"blocks": [{"vehicle_type": "bus", "seats": 1, "trips": []}]}})
