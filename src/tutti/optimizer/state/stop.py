"""Stopping rules: small callables that are asked at least each 0.2 s and answer a reason to stop, or None."""

from collections.abc import Callable
from threading import Event

from tutti.optimizer.state.progress import Progress

Stop = Callable[[Progress], str | None]


def never(progress: Progress) -> str | None:
    """Go on until the proof is complete or nothing is left to try."""
    return None


def time_limit(seconds: float, spent_s: float = 0.0) -> Stop:
    """Stop after `seconds` of solving, of which `spent_s` were spent before."""
    return lambda progress: f"time limit of {seconds:g} s" if spent_s + progress.seconds >= seconds else None


def gap(share: float) -> Stop:
    """Stop as soon as the proven gap is at most `share` (0.01 = one per cent)."""

    def rule(progress: Progress) -> str | None:
        reached = progress.gap is not None and progress.gap <= share
        return f"gap of {share:g} reached" if reached else None

    return rule


def stalled(seconds: float) -> Stop:
    """Stop when no better plan was found for `seconds`."""
    return lambda progress: (
        f"no better plan for {seconds:g} s" if progress.seconds_since_improvement >= seconds else None
    )


def cancelled(event: Event, reason: str = "cancelled") -> Stop:
    """Stop when `event` is set, for instance by a signal handler or another thread."""
    return lambda progress: reason if event.is_set() else None


def any_of(*rules: Stop) -> Stop:
    """Stop by the first of `rules` that says so."""

    def rule(progress: Progress) -> str | None:
        return next((reason for reason in (one(progress) for one in rules) if reason is not None), None)

    return rule
