"""A very large day fits into a small machine."""

import subprocess
import sys
from pathlib import Path

import pytest

_SOLVE_AND_TELL_PEAK = """
from pathlib import Path
from tutti.fleet.generate import generate_day
from tutti.fleet.reading import read_day
from tutti.optimizer import gap, solve

print(solve(read_day(generate_day(5000, 1)).problem(), stop=gap(0.001)).certificate.gap)
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells a process its peak memory")
def test_five_thousand_routes_are_solved_in_less_than_400_megabytes() -> None:
    run = subprocess.run([sys.executable, "-c", _SOLVE_AND_TELL_PEAK], capture_output=True, text=True, check=True)
    proven_gap, peak_kib = run.stdout.split()
    assert float(proven_gap) <= 0.001
    assert int(peak_kib) * 1024 < 400e6
