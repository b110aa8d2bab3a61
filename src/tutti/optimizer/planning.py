"""A day or a week as its planner gave it, from options to the plan: what everybody calls who has a `Day`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutti.fleet.changes import named_after
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Certificate, Plan
from tutti.fleet.week import patterns, week_certificate, week_document
from tutti.optimizer.callbacks import Callback
from tutti.optimizer.dropping import solve_or_drop
from tutti.optimizer.restoring import restored
from tutti.optimizer.result import Result
from tutti.optimizer.solve import solve
from tutti.optimizer.stop import Stop, any_of, gap, never, time_limit


@dataclass(frozen=True, slots=True)
class Answer:
    """The plan document of a day or a week, and what is proven about all of it."""

    document: dict[str, Any]
    certificate: Certificate

    @property
    def has_plan(self) -> bool:
        """Whether every day of it has a plan."""
        return self.certificate.objective is not None


def answer(
    day: Day,
    *,
    stop: Stop = never,
    initial: Plan | None = None,
    callbacks: Sequence[Callback] = (),
    begin: Callable[[Day | None], None] = lambda day: None,
) -> Answer:
    """The plan of a day, or of a week if its options say so.

    stop, initial: as for `plan_day`; a week starts anew. begin: told the day before plans of it go to the callbacks,
    None where those are of a part of a week.
    """
    if day.options.week:
        begin(None)
        return _plan_week(day, stop, callbacks)
    begin(day)
    result = plan_day(day, stop=stop, initial=initial, callbacks=callbacks)
    return Answer(plan_document(day, result.plan, result.certificate), result.certificate)


def plan_day(
    day: Day, *, stop: Stop = never, initial: Plan | None = None, callbacks: Sequence[Callback] = ()
) -> Result:
    """The plan of a day by its options. stop: ends it before the day's own time limit and gap do.

    initial: where an interrupted solve of the same day stood; else it starts from the day's earlier plan, if any.
    """
    options = day.options
    rules = [stop]
    if options.time_limit_s is not None:
        rules.append(time_limit(options.time_limit_s))
    if options.gap is not None:
        rules.append(gap(options.gap))
    problem = day.problem()
    start = day.earlier if initial is None else initial
    plan = solve_or_drop if options.may_drop else solve
    result = plan(problem, stop=any_of(*rules), seed=options.seed, initial=start, callbacks=callbacks)
    return result if day.earlier is None else restored(problem, result, day.earlier, options.move_penalty_min)


def _plan_week(day: Day, stop: Stop, callbacks: Sequence[Callback]) -> Answer:
    """Each pattern of days once; those after the first start from its plan and stay as close to it as is asked for."""
    found = patterns(day)
    limit_s = day.options.time_limit_s
    share_s = None if limit_s is None else limit_s / len(found)
    most: Plan | None = None
    planned = []
    for pattern in found:
        options = replace(pattern.day.options, time_limit_s=share_s)
        if most is not None:
            options = replace(options, move_penalty_min=options.consistency_min)
        one = replace(pattern.day, options=options, earlier=most or day.earlier)
        result = plan_day(one, stop=stop, callbacks=callbacks)
        planned.append((pattern, plan_document(one, result.plan, result.certificate), result.certificate))
        if most is None and result.plan is not None:
            most = result.plan if day.earlier is None else named_after(day.earlier, result.plan)
    certificate = week_certificate([(pattern, known) for pattern, _, known in planned])
    return Answer(week_document(planned), certificate)
