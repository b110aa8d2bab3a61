"""`tutti serve` as a process of its own, a connection to it that can be cut, and servers of others."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Condition, Event, Thread

from tutti import Client


@contextmanager
def tutti_serve(folder: Path, **environment: str) -> Iterator[str]:
    """The address of a service on the folder; killed at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tutti", "serve", "--port", "0", "--data", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TUTTI_SLOTS": "1", **environment},
    )
    with process:
        assert process.stderr is not None
        address = re.search(r"http://[\d.:]+", process.stderr.readline())
        assert address is not None
        try:
            yield address[0]
        finally:
            process.kill()


@contextmanager
def serve_to(folder: Path, **passwords: str) -> Iterator[str]:
    """The address of a service on the folder that has these users."""
    users = folder / "users"
    users.mkdir()
    for name, password in passwords.items():
        (users / name).write_text(password)
    with tutti_serve(folder, TUTTI_USERS_DIR=str(users)) as address:
        yield address


@contextmanager
def tidy_client(address: str) -> Iterator[Client]:
    """A client; jobs that wait or run at the end are cancelled, so that they don't hold up the next test's."""
    with Client(address) as client:
        yield client
        for job in client.jobs(status=["queued", "running"]):
            client.cancel(job.id)


@contextmanager
def http_server(handler: type[BaseHTTPRequestHandler]) -> Iterator[HTTPServer]:
    """A server that is not Tutti's, on loopback."""
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Proxy:
    """Passes TCP connections on to a server on loopback until it is told to cut them, or to hold what comes.

    `connections` is how many were made so far; the next `refusals` of them are not passed on.
    """

    def __init__(self, server: str) -> None:
        self._server_port = int(server.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.connections = 0
        self.refusals: float = 0
        self._passing = Event()
        self._passing.set()
        self._answered = b""
        self._news = Condition()
        self._thread = Thread(target=self._accept)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        self.cut()
        self._passing.set()

    def hold(self) -> None:
        """Take what comes, also new connections, and pass nothing on: as a server that stands still."""
        self._passing.clear()

    def lead_to(self, port: int) -> None:
        """Pass new connections on to another server of loopback; those that are open stay where they are."""
        self._server_port = port

    def cut(self) -> None:
        """Break all connections that are open."""
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def wait_for_answer(self, part: bytes) -> None:
        """Wait until the server has answered this."""
        with self._news:
            assert self._news.wait_for(lambda: part in self._answered, timeout=60)

    def _accept(self) -> None:
        with suppress(OSError):  # how Linux tells that the listener was shut down
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                if self.refusals:
                    self.refusals -= 1
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open += [client, server]
                Thread(target=self._pass_on, args=(client, server)).start()
                Thread(target=self._pass_on, args=(server, client), kwargs={"note": self._note}).start()

    def _note(self, answer: bytes) -> None:
        with self._news:
            self._answered += answer
            self._news.notify_all()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, note: Callable[[bytes], None] | None = None
    ) -> None:
        with closing(source), suppress(OSError):
            while data := source.recv(65_536):
                self._passing.wait()
                target.sendall(data)
                if note:
                    note(data)
            target.shutdown(socket.SHUT_RDWR)
