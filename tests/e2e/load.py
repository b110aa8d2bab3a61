"""A bounded number of requests a second to a release's API, from a pod beside it, as other services call it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.e2e.releases import Release, until

_MOST_S = 200
_CALLER = """
import asyncio, json, os, sys, time, httpx
address, per_second, most_s = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
answered, failed = 0, []

async def call(client):
    global answered
    try:
        answer = await client.get("/v1/jobs?limit=1")
        answered += answer.status_code == 200
        if answer.status_code != 200:
            failed.append(f"{time.time():.1f} {answer.status_code}")
    except httpx.HTTPError as error:
        failed.append(f"{time.time():.1f} {error!r}")

async def main():
    limits = httpx.Limits(max_keepalive_connections=0)  # each request is a connection of its own
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits) as client, asyncio.TaskGroup() as group:
        while time.monotonic() - began < most_s and not os.path.exists("/tmp/stop"):
            group.create_task(call(client))
            await asyncio.sleep(1 / per_second)

open("/tmp/started", "w").close()
asyncio.run(main())
with open("/tmp/result.part", "w") as result:
    json.dump([answered, failed], result)
os.rename("/tmp/result.part", "/tmp/result")
time.sleep(60)
"""


@dataclass(frozen=True)
class Calls:
    """The calls of a pod, which has begun with them."""

    release: Release

    def result(self) -> tuple[int, list[str]]:
        """How many were answered, and what became of the others."""
        answered, failed = json.loads(self.release.kubectl("exec", "caller", "--", "cat", "/tmp/result"))
        return answered, failed


@contextmanager
def calling(release: Release, *, per_second: float) -> Iterator[Calls]:
    """Call until the end of the block, and no longer than some minutes."""
    template = release.pods("api")[0]["spec"]
    address = f"http://{release.name}-api:8000"
    container = {
        "name": "caller",
        "image": template["containers"][0]["image"],
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", _CALLER, address, str(per_second), str(_MOST_S)],
        "securityContext": template["containers"][0]["securityContext"],
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }
    spec = {
        "containers": [container],
        "securityContext": template["securityContext"],
        "restartPolicy": "Never",
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "caller"}, "spec": spec}
    release.kubectl("apply", "-f", "-", given=json.dumps(pod))
    release.kubectl("wait", "--for=condition=Ready", "pod/caller", "--timeout=60s")
    until(lambda: _has(release, "started"), "the caller has begun")
    calls = Calls(release)
    try:
        yield calls
    finally:
        release.kubectl("exec", "caller", "--", "touch", "/tmp/stop")
        until(lambda: _has(release, "result"), "the caller has ended", 60)


def _has(release: Release, name: str) -> bool:
    return name in release.kubectl("exec", "caller", "--", "ls", "/tmp").split()
