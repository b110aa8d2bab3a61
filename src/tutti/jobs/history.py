"""What happened to a job, in sentences that can be pasted into an answer to whoever asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tutti.jobs.events import Kind
from tutti.jobs.tables import Job, JobEvent

_MOMENTS = (Kind.PROGRESS, Kind.INCUMBENT, Kind.BOUND)  # how a solve went, not what became of the job


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: its number among the job's events, a sentence, and a solver's last lines if it died."""

    number: int
    at: datetime
    kind: str
    text: str
    log: tuple[str, ...] = ()


def history(session: Session, job: Job) -> list[Entry]:
    """The job's way, the first thing first; not each step of a solve."""
    statement = select(JobEvent).where(JobEvent.job_id == job.id, JobEvent.kind.not_in(_MOMENTS))
    events = session.scalars(statement.order_by(JobEvent.number)).all()
    return [
        Entry(event.number, event.at, event.kind, _sentence(job, event), tuple(event.data.get("log", ())))
        for event in events
    ]


def _sentence(job: Job, event: JobEvent) -> str:
    if event.number == 1:
        return f"It was submitted with {job.route_count} routes, for the queue {job.queue}."
    return _SENTENCES[Kind(event.kind)](event.data)


def _moved(data: Mapping[str, Any]) -> str:
    """Why a job is back in the queue, and what that cost."""
    kept_s, lost_s = data.get("kept_s"), data.get("lost_s")
    kept = "no plan was kept yet" if kept_s is None else f"the plan after {kept_s:.1f} s of solving was kept"
    lost = f", {lost_s:.1f} s of solving are lost" if lost_s else ""
    return f"It went back to the queue: {data['reason']}; {kept}{lost}."


def _completed(data: Mapping[str, Any]) -> str:
    buses, seconds = data.get("buses"), data.get("seconds")
    plan = "" if buses is None or seconds is None else f" with a plan of {buses} buses after {seconds:.1f} s of solving"
    return f"It was completed{plan}{', stopped on request' if data.get('stopped') else ''}."


_SENTENCES: Mapping[Kind, Callable[[Mapping[str, Any]], str]] = {
    Kind.QUEUED: _moved,
    Kind.STARTED: lambda data: f"{data['holder']} began to run it.",
    Kind.WARNING: lambda data: f"{data['message']}.",
    Kind.COMPLETED: _completed,
    Kind.FAILED: lambda data: f"It failed ({data['error_code']}): {data['error']}.",
    Kind.CANCELLED: lambda data: "It was cancelled on request.",
}
