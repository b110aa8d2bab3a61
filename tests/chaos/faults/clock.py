"""Processes whose clocks differ by an hour from everyone else's."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.faults.fault import Fault
from tests.chaos.faults.kills import kill_worker
from tests.chaos.fleet import Fleet


def _library() -> Path:
    """libfaketime's shared library, which the package of that name brings along."""
    spec = importlib.util.find_spec("libfaketime")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"


@contextmanager
def _wrong_clocks(fleet: Fleet) -> Iterator[None]:
    """A worker and an API are an hour ahead, another worker an hour behind; whoever replaces them is right."""
    wrong = [(fleet.workers[0], "+1h"), (fleet.workers[1], "-1h"), (fleet.apis[0], "+1h")]
    for member, offset in wrong:
        member.kill()
        environment = {"LD_PRELOAD": str(_library()), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        fleet.replace(member, **environment)
    replaced = [fleet.workers[0], fleet.workers[1], fleet.apis[0]]
    fleet.mend()
    yield
    for member in replaced:
        member.kill()
    fleet.mend()


CLOCKS = (Fault("clocks an hour ahead and behind, workers killed", kill_worker, around=_wrong_clocks),)
