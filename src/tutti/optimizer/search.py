"""The state of one solve: the best plan so far, what is proven, and whether to go on."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from tutti.fleet.plan import Bound, Certificate, Objective, Plan, Status
from tutti.fleet.problem import Problem
from tutti.optimizer.arcs import Arcs
from tutti.optimizer.callbacks import Callback
from tutti.optimizer.plans import plan_of
from tutti.optimizer.progress import Progress
from tutti.optimizer.proof import Proof
from tutti.optimizer.result import Result
from tutti.optimizer.stop import Stop
from tutti.optimizer.timing import Chain


class Stopped(Exception):  # noqa: N818  # a signal, not an error
    """Raised by `Search.poll` to leave every stage at once; its text is the reason."""


class Search:
    """Stages offer plans and bounds here, and poll at least each 0.2 s. Only this class asks the clock.

    Callbacks hear of every better plan and bound; an exception in one becomes the reason to stop.
    """

    def __init__(
        self, problem: Problem, stop: Stop, callbacks: Sequence[Callback], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.problem = problem
        self.bound = Bound(buses=min(1, len(problem.trips)))
        self.plan: Plan | None = None
        self.objective: Objective | None = None
        self.chains: list[list[int]] = []
        self.rounds = 0
        self.phase = "start"
        self.proof = Proof()
        self.statistics: dict[str, float] = {}
        self._stop = stop
        self._callbacks = callbacks
        self._clock = clock
        self._began = self._improved = self._phase_began = clock()
        self._reason: str | None = None

    @property
    def is_proven(self) -> bool:
        """Buses and deadhead of the best plan equal their bounds."""
        best = self.objective
        return best is not None and best.buses == self.bound.buses and best.deadhead_min == self.bound.deadhead_min

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

    def wants_stop(self) -> bool:
        """Ask the stopping rule, once there is a plan to stop with; once it had a reason it is not asked again."""
        if self._reason is None and self.objective is not None:
            self._reason = self._stop(self._progress(self.objective))
        return self._reason is not None

    def offer(self, arcs: Arcs, chains: Sequence[Chain]) -> bool:
        """Take feasible chains that hold each trip once as a plan if it is better; exact times are found here."""
        deadhead = sum(int(arcs.travel[a, b]) for chain in chains for a, b in pairwise(chain))
        best = self.objective
        if best is not None and (len(chains), deadhead) > (best.buses, best.deadhead_min):
            return False
        plan = plan_of(self.problem, arcs, chains, [self.problem.vehicle_types[0]] * len(chains))
        if best is not None and plan.objective >= best:
            return False
        self.plan, self.objective, self.chains = plan, plan.objective, [list(chain) for chain in chains]
        self._improved = self._clock()
        progress = self._progress(plan.objective)
        self._tell(lambda callback: callback.on_incumbent(plan, plan.objective, progress))
        return True

    def prove_buses(self, buses: int) -> bool:
        """Take it that no plan has fewer buses, and tell whether that is news."""
        return buses > self.bound.buses and self._prove(Bound(buses))

    def prove_deadhead(self, buses: int, deadhead_min: int) -> bool:
        """Take it that no plan with exactly `buses` has less deadhead; news only if `buses` is what is proven least."""
        known = self.bound
        is_news = known.buses == buses and (known.deadhead_min is None or deadhead_min > known.deadhead_min)
        return is_news and self._prove(Bound(buses, deadhead_min))

    def _prove(self, bound: Bound) -> bool:
        self.bound = bound
        if self.objective is not None:
            progress = self._progress(self.objective)
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
        if self.is_proven:
            status, stop_reason = Status.OPTIMAL, None
        else:
            status = Status.FEASIBLE if stop_reason is None else Status.STOPPED
        seconds = self._clock() - self._began
        reasons = () if trouble is None else (trouble,)
        certificate = Certificate(status, self.objective, self._comparable_bound(), seconds, stop_reason, reasons)
        return self._finish(Result(self.plan, certificate, self.statistics, self.proof))

    def _comparable_bound(self) -> Bound:
        """The bound without its deadhead when that is for fewer buses than the plan has: it says nothing about it."""
        has_more = self.objective is not None and self.objective.buses > self.bound.buses
        return Bound(self.bound.buses) if has_more else self.bound

    def _progress(self, objective: Objective) -> Progress:
        now = self._clock()
        bound = self._comparable_bound()
        return Progress(now - self._began, now - self._improved, self.phase, objective, bound, self.rounds)

    def _tell(self, call: Callable[[Callback], None]) -> None:
        for callback in self._callbacks:
            try:
                call(callback)
            except Exception as error:  # noqa: BLE001  # whatever a caller's code raises, the plan is kept
                self._reason = self._reason or f"a callback failed: {type(error).__name__}: {error}"
