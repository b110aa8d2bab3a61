"""Many clients at once, as cheap as they can be: what they take is taken from the service, on the same machine."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calls:
    """How long calls took, seconds, and how many were answered by another status than 2xx."""

    seconds: Sequence[float]
    errors: int
    wall_s: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.seconds) / self.wall_s

    def quantile_ms(self, share: float) -> float:
        """The time, ms, within which this share of the calls was answered."""
        return 1000 * statistics.quantiles(self.seconds, n=1000, method="inclusive")[round(share * 1000) - 1]


def call(address: tuple[str, int], request: bytes, *, clients: int, calls: int) -> Calls:
    """Send the request `calls` times, from `clients` connections that each wait for an answer before the next."""
    return asyncio.run(_call(address, request, clients, calls))


def post(path: str, body: bytes) -> bytes:
    """A request with a JSON body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """A request without a body."""
    return f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()


async def _call(address: tuple[str, int], request: bytes, clients: int, calls: int) -> Calls:
    seconds: list[float] = []
    statuses: list[int] = []
    left = iter(range(calls))

    async def one() -> None:
        reader, writer = await asyncio.open_connection(*address)
        for _ in left:
            began = time.perf_counter()
            writer.write(request)
            statuses.append(await _answer(reader))
            seconds.append(time.perf_counter() - began)
        writer.close()
        await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(clients)))
    return Calls(seconds, sum(not 200 <= status < 300 for status in statuses), time.perf_counter() - began)


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))
    return int(head.split(maxsplit=2)[1])
