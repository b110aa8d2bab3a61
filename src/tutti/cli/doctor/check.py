"""One thing that was looked at, and what came of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_SKEW_S = 2.0


class Verdict(StrEnum):
    """`care`: it works, but someone should know."""

    FINE = "fine"
    CARE = "care"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """advice: what to change; empty if nothing is to be."""

    verdict: Verdict
    place: str
    text: str
    advice: str = ""


def fine(place: str, text: str) -> Check:
    """Nothing to do."""
    return Check(Verdict.FINE, place, text)


def care(place: str, text: str, advice: str) -> Check:
    """Works, but."""
    return Check(Verdict.CARE, place, text, advice)


def wrong(place: str, text: str, advice: str) -> Check:
    """Will fail, or fails already."""
    return Check(Verdict.WRONG, place, text, advice)


def skew(place: str, clock: datetime) -> Check:
    """How far a server's clock, read just now, is from this machine's."""
    ahead_s = (clock - datetime.now(UTC)).total_seconds()
    told = f"its clock is {abs(ahead_s):.1f} s {'ahead of' if ahead_s > 0 else 'behind'} this machine's"
    if abs(ahead_s) <= _SKEW_S:
        return fine(place, told)
    advice = "no job depends on it (leases go by the store's clock), but logs don't fit together; set both by NTP"
    return care(place, told, advice)
