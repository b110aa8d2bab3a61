"""A place for one warm solver process, replaced when it died, has grown, or has done its share of jobs."""

from types import TracebackType

from tutti.execution.solver_process import SolverProcess
from tutti.settings import Settings


class SolverSlot:
    """Starts its process at once, so that the first job does not wait for the imports."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process = self._start()

    def process(self) -> SolverProcess:
        """A living process for the next job."""
        if not self._process.alive or self._process.jobs >= self._settings.solver_jobs or self._has_grown():
            self.renew()
        return self._process

    def renew(self) -> None:
        """Kill the process, whatever it does, and start a fresh one."""
        self._process.kill()
        self._process = self._start()

    def release(self) -> None:
        """Replace the process if it is still at a job: its answer would be taken for that to the next one."""
        if self._process.busy:
            self.renew()

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()

    def _has_grown(self) -> bool:
        most_mb = self._settings.solver_recycle_mb
        return most_mb > 0 and self._process.resident_mb() > most_mb

    def _start(self) -> SolverProcess:
        return SolverProcess(memory_mb=self._settings.solver_memory_mb)

    def __enter__(self) -> "SolverSlot":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
