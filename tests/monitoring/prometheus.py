"""A real Prometheus with the chart's alerts, which looks often and does not wait."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.monitoring.alerts import FILE
from tests.servers import free_port
from tests.waiting import soon

_HERE = "here"


class Prometheus:
    """A client of it. namespace: of the service that it watches."""

    def __init__(self, client: httpx.Client, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    def firing(self) -> dict[str, dict[str, Any]]:
        """The alerts that fire, by name."""
        alerts = self._told("alerts")["alerts"]
        return {one["labels"]["alertname"]: one for one in alerts if one["state"] == "firing"}

    def answer(self, query: str) -> list[Any]:
        """What it answers to a query of the dashboard's."""
        asked = query.replace("$namespace", self._namespace).replace("$__rate_interval", "1m")
        found: list[Any] = self._told("query", query=asked)["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Each rule, with its `health`, and its `lastError` if it has one."""
        return [rule for group in self._told("rules")["groups"] for rule in group["rules"]]

    def targets(self) -> list[dict[str, Any]]:
        """What it scrapes, each with its `labels` and its `health`."""
        found: list[dict[str, Any]] = self._told("targets", state="active")["activeTargets"]
        return found

    def _told(self, what: str, **asked: str) -> Any:
        told = self._client.get(f"/api/v1/{what}", params=asked).json()
        assert told["status"] == "success", told
        return told["data"]


@contextmanager
def prometheus(folder: Path, *targets: str, instead: Mapping[str, str] | None = None) -> Iterator[Prometheus]:
    """One that looks at the targets each second, with alerts that wait for two seconds only.

    instead: what else the rules are to say, by what they say.
    """
    rules = re.sub(r"for: \d+m", "for: 2s", FILE.read_text())
    for said, other in {"$namespace": _HERE, "$runbooks": "docs/runbooks", **(instead or {})}.items():
        assert said in rules
        rules = rules.replace(said, other)
    (folder / "rules.yaml").write_text(rules)
    scrape = {"job_name": "tutti", "static_configs": [{"targets": targets, "labels": {"namespace": _HERE}}]}
    often = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config = {"global": often, "rule_files": ["rules.yaml"], "scrape_configs": [scrape]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    place = f"127.0.0.1:{free_port()}"
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (
        subprocess.Popen([*command, f"--web.listen-address={place}"], stderr=subprocess.DEVNULL) as process,
        ExitStack() as everything,
    ):
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(base_url=f"http://{place}", timeout=30, transport=transport) as client:
            everything.callback(process.kill)
            soon(lambda: client.get("/-/ready"), lambda answer: answer.is_success)
            yield Prometheus(client, _HERE)
