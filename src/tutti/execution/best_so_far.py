"""The best plan that an attempt knows of, and what of it is in the store."""

from sqlalchemy.orm import Session

from tutti.jobs.checkpoints import Checkpoint, note_spent, save_checkpoint


class BestSoFar:
    """Begins with the plan that the attempt goes on from, if it goes on from one. `plan` is what is best now."""

    def __init__(self, job_id: str, kept: Checkpoint | None) -> None:
        self.plan = self._saved = kept
        self._job_id = job_id

    @property
    def is_answer(self) -> bool:
        """Whether the job can end with it."""
        return self.plan is not None and self.plan.is_answer

    def save(self, session: Session) -> None:
        """Keep it, or only what it has cost if it is the one that is kept."""
        if self.plan is None or self.plan is self._saved:
            return
        if self._saved is not None and self._saved.document == self.plan.document:
            note_spent(session, self._job_id, self.plan.spent_s)
        else:
            save_checkpoint(session, self._job_id, self.plan)

    def is_saved(self) -> None:
        """The transaction that it was kept in is through."""
        self._saved = self.plan
