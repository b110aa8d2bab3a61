"""What is chosen on the command line beside the file of routes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Choices:
    """What was given; None leaves it to the file.

    options: the file of options, if that of the routes has none. earlier: the file of a plan to start from and to stay
    close to. week: plan all weekdays, whatever the options say. proof: the plan is to hold what proves its bound.
    road_times: the file of a table of driving times.
    """

    options: str | None = None
    earlier: str | None = None
    time_limit_s: float | None = None
    gap: float | None = None
    seed: int | None = None
    week: bool = False
    proof: bool = False
    road_times: str | None = None

    @property
    def files(self) -> dict[str, str]:
        """The files that were given, by the names of their arguments."""
        files = {"--options": self.options, "--from": self.earlier, "--road-times": self.road_times}
        return {name: file for name, file in files.items() if file is not None}

    @property
    def made(self) -> dict[str, Any]:
        """The options that were chosen, by the names that they have in a file."""
        chosen = {"time_limit_s": self.time_limit_s, "gap": self.gap, "seed": self.seed, "proof": self.proof or None}
        week = {"week": True, "day": None} if self.week else {}
        return {name: value for name, value in chosen.items() if value is not None} | week
