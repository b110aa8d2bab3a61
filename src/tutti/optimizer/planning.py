"""A day as its planner gave it, from its options to its plan: what everybody calls who has a `Day`."""

from collections.abc import Sequence

from tutti.fleet.day import Day
from tutti.fleet.plan import Plan
from tutti.optimizer.callbacks import Callback
from tutti.optimizer.restoring import restored
from tutti.optimizer.result import Result
from tutti.optimizer.solve import solve
from tutti.optimizer.stop import Stop, any_of, gap, never, time_limit


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
    result = solve(problem, stop=any_of(*rules), seed=options.seed, initial=start, callbacks=callbacks)
    return result if day.earlier is None else restored(problem, result, day.earlier, options.move_penalty_min)
