"""The service under a real Prometheus: what the dashboard asks has answers, and an alert fires with its words."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from charts.dashboard import queries

from tests.acceptance.conftest import PATIENCE_S, Cluster, running, until
from tests.acceptance.test_worker_metrics import _WORKER
from tests.days import day
from tests.monitoring.alerts import FILE
from tests.servers import free_port

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="no prometheus on the PATH (Debian: prometheus)"),
]
RARE = (
    "failures|requeued|recoveries|fence|checkpoint|memory_limit|unsent|openings|watchers"  # nothing of it happens here
)


def soon(look: Callable[[], Any], what: str) -> Any:
    """What `look` finds as soon as it finds something."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < give_up_at, what
        time.sleep(0.2)
    return found


@contextmanager
def prometheus(folder: Path, *targets: str) -> Iterator[httpx.Client]:
    """A Prometheus that looks at the targets each second, with alerts that do not wait; a client of its API."""
    rules = FILE.read_text().replace("$namespace", "here").replace("$runbooks", "docs/runbooks")
    (folder / "rules.yaml").write_text(re.sub(r"for: \d+m", "for: 1s", rules))
    scrape = {"job_name": "tutti", "static_configs": [{"targets": targets, "labels": {"namespace": "here"}}]}
    often = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config = {"global": often, "rule_files": ["rules.yaml"], "scrape_configs": [scrape]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    place = f"127.0.0.1:{free_port()}"
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with subprocess.Popen([*command, f"--web.listen-address={place}"], stderr=subprocess.DEVNULL) as process:
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(base_url=f"http://{place}", timeout=30, transport=transport) as client:
            soon(lambda: client.get("/-/ready").is_success, "Prometheus does not get ready")
            yield client
        process.kill()


def test_what_the_dashboard_asks_has_answers_and_a_queue_without_workers_raises_its_alert(
    cluster: Cluster, tmp_path: Path
) -> None:
    api, port = cluster.start_api(), free_port()
    with prometheus(tmp_path, f"{api.base_url.host}:{api.base_url.port}", f"127.0.0.1:{port}") as client:
        job_id = api.post("/v1/jobs", json=day(4)).json()["id"]

        def firing() -> list[dict[str, Any]]:
            alerts = client.get("/api/v1/alerts").json()["data"]["alerts"]
            return [one for one in alerts if one["labels"]["alertname"] == "TuttiNoWorker" and one["state"] == "firing"]

        (alert,) = soon(firing, "no alert for a queue that nobody serves")
        assert alert["annotations"]["summary"] == "No worker takes jobs of the queue small"
        environment = cluster.environment | {"TUTTI_METRICS_PORT": str(port)}
        cluster.processes.enter_context(running(_WORKER, environment))
        until(api, f"/v1/jobs/{job_id}", "completed")
        soon(lambda: not firing(), "the alert goes on though the job has ended")
        for query in queries():
            asked = query.replace("$namespace", "here").replace("$__rate_interval", "1m")

            def answer(asked: str = asked) -> list[Any]:
                told = client.get("/api/v1/query", params={"query": asked}).json()
                assert told["status"] == "success", told
                result: list[Any] = told["data"]["result"]
                return result

            answer()
            if not re.search(RARE, query) and "tutti_jobs{" not in query and "oldest" not in query:
                soon(answer, f"nothing is told for {asked}")
