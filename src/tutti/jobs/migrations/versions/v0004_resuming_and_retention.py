"""What a checkpoint is of, so that none is taken for another's; and a way to find jobs that ended long ago."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty for checkpoints that are there (they are then left out), and the index."""
    with op.batch_alter_table("job_checkpoints") as checkpoints:
        checkpoints.add_column(sa.Column("format", sa.Integer, server_default="0", nullable=False))
        checkpoints.add_column(sa.Column("content_sha256", sa.String(64), server_default="", nullable=False))
    op.create_index("ix_jobs_ended_at", "jobs", ["ended_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_jobs_ended_at", "jobs")
    with op.batch_alter_table("job_checkpoints") as checkpoints:
        checkpoints.drop_column("content_sha256")
        checkpoints.drop_column("format")
