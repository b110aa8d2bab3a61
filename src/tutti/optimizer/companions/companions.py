"""The companions of a solve: started once it takes longer, told what it finds, asked what they found, ended with it."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import Pipe
from types import TracebackType

from tutti.fleet.problem import Problem
from tutti.optimizer.companions.line import Line
from tutti.optimizer.state.exchange import News

logger = logging.getLogger(__name__)

_ALONE_S = 0.5  # most days are planned before a companion could help
_COMMAND = (sys.executable, "-P", "-m", "tutti.optimizer.companion_main")
_EXIT_WAIT_S = 5.0


class Companions:
    """As an exchange of the solve that they belong to. One that dies is missed by nobody."""

    def __init__(self, problem: Problem, seed: int, number: int) -> None:
        """The first of `number` begins with the seed after this one."""
        self._problem = problem
        self._seed = seed
        self._number = number
        self._is_alone = True
        self._companions: list[tuple[subprocess.Popen[bytes], Line]] = []
        self._newest: News | None = None

    def heard(self, seconds: float) -> Iterator[News]:
        """What each of them has found since the last call."""
        if self._is_alone and seconds >= _ALONE_S:
            self._is_alone = False
            self._start()
        for _, line in self._companions:
            news = line.heard()
            if news is not None:
                yield news

    def tell(self, news: News) -> None:
        """Tell all of them where the solve stands."""
        self._newest = news
        for _, line in self._companions:
            line.tell(news)

    def _start(self) -> None:
        for number in range(1, self._number + 1):
            try:
                process, line = _started()
            except OSError as error:
                logger.warning("companions of the solver can't be started: %s", error)
                return
            self._companions.append((process, line))
            line.give(self._problem, (self._seed + number, self._number + 1))
            if self._newest is not None:
                line.tell(self._newest)

    def __enter__(self) -> "Companions":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process, _ in self._companions:
            process.kill()
        for process, line in self._companions:
            process.wait()
            line.close(_EXIT_WAIT_S)


def _started() -> tuple[subprocess.Popen[bytes], Line]:
    """A process that waits for its problem. It has a session of its own: Ctrl-C in a terminal is not for it."""
    pipe, theirs = Pipe()
    with theirs:
        try:
            process = subprocess.Popen(  # noqa: S603  # the command is ours
                [*_COMMAND, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError:
            pipe.close()
            raise
    return process, Line(pipe)
