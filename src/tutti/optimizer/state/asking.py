"""HiGHS at work, asked time and again whether to go on."""

import signal
from collections.abc import Callable, Iterable
from threading import current_thread, main_thread
from types import FrameType, TracebackType

import highspy


class Asking:
    """Runs a solver that asks `wants_stop` at each `every`-th of the callbacks of these kinds.

    It does not hold the solver, which holds it: through native code no garbage collector sees a cycle.

    HiGHS swallows what is raised in a callback. What `wants_stop` raises ends the run and is raised by it; so is
    KeyboardInterrupt, which Python raises wherever it is, most often before the first statement of the callback.
    """

    def __init__(
        self,
        highs: "highspy.Highs",
        kinds: Iterable["highspy.cb.HighsCallbackType"],
        wants_stop: Callable[[], bool],
        *,
        every: int = 1,
    ) -> None:
        self._wants_stop = wants_stop
        self._every = every
        self._calls = 0
        self._raised: BaseException | None = None
        self._interrupts = _Interrupts()
        highs.setCallback(self._ask, None)
        for kind in kinds:
            highs.startCallback(kind)

    def run(self, highs: "highspy.Highs") -> None:
        """Run the solver to the end, or until it is to stop. Raises what ended it."""
        with self._interrupts:
            highs.run()
        if self._raised is not None:
            raise self._raised

    def _ask(
        self, kind: object, message: str, data_out: object, data_in: "highspy.cb.HighsCallbackInput", user: object
    ) -> None:
        self._calls += 1
        if self._calls % self._every:
            return
        try:
            self._interrupts.hear()
            data_in.user_interrupt = self._wants_stop()
        except BaseException as error:  # noqa: BLE001  # `run` raises it again
            self._raised = error
            data_in.user_interrupt = True


class _Interrupts:
    """A context in which SIGINT waits until `hear` is called, or for the end; in the main thread, which it comes to."""

    def __init__(self) -> None:
        self._waiting: tuple[int, FrameType | None] | None = None

    def __enter__(self) -> None:
        handler = signal.getsignal(signal.SIGINT)
        self._handler = handler if callable(handler) and current_thread() is main_thread() else None
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._note)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handler is not None and signal.getsignal(signal.SIGINT) == self._note:
            signal.signal(signal.SIGINT, self._handler)
        self.hear()

    def hear(self) -> None:
        """Handle the signal that waits, if any."""
        if self._handler is not None and self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._handler(*waiting)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._waiting = (number, frame)
