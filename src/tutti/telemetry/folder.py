"""Where the processes of a worker keep their counts, so that its first process can tell the sum of all.

prometheus_client decides by the environment when it is first imported; so whoever runs several processes calls
`share_counts` before anything else imports it.
"""

import atexit
import os
import shutil
import tempfile

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def shared_folder() -> str:
    """The folder; empty if this process keeps its counts to itself."""
    return os.environ.get(_VARIABLE, "")


def share_counts() -> None:
    """Have this process and those that it forks count together, in a folder that goes with this one."""
    if shared_folder():
        return
    folder = os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="tutti-metrics-")
    owner = os.getpid()
    atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True) if os.getpid() == owner else None)
