"""OpenTelemetry's part of `tutti.telemetry.tracing`: imported only where spans are told to a collector."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bound_contextvars

_TRACEPARENT = "traceparent"


class Spans:
    """Those of one process, told over OTLP/HTTP in a thread of their own. The variables OTEL_* say where and how."""

    def __init__(self, service: str) -> None:
        resource = Resource.create({"service.name": service, "service.version": version("tutti")})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("tutti")
        self._w3c = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, parent: str | None, kind: str, attributes: Mapping[str, str | float]) -> Iterator[None]:
        """A block as a span. Of an error that ends it its kind and text are told, and no traceback."""
        around = None if parent is None else self._w3c.extract({_TRACEPARENT: parent})
        as_kind = trace.SpanKind[kind.upper()]
        with (
            self._tracer.start_as_current_span(name, around, as_kind, attributes, record_exception=False) as begun,
            bound_contextvars(trace_id=trace.format_trace_id(begun.get_span_context().trace_id)),
        ):
            yield

    def leave(self) -> None:
        """Be in no span."""
        context.attach(context.Context())

    def traceparent(self) -> str | None:
        """The current span, as W3C's header has it."""
        carrier: dict[str, str] = {}
        self._w3c.inject(carrier)
        return carrier.get(_TRACEPARENT)

    def rename(self, name: str, attributes: Mapping[str, str | float]) -> None:
        """Say more of the current span."""
        current = trace.get_current_span()
        current.update_name(name)
        current.set_attributes(attributes)

    def happened(self, name: str, attributes: Mapping[str, str | float]) -> None:
        """Note a moment within the current span."""
        trace.get_current_span().add_event(name, attributes)

    def close(self) -> None:
        """Tell what is not told yet."""
        self._provider.shutdown()
