"""Orphans that are left to a process, as they are to the first one of a container."""

import subprocess
import sys

_CODE = """
import ctypes, os, subprocess, sys, time
from tutti.execution.orphans import collect
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans below this process become its children
own = subprocess.Popen(["true"])
os.waitid(os.P_PID, own.pid, os.WEXITED | os.WNOWAIT)
parent = subprocess.Popen(["sh", "-c", "sleep 0.2 & echo $!"], stdout=subprocess.PIPE, text=True)
orphan = int(parent.communicate()[0])
collected = []
while not collected:
    time.sleep(0.05)
    collected = collect({own.pid})
print(collected == [orphan], own.wait())
"""


def test_a_dead_orphan_is_collected_and_a_child_of_ones_own_is_not() -> None:
    done = subprocess.run([sys.executable, "-c", _CODE], stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "0"]
