"""Readers of published instances and of days in files: each makes a `Problem` of one file.

`READERS` names them as the commands do. The times of a problem are whole units; most sets count minutes, some seconds.
"""

from collections.abc import Callable
from pathlib import Path

from instances import days, kim2012, mdvsp_ts, mit_sbsp
from tutti.fleet.problem import Problem

Reader = Callable[[Path], Problem]

READERS: dict[str, Reader] = {
    "days": days.read,
    "kim2012": kim2012.read,
    "mit-sbsp": mit_sbsp.read,
    "mdvsp-ts": mdvsp_ts.read,
    "mdvsp-ts-3": mdvsp_ts.read_three,
}
"""By the name of a set: the function that reads an instance of it."""
