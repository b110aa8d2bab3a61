"""The line on the terminal that shows how far a solve is, and is gone when it is over."""

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from tutti.fleet.verdict import buses
from tutti.optimizer import Progress

_INTERVAL_S = 0.1


class LiveLine:
    """A context that shows what is going on on `console`; shows nothing where that is no terminal."""

    def __init__(self, console: Console) -> None:
        self._on = console.is_terminal and not console.is_dumb_terminal
        self._spinner = Spinner("line" if console.options.ascii_only else "dots")
        self._live = Live(
            self._spinner,
            console=console,
            transient=True,
            auto_refresh=False,
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

    def rule(self, progress: Progress) -> None:
        """A stopping rule that never stops: it is asked often enough to keep the line alive."""
        if progress.seconds - self._shown_s >= _INTERVAL_S:
            self._shown_s = progress.seconds
            self.say(state_of(progress))


def state_of(progress: Progress) -> str:
    """A moment of a solve in one line."""
    objective, bound = progress.objective, progress.bound
    gap = "unknown" if progress.gap is None else f"{progress.gap:.2%}"
    return (
        f"{progress.phase}: {buses(objective.buses)} (at least {bound.buses}), "
        f"deadhead {objective.deadhead_min} min{_at_least(bound.deadhead_min)}, gap {gap}, {progress.seconds:.1f} s"
    )


def _at_least(minutes: int | None) -> str:
    return "" if minutes is None else f" (at least {minutes})"
