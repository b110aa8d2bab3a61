"""The chart's alerts, and what makes each of them fire."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "charts/tutti/files/alerts.yaml"

_IN = 'namespace="$namespace"'


def alerts() -> dict[str, dict[str, Any]]:
    """All alerts by name."""
    groups = yaml.safe_load(FILE.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def rules_of(name: str) -> dict[str, Any]:
    """The rules as a file has them, with this one of the alerts, and with the records of its group."""
    groups = yaml.safe_load(FILE.read_text())["groups"]
    group = next(group for group in groups if any(rule.get("alert") == name for rule in group["rules"]))
    return {"groups": [{**group, "rules": [rule for rule in group["rules"] if rule.get("alert", name) == name]}]}


def expressions() -> list[str]:
    """What all rules ask."""
    return [rule["expr"] for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]]


UP = {f"tutti_store_up{{{_IN}}}": "1x1000"}

# By alert: series from which it fires, and the like from which it does not. Values a minute apart.
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "TuttiNotScraped": ({}, UP),
    "TuttiJobStoreAway": ({f"tutti_store_up{{{_IN}}}": "0x1000"}, UP),
    "TuttiBrokerAway": ({f"tutti_broker_up{{{_IN}}}": "0x1000"}, {f"tutti_broker_up{{{_IN}}}": "1x1000"}),
    "TuttiCircuitOpen": (
        {f'tutti_circuit_openings_total{{{_IN},dependency="broker"}}': "0+1x1000"},
        {f'tutti_circuit_openings_total{{{_IN},dependency="broker"}}': "3x1000"},
    ),
    "TuttiHttpErrors": (
        {
            f'tutti_http_answer_seconds_count{{{_IN},status="503"}}': "0+3x1000",
            f'tutti_http_answer_seconds_count{{{_IN},status="200"}}': "0+97x1000",
        },
        {
            f'tutti_http_answer_seconds_count{{{_IN},status="503"}}': "0+1x1000",
            f'tutti_http_answer_seconds_count{{{_IN},status="200"}}': "0+99x1000",
        },
    ),
    "TuttiNoWorker": (
        {f'tutti_jobs{{{_IN},queue="large",state="queued"}}': "3x1000"},
        {
            f'tutti_jobs{{{_IN},queue="large",state="queued"}}': "3x1000",
            f'tutti_jobs{{{_IN},queue="large",state="running"}}': "1x1000",
        },
    ),
    "TuttiJobsWaitLong": (
        {f'tutti_oldest_job_seconds{{{_IN},queue="small",state="queued"}}': "0+60x1000"},
        {f'tutti_oldest_job_seconds{{{_IN},queue="small",state="running"}}': "0+60x1000"},
    ),
    "TuttiJobsNotAnnounced": (
        {f"tutti_unsent_jobs{{{_IN}}}": "2x1000", f"tutti_broker_up{{{_IN}}}": "1x1000"},
        {f"tutti_unsent_jobs{{{_IN}}}": "2x1000", f"tutti_broker_up{{{_IN}}}": "0x1000"},
    ),
    "TuttiJobsGivenUp": (
        {f'tutti_failures_total{{{_IN},queue="small",code="solver_killed"}}': "_x998 1 1 1"},
        {f'tutti_failures_total{{{_IN},queue="small",code="infeasible"}}': "_x998 1 1 1"},
    ),
    "TuttiHoldersLost": (
        {f"tutti_recoveries_total{{{_IN}}}": "0+1x1000"},
        {f"tutti_recoveries_total{{{_IN}}}": "9x1000"},
    ),
    "TuttiFenceLosses": (
        {f"tutti_fence_losses_total{{{_IN}}}": "0x995 1x5"},
        {f"tutti_fence_losses_total{{{_IN}}}": "1x1000"},
    ),
    "TuttiCheckpointsOld": (
        {f'tutti_checkpoint_age_seconds{{{_IN},queue="large"}}': "0+60x1000"},
        {f'tutti_checkpoint_age_seconds{{{_IN},queue="large"}}': "60x1000"},
    ),
    "TuttiRedisNearlyFull": (
        {f"tutti_broker_memory_bytes{{{_IN}}}": "81x1000", f"tutti_broker_memory_limit_bytes{{{_IN}}}": "100x1000"},
        {f"tutti_broker_memory_bytes{{{_IN}}}": "79x1000", f"tutti_broker_memory_limit_bytes{{{_IN}}}": "100x1000"},
    ),
    "TuttiPostgresConnections": (
        {f"tutti_store_connections{{{_IN}}}": "81x1000", f"tutti_store_connections_limit{{{_IN}}}": "100x1000"},
        {f"tutti_store_connections{{{_IN}}}": "79x1000", f"tutti_store_connections_limit{{{_IN}}}": "100x1000"},
    ),
    "TuttiVolumeNearlyFull": (
        {
            f'kubelet_volume_stats_{what}_bytes{{{_IN},persistentvolumeclaim="data-t-postgresql-0"}}': f"{of}x1000"
            for what, of in (("available", 14), ("capacity", 100))
        },
        {
            f'kubelet_volume_stats_{what}_bytes{{{_IN},persistentvolumeclaim="data-another-0"}}': f"{of}x1000"
            for what, of in (("available", 14), ("capacity", 100))
        },
    ),
    "TuttiScalerErrors": (
        {'keda_scaled_object_errors_total{exported_namespace="$namespace",scaledObject="small"}': "0+1x1000"},
        {'keda_scaled_object_errors_total{exported_namespace="another",scaledObject="small"}': "0+1x1000"},
    ),
    "TuttiSloBurnsFast": (
        {
            f'tutti_ended_jobs_total{{{_IN},outcome="late"}}': "0+2x1000",
            f'tutti_ended_jobs_total{{{_IN},outcome="in_time"}}': "0+98x1000",
        },
        {
            f'tutti_ended_jobs_total{{{_IN},outcome="late"}}': "0+4x1000",
            f'tutti_ended_jobs_total{{{_IN},outcome="in_time"}}': "0+996x1000",
        },
    ),
    "TuttiSloBurnsSlowly": (
        {
            f'tutti_ended_jobs_total{{{_IN},outcome="failed"}}': "0+4x1000",
            f'tutti_ended_jobs_total{{{_IN},outcome="in_time"}}': "0+996x1000",
        },
        {
            f'tutti_ended_jobs_total{{{_IN},outcome="failed"}}': "0+0.5x1000",
            f'tutti_ended_jobs_total{{{_IN},outcome="in_time"}}': "0+999x1000",
        },
    ),
}
