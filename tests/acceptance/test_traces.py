"""One trace from a request to its result, whoever works on it."""

import subprocess
import sys

import pytest

from tests.acceptance.collector import collector
from tests.acceptance.conftest import Cluster, until, until_attempt
from tests.days import day
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.server

_TRACE, _CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_trace_goes_from_the_clients_span_through_the_api_and_a_second_attempt_into_the_solver(
    cluster: Cluster,
) -> None:
    with collector() as told:
        cluster.environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": told.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        client = cluster.start_api()
        first = cluster.start_worker()
        headers = {"traceparent": f"00-{_TRACE}-{_CALLER}-01"}
        job_id = client.post("/v1/jobs", json=day(2500), headers=headers).json()["id"]
        until(client, f"/tasks/{job_id}", "PROGRESS")
        first.kill()
        cluster.start_worker()
        until_attempt(client, job_id, 2)
        client.post(f"/v1/jobs/{job_id}/stop")
        until(client, f"/v1/jobs/{job_id}", "completed")
        asked = told.wait_for("POST /v1/jobs", PATIENCE_S)
        attempt = told.wait_for("attempt", PATIENCE_S, job_id=job_id, attempt="2")
        solve = told.wait_for("solve", PATIENCE_S)
    assert {asked.trace, attempt.trace, solve.trace} == {_TRACE}
    assert [asked.parent, attempt.parent, solve.parent] == [_CALLER, asked.number, attempt.number]
    assert [asked.service, attempt.service, solve.service] == ["tutti-api", "tutti-worker", "tutti-worker"]
    assert "done" in solve.moments + attempt.moments


def test_without_a_collector_nothing_of_the_sdk_is_imported() -> None:
    code = (
        "import sys, tutti.api.server, tutti.execution.worker; from tutti.telemetry import tracing; "
        "tracing.set_up_tracing('here')\nwith tracing.span('quiet'): print(tracing.traceparent(), end=' ')\n"
        "ours = ('opentelemetry.sdk.trace', 'opentelemetry.exporter'); "
        "print([name for name in sys.modules if name.startswith(ours)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None []\n"
