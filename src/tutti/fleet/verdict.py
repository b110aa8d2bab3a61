"""What a certificate says, in sentences that a planner can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure of a plan and what is known about it; `proven` = no plan is better in it."""

    figure: str
    knowledge: str
    proven: bool

    def __str__(self) -> str:
        return f"{self.figure} - {self.knowledge}"


def claims(certificate: Mapping[str, Any]) -> list[Claim]:
    """The claims of a plan document's `certificate`: cost where there is one, buses, then deadhead. Empty: no plan."""
    objective, bound = certificate["objective"], certificate["bound"]
    if objective is None or bound is None:
        return []
    cost_name = next((name for name in ("cost", "fixed_cost") if name in objective), None)
    fleet = Claim(buses(objective["buses"]), *_about_buses(objective["buses"], bound["buses"]))
    if cost_name is None:
        first, level = [fleet], f"with {buses(objective['buses'])}"
    else:
        cost, least = objective[cost_name], bound[cost_name]
        first, level = [Claim(f"cost of {cost:,}", *_about_cost(cost, least)), fleet], "at that cost"
        if bound["buses"] <= 1 < objective["buses"]:  # nothing is known of buses, and they don't come first
            first = first[:1]
    deadhead = _about_deadhead(objective, bound, level, first_proven=first[0].proven)
    return [*first, Claim(f"{objective['deadhead_min']} deadhead minutes", *deadhead)]


def headline(certificate: Mapping[str, Any], of: str = "") -> str:
    """How the solve ended, in one sentence without its full stop. of: what the plan is of, such as a week."""
    took = f"after {seconds(certificate['seconds'])}"
    plan = f"plan of {of}" if of else "plan"
    match certificate["status"]:
        case "optimal":
            return f"Optimal, proven {took}"
        case "infeasible":
            return f"No {plan} exists, found {took}"
        case "unknown":
            return f"Ended {took} without a {plan}, and without proof that there is none"
        case "stopped":
            return f"Stopped {took}: {certificate.get('stop_reason') or 'asked to'}"
        case _:
            return f"Ended {took} without full proof"


def buses(count: int) -> str:
    """The count with its noun."""
    return f"{count} bus" if count == 1 else f"{count} buses"


def seconds(value: float) -> str:
    """A duration for people: two digits below 10 s, whole seconds above."""
    return f"{value:.2g} s" if value < 9.95 else f"{value:.0f} s"


def _about_buses(count: int, bound: int) -> tuple[str, bool]:
    if count <= bound:
        return "proven: no plan has fewer", True
    if bound == count - 1:
        return f"at most one too many: {bound} may or may not do", False
    return f"at least {bound} are needed, fewer than {count} may do ({_share(count, bound)} open)", False


def _about_cost(cost: int, least: int | None) -> tuple[str, bool]:
    if least is None:
        return "not known how low it can be", False
    if cost <= least:
        return "proven: no plan costs less", True
    return f"no plan costs less than {least:,} ({_share(cost, least)} open)", False


def _about_deadhead(
    objective: Mapping[str, Any], bound: Mapping[str, Any], level: str, *, first_proven: bool
) -> tuple[str, bool]:
    minutes, least = objective["deadhead_min"], bound["deadhead_min"]
    if not first_proven:
        what = "cost" if level == "at that cost" else "number of buses"
        return f"nothing is proven here while the {what} is open", False
    if least is None:
        return f"not known how few can do {level}", False
    if minutes <= least:
        return f"proven least {level}", True
    return f"at least {least} are needed {level} ({_share(minutes, least)} open)", False


def _share(value: int, bound: int) -> str:
    share = (value - bound) / value
    return f"{share:.1%}" if share >= 0.001 else "less than 0.1%"
