"""The tables. What lists need is in `jobs`; what is big is in tables of its own, so that lists stay cheap."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tutti.jobs.clock import UtcDateTime, now
from tutti.jobs.states import State
from tutti.jobs.text import ShortText

_Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up by itself only in an INTEGER key
_Json = JSON().with_variant(JSONB, "postgresql")


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can change it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Job(Base):
    """One request to plan. `number` is the order of arrival; `id` is what clients know.

    fence: the fencing token, raised at each claim; a write counts only if its writer holds the current one.
    lease_until: while it is running, the moment from which anyone may take the job over.
    attempts: claims that were not handed back in order. progress, error: as the API shows them.
    sent_at: when a broker was last told that it is queued, None if not yet (see `tutti.jobs.outbox`).
    task_id: the task of the broker that ran it last. traceparent: the span of its request, as W3C's header has it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_number", "state", "number"),
        Index("ix_jobs_client_state", "client", "state"),
        Index("ix_jobs_task_id", "task_id"),
        Index("ix_jobs_ended_at", "ended_at"),
    )

    number: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(ShortText(64), unique=True)
    state: Mapped[str] = mapped_column(ShortText(16), default=State.QUEUED)
    queue: Mapped[str] = mapped_column(ShortText(32))
    route_count: Mapped[int] = mapped_column(Integer)
    client: Mapped[str] = mapped_column(ShortText(255))
    idempotency_key: Mapped[str | None] = mapped_column(ShortText(255), unique=True)
    content_sha256: Mapped[str] = mapped_column(ShortText(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now())
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    holder: Mapped[str | None] = mapped_column(ShortText(255))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stop_requested: Mapped[bool] = mapped_column(default=False, server_default=false())
    stopped: Mapped[bool] = mapped_column(default=False, server_default=false())
    progress: Mapped[dict[str, Any] | None] = mapped_column(_Json)
    error_code: Mapped[str | None] = mapped_column(ShortText(64))
    error: Mapped[str | None] = mapped_column(Text)
    last_event: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task_id: Mapped[str | None] = mapped_column(ShortText(64))
    traceparent: Mapped[str | None] = mapped_column(ShortText(64))


class JobPayload(Base):
    """The request as it came: JSON text of a list of routes, or of {"routes", "options"}."""

    __tablename__ = "job_payloads"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class JobResult(Base):
    """The plan document of a completed job, JSON text."""

    __tablename__ = "job_results"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str] = mapped_column(Text)


class JobCheckpoint(Base):
    """The best plan so far of a job that has not ended, and the seconds of solving spent on it by all attempts.

    format: of the document and what is made of it (`tutti.jobs.checkpoints.FORMAT`). content_sha256: of the request
    that the plan is for.
    """

    __tablename__ = "job_checkpoints"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    spent_s: Mapped[float]
    format: Mapped[int] = mapped_column(Integer, server_default="0")
    content_sha256: Mapped[str] = mapped_column(ShortText(64), server_default="")
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now())


class JobEvent(Base):
    """What happened to a job, numbered from 1 for each job without a gap."""

    __tablename__ = "job_events"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(ShortText(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now())
    data: Mapped[dict[str, Any]] = mapped_column(_Json)


# As tables: what each job needs many times does without the object mapper.
JOBS = Base.metadata.tables[Job.__tablename__]
PAYLOADS = Base.metadata.tables[JobPayload.__tablename__]
EVENTS = Base.metadata.tables[JobEvent.__tablename__]
RESULTS = Base.metadata.tables[JobResult.__tablename__]
CHECKPOINTS = Base.metadata.tables[JobCheckpoint.__tablename__]
