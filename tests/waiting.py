"""Waiting for what comes by itself: tests look for it again and again, for as long as a busy machine may need."""

import time
from collections.abc import Callable
from typing import TypeVar

_Seen = TypeVar("_Seen")

PATIENCE_S = 60.0
_PAUSE_S = 0.05


def soon(look: Callable[[], _Seen], holds: Callable[[_Seen], object] = bool) -> _Seen:
    """What `look` sees as soon as that `holds`: without it, as soon as there is something."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not holds(seen := look()):
        assert time.monotonic() < give_up_at, f"still {seen}"
        time.sleep(_PAUSE_S)
    return seen
