"""The best plan so far of a running job, from which its next attempt goes on."""

import json
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tutti.fleet.week import is_whole
from tutti.jobs.clock import now
from tutti.jobs.tables import Job, JobCheckpoint
from tutti.telemetry.metrics import CHECKPOINT_BYTES

FORMAT = 1
"""Raised whenever a plan, or a bound, of an earlier version may not be gone on from."""


@dataclass(frozen=True)
class Checkpoint:
    """The best plan so far, as the JSON text of its document, and the seconds of solving that it cost in all.

    The document's certificate has the bound that was proven by then.
    """

    document: str
    spent_s: float

    @cached_property
    def is_answer(self) -> bool:
        """Whether the job can end with it; a week can't while some of its days have no plan."""
        return is_whole(json.loads(self.document))


def save_checkpoint(session: Session, job_id: str, checkpoint: Checkpoint) -> None:
    """Keep it, in a transaction that has proven the lease, such as one with a heartbeat."""
    CHECKPOINT_BYTES.observe(len(checkpoint.document))
    content_sha256 = session.scalars(select(Job.content_sha256).where(Job.id == job_id)).one()
    session.merge(
        JobCheckpoint(
            job_id=job_id,
            document=checkpoint.document,
            spent_s=checkpoint.spent_s,
            format=FORMAT,
            content_sha256=content_sha256,
            written_at=now(),
        )
    )


def checkpoint_of(session: Session, job_id: str) -> Checkpoint | None:
    """The job's checkpoint."""
    kept = session.get(JobCheckpoint, job_id)
    return None if kept is None else Checkpoint(kept.document, kept.spent_s)


def note_spent(session: Session, job_id: str, spent_s: float) -> None:
    """Keep only that the plan that is there has cost so many seconds by now."""
    kept = update(JobCheckpoint).where(JobCheckpoint.job_id == job_id)
    session.execute(kept.values(spent_s=spent_s, written_at=now()))


def objection(session: Session, job_id: str) -> str | None:
    """Why the job's checkpoint can't be gone on from; None if it can, or there is none."""
    found = session.execute(
        select(JobCheckpoint.format, JobCheckpoint.content_sha256, Job.content_sha256)
        .join(Job, Job.id == JobCheckpoint.job_id)
        .where(JobCheckpoint.job_id == job_id)
    ).one_or_none()
    if found is None:
        return None
    form, of, content = found
    if form != FORMAT:
        return f"its checkpoint has the format {form} of another version of Tutti"
    return None if of == content else "its checkpoint is of another problem"


def kept_and_lost(session: Session, job_id: str, solved_s: float | None) -> dict[str, float]:
    """What an attempt leaves behind: `kept_s`, the solving that its checkpoint stands for, and `lost_s` beyond that."""
    kept_s = session.scalar(select(JobCheckpoint.spent_s).where(JobCheckpoint.job_id == job_id))
    account = {} if kept_s is None else {"kept_s": round(kept_s, 3)}
    lost_s = (solved_s or 0) - (kept_s or 0)
    return {**account, "lost_s": round(lost_s, 3)} if lost_s > 0 else account
