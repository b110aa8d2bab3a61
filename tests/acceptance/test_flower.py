"""`tutti flower` as a process, before a real broker and a real worker."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest

from tests.acceptance.conftest import Cluster, running, until
from tests.days import day
from tests.servers import needs_ipv6
from tests.tls import behind_tls, certificate, needs_openssl
from tests.waiting import soon

_FLOWER = "from tutti.cli import main; import sys; sys.argv = ['tutti', 'flower', '--port', '0', *{options}]; main()"
_NAME, _PASSWORD = "watcher", "a:b,c d"  # what separates words elsewhere
_BYTES_OF_A_TASK = 5 * 2**10  # as measured; the chart gives Flower 256 MiB, of which it takes 100 when it begins
_CREDENTIALS = {"TUTTI_FLOWER_USER": _NAME, "TUTTI_FLOWER_PASSWORD": _PASSWORD}


def start_flower(cluster: Cluster, *options: str, before: str = "") -> tuple[httpx.Client, "subprocess.Popen[str]"]:
    """A client without credentials of a Flower that asks for some; the Flower. It first runs the code `before`."""
    code = f"{before}\n{_FLOWER.format(options=options)}"
    process = cluster.processes.enter_context(running(code, cluster.environment | _CREDENTIALS))
    assert process.stderr is not None
    address = re.search(r"http://\S+:\d+", process.stderr.readline())
    assert address is not None
    return cluster.processes.enter_context(httpx.Client(base_url=address[0], timeout=30)), process


def refused(*arguments: str, **environment: str) -> str:
    """What `tutti flower` says when it does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "tutti", "flower", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.server
def test_flower_shows_nothing_without_credentials(cluster: Cluster) -> None:
    client, _ = start_flower(cluster)
    for place in ("/", "/tasks", "/broker", "/api/tasks", "/api/queues/length"):
        assert client.get(place).status_code == 401
        assert client.get(place, auth=(_NAME, "guess")).status_code == 401
    assert client.get("/healthcheck").status_code == 200


@needs_ipv6
@pytest.mark.server
def test_flower_answers_on_addresses_of_both_kinds(cluster: Cluster) -> None:
    client, _ = start_flower(cluster, "--host", "::")
    for host in ("127.0.0.1", "::1"):
        assert client.get(client.base_url.copy_with(host=host, path="/healthcheck")).status_code == 200


@pytest.mark.server
def test_flower_shows_tasks_and_queues_to_those_who_know_the_password(cluster: Cluster) -> None:
    client, _ = start_flower(cluster)
    client.auth = (_NAME, _PASSWORD)
    api = cluster.start_api()
    waiting = {queue["name"]: queue["messages"] for queue in client.get("/api/queues/length").json()["active_queues"]}
    assert {"small", "large"} <= waiting.keys()
    cluster.start_worker()
    soon(lambda: "celery-" in client.get("/").text)
    job_id = api.post("/optimize-async", json=day(8)).json()["job_id"]
    until(api, f"/jobs/{job_id}", "completed")
    tasks = soon(lambda: client.get("/api/tasks").json())
    assert tasks[job_id]["name"] == "tasks.optimize_task"
    page = client.get("/broker").text
    assert "small" in page
    assert "large" in page


@pytest.mark.server
def test_flower_only_shows_to_those_who_know_the_password_too(cluster: Cluster) -> None:
    client, _ = start_flower(cluster)
    for deed in ("worker/shutdown/any", "worker/pool/shrink/any", "task/revoke/any", "task/async-apply/tasks.any"):
        assert client.post(f"/api/{deed}").status_code == 401
        assert client.post(f"/api/{deed}", auth=(_NAME, _PASSWORD)).status_code == 403


@pytest.mark.server
def test_flower_ends_on_request_and_logs_as_the_others_do(cluster: Cluster) -> None:
    cluster.environment |= {"TUTTI_LOG_FORMAT": "json", "TUTTI_LOG_LEVEL": "info"}
    client, process = start_flower(cluster)
    client.get("/nowhere")
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = [json.loads(line) for line in said.splitlines()]
    assert any(line["logger"] == "tornado.access" and "404 GET /nowhere" in line["event"] for line in lines)


@pytest.mark.server
def test_flower_with_a_state_knows_what_it_saw_before_it_was_started_again(cluster: Cluster, tmp_path: Path) -> None:
    api = cluster.start_api()
    client, process = start_flower(cluster, "--state", str(tmp_path / "flower"))
    client.auth = (_NAME, _PASSWORD)
    cluster.start_worker()
    job_id = api.post("/optimize-async", json=day(8)).json()["job_id"]
    soon(lambda: client.get("/api/tasks").json().get(job_id, {}).get("state") == "SUCCESS")
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    client, _ = start_flower(cluster, "--state", str(tmp_path / "flower"))
    client.auth = (_NAME, _PASSWORD)
    assert client.get("/api/tasks").json()[job_id]["state"] == "SUCCESS"


def test_flower_says_that_it_can_keep_no_state_in_a_folder_that_is_not_there() -> None:
    said = refused("--state", "/nowhere/flower", TUTTI_BROKER_URL="redis://127.0.0.1:1/0", **_CREDENTIALS)
    assert "/nowhere/flower" in said


def test_flower_does_not_start_without_a_password() -> None:
    said = refused(TUTTI_BROKER_URL="redis://127.0.0.1:1/0", TUTTI_FLOWER_PASSWORD="")
    assert "TUTTI_FLOWER_PASSWORD" in said


def test_flower_without_a_password_is_for_the_loopback_only() -> None:
    said = refused("--without-password", "--host", "0.0.0.0", TUTTI_BROKER_URL="redis://127.0.0.1:1/0")
    assert "0.0.0.0" in said


def test_flower_without_a_broker_says_what_to_set() -> None:
    assert "TUTTI_BROKER_URL" in refused(TUTTI_BROKER_URL="", **_CREDENTIALS)


def test_flower_that_is_not_installed_says_how_to_install_it() -> None:
    code = f"import sys; sys.modules['flower'] = None; {_FLOWER.format(options=())}"
    environment = {**os.environ, **_CREDENTIALS, "TUTTI_BROKER_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "tutti[monitoring]" in done.stderr


@pytest.mark.server
@needs_openssl
def test_queues_are_shown_of_a_broker_behind_tls_with_a_ca_of_ones_own(cluster: Cluster, tmp_path: Path) -> None:
    signed, key = certificate(tmp_path)
    place = urlsplit(cluster.redis_url)
    assert place.port is not None
    with behind_tls(place.port, signed, key) as port:
        url = f"rediss://127.0.0.1:{port}/0?ssl_cert_reqs=required&ssl_ca_certs={quote(str(signed), safe='')}"
        cluster.environment["TUTTI_BROKER_URL"] = url
        api = cluster.start_api()
        cluster.start_worker()
        job_id = api.post("/v1/jobs", json=day(4)).json()["id"]
        until(api, f"/v1/jobs/{job_id}", "completed")
        stranger, _ = start_flower(cluster)
        answer = stranger.get("/api/queues/length", auth=(_NAME, _PASSWORD))
        names = {queue["name"] for queue in answer.json()["active_queues"]}
        cluster.processes.close()
    assert {"small", "large", "celery"} <= names


def test_it_forgets_old_tasks_before_they_fill_the_memory_of_its_pod(cluster: Cluster) -> None:
    tell = "import atexit; from flower.options import options; atexit.register(lambda: print(options.max_tasks))"
    client, process = start_flower(cluster, before=f"import sys; sys.stdout = sys.stderr; {tell}")
    client.get("/healthcheck")
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert int(process.stderr.read().splitlines()[-1]) * _BYTES_OF_A_TASK < 100 * 2**20
