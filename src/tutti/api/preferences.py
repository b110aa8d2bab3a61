"""What a client prefers: the `Prefer` header (RFC 7240) and the choice of a media type by `Accept`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutti.api.errors import NotAcceptableError

_MOST_WAIT_S = 3600.0
_QUALITY = re.compile(r"0(\.[0-9]*)?|1(\.0*)?")


@dataclass(frozen=True, slots=True)
class Preference:
    """respond_async: answer at once; wait_s: answer with the result if it is there within this time."""

    respond_async: bool = False
    wait_s: float | None = None


def preference(header: str | None) -> Preference:
    """What a `Prefer` header asks for; what is not understood is left aside, as RFC 7240 says."""
    words = dict(part.strip().lower().partition("=")[::2] for part in (header or "").split(","))
    wait = words.get("wait", "").strip().strip('"')
    wait_s = min(float(wait), _MOST_WAIT_S) if wait.isdecimal() and wait.isascii() else None
    return Preference("respond-async" in words, wait_s)


def best_media_type(accept: Sequence[str], offers: Sequence[str]) -> str:
    """The one of `offers` that the client likes best; of equals the first. NotAcceptableError if it wants none.

    accept: the values of all `Accept` headers; if they name nothing, everything is liked. Of the ranges that an offer
    is in the narrowest one counts (RFC 9110).
    """
    named = [part for part in ",".join(accept).split(",") if part.strip()]
    ranges = [_media_range(part) for part in named or ["*/*"]]
    best = max(offers, key=lambda offer: _quality(ranges, offer))
    if _quality(ranges, best) <= 0:
        raise NotAcceptableError(f"there is no {', '.join(accept)!r} here; what can be had: {', '.join(offers)}")
    return best


def _media_range(part: str) -> tuple[str, float]:
    """A range with its quality, which is 1 unless a number from 0 to 1 is given."""
    pattern, *parameters = (word.strip().lower() for word in part.split(";"))
    given = next((word[2:] for word in parameters if word.startswith("q=")), "")
    return pattern, float(given) if _QUALITY.fullmatch(given) else 1.0


def _quality(ranges: Sequence[tuple[str, float]], offer: str) -> float:
    kind = offer.partition("/")[0]
    for patterns in ((offer,), (f"{kind}/*",), ("*/*", "*")):
        found = [quality for pattern, quality in ranges if pattern in patterns]
        if found:
            return max(found)
    return 0.0
