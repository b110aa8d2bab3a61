"""A collector of OpenTelemetry's spans on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """A span as it was told."""

    name: str
    service: str
    trace: str
    number: str
    parent: str
    attributes: dict[str, str]
    moments: list[str]


@dataclass
class Collector:
    """What was told so far. url: where to tell it."""

    url: str
    spans: list[Span] = field(default_factory=list)
    news: Condition = field(default_factory=Condition)

    def wait_for(self, name: str, patience_s: float, **attributes: str) -> Span:
        """The first span of this name with these attributes, as soon as it was told."""

        def found() -> Span | None:
            known = [one for one in self.spans if one.name == name and attributes.items() <= one.attributes.items()]
            return known[0] if known else None

        with self.news:
            assert self.news.wait_for(found, patience_s), [one.name for one in self.spans]
            span = found()
        assert span is not None
        return span


@contextmanager
def collector() -> Iterator[Collector]:
    """One that takes spans until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            with here.news:
                here.spans += spans_of(told)
                here.news.notify_all()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Collector(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


def spans_of(told: Any) -> Iterator[Span]:
    for resource in told.resource_spans:
        service = {one.key: one.value.string_value for one in resource.resource.attributes}["service.name"]
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            yield Span(
                span.name,
                service,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes},
                [event.name for event in span.events],
            )
