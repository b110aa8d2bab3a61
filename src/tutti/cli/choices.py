"""How to solve, as chosen on the command line."""

from dataclasses import dataclass, replace
from typing import Any

from tutti.fleet.options import Options


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen on the command line; None leaves it to the file."""

    time_limit_s: float | None = None
    gap: float | None = None
    seed: int | None = None

    @property
    def made(self) -> dict[str, Any]:
        """The options that were chosen, by the names that they have in a file."""
        chosen = {"time_limit_s": self.time_limit_s, "gap": self.gap, "seed": self.seed}
        return {name: value for name, value in chosen.items() if value is not None}

    def over(self, options: Options) -> Options:
        """The file's options with these over them."""
        return replace(options, **self.made)
