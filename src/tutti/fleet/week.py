"""A week: which weekdays have the same routes, and one document for the plans of all of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutti.fleet.day import Day
from tutti.fleet.document import certificate_document
from tutti.fleet.obstacles import obstacles
from tutti.fleet.plan import Bound, Certificate, Objective, Status, relative_gap
from tutti.fleet.route import DAY_CODES, day_names

WEEKDAYS = tuple({name: code for code, name in reversed(DAY_CODES.items())}.values())[::-1]
"""One code for each weekday, Monday first."""

_WORST_LAST = (Status.OPTIMAL, Status.FEASIBLE, Status.STOPPED, Status.UNKNOWN, Status.INFEASIBLE)


@dataclass(frozen=True, slots=True)
class DayPattern:
    """Weekdays with the same routes, and the day that they are planned as."""

    codes: tuple[str, ...]
    day: Day


Planned = tuple[DayPattern, Mapping[str, Any], Certificate]
"""A pattern, the document of its plan, and what is proven about that."""


def patterns(day: Day) -> list[DayPattern]:
    """The patterns of a week's days, the one with the most weekdays first; weekdays without routes are in none."""
    codes_of: dict[tuple[str, ...], list[str]] = {}
    for code in WEEKDAYS:
        running = tuple(route.id for route in day.routes if route.runs_on(code))
        if running:
            codes_of.setdefault(running, []).append(code)
    found = [DayPattern(tuple(codes), _on(day, codes[0])) for codes in codes_of.values()]
    return sorted(found, key=lambda pattern: -len(pattern.codes))


def _on(day: Day, code: str) -> Day:
    return replace(day, options=replace(day.options, day=code))


def hindrances(day: Day) -> list[str]:
    """Why no plan runs some routes of a day, as `obstacles` says it; in a week each with its days."""
    if not day.options.week:
        return [str(obstacle) for obstacle in obstacles(day.problem())]
    codes_of: dict[str, list[str]] = {}
    for pattern in patterns(day):
        for obstacle in obstacles(pattern.day.problem()):
            codes_of.setdefault(str(obstacle), []).extend(pattern.codes)
    return [f"{day_names(codes)}: {text}" for text, codes in codes_of.items()]


def week_document(planned: Sequence[Planned], unplanned: Sequence[DayPattern] = ()) -> dict[str, Any]:
    """The document of the most frequent pattern; those of the others are in `other_days`, the sums in `week`.

    unplanned: the patterns that are still to be planned, if any; their days are in `unplanned_days`, in no sum.
    """
    (most, base, _), *others = planned
    return {
        "days": list(most.codes),
        **base,
        **({"unplanned_days": [code for pattern in unplanned for code in pattern.codes]} if unplanned else {}),
        "other_days": [{"days": list(pattern.codes), **document} for pattern, document, _ in others],
        "week": {
            "kpis": _kpis([(pattern, document["kpis"]) for pattern, document, _ in planned]),
            "certificate": certificate_document(
                week_certificate([(pattern, certificate) for pattern, _, certificate in planned]),
                most.day.options.cost_name,
            ),
        },
    }


def parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(path, document) of each pattern in the document of a week; of any other document itself."""
    yield "", document
    for number, part in enumerate(document.get("other_days", [])):
        yield f"other_days[{number}]", part


def absent_days(document: Mapping[str, Any]) -> list[str]:
    """The codes of the days of a week that are in other parts of its document, or still to be planned."""
    others = [code for part in document.get("other_days", []) for code in part["days"]]
    return [*others, *document.get("unplanned_days", [])]


def is_whole(document: Mapping[str, Any]) -> bool:
    """Whether a document answers all of what it is about: a day, or each day of a week."""
    return "unplanned_days" not in document


def _kpis(figures: Sequence[tuple[DayPattern, Mapping[str, Any]]]) -> dict[str, Any]:
    """Sums over all weekdays; buses is how many the week needs, bus_days how often one goes out."""
    if not all(kpis for _, kpis in figures):
        return {}

    def total(name: str) -> int | float:
        amount: int | float = sum(len(pattern.codes) * kpis[name] for pattern, kpis in figures)
        return amount

    costs = [name for name in ("cost", "fixed_cost", "running_cost") if name in figures[0][1]]
    return {
        **{name: total(name) for name in costs},
        "buses": max(kpis["buses"] for _, kpis in figures),
        "bus_days": total("buses"),
        **{name: total(name) for name in ("deadhead_min", "service_min", "shift_min", "trips")},
        "days": sum(len(pattern.codes) for pattern, _ in figures),
        "different_days": len(figures),
        "moved_trips": sum(len(pattern.codes) * kpis["changes"]["moved_trips"] for pattern, kpis in figures[1:]),
    }


def week_certificate(known: Sequence[tuple[DayPattern, Certificate]]) -> Certificate:
    """What is known of the whole week: buses that it needs, costs and minutes of all its days; the worst status.

    Its reasons name their days; where some days have a plan and others have none, the last one says which.
    """
    status = max((certificate.status for _, certificate in known), key=_WORST_LAST.index)
    reasons = tuple(
        f"{day_names(pattern.codes)}: {reason}" for pattern, certificate in known for reason in certificate.reasons
    )
    stop = next((certificate.stop_reason for _, certificate in known if certificate.stop_reason), None)
    seconds = sum(certificate.seconds for _, certificate in known)
    ends = [(len(p.codes), c.objective, c.bound) for p, c in known if c.objective is not None and c.bound is not None]
    if len(ends) < len(known):
        return Certificate(status, None, None, seconds, stop, (*reasons, *_which_have_plans(known)))
    has_costs = known[0][0].day.options.cost_name is not None
    objective = Objective(
        buses=max(value.buses for _, value, _ in ends),
        deadhead_min=sum(days * value.deadhead_min for days, value, _ in ends),
        shift_min=sum(days * value.shift_min for days, value, _ in ends),
        fixed_cost=sum(days * (value.fixed_cost or 0) for days, value, _ in ends) if has_costs else None,
        running_cost=sum(days * value.running_cost for days, value, _ in ends),
    )
    bound = Bound(
        buses=max(least.buses for _, _, least in ends),
        deadhead_min=_total([(days, least.deadhead_min) for days, _, least in ends]),
        cost=_total([(days, least.cost) for days, _, least in ends]),
    )
    if relative_gap(objective, bound) == 0 and status is not Status.OPTIMAL:
        bound = replace(bound, deadhead_min=None)  # the days' own gaps are in other figures than the week's
    return Certificate(status, objective, bound, seconds, stop, reasons)


def _which_have_plans(known: Sequence[tuple[DayPattern, Certificate]]) -> Iterator[str]:
    """A sentence, if some days have a plan and others have none."""
    with_plan, without = (
        day_names(
            code for pattern, certificate in known if (certificate.objective is None) is none for code in pattern.codes
        )
        for none in (False, True)
    )
    if with_plan and without:
        yield f"there is a plan for {with_plan}, but none for {without}"


def _total(values: Sequence[tuple[int, int | None]]) -> int | None:
    """The sum over all weekdays; None if one is not known."""
    return None if any(value is None for _, value in values) else sum(days * (value or 0) for days, value in values)
