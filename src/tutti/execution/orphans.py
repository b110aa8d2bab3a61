"""Collecting dead orphans: solver processes whose own parent was killed, left to process 1 of a container.

The first process of a container inherits every orphan, and must wait for each or they stay as zombies.
"""

import os
from collections.abc import Collection
from pathlib import Path


def collect(own: Collection[int]) -> list[int]:
    """Wait for children that are dead and not among `own`, which someone else waits for; their numbers."""
    dead = [pid for pid in _children() if pid not in own and _is_zombie(pid)]
    for pid in dead:
        os.waitpid(pid, os.WNOHANG)
    return dead


def _children() -> list[int]:
    """The children of all threads of this process."""
    lists = Path("/proc/self/task").glob("*/children")
    return [int(pid) for children in lists for pid in children.read_text().split()]


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
