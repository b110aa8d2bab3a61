"""A day or a week as its planner gave it, from options to the plan: what everybody calls who has a `Day`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutti.fleet.changes import named_after
from tutti.fleet.day import Day
from tutti.fleet.document import plan_document
from tutti.fleet.plan import Bound, Certificate, Plan
from tutti.fleet.week import DayPattern, Planned, patterns, week_certificate, week_document
from tutti.optimizer.dropping import solve_or_drop
from tutti.optimizer.known_bound import certified
from tutti.optimizer.restoring import restored
from tutti.optimizer.standing import Standing
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.result import Result
from tutti.optimizer.state.stop import Stop, any_of, gap, never, time_limit
from tutti.optimizer.state.terms import Terms


@dataclass(frozen=True, slots=True)
class Answer:
    """The plan document of a day or a week, and what is proven about all of it."""

    document: dict[str, Any]
    certificate: Certificate

    @property
    def has_plan(self) -> bool:
        """Whether every day of it has a plan."""
        return self.certificate.objective is not None


@dataclass(frozen=True, slots=True)
class Part:
    """What is planned at one time: a day, or the weekdays of a pattern, after those that are planned already.

    known: the bound that earlier attempts have proven. seconds_before: of solving, in the parts before it.
    """

    day: Day
    known: Bound | None = None
    pattern: DayPattern | None = None
    before: tuple[Planned, ...] = ()
    after: tuple[DayPattern, ...] = ()

    @property
    def seconds_before(self) -> float:
        """Seconds of solving in the parts before it."""
        return sum(certificate.seconds for _, _, certificate in self.before)

    def document(self, plan: Plan, certificate: Certificate) -> dict[str, Any]:
        """The document of a plan of it; of a week, with what is planned before and the names of days that are not."""
        document = plan_document(self.day, plan, certificate)
        if self.pattern is None:
            return document
        return week_document([*self.before, (self.pattern, document, certificate)], self.after)


def answer(
    day: Day,
    *,
    stop: Stop = never,
    start: Mapping[tuple[str, ...], Standing] | None = None,
    callbacks: Sequence[Callback] = (),
    begin: Callable[[Part], None] = lambda part: None,
    spent_s: float = 0.0,
    cores: int = 1,
) -> Answer:
    """The plan of a day, or of a week if its options say so.

    stop, cores: as for `plan_day`. start: where an interrupted solve of the same content stood (`standing.stood_at`);
    what it had ended is taken over. begin: told what is planned next, before plans of it go to the callbacks. spent_s:
    of the time limit, by solves before this one.
    """
    start = start or {}

    def planned(part: Part, at: Standing, spent_s: float) -> Result:
        begin(part)
        result = plan_day(part.day, stop=stop, initial=at.plan, callbacks=callbacks, spent_s=spent_s, cores=cores)
        return replace(result, certificate=certified(result.certificate, at.known))

    if day.options.week:
        return _plan_week(day, start, spent_s, planned)
    at = start.get((), Standing())
    result = planned(Part(day, at.known), at, spent_s)
    return Answer(plan_document(day, result.plan, result.certificate, result.proof), result.certificate)


def plan_day(
    day: Day,
    *,
    stop: Stop = never,
    initial: Plan | None = None,
    callbacks: Sequence[Callback] = (),
    spent_s: float = 0.0,
    cores: int = 1,
) -> Result:
    """The plan of a day by its options. stop: ends it before the day's own time limit and gap do. cores: see `solve`.

    initial: where an interrupted solve of the same day stood; else it starts from the day's earlier plan, if any.
    spent_s: of the time limit, before this solve.
    """
    options = day.options
    rules = [stop]
    if options.time_limit_s is not None:
        rules.append(time_limit(options.time_limit_s, spent_s))
    if options.gap is not None:
        rules.append(gap(options.gap))
    problem = day.problem()
    start = day.earlier if initial is None else initial
    result = solve_or_drop(problem, Terms(any_of(*rules), options.seed, start, callbacks, cores))
    return result if day.earlier is None else restored(problem, result, day.earlier, options.move_penalty_min)


def _plan_week(
    day: Day,
    start: Mapping[tuple[str, ...], Standing],
    spent_s: float,
    planned: Callable[[Part, Standing, float], Result],
) -> Answer:
    """Each pattern of days once; those after the first start from its plan and stay as close to it as is asked for.

    What is left of the time limit is shared by the patterns that are left. start, spent_s: as for `answer`. planned:
    the plan of a part, from where it stood, with so many seconds of the time limit spent or kept for others.
    """
    found = patterns(day)
    standings = [start.get(pattern.codes, Standing()) for pattern in found]
    most: Plan | None = None
    done: list[Planned] = []
    for number, (pattern, at) in enumerate(zip(found, standings, strict=True)):
        part = Part(_one_day(day, pattern, most), at.known, pattern, tuple(done), tuple(found[number + 1 :]))
        if at.ended is None:
            shares = sum(other.ended is None for other in standings[number:])
            result = planned(part, at, _not_of_share(day, spent_s + part.seconds_before, shares))
            plan, certificate = result.plan, result.certificate
            document = plan_document(part.day, plan, certificate, result.proof)
        else:
            plan, certificate = at.plan, replace(at.ended, seconds=0.0)  # those are in spent_s
            document = plan_document(part.day, plan, at.ended)
        done.append((pattern, document, certificate))
        if most is None and plan is not None:
            most = plan if day.earlier is None else named_after(day.earlier, plan)
            if day.options.max_time_change_min is not None and plan != at.plan:
                # what is known of the rest is of days held to other times
                standings[number + 1 :] = [Standing(other.plan) for other in standings[number + 1 :]]
    return Answer(week_document(done), week_certificate([(pattern, known) for pattern, _, known in done]))


def _one_day(week: Day, pattern: DayPattern, most: Plan | None) -> Day:
    """The pattern's day. most: the plan of the most frequent one, if that is another."""
    options = pattern.day.options
    if most is not None:
        options = replace(options, move_penalty_min=week.options.consistency_min)
    return replace(pattern.day, options=options, earlier=most or week.earlier)


def _not_of_share(week: Day, spent_s: float, shares: int) -> float:
    """Seconds of the week's time limit that are spent, or are kept for the other shares."""
    left_s = max(0.0, (week.options.time_limit_s or 0.0) - spent_s)
    return spent_s + left_s * (1 - 1 / shares)
