"""When a broker was told of a job, and the task that ran it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("sent_at", sa.DateTime(timezone=True)))
        jobs.add_column(sa.Column("task_id", sa.String(64)))
        jobs.create_index("ix_jobs_task_id", ["task_id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_index("ix_jobs_task_id")
        jobs.drop_column("task_id")
        jobs.drop_column("sent_at")
