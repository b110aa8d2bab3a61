"""The jobs that wait or run in each queue, as a view that an autoscaler may read and that shows nothing else."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it, on PostgreSQL: nothing scales a service on SQLite."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE VIEW queue_demand AS"
            " SELECT queue, count(*) AS jobs FROM jobs WHERE state IN ('queued', 'running') GROUP BY queue"
        )


def downgrade() -> None:
    """Drop it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP VIEW queue_demand")
