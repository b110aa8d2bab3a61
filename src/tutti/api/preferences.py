"""What a client prefers: the `Prefer` header (RFC 7240) and the choice of a media type by `Accept`."""

from collections.abc import Sequence
from dataclasses import dataclass

from tutti.api.errors import NotAcceptableError

_MOST_WAIT_S = 3600.0


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


def best_media_type(accept: str | None, offers: Sequence[str]) -> str:
    """The one of `offers` that the client likes best; of equals the first. NotAcceptableError if it wants none."""
    ranges = [_media_range(part) for part in (accept or "*/*").split(",")]
    ranked = [(max((q for pattern, q in ranges if _matches(pattern, offer)), default=0.0), offer) for offer in offers]
    quality, best = max(ranked, key=lambda pair: pair[0])
    if quality <= 0:
        raise NotAcceptableError(f"there is no {accept!r} here; what can be had: {', '.join(offers)}")
    return best


def _media_range(part: str) -> tuple[str, float]:
    pattern, *parameters = (word.strip().lower() for word in part.split(";"))
    quality = next((word[2:] for word in parameters if word.startswith("q=")), "1")
    try:
        return pattern, float(quality)
    except ValueError:
        return pattern, 1.0


def _matches(pattern: str, offer: str) -> bool:
    return pattern in ("*/*", "*", offer) or (pattern.endswith("/*") and offer.startswith(pattern[:-1]))
