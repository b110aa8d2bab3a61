"""`tutti serve` as a process of its own, on a folder."""

import os
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.waiting import soon

_SERVE = (
    "import sys; from pathlib import Path; from tutti.api.server import serve; serve(port=0, data=Path(sys.argv[1]))"
)


class Service:
    """A running `tutti serve` on a folder."""

    def __init__(self, process: subprocess.Popen[str], client: httpx.Client) -> None:
        self.process = process
        self.client = client

    def job(self, job_id: str) -> dict[str, Any]:
        job: dict[str, Any] = self.client.get(f"/v1/jobs/{job_id}").json()
        return job

    def until(self, job_id: str, *states: str, attempts: int = 0) -> dict[str, Any]:
        """The job as soon as it is in one of the states and has a plan to show."""

        def holds(job: dict[str, Any]) -> bool:
            return job["status"] in states and job["attempts"] >= attempts and bool(job["progress"])

        return soon(lambda: self.job(job_id), holds)

    def resident_bytes(self) -> int:
        """The memory that it occupies."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def end(self, sig: signal.Signals) -> int:
        self.process.send_signal(sig)
        return self.process.wait(30)


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Service]:
    """A service on the folder, with these settings; killed at the end of the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TUTTI_SLOTS": "1", "TUTTI_LEASE_S": "2", **environment},
    )
    with process:
        try:
            assert process.stderr is not None
            address = re.search(r"http://[\d.:]+", process.stderr.readline())
            assert address is not None
            with httpx.Client(base_url=address[0], timeout=60, transport=httpx.HTTPTransport(retries=5)) as client:
                yield Service(process, client)
        finally:
            process.kill()
