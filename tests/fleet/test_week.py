"""A week: which days are alike, and what its document says."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fleet.routes import entry, leaving
from tutti.fleet.day import Day
from tutti.fleet.errors import InputError
from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status
from tutti.fleet.plan_table import document_csv
from tutti.fleet.reading import read_day
from tutti.fleet.statements import check_document
from tutti.fleet.timeline import timeline_html
from tutti.fleet.week import DayPattern, hindrances, patterns, week_certificate, week_document
from tutti.optimizer.planning import answer
from tutti.optimizer.standing import stood_at

ROUTES = [
    entry(days=["L", "M", "X", "J", "V"]),
    entry(id="E2", arrival_time="09:30", days=["L", "M", "Mc"]),
    leaving(days=["L", "M", "Mc", "V"]),
]


def week_of(routes: list[Any], **options: object) -> Day:
    return read_day({"routes": routes, "options": {"week": True, **options}})


WEEK = week_of(ROUTES)
DOCUMENT = answer(WEEK).document
CERTIFICATE = Certificate(Status.OPTIMAL, Objective(2, 10, 1), Bound(2, 10), 1.0)


def test_days_with_the_same_routes_are_one_pattern_the_most_frequent_first() -> None:
    found = [(pattern.codes, [route.id for route in pattern.day.running]) for pattern in patterns(WEEK)]
    assert found == [(("L", "M", "Mc"), ["E1", "E2", "X1"]), (("J",), ["E1"]), (("V",), ["E1", "X1"])]


def test_a_week_is_read_as_its_most_frequent_days() -> None:
    week = week_of([entry(days=["L"]), leaving(days=["M", "V"])])
    assert [route.id for route in week.running] == ["X1"]
    assert not week.warnings


def test_days_without_routes_are_in_no_pattern() -> None:
    assert [pattern.codes for pattern in patterns(week_of([entry(days=["M"])]))] == [("M",)]


def test_the_document_is_that_of_the_most_frequent_days_with_the_others_beside_it() -> None:
    assert DOCUMENT["days"] == ["L", "M", "Mc"]
    assert DOCUMENT["kpis"]["trips"] == 3
    assert [(part["days"], part["kpis"]["trips"]) for part in DOCUMENT["other_days"]] == [(["J"], 1), (["V"], 2)]
    assert not DOCUMENT["warnings"]


def test_that_other_days_have_other_routes_is_no_reason_to_warn() -> None:
    assert [part["warnings"] for part in DOCUMENT["other_days"]] == [[], []]


def test_its_page_names_the_days_that_it_shows_and_those_that_it_does_not() -> None:
    assert "<p>Monday, Tuesday, Wednesday; not on this page: Thursday, Friday</p>" in timeline_html(DOCUMENT, WEEK)
    unplanned = {**DOCUMENT, "other_days": [], "unplanned_days": ["J", "V"]}
    assert "not on this page: Thursday, Friday</p>" in timeline_html(unplanned, WEEK)
    of_a_day = answer(read_day([entry()])).document
    assert "<p>" not in timeline_html(of_a_day, read_day([entry()]))


def test_a_page_of_a_week_without_other_days_says_of_none_that_it_is_missing() -> None:
    week = week_of([entry(days=["M"])])
    assert "<p>Tuesday</p>" in timeline_html(answer(week).document, week)


def test_the_weeks_figures_are_sums_over_its_days() -> None:
    kpis = DOCUMENT["week"]["kpis"]
    assert (kpis["trips"], kpis["days"], kpis["different_days"]) == (3 * 3 + 1 + 2, 5, 3)
    assert (
        kpis["deadhead_min"] == 3 * DOCUMENT["kpis"]["deadhead_min"] + DOCUMENT["other_days"][1]["kpis"]["deadhead_min"]
    )
    assert DOCUMENT["week"]["certificate"]["status"] == "optimal"


def test_blocks_have_the_same_names_on_all_days() -> None:
    names = {trip["route_id"]: block["id"] for block in DOCUMENT["blocks"] for trip in block["trips"]}
    for part in DOCUMENT["other_days"]:
        assert part["kpis"]["changes"]["to_another_bus"] == 0
        assert all(names[trip["route_id"]] == block["id"] for block in part["blocks"] for trip in block["trips"])


def test_the_plan_of_a_week_keeps_every_rule() -> None:
    assert check_document(WEEK, DOCUMENT) == []


def test_a_fault_on_another_day_is_found_at_its_place() -> None:
    part = DOCUMENT["other_days"][0]
    trip = {**part["blocks"][0]["trips"][0], "shift_min": 3}
    broken = {**part, "blocks": [{**part["blocks"][0], "trips": [trip]}]}
    found = check_document(WEEK, {**DOCUMENT, "other_days": [broken, DOCUMENT["other_days"][1]]})
    assert "other_days[0].blocks[0].trips[0].shift_min" in [violation.path for violation in found]


def test_a_fault_is_told_once_though_its_plan_is_for_three_days() -> None:
    blocks = [{**DOCUMENT["blocks"][0], "seats": 1}, *DOCUMENT["blocks"][1:]]
    paths = [violation.path for violation in check_document(WEEK, {**DOCUMENT, "blocks": blocks})]
    assert paths.count("blocks[0].seats") == 1


def test_a_day_without_a_plan_is_found() -> None:
    found = check_document(WEEK, {**DOCUMENT, "other_days": DOCUMENT["other_days"][1:]})
    assert [str(violation) for violation in found] == ["other_days: no plan is for day J"]


def test_a_day_with_other_routes_than_its_part_says_is_found() -> None:
    shuffled = {**DOCUMENT, "days": ["L", "M", "Mc", "J"], "other_days": DOCUMENT["other_days"][1:]}
    assert any(violation.rule == "only_known_routes_are_run" for violation in check_document(WEEK, shuffled))


def test_the_table_says_on_which_days_each_row_is_driven() -> None:
    header, first, *_, last = document_csv(WEEK, DOCUMENT).splitlines()
    assert header.startswith("days,block,")
    assert first.startswith("L M Mc,")
    assert last.startswith("V,")


def test_the_certificate_of_a_week_is_as_good_as_that_of_its_worst_day() -> None:
    first, second, third = patterns(WEEK)
    poor = Certificate(Status.STOPPED, Objective(3, 9, 0), Bound(2), 2.0, "time limit of 2 s", ("the bound ignores x",))
    known = week_certificate([(first, CERTIFICATE), (second, poor), (third, CERTIFICATE)])
    assert known.status is Status.STOPPED
    assert known.objective == Objective(3, 4 * 10 + 9, 4)
    assert known.bound == Bound(2, None)
    assert (known.seconds, known.stop_reason, known.reasons) == (
        4.0,
        "time limit of 2 s",
        ("Thursday: the bound ignores x",),
    )


def test_gaps_of_days_that_are_in_other_figures_than_the_weeks_leave_its_deadhead_open() -> None:
    most, *others = patterns(WEEK)
    open_in_buses = Certificate(Status.STOPPED, Objective(2, 5, 0), Bound(1, 5), 1.0)
    known = week_certificate([(most, CERTIFICATE), *((other, open_in_buses) for other in others)])
    assert (known.objective, known.bound) == (Objective(2, 4 * 10, 3), Bound(2, None))


def test_a_week_needs_the_buses_of_its_fullest_day_and_moves_trips_on_each_of_the_others() -> None:
    planned = [
        (pattern, {"kpis": {**DOCUMENT["kpis"], "buses": buses, "changes": {"moved_trips": moved}}}, CERTIFICATE)
        for pattern, buses, moved in zip(patterns(WEEK), (2, 4, 3), (100, 5, 7), strict=True)
    ]
    kpis = week_document(planned)["week"]["kpis"]
    assert (kpis["buses"], kpis["bus_days"], kpis["moved_trips"]) == (4, 3 * 2 + 4 + 3, 5 + 7)


def test_a_week_with_a_day_that_can_not_be_planned_is_infeasible_and_says_which_days_have_plans() -> None:
    day = week_of([*ROUTES, entry(id="E9", arrival_time="06:10", days=["J"])])
    found = answer(day)
    assert not found.has_plan
    assert found.certificate.status is Status.INFEASIBLE
    why, others = found.certificate.reasons
    assert why.startswith("Thursday: route E9 can't start at any minute")
    assert others == "there is a plan for Monday, Tuesday, Wednesday, Friday, but none for Thursday"


def test_days_that_have_plans_are_named_in_the_order_of_the_week() -> None:
    routes = [entry(days=["M", "J"]), entry(id="E2", days=["L"]), entry(id="E9", arrival_time="06:10", days=["V"])]
    assert answer(week_of(routes)).certificate.reasons[-1].startswith("there is a plan for Monday, Tuesday, Thursday, ")


def test_a_week_none_of_whose_days_can_be_planned_says_so_once() -> None:
    (why,) = answer(week_of([entry(arrival_time="06:10", days=["L", "V"])])).certificate.reasons
    assert why.startswith("Monday, Friday: route E1 can't start")


def test_routes_of_any_day_that_no_bus_can_run_are_told_once_with_their_days() -> None:
    early = entry(id="E9", arrival_time="06:10", days=["M", "J", "V"])  # in three patterns
    (sentence,) = hindrances(week_of([*ROUTES, early]))
    assert sentence.startswith("Tuesday, Thursday, Friday: route E9 can't start at any minute")
    assert hindrances(WEEK) == []


@pytest.mark.parametrize("running_cost", [{}, {"service_cost_per_min": 2}])
def test_a_day_that_is_dropped_whole_costs_nothing(running_cost: dict[str, int]) -> None:
    bus = {"name": "bus", "seats": 40, "fixed_cost": 210, **running_cost}
    routes = [entry(days=["L", "M"]), entry(id="E2", days=["V"], features=["wheelchair"])]
    week = week_of(routes, vehicle_types=[bus], may_drop=True)
    document = answer(week).document
    dropped = document["other_days"][0]
    name = week.options.cost_name
    assert dropped["dropped"] == ["E2"]
    assert dropped["kpis"][name] == dropped["certificate"]["objective"][name] == 0
    whole = document["week"]
    assert whole["kpis"][name] == whole["certificate"]["objective"][name] == 2 * document["kpis"][name]
    assert whole["certificate"]["bound"][name] == whole["kpis"][name]
    assert check_document(week, document) == []


def test_days_that_differ_by_their_own_gaps_are_not_called_proven() -> None:
    pattern = DayPattern(("L",), WEEK)
    few = Certificate(Status.FEASIBLE, Objective(2, 10, 0), Bound(1, None), 1.0)
    many = Certificate(Status.OPTIMAL, Objective(3, 10, 0), Bound(3, 10), 1.0)
    assert week_certificate([(pattern, many), (pattern, few)]).gap is None


def test_a_week_beside_a_day_is_refused() -> None:
    with pytest.raises(InputError, match=r"options.week: can't be true beside a day; remove one of the two"):
        week_of(ROUTES, day="L")


def test_consistency_has_a_price_that_is_told() -> None:
    plain, like = (answer(week_of(ROUTES, consistency_min=minutes)).document for minutes in (0, 30))
    moved = [document["week"]["kpis"]["moved_trips"] for document in (plain, like)]
    assert moved[1] <= moved[0]


def test_a_week_that_ran_out_of_time_names_its_own_limit_not_a_days_share() -> None:
    assert answer(week_of(ROUTES, time_limit_s=0.001)).certificate.stop_reason == "time limit of 0.001 s"


def test_days_that_had_ended_before_are_told_beside_the_most_frequent_ones_as_those_are_planned_now() -> None:
    start = stood_at(DOCUMENT, None)
    most = start.pop(("L", "M", "Mc")).plan
    assert most is not None
    others = tuple(replace(block, id=f"bus {block.id}") for block in most.blocks)
    renamed = replace(WEEK, earlier=Plan(others))
    found = answer(renamed, start=start).document
    assert [part["kpis"]["changes"]["moved_trips"] for part in found["other_days"]] == [0, 0]
    assert {block["id"] for part in found["other_days"] for block in part["blocks"]} <= {other.id for other in others}
    ended = [part["certificate"] for part in DOCUMENT["other_days"]]
    assert [part["certificate"] for part in found["other_days"]] == ended


def test_what_was_spent_before_counts_for_the_time_limit() -> None:
    week = week_of(ROUTES, time_limit_s=80)
    assert answer(week, spent_s=80).certificate.stop_reason == "time limit of 80 s"
    assert answer(week, spent_s=60).certificate.status == Status.OPTIMAL
