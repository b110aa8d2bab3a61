"""Jobs, their payloads, results, checkpoints and events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
json = sa.JSON().with_variant(postgresql.JSONB, "postgresql")
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "jobs",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queue", sa.String(32), nullable=False),
        sa.Column("route_count", sa.Integer, nullable=False),
        sa.Column("client", sa.String(255), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("started_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("fence", sa.Integer, server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("holder", sa.String(255)),
        sa.Column("lease_until", moment),
        sa.Column("stop_requested", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("stopped", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("progress", json),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error", sa.Text),
        sa.Column("last_event", sa.Integer, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        sa.UniqueConstraint("idempotency_key", name="uq_jobs_idempotency_key"),
    )
    op.create_index("ix_jobs_state_number", "jobs", ["state", "number"])
    op.create_index("ix_jobs_client_state", "jobs", ["client", "state"])
    _create_part("job_payloads", sa.Column("content", sa.Text, nullable=False))
    _create_part("job_results", sa.Column("document", sa.Text, nullable=False))
    _create_part(
        "job_checkpoints",
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("spent_s", sa.Double, nullable=False),
        sa.Column("written_at", moment, nullable=False),
    )
    op.create_table(
        "job_events",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("job_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("data", json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_events"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_events_job_id", ondelete="CASCADE"),
        sa.UniqueConstraint("job_id", "number", name="uq_job_events_job_id_number"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("job_events", "job_checkpoints", "job_results", "job_payloads", "jobs"):
        op.drop_table(table)


def _create_part(table: str, *columns: sa.Column[object]) -> None:
    """A table with one row a job, gone with it."""
    op.create_table(
        table,
        sa.Column("job_id", sa.String(64), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("job_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=f"fk_{table}_job_id", ondelete="CASCADE"),
    )
