"""Metrics as Prometheus reads them, from this process or from all that count together."""

import socket
from collections.abc import Callable
from wsgiref.simple_server import WSGIServer

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from tutti.telemetry.folder import shared_folder


def counted() -> bytes:
    """The metrics of this process."""
    return generate_latest(REGISTRY)


def serve_counts(port: int) -> Callable[[], None]:
    """Serve the metrics of all processes that count together, on every address; what ends that. OSError: port taken."""
    registry = REGISTRY
    if folder := shared_folder():
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    every = "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104 - the former takes both kinds, too
    server, thread = start_http_server(port, addr=every, registry=registry)
    return lambda: _end(server, thread.join)


def forget_process(pid: int) -> None:
    """A process that counted together with this one has ended: what it has now is nothing."""
    if folder := shared_folder():
        mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def _end(server: WSGIServer, wait: Callable[[], None]) -> None:
    server.shutdown()
    server.server_close()
    wait()
