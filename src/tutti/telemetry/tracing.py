"""Spans of a job's way, from the request to the result: told to a collector by OpenTelemetry if its address is set.

Without an address nothing of OpenTelemetry's SDK is imported, and a span is a test of one variable. A job carries its
trace in its row, as W3C's `traceparent`, so that every attempt at it belongs to the request.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tutti.telemetry.spans import Spans

logger = logging.getLogger(__name__)

_ADDRESSES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

Kind = Literal["internal", "server", "consumer"]
Attribute = str | int | float | bool

_spans: list["Spans"] = []  # one, as soon as they are told to a collector


def set_up_tracing(service: str) -> None:
    """Tell spans of this process from now on if a collector's address is set; `service` unless OTEL_SERVICE_NAME is."""
    if _spans or not any(os.environ.get(name) for name in _ADDRESSES):
        return
    try:
        from tutti.telemetry.spans import Spans  # noqa: PLC0415
    except ImportError:
        logger.warning("no traces, though %s is set: install tutti with its extra tutti[tracing]", _ADDRESSES[0])
        return
    _spans.append(Spans(os.environ.get("OTEL_SERVICE_NAME", service)))


def end_tracing() -> None:
    """Tell what is not told yet."""
    while _spans:
        _spans.pop().close()


@contextmanager
def span(
    name: str, *, parent: str | None = None, kind: Kind = "internal", **attributes: Attribute | None
) -> Iterator[None]:
    """A block as a span of the one around it, or of `parent`, a `traceparent`; log lines in it have its trace's id."""
    if not _spans:
        yield
        return
    known = {key: value for key, value in attributes.items() if value is not None}
    with _spans[0].span(name, parent, kind, known):
        yield


def leave() -> None:
    """Have the caller's context be in no span, whatever it was made from."""
    if _spans:
        _spans[0].leave()


def traceparent() -> str | None:
    """The span that the caller is in, as W3C's header has it."""
    return _spans[0].traceparent() if _spans else None


def rename(name: str, **attributes: Attribute) -> None:
    """Say of the span that the caller is in what was not known when it began."""
    if _spans:
        _spans[0].rename(name, attributes)


def happened(name: str, **attributes: Attribute) -> None:
    """Note a moment within the span that the caller is in."""
    if _spans:
        _spans[0].happened(name, attributes)
