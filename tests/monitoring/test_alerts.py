"""Each alert fires when it should and not otherwise, says whom to call, and has a runbook."""

import shutil
import subprocess
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring import provoke
from tests.monitoring.alerts import CASES, FILE, ROOT, alerts, rules_of

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="no promtool on the PATH (Debian: prometheus)"
)
RUNBOOKS = ROOT / "docs/runbooks"
PARTS = ("## What it means", "## How to see it", "## What to do", "## How to know that it worked")


def expectation(series: dict[str, str], name: str, *, fires: bool) -> tuple[str, dict[str, Any]]:
    """The alert, and a test of promtool's: after 1000 minutes of these series it fires, or does not."""
    return name, {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}})',
                "eval_time": "1000m",
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }


def hold(expectations: Iterable[tuple[str, dict[str, Any]]], folder: Path) -> None:
    """Fail unless promtool finds them all true of the rules, evaluated each five minutes.

    Each is tried with its alert alone, and what that is recorded from: with all rules promtool takes its time.
    """
    files = []
    for name, tests in groupby(expectations, key=itemgetter(0)):
        rules, file = folder / f"{name}.rules.yaml", folder / f"{name}.yaml"
        rules.write_text(yaml.safe_dump(rules_of(name)))
        of_alert = {"rule_files": [str(rules)], "evaluation_interval": "5m", "tests": [test for _, test in tests]}
        file.write_text(yaml.safe_dump(of_alert))
        files.append(file)
    done = subprocess.run(["promtool", "test", "rules", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_every_alert_fires_when_it_should_and_not_otherwise(tmp_path: Path) -> None:
    tests = []
    for name, (bad, good) in CASES.items():
        tests += [expectation(bad, name, fires=True), expectation(good, name, fires=False)]
    hold(tests, tmp_path)


@needs_promtool
@pytest.mark.parametrize("young", ["_x997 1 1 1", "_x996 1 1 stale"], ids=["that lives", "that is gone"])
@pytest.mark.parametrize("name", ["TuttiSloBurnsFast", "TuttiSloBurnsSlowly"])
def test_jobs_that_failed_before_their_worker_was_first_scraped_count(name: str, young: str, tmp_path: Path) -> None:
    pods = {f"young-{number}": young for number in range(3)} | {"old": "9x1000"}
    failed = {
        f'tutti_ended_jobs_total{{namespace="$namespace",pod="{pod}",outcome="failed"}}': pods[pod] for pod in pods
    }
    in_time = {series.replace("failed", "in_time"): values for series, values in failed.items()}
    hold([expectation(failed, name, fires=True), expectation(in_time, name, fires=False)], tmp_path)


@needs_promtool
def test_a_job_that_was_given_up_counts_though_its_worker_is_gone(tmp_path: Path) -> None:
    series = 'tutti_failures_total{namespace="$namespace",pod="young",queue="small",code="attempts_exhausted"}'
    soon, later = {series: "_x990 1 1 stale"}, {series: "_x900 1 1 stale"}
    tests = [expectation(soon, "TuttiJobsGivenUp", fires=True), expectation(later, "TuttiJobsGivenUp", fires=False)]
    hold(tests, tmp_path)


@needs_promtool
def test_prometheus_takes_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", str(FILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tried() -> None:
    assert set(CASES) == set(alerts())


@pytest.mark.parametrize("name", alerts())
def test_every_alert_has_a_severity_a_summary_and_a_runbook(name: str) -> None:
    rule = alerts()[name]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["runbook_url"] == f"$runbooks/{name}.md"
    page = (RUNBOOKS / f"{name}.md").read_text()
    assert page.startswith(f"# {name}\n")
    places = [page.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)


def test_every_runbook_is_of_an_alert_and_in_the_reference() -> None:
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == set(alerts())
    reference = (ROOT / "docs/reference/alerts.md").read_text()
    for name, rule in alerts().items():
        assert f"| [{name}](../runbooks/{name}.md) | {rule['labels']['severity']} |" in reference


def test_provoking_them_says_at_once_that_prometheus_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert provoke.main([]) == 2
    assert capsys.readouterr().err.strip() == "no prometheus on the PATH (Debian: prometheus)"
