"""What /proc says of processes."""

import resource
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The children of all threads of a process; none if it is gone."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, thread.read_text().split())
    return found


def shares_memory(pid: int, parent: int) -> bool:
    """Whether a child has not come to its own program yet: until then what it occupies is its parent's (vfork(2))."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == Path(f"/proc/{parent}/cmdline").read_bytes()
    except OSError:
        return False


def is_zombie(pid: int) -> bool:
    """Whether a process is dead and not waited for yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def resident_mb(pid: int) -> float:
    """The memory that a process occupies, MiB; 0 if it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize() / 2**20


def peak_bytes(pid: int) -> int:
    """The most memory that a process occupied since it began, or since its peak was forgotten; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    peak_kib = next((line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")), "0")
    return int(peak_kib) * 1024
