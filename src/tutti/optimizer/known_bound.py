"""What earlier attempts at the same day have proven, joined with what this one proves."""

from dataclasses import replace

from tutti.fleet.plan import Bound, Certificate, Objective, Status


def joined(one: Bound, other: Bound | None, objective: Objective) -> Bound:
    """The strongest bound that two valid ones of the same day make, as far as it says something about a plan."""
    if other is None or (one.cost is None) != (other.cost is None):
        return one
    cost = None if one.cost is None or other.cost is None else max(one.cost, other.cost)
    best = Bound(max(one.buses, other.buses), None, cost)
    if objective.first_level > best.first_level:
        return best  # the deadhead of a bound is that of plans that meet its first level
    known = [
        bound.deadhead_min
        for bound in (one, other)
        if bound.deadhead_min is not None and bound.first_level == best.first_level
    ]
    return replace(best, deadhead_min=max(known, default=None))


def proves(bound: Bound, objective: Objective) -> bool:
    """Whether no plan is better than one with this objective."""
    return (bound.first_level, bound.deadhead_min) == (objective.first_level, objective.deadhead_min)


def certified(certificate: Certificate, known: Bound | None) -> Certificate:
    """The certificate with what was known before; optimal if that closes the gap."""
    if known is None or certificate.objective is None or certificate.bound is None:
        return certificate
    bound = joined(certificate.bound, known, certificate.objective)
    if proves(bound, certificate.objective):
        return replace(certificate, bound=bound, status=Status.OPTIMAL, stop_reason=None)
    return replace(certificate, bound=bound)
