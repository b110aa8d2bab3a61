"""`tutti probe`: whether a worker lives, or can claim a job, by the age of the files that it touches.

It is run every few seconds in each pod, and so imports nothing but what Python has loaded anyway.
"""

import os
import sys
import time
from collections.abc import Sequence

LIVE = "live"
READY = "ready"
DEFAULT_AGE_S = 15.0

_DOUBTS = {
    LIVE: "the worker's main loop has given no sign of life",
    READY: "the worker could claim no job (job store or broker away, or it is about to end)",
}


def folder(chosen: str) -> str:
    """The folder of the files: the one that was chosen, else one of this user's in the folder for temporary files."""
    return chosen or f"{os.environ.get('TMPDIR') or '/tmp'}/tutti-{os.getuid()}"  # noqa: S108  # files without content


def probe(arguments: Sequence[str]) -> int:
    """The exit code: 0 if the file that is asked for was touched lately, 1 if not, 2 if it is not said which."""
    if list(arguments) not in ([LIVE], [READY]):
        print("usage: tutti probe live|ready", file=sys.stderr)  # noqa: T201
        return 2
    try:
        most_s = float(os.environ.get("TUTTI_PROBE_AGE_S") or DEFAULT_AGE_S)
    except ValueError:
        print("tutti: TUTTI_PROBE_AGE_S is no number of seconds", file=sys.stderr)  # noqa: T201
        return 2
    name = arguments[0]
    file = f"{folder(os.environ.get('TUTTI_PROBE_DIR', ''))}/{name}"
    try:
        age_s = time.time() - os.stat(file).st_mtime  # noqa: PTH116  # pathlib takes longer than all the rest
    except OSError as error:
        print(f"tutti: {_DOUBTS[name]}: {file}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    if age_s <= most_s:
        return 0
    print(f"tutti: {_DOUBTS[name]} for {age_s:.0f} s ({file})", file=sys.stderr)  # noqa: T201
    return 1
