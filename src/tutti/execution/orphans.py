"""Collecting dead orphans: solver processes whose own parent was killed, left to process 1 of a container.

The first process of a container inherits every orphan, and must wait for each or they stay as zombies.
"""

import os
from collections.abc import Collection

from tutti.execution.proc import children, is_zombie


def collect(own: Collection[int]) -> list[int]:
    """Wait for children that are dead and not among `own`, which someone else waits for; their numbers."""
    dead = [pid for pid in children(os.getpid()) if pid not in own and is_zombie(pid)]
    for pid in dead:
        os.waitpid(pid, os.WNOHANG)
    return dead
