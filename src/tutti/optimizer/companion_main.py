"""A companion's process: solves the problem that comes through its pipe beside the solve that started it.

It ends with that: when the pipe is closed it exits at once, whatever it is doing.
"""

import logging
import os
import sys
from itertools import count
from multiprocessing.connection import Connection
from threading import Event

from tutti.fleet.plan import Status
from tutti.optimizer.companions.line import Line, taken
from tutti.optimizer.stages import solve_beside
from tutti.optimizer.state.exchange import News

logger = logging.getLogger(__name__)


class Leader:
    """The solve that it belongs to, as the exchange of each of its own, one after another."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._newest: News | None = None
        self._untold: News | None = None

    def begin(self) -> None:
        """The next solve hears what the one before heard last."""
        self._untold = self._newest

    def heard(self, seconds: float) -> tuple[News, ...]:
        """What came since the last call."""
        news = self._line.heard()
        if news is not None:
            self._newest = self._untold = news
        untold, self._untold = self._untold, None
        return () if untold is None else (untold,)

    def tell(self, news: News) -> None:
        """Tell the leader what was found here."""
        self._line.tell(news)


def main() -> None:
    """Serve the pipe whose file descriptor is the only argument."""
    logging.basicConfig(format="%(levelname)s %(message)s")
    pipe: Connection[bytes, bytes] = Connection(int(sys.argv[1]))
    try:
        problem, (seed, step) = taken(pipe)
        leader = Leader(Line(pipe, lambda: os._exit(0)))
        for attempt in count():
            leader.begin()
            result = solve_beside(problem, seed + attempt * step, leader)
            if result.certificate.status is not Status.FEASIBLE:
                break
    except EOFError:
        return  # the leader was ready before
    except Exception as error:  # noqa: BLE001  # the boundary of the process
        logger.warning("a companion of the solver ended: %s: %s", type(error).__name__, error)
        sys.exit(1)
    Event().wait()  # until the leader has heard of it, and ends


if __name__ == "__main__":
    main()
