"""Changing a job and recording what happened to it, in one step: every change of a job passes through `Change.apply`.

On PostgreSQL that is one statement, for a round trip costs both sides more than what it asks for. SQLite has none that
writes to several tables; there it is one for each, in the same transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Delete,
    FromClause,
    Insert,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import column

from tutti.jobs.database import Writer
from tutti.jobs.events import Event, record, tell
from tutti.jobs.tables import EVENTS, JOBS

_EVENTS: BindParameter[Any] = bindparam("with_events", type_=JSONB)
_EVENT_COUNT = bindparam("event_count", type_=Integer)
_TOLD = tuple(
    JOBS.c[name]
    for name in (
        "id",
        "queue",
        "fence",
        "attempts",
        "stop_requested",
        "last_event",
        "traceparent",
        "created_at",
        "started_at",
        "ended_at",
    )
)
_CHANGED = select(JOBS.c.id).where(JOBS.c.id == bindparam("changed_id")).subquery()

Beside = Callable[[FromClause], Insert | Delete]
"""Makes a statement about the job that has changed from what has its `id`."""


class Change:
    """Sets `values` on the one job that meets `conditions`.

    asked: what is told of that job besides what everybody asks for. beside: statements that come with the change. One
    that is built once and has bindparam() for what differs costs a third of one that is built for each job.
    """

    def __init__(
        self,
        *conditions: ColumnElement[bool],
        asked: Sequence[ColumnElement[Any]] = (),
        beside: Sequence[Beside] = (),
        **values: Any,
    ) -> None:
        numbered = JOBS.c.last_event + _EVENT_COUNT
        changed = update(JOBS).where(*conditions).values(**values, last_event=numbered)
        self._update = changed.returning(*_TOLD, *asked)
        self._beside = beside
        self._afterwards = [part(_CHANGED) for part in beside]

    def apply(self, writer: Writer, parameters: Mapping[str, Any], events: Sequence[Event]) -> Row[Any] | None:
        """Change the job and number `events` onto it; None if there is none.

        Of the job as it is then: what its holder asks for. The update locks the row, so numbers have no gap and no
        double, whoever else writes.
        """
        parameters = {**parameters, "event_count": len(events)}
        bind = writer if isinstance(writer, Connection) else writer.get_bind()
        if bind.dialect.name == "postgresql":
            told = [{"kind": event.kind, "data": event.data} for event in events]
            job = writer.execute(self._at_once, {**parameters, "with_events": told}).one_or_none()
        else:
            job = self._step_by_step(writer, parameters, events)
        if job is not None:
            for event in events:
                tell(writer, job, event)
        return job

    @cached_property
    def _at_once(self) -> Select[Any]:
        changed = self._update.cte("changed")
        return select(changed).add_cte(*(part(changed).cte() for part in (_recorded, *self._beside)))

    def _step_by_step(self, writer: Writer, parameters: Mapping[str, Any], events: Sequence[Event]) -> Row[Any] | None:
        job = writer.execute(self._update, parameters).one_or_none()
        if job is not None:
            record(writer, job.id, events, first=job.last_event - len(events) + 1)
            for statement in self._afterwards:
                writer.execute(statement, {**parameters, "changed_id": job.id})
        return job


def _recorded(changed: FromClause) -> Insert:
    value = column("value", JSONB)
    told = func.jsonb_array_elements(_EVENTS).table_valued(value, with_ordinality="place").render_derived()
    rows = select(
        changed.c.id,
        changed.c.last_event - _EVENT_COUNT + told.c.place,
        told.c.value["kind"].astext,
        told.c.value["data"],
    ).select_from(changed.join(told, true()))
    return insert(EVENTS).from_select(["job_id", "number", "kind", "data"], rows)
