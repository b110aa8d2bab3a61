"""The folder in which the processes of a worker count together."""

import subprocess
import sys
from pathlib import Path

CODE = """
import os, sys
from tutti.telemetry.folder import share_counts, shared_folder
share_counts()
share_counts()
if os.fork() == 0:
    sys.exit()
os.wait()
print(shared_folder(), os.path.isdir(shared_folder()))
"""


def test_it_goes_with_the_process_that_made_it_and_with_no_other() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    folder, is_there = printed.split()
    assert is_there == "True"
    assert not Path(folder).exists()
