"""The line on the terminal that shows how far a solve is, and is gone when it is over."""

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from tutti.fleet.plan import Bound, Objective, relative_gap
from tutti.fleet.verdict import buses

if TYPE_CHECKING:  # the optimizer takes a second to load, and who watches a server needs none
    from tutti.optimizer import Progress

_INTERVAL_S = 0.1


class LiveLine:
    """A context that shows what is going on on `console`; shows nothing where that is no terminal.

    moving: the line moves by itself, by a thread, for those who wait for someone else's work.
    """

    def __init__(self, console: Console, *, moving: bool = False) -> None:
        self._on = console.is_terminal and not console.is_dumb_terminal
        self._spinner = Spinner("line" if console.options.ascii_only else "dots")
        self._live = Live(
            self._spinner,
            console=console,
            transient=True,
            auto_refresh=moving,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._shown_s = -_INTERVAL_S

    def __enter__(self) -> "LiveLine":
        if self._on:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._on:
            self._live.stop()

    def say(self, text: str) -> None:
        """Show a text in place of the one before."""
        if self._on:
            self._spinner.update(text=Text(text, no_wrap=True, overflow="ellipsis"))
            self._live.refresh()

    def rule(self, progress: "Progress") -> None:
        """A stopping rule that never stops: it is asked often enough to keep the line alive."""
        if progress.seconds - self._shown_s >= _INTERVAL_S:
            self._shown_s = progress.seconds
            self.say(state_of(progress.phase, progress.objective, progress.bound, progress.seconds))


def state_of(phase: str, objective: Objective, bound: Bound, seconds: float) -> str:
    """A moment of a solve in one line."""
    share = relative_gap(objective, bound)
    gap = "unknown" if share is None else f"{share:.2%}"
    cost = "" if objective.cost is None else f"cost {objective.cost:,} (at least {bound.cost or 0:,}), "
    return (
        f"{phase}: {cost}{buses(objective.buses)} (at least {bound.buses}), "
        f"deadhead {objective.deadhead_min} min{_at_least(bound.deadhead_min)}, gap {gap}, {seconds:.1f} s"
    )


def _at_least(minutes: int | None) -> str:
    return "" if minutes is None else f" (at least {minutes})"
