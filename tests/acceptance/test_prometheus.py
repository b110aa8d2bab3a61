"""The service under a real Prometheus: what the dashboard asks has answers, and an alert fires with its words."""

import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from charts.dashboard import queries

from tests.acceptance.conftest import Cluster, running, until
from tests.acceptance.test_worker_metrics import WORKER
from tests.days import day
from tests.monitoring.prometheus import prometheus
from tests.servers import free_port
from tests.waiting import soon

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="no prometheus on the PATH (Debian: prometheus)"),
]
RARE = "failures|requeued|recoveries|fence|checkpoint|memory_limit|openings|watchers"  # nothing of it happens here


def test_what_the_dashboard_asks_has_answers_and_a_queue_without_workers_raises_its_alert(
    cluster: Cluster, tmp_path: Path
) -> None:
    api, port = cluster.start_api(), free_port()
    with prometheus(tmp_path, f"{api.base_url.host}:{api.base_url.port}", f"127.0.0.1:{port}") as watching:
        job_id = api.post("/v1/jobs", json=day(4)).json()["id"]
        alert = soon(lambda: watching.firing().get("TuttiNoWorker"))
        assert alert is not None
        assert alert["annotations"]["summary"] == "No worker takes jobs of the queue small"
        environment = cluster.environment | {"TUTTI_METRICS_PORT": str(port)}
        cluster.processes.enter_context(running(WORKER, environment))
        until(api, f"/v1/jobs/{job_id}", "completed")
        soon(lambda: "TuttiNoWorker" not in watching.firing())
        for query in queries():
            watching.answer(query)
            if not re.search(RARE, query) and "oldest" not in query:
                soon(partial(watching.answer, query))
