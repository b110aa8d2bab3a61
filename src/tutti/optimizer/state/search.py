"""The state of one solve: the best plan so far, what is proven, and whether to go on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status, relative_gap
from tutti.fleet.problem import Problem
from tutti.fleet.proof import Proof, Step
from tutti.optimizer.model.arcs import Arcs, Ints
from tutti.optimizer.model.timing import Chain
from tutti.optimizer.model.whole_blocks import ignored_rules
from tutti.optimizer.state.callbacks import Callback
from tutti.optimizer.state.exchange import Exchange, News
from tutti.optimizer.state.plan_making import PlanMaking
from tutti.optimizer.state.progress import Progress, before_a_plan
from tutti.optimizer.state.result import Result, none_found
from tutti.optimizer.state.signals import LinksEnd, Refuted, Stopped
from tutti.optimizer.state.simplex import Interrupted
from tutti.optimizer.state.stop import Stop


class Search:
    """Stages offer plans and bounds here, and poll at least each 0.2 s. Only this class asks the clock.

    Callbacks hear of every better plan, and of every bound that says more of the best one; an exception in one becomes
    the reason to stop.
    """

    def __init__(
        self,
        problem: Problem,
        stop: Stop,
        callbacks: Sequence[Callback],
        clock: Callable[[], float] = time.monotonic,
        exchange: Exchange | None = None,
    ) -> None:
        self.problem = problem
        self.bound = Bound(buses=min(1, len(problem.trips)), cost=0 if problem.has_costs else None)
        self.plan: Plan | None = None
        self.objective: Objective | None = None
        self.chains: list[list[int]] = []
        self.kinds: Ints = np.zeros(0, dtype=np.int64)
        self.rounds = 0
        self.phase = "start"
        self.proof = Proof(tuple(trip.id for trip in problem.trips))
        self.statistics: dict[str, float] = {}
        self.asks_links = False  # which know nothing of the limits of whole blocks
        self.knows_length = False  # whether the bound reckons with the longest block
        self._stop = stop
        self._callbacks = callbacks
        self._clock = clock
        self._began = self._improved = self._phase_began = clock()
        self._reason: str | None = None
        self._exchange = exchange
        self._arcs: Arcs | None = None  # of the problem, since the first offer
        self._making = PlanMaking(problem)
        self._is_changed = False

    @property
    def has_open_level(self) -> bool:
        """There is a plan, and its first level is above what is proven."""
        return self.objective is not None and self.objective.first_level > self.bound.first_level

    @property
    def level_gap(self) -> float:
        """How much of the plan's first level may be more than needed: a share of it, 0 if that is proven."""
        gap = relative_gap(self.objective, self.bound) if self.has_open_level else None
        return gap or 0.0

    @property
    def is_proven(self) -> bool:
        """The first level (cost or buses) and the deadhead of the best plan equal their bounds."""
        best = self.objective
        if best is None or best.first_level != self.bound.first_level:
            return False
        return best.deadhead_min == self.bound.deadhead_min

    def enter(self, phase: str) -> None:
        """The next stage begins; the seconds of the last one go into the statistics."""
        now = self._clock()
        key = f"{self.phase}_s"
        self.statistics[key] = self.statistics.get(key, 0.0) + now - self._phase_began
        self.phase, self._phase_began = phase, now

    def poll(self) -> None:
        """Raise Stopped if the stopping rule has a reason."""
        if self.wants_stop():
            raise Stopped(self._reason)
        if self.asks_links and self._needs_whole_blocks:
            raise LinksEnd

    @property
    def _needs_whole_blocks(self) -> bool:
        """Whether nothing but limits of whole blocks keeps plans from the bound of the level that is open."""
        best, known = self._making.unlimited, self.bound
        if best is None or best.first_level > known.first_level:
            return False
        return self.has_open_level or best.deadhead_min == known.deadhead_min

    def wants_stop(self) -> bool:
        """Ask the stopping rule; once it had a reason it is not asked again."""
        if self._reason is None and self._exchange is not None:
            self._share(self._exchange)
        if self._reason is None:
            self._reason = self._stop(self._progress())
        return self._reason is not None

    def _share(self, exchange: Exchange) -> None:
        """Take what solves beside this one have found, and tell them what is better here."""
        for news in exchange.heard(self._clock() - self._began):
            self._take(news)
        self._tell_others(exchange)
        if self.is_proven:
            self._reason = "proven"

    def _tell_others(self, exchange: Exchange) -> None:
        if self._is_changed:
            self._is_changed = False
            exchange.tell(News(self.chains if self.plan is not None else None, self.bound, self.proof))

    def _take(self, news: News) -> None:
        if news.chains is not None and self._arcs is not None:
            self.offer(self._arcs, news.chains)
        bound, is_more = news.bound, self.prove_buses(news.bound.buses)
        if bound.cost is not None:
            is_more |= self.prove_level(bound.cost)
        if bound.deadhead_min is not None:
            is_more |= self.prove_deadhead(bound.first_level, bound.deadhead_min)
        if is_more:
            self.proof = self.proof.joined(news.proof)

    def solving(self, solve: Callable[[], None]) -> None:
        """A round: solve a linear programme; leaves by `Stopped` if the stopping rule says so meanwhile."""
        self.rounds += 1
        self.poll()
        try:
            solve()
        except Interrupted:
            self.poll()
            raise

    def offer(self, arcs: Arcs, chains: Sequence[Chain]) -> bool:
        """Take feasible chains that hold each trip once as a plan if it is better, with the cheapest buses for them.

        Chains that no bus can run are cut; with too few buses for them there is no plan. Exact times are found here.
        """
        self._arcs = arcs
        better = self._making.better_plan(arcs, chains, self.objective)
        if better is None:
            return False
        plan, self.chains, self.kinds = better
        self.plan, self.objective = plan, plan.objective
        self._improved, self._is_changed = self._clock(), True
        progress = self._progress()
        self._tell(lambda callback: callback.on_incumbent(plan, plan.objective, progress))
        return True

    def prove_buses(self, buses: int) -> bool:
        """Take it that no plan has fewer buses, and tell whether that is news. Costs follow from it."""
        if buses <= self.bound.buses:
            return False
        cost = self.bound.cost
        if cost is not None:
            cost = max(cost, buses * min(vehicle.first_level for vehicle in self.problem.vehicle_types))
        deadhead = self.bound.deadhead_min if cost is not None and cost == self.bound.cost else None
        return self._prove(Bound(buses, deadhead, cost))

    def prove_level(self, level: int) -> bool:
        """Take it that no plan has a lower first level (cost, or buses), and tell whether that is news."""
        if self.bound.cost is None:
            return self.prove_buses(level)
        return level > self.bound.cost and self._prove(Bound(self.bound.buses, None, level))

    def level_of(self, buses: int) -> int:
        """The first level of that many buses of the first type."""
        return buses * self.problem.vehicle_types[0].first_level

    def prove_deadhead(self, level: int, deadhead_min: int) -> bool:
        """Take it that no plan with exactly `level` has less deadhead; news only if `level` is what is proven least."""
        known = self.bound
        is_news = known.first_level == level and (known.deadhead_min is None or deadhead_min > known.deadhead_min)
        return is_news and self._prove(replace(known, deadhead_min=deadhead_min))

    def show(self, name: str, step: Step) -> None:
        """What shows a bound that was or will be told of, to anybody; in the place of what had that name."""
        self.proof = self.proof.with_step(name, step)

    def refute(self, reason: str) -> None:
        """Take it that there is no plan at all, and leave every stage."""
        raise Refuted(reason)

    def _prove(self, bound: Bound) -> bool:
        before, self.bound, self._is_changed = self._comparable_bound(), bound, True
        if self.objective is not None and self._comparable_bound() != before:
            progress = self._progress()
            self._tell(lambda callback: callback.on_bound(bound, progress))
        return True

    def begin(self) -> None:
        """Tell the callbacks."""
        self._tell(lambda callback: callback.on_start(self.problem))

    def infeasible(self, reasons: tuple[str, ...]) -> Result:
        """The answer when no plan exists."""
        certificate = Certificate(Status.INFEASIBLE, None, None, self._clock() - self._began, reasons=reasons)
        return self._finish(Result(None, certificate))

    def _finish(self, result: Result) -> Result:
        self._tell(lambda callback: callback.on_end(result))
        return result

    def result(self, stop_reason: str | None, trouble: str | None = None) -> Result:
        """What there is now, with its certificate. trouble: why the proof was given up, if a solver failed."""
        self.enter("end")
        if self._exchange is not None:
            self._tell_others(self._exchange)
        if self.is_proven:
            status, stop_reason = Status.OPTIMAL, None
        elif self.plan is None:
            status, trouble = Status.UNKNOWN, trouble or none_found(self.problem)
        else:
            status = Status.FEASIBLE if stop_reason is None else Status.STOPPED
        seconds = self._clock() - self._began
        reasons = [] if trouble is None else [trouble]
        if self.plan is not None and not self.is_proven:
            reasons += ignored_rules(self.problem.limits, knows_length=self.knows_length)
        bound = None if self.plan is None else self._comparable_bound()
        certificate = Certificate(status, self.objective, bound, seconds, stop_reason, tuple(reasons))
        return self._finish(Result(self.plan, certificate, self.statistics, self.proof))

    def _comparable_bound(self) -> Bound:
        """The bound without its deadhead when the plan is above its first level: it says nothing about such plans."""
        return replace(self.bound, deadhead_min=None) if self.has_open_level else self.bound

    def _progress(self) -> Progress:
        now = self._clock()
        objective, bound = self.objective, self._comparable_bound()
        if objective is None:
            objective, bound = before_a_plan(len(self.problem.trips))
        return Progress(now - self._began, now - self._improved, self.phase, objective, bound, self.rounds)

    def _tell(self, call: Callable[[Callback], None]) -> None:
        for callback in self._callbacks:
            try:
                call(callback)
            except Exception as error:  # noqa: BLE001  # whatever a caller's code raises, the plan is kept
                self._reason = self._reason or f"a callback failed: {type(error).__name__}: {error}"
