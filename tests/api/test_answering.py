"""What a request leaves to those that come after it on its connection: nothing."""

import asyncio
import logging
from contextvars import copy_context

import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, get_contextvars

from tests.acceptance.collector import collector
from tests.api.conftest import Client
from tutti.api.answering import Noted
from tutti.telemetry.tracing import end_tracing, set_up_tracing, traceparent

_CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_log_has_plain_numbers_and_no_line_break_of_a_client(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tutti.api.answering")
    client.put("/jobs/a%0Ab")
    client.delete("/jobs/a-b")
    told = [(f"{record.__dict__['status']!r}", record.__dict__.get("job_id")) for record in caplog.records]
    assert told == [("405", None), ("404", "a-b")]


def request(method: str, **headers: str) -> Scope:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": "/", "headers": encoded}


async def nothing() -> Message:
    return {"type": "http.request"}


async def drop(_: Message) -> None:
    pass


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_has_nothing_of_the_one_whose_context_it_begins_with(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """As it happens after a body for which the server had to stop reading."""
    seen: list[tuple[dict[str, object], str | None]] = []
    contexts = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((get_contextvars(), traceparent()))
        bind_contextvars(job_id="the first one's")
        contexts.append(copy_context())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def one_after_another() -> None:
        noted = Noted(app)
        await noted(request("POST", traceparent=_CALLER, **{"x-request-id": "first"}), nothing, drop)
        following = noted(request(method, **{"x-request-id": "second"}), nothing, drop)
        await asyncio.get_running_loop().create_task(following, context=contexts[0])

    with collector() as told:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
        set_up_tracing("here")
        try:
            asyncio.run(one_after_another())
        finally:
            end_tracing()
    (first, first_span), (second, second_span) = seen
    assert (first["request_id"], first_span.split("-")[1]) == ("first", _CALLER.split("-")[1])  # type: ignore[union-attr]
    assert second["request_id"] == "second"
    assert "job_id" not in second
    assert second.get("trace_id") != first["trace_id"]
    assert (second_span is None) == (method == "GET")
    assert [span.name for span in told.spans] == ["POST none", *(["POST none"] if method == "POST" else [])]
    assert [span.parent for span in told.spans][1:] == ([""] if method == "POST" else [])
    assert not caplog.records
