"""Someone who has days planned through the API, and tries again as a careful client does when an answer is lost."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from threading import Event
from typing import Any, TypeVar
from uuid import uuid4

from tutti import Client
from tutti.client import JobStatus, TooManyJobsError, UnavailableError, UnreachableError

T = TypeVar("T")

_PATIENCE_S = 60.0  # for one answer
_PAUSE_S = 0.2


class Customer:
    """Keeps what it was told: the ids of accepted jobs by its own keys, and a fingerprint of each plan it has seen."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._all = [Client(address, timeout_s=5) for address in addresses]
        self._clients = cycle(self._all)
        self.name = f"customer-{uuid4().hex[:8]}"
        self.accepted: dict[str, str] = {}
        self.plans: dict[str, str] = {}

    def __enter__(self) -> "Customer":
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._all:
            client.close()

    def submit(self, day: dict[str, Any]) -> None:
        """Have a day planned. The key makes sure that trying again does not have it planned twice."""
        self._ask(lambda client: self.submit_once(client, day))

    def submit_once(self, client: Client, day: dict[str, Any]) -> None:
        """Have a day planned, or leave it at the first refusal."""
        key = f"{self.name}-{len(self.accepted)}"
        self.accepted[key] = client.submit(day, idempotency_key=key).id

    def submit_all(self, days: Sequence[dict[str, Any]]) -> None:
        """Have each of these planned."""
        for day in days:
            self.submit(day)

    def keep_busy(self, days: Sequence[dict[str, Any]], most_active: int, enough: Event) -> None:
        """Have so many of these wait or run at a time, until there was `enough`, or there are no more."""
        for day in days:
            while len(self.look()) >= most_active and not enough.wait(_PAUSE_S):
                pass
            if enough.is_set():
                return
            self.submit(day)

    def wait(self, patience_s: float) -> None:
        """Wait until all jobs have ended, or for so long, and look at each plan as soon as it is there."""
        give_up_at = time.monotonic() + patience_s
        while self.look() and time.monotonic() < give_up_at:
            time.sleep(_PAUSE_S)

    def look(self) -> set[str]:
        """The jobs that wait or run; a plan that is there for the first time is looked at."""
        active = self._ask(lambda client: {job.id for job in client.jobs(status=["queued", "running"])})
        for job_id in set(self.accepted.values()) - active - self.plans.keys():
            if self._ask(lambda client, job_id=job_id: client.job(job_id)).status == JobStatus.COMPLETED:  # type: ignore[misc]
                self.plans[job_id] = self.fingerprint(job_id)
        return active & set(self.accepted.values())

    def fingerprint(self, job_id: str) -> str:
        """Of the job's plan as it is now."""
        document = self._ask(lambda client: client.plan(job_id)).document
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

    def _ask(self, ask: Callable[[Client], T]) -> T:
        give_up_at = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return ask(next(self._clients))
            except (UnreachableError, UnavailableError, TooManyJobsError):
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(_PAUSE_S)
