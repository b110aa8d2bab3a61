"""`tutti explain`: why so many buses, and what would free one, for people and for programs."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tutti.cli.choices import Choices
from tutti.cli.complaints import say_wrong
from tutti.cli.exits import Exit
from tutti.cli.inputs import input_from, plan_from, refuse_standard_input_twice
from tutti.cli.live import LiveLine
from tutti.cli.writing import printable
from tutti.fleet.day import Day
from tutti.fleet.errors import Finding, InputError
from tutti.fleet.plan import Plan
from tutti.fleet.problem import Trip, clock
from tutti.fleet.verdict import buses
from tutti.optimizer.explaining import Explanation, Need, Relief, explain
from tutti.optimizer.planning import plan_day


def explain_file(routes: str, plan: str | None, choices: Choices, *, json_only: bool) -> Exit:
    """Print why the plan, or without one the best that is found, needs its buses; FAILED if there is no plan at all.

    Raises InputError for bad files.
    """
    refuse_standard_input_twice({"FILE": routes, "PLAN": plan or "", **choices.files})
    line = LiveLine(Console(stderr=True))
    with line:
        line.say("reading the routes")
        day = input_from(routes, choices).day()
        known = _checked(plan, day) if plan is not None else plan_day(day, stop=line.rule).plan
    if known is None:
        say_wrong("there is no plan to explain; tutti solve says why")
        return Exit.FAILED
    with line:
        line.say("trying wider windows")
        answer = explain(day.problem(), known, not_before_min=day.options.earliest_start_min)
    if json_only:
        sys.stdout.write(json.dumps(asdict(answer), indent=1) + "\n")
    else:
        _show(Console(highlight=False), day, known, answer)
    return Exit.DONE


def _checked(file: str, day: Day) -> Plan:
    given = plan_from(file, day)
    if given.violations:
        first = given.violations[0]
        message = f"breaks {len(given.violations)} rule(s), the first at {first}; tutti check names all"
        raise InputError([Finding(file, message)])
    return given.plan


def _show(console: Console, day: Day, plan: Plan, answer: Explanation) -> None:
    if not plan.blocks:
        console.print("No bus is needed: the plan drops all routes.")
        return
    problem = day.problem()
    trips = problem.trips_by_id
    schools = {route.id: route.school_name or "" for route in day.running}
    bus_of = {trip.route_id: block.id for block in plan.blocks for trip in block.trips}
    for need in answer.needs:
        _show_need(console, need, answer, has_limits=problem.limits.any)
        console.print(_routes_table(need, trips, schools, bus_of))
        console.print()
    _show_reliefs(console, answer, trips)


def _show_need(console: Console, need: Need, answer: Explanation, *, has_limits: bool) -> None:
    count, all_buses = len(need.routes), answer.objective.buses
    why = f"no two of these {count} routes can share a bus" if count > 1 else "there is this route to run"
    if need.least_cost is not None:
        title = f"At least {count} that cost {need.least_cost:,} or more ({', '.join(need.types)})"
        why += ", and no bus that costs less can run any"
    elif count >= all_buses:
        title = f"Why {buses(all_buses)}"
    else:
        title = f"Why at least {count} of {buses(all_buses)}"
        causes = ", because blocks have limits" if has_limits else ""
        why += f"; for the others there is no such list: they are needed because shifts add up along blocks{causes}, "
        why += "or not at all"
    console.print(Text.assemble((printable(title), "bold"), f": {printable(why)}."))


def _routes_table(
    need: Need, trips: Mapping[str, Trip], schools: Mapping[str, str], bus_of: Mapping[str, str]
) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("bus", "may start", "takes"):
        table.add_column(name, no_wrap=True)
    for name in ("route", "school"):
        table.add_column(name)
    for trip in sorted((trips[route] for route in need.routes), key=lambda trip: (trip.earliest_min, trip.id)):
        window = f"{clock(trip.earliest_min)}-{clock(trip.latest_min)}"
        names = (Text(printable(name), no_wrap=True, overflow="ellipsis") for name in (trip.id, schools[trip.id]))
        table.add_row(printable(bus_of[trip.id]), window, f"{trip.duration_min} min", *names)
    return table


def _show_reliefs(console: Console, answer: Explanation, trips: Mapping[str, Trip]) -> None:
    if not answer.reliefs:
        console.print(f"No single wider window was found that frees a bus; {answer.tried} were tried.")
        return
    console.print(Text("What would free one, each by itself and tried by planning again:", style="bold"))
    for relief in answer.reliefs:
        console.print(Text(f"  {_sentence(relief, trips[relief.route], answer)}"), soft_wrap=True)


def _sentence(relief: Relief, trip: Trip, answer: Explanation) -> str:
    now, then = answer.objective, relief.objective
    if relief.earlier:
        window = f"{relief.minutes} min earlier, from {clock(trip.earliest_min - relief.minutes)}"
    else:
        window = f"{relief.minutes} min later, until {clock(trip.latest_min + relief.minutes)}"
    saved = "" if then.cost is None else f", cost {then.cost:,} instead of {now.cost or 0:,}"
    link = f"{printable(relief.head)} can then follow {printable(relief.tail)}"
    amount = f"{buses(then.buses)}{saved}, {then.deadhead_min} deadhead min"
    return f"{printable(relief.route)} may start {window}: {amount} ({link})"
