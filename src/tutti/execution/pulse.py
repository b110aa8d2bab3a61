"""The files by whose age others see that a worker lives, and that it can claim a job: `tutti probe` looks at them."""

from pathlib import Path

from tutti import probe
from tutti.fleet.errors import Finding, InputError


class Pulse:
    """Touches the files in a folder of the worker's own."""

    def __init__(self, folder: Path) -> None:
        """Make the folder. InputError if it can't be made, or nothing can be written there."""
        self._live, self._ready = folder / probe.LIVE, folder / probe.READY
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._ready.unlink(missing_ok=True)
            self.alive()
        except OSError as error:
            message = f"no sign of life can be written there ({error.strerror}); name a folder that is the worker's own"
            raise InputError([Finding(f"TUTTI_PROBE_DIR ({folder})", message)]) from None

    def alive(self) -> None:
        """Say that the main loop goes round."""
        self._live.touch()

    def ready(self) -> None:
        """Say that a job could be claimed now."""
        self._ready.touch()

    def not_ready(self) -> None:
        """Say that no job will be claimed."""
        self._ready.unlink(missing_ok=True)
