"""Processes whose clocks differ by an hour from everyone else's."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.faults.fault import Fault
from tests.chaos.faults.kills import kill_worker
from tests.chaos.fleet import Fleet


def _environment(offset: str) -> dict[str, str]:
    """With libfaketime's library, which the package of that name brings along."""
    spec = importlib.util.find_spec("libfaketime")
    assert spec is not None
    assert spec.origin is not None
    library = Path(spec.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    return {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def _clocks_can_be_moved() -> bool:
    """Whether the library works here: it is built for one kind of machine."""
    command = [sys.executable, "-c", "import time; print(time.time())"]
    told = subprocess.run(command, env=os.environ | _environment("+1h"), capture_output=True, text=True, check=False)
    return told.returncode == 0 and float(told.stdout) > time.time() + 1800


@contextmanager
def _wrong_clocks(fleet: Fleet) -> Iterator[None]:
    """A worker and an API are an hour ahead, another worker an hour behind; whoever replaces them is right."""
    wrong = [(fleet.workers[0], "+1h"), (fleet.workers[1], "-1h"), (fleet.apis[0], "+1h")]
    for member, offset in wrong:
        member.kill()
        fleet.replace(member, **_environment(offset))
    replaced = [fleet.workers[0], fleet.workers[1], fleet.apis[0]]
    fleet.mend()
    try:
        yield
    finally:
        for member in replaced:
            member.kill()
        fleet.mend()


_ALL = (Fault("clocks an hour ahead and behind, workers killed", kill_worker, around=_wrong_clocks),)
CLOCKS, LEFT_OUT = (_ALL, ()) if _clocks_can_be_moved() else ((), _ALL)
