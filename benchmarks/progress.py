"""From the moment at which a worker writes an event to its arrival at a watcher: server-sent events and the WebSocket.

The database's clock writes the moment, this process's reads the arrival: both are this machine's. The end of a job is
counted apart: over the WebSocket it brings the whole plan. Beside it a bare message from one Redis client to another.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import httpx
from httpx_sse import connect_sse
from redis import Redis
from websockets.sync.client import connect

from measuring import Table
from stage import stage
from tutti.fleet.generate import generate_day

_KINDS = ("started", "progress", "incumbent", "bound", "completed")


def main() -> None:
    """Print a row a way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=15, metavar="N")
    parser.add_argument("--routes", type=int, default=1500, metavar="N", help="so many that a job has several events")
    args = parser.parse_args()
    delays: dict[str, list[float]] = {way: [] for way in ("SSE", "WebSocket", "SSE, end", "WebSocket, end with plan")}
    with stage(TUTTI_WORKER_CONCURRENCY="1", TUTTI_HEARTBEAT_S="0.2") as one:
        address = "{}:{}".format(*one.start_api())
        one.start_worker()
        with httpx.Client(base_url=f"http://{address}", timeout=120) as client:
            client.post("/v1/jobs", json=generate_day(20), headers={"Prefer": "wait=60"})
            for seed in range(args.jobs):
                job_id = client.post("/v1/jobs", json=generate_day(args.routes, seed)).json()["id"]
                socket_arrivals: dict[int, float] = {}
                watcher = Thread(target=_watch, args=(address, job_id, socket_arrivals))
                watcher.start()
                received = list(_stream(client, job_id))
                watcher.join()
                for number, written_at, arrived_at in received:
                    is_end = number == received[-1][0]
                    delays["SSE, end" if is_end else "SSE"].append(arrived_at - written_at)
                    way = "WebSocket, end with plan" if is_end else "WebSocket"
                    delays[way].append(socket_arrivals[number] - written_at)
        bare = list(_bare(one.settings.redis_url))
    table = Table(["way", "events", "p50 ms", "p95 ms", "most ms"])
    for name, seconds in (("bare Redis", bare), *delays.items()):
        quantiles = statistics.quantiles(seconds, n=20, method="inclusive")
        table.row([name, len(seconds), 1000 * quantiles[9], 1000 * quantiles[18], 1000 * max(seconds)])


def _stream(client: httpx.Client, job_id: str) -> Iterator[tuple[int, float, float]]:
    """(number, written at, arrived at) of each event; the one of the submission is older than the watcher."""
    with connect_sse(client, "GET", f"/v1/jobs/{job_id}/events") as source:
        for event in source.iter_sse():
            if event.event in _KINDS:
                written_at = datetime.fromisoformat(json.loads(event.data)["at"]).timestamp()
                yield int(event.id), written_at, datetime.now(UTC).timestamp()


def _watch(address: str, job_id: str, arrivals: dict[int, float]) -> None:
    with connect(f"ws://{address}/ws/optimize/{job_id}?after=0", max_size=None) as socket:
        for message in socket:
            content = json.loads(message)
            if "sequence" in content:
                arrivals[content["sequence"]] = time.time()
            if content["type"] in ("completed", "error"):
                return


def _subscription(redis: Redis) -> Any:
    return redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]


def _bare(url: str) -> Iterator[float]:
    with closing(Redis.from_url(url)) as redis, closing(_subscription(redis)) as subscription:
        subscription.subscribe("bare")
        subscription.get_message(timeout=1)
        for _ in range(200):
            redis.publish("bare", str(time.time()))
            while (message := subscription.get_message(timeout=1)) is None:
                pass
            yield time.time() - float(message["data"])


if __name__ == "__main__":
    main()
