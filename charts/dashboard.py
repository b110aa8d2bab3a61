"""The dashboard for Grafana, written from a table of its panels: `python -m charts.schema` does that."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_IN = 'namespace="$namespace"'
_IN_TIME = ',outcome="in_time"'
_MOMENTS = ',kind!~"progress|incumbent|bound"'
_SOURCE = {"type": "prometheus", "uid": "$source"}
_STAT_SIZE, _GRAPH_SIZE = (3, 4), (8, 8)  # width (of 24), height
_ROW_HEIGHT = 1


@dataclass(frozen=True, slots=True)
class Panel:
    """A figure (`stat`) or a graph. queries: what is asked, and the legend of each."""

    title: str
    unit: str
    queries: Sequence[tuple[str, str]]
    stat: bool = False
    red_from: float | None = None
    red_below: float | None = None


def stat(title: str, unit: str, query: str, *, red_from: float | None = None, red_below: float | None = None) -> Panel:
    """One figure."""
    return Panel(title, unit, [(query, "")], stat=True, red_from=red_from, red_below=red_below)


def graph(title: str, unit: str, *queries: tuple[str, str]) -> Panel:
    """Curves."""
    return Panel(title, unit, queries)


def _rate(counter: str, by: str, more: str = "") -> str:
    return f"sum by ({by}) (rate({counter}{{{_IN}{more}}}[$__rate_interval]))"


def _grown(counter: str, by: str, window: str, more: str = "") -> str:
    """By how much it has grown; a worker that is new within the window counts with the most that it told (ADR 125)."""
    told = f"{counter}{{{_IN}{more}}}"
    return f"sum{by} (max_over_time({told}[{window}]) unless {told} offset {window} or increase({told}[{window}]))"


def _quantile(share: float, histogram: str, by: str) -> str:
    return f"histogram_quantile({share:g}, sum by (le, {by}) (rate({histogram}_bucket{{{_IN}}}[$__rate_interval])))"


ROWS: Sequence[tuple[str, Sequence[Panel]]] = [
    (
        "Is anything wrong",
        [
            stat("waiting", "short", f'sum(max by (queue) (tutti_jobs{{{_IN},state="queued"}})) or vector(0)'),
            stat("running", "short", f'sum(max by (queue) (tutti_jobs{{{_IN},state="running"}})) or vector(0)'),
            stat(
                "longest wait",
                "s",
                f'max(tutti_oldest_job_seconds{{{_IN},state="queued"}}) or vector(0)',
                red_from=600,
            ),
            stat(
                "in time, 1 day",
                "percentunit",
                f"{_grown('tutti_ended_jobs_total', '', '1d', _IN_TIME)}"
                f" / {_grown('tutti_ended_jobs_total', '', '1d')}",
                red_below=0.999,
            ),
            stat("failed, 1 day", "short", f"{_grown('tutti_failures_total', '', '1d')} or vector(0)"),
            stat("job store", "bool_on_off", f"max(tutti_store_up{{{_IN}}})", red_below=1),
            stat("broker", "bool_on_off", f"max(tutti_broker_up{{{_IN}}})", red_below=1),
            stat("worker slots", "short", f"sum(tutti_worker_slots{{{_IN}}}) or vector(0)"),
        ],
    ),
    (
        "Jobs",
        [
            graph(
                "jobs that wait or run",
                "short",
                (f"max by (queue, state) (tutti_jobs{{{_IN}}})", "{{queue}} {{state}}"),
            ),
            graph(
                "age of the oldest",
                "s",
                (f"max by (queue, state) (tutti_oldest_job_seconds{{{_IN}}})", "{{queue}} {{state}}"),
            ),
            graph("what happens", "ops", (_rate("tutti_job_events_total", "kind", _MOMENTS), "{{kind}}")),
            graph(
                "from submission to the first claim",
                "s",
                (_quantile(0.5, "tutti_claim_seconds", "queue"), "{{queue}} half"),
                (_quantile(0.95, "tutti_claim_seconds", "queue"), "{{queue}} 95 %"),
            ),
            graph("from submission to the end", "s", (_quantile(0.95, "tutti_job_seconds", "queue"), "{{queue}} 95 %")),
            graph(
                "failures",
                "short",
                (_grown("tutti_failures_total", " by (code)", "1h"), "{{code}}"),
            ),
        ],
    ),
    (
        "Solving",
        [
            graph(
                "seconds for a plan",
                "s",
                (_quantile(0.5, "tutti_solve_seconds", "queue"), "{{queue}} half"),
                (_quantile(0.95, "tutti_solve_seconds", "queue"), "{{queue}} 95 %"),
            ),
            graph("gap, 95 % of plans", "percentunit", (_quantile(0.95, "tutti_solve_gap", "queue"), "{{queue}}")),
            graph(
                "memory, 95 % of solvers", "bytes", (_quantile(0.95, "tutti_solve_memory_bytes", "queue"), "{{queue}}")
            ),
        ],
    ),
    (
        "Workers",
        [
            graph(
                "slots, and those in use",
                "short",
                (f"sum by (queues) (tutti_worker_slots{{{_IN}}})", "{{queues}}"),
                (f'sum(max by (queue) (tutti_jobs{{{_IN},state="running"}}))', "in use"),
            ),
            graph(
                "jobs that went back to their queue",
                "short",
                (_rate("tutti_requeued_jobs_total", "cause"), "{{cause}}"),
            ),
            graph(
                "workers thought dead",
                "ops",
                (_rate("tutti_recoveries_total", "namespace"), "jobs taken back"),
                (_rate("tutti_fence_losses_total", "namespace"), "writes refused"),
            ),
            graph(
                "age of the oldest checkpoint",
                "s",
                (f"max by (queue) (tutti_checkpoint_age_seconds{{{_IN}}})", "{{queue}}"),
            ),
            graph("messages to the broker", "ops", (_rate("tutti_messages_total", "rank"), "{{rank}}")),
            graph(
                "jobs the broker is to be told of",
                "short",
                (f"max by (queue) (tutti_unsent_jobs{{{_IN}}})", "{{queue}}"),
            ),
        ],
    ),
    (
        "Stores",
        [
            graph(
                "memory of Redis",
                "bytes",
                (f"max(tutti_broker_memory_bytes{{{_IN}}})", "used"),
                (f"max(tutti_broker_memory_limit_bytes{{{_IN}}})", "maxmemory"),
            ),
            graph(
                "connections to PostgreSQL",
                "short",
                (f"max(tutti_store_connections{{{_IN}}})", "open"),
                (f"max(tutti_store_connections_limit{{{_IN}}})", "most"),
            ),
            graph(
                "circuits (1: calls pass)",
                "short",
                (f"min by (dependency) (tutti_circuit_closed{{{_IN}}})", "{{dependency}}"),
            ),
        ],
    ),
    (
        "HTTP",
        [
            graph("requests", "reqps", (_rate("tutti_http_answer_seconds_count", "route"), "{{route}}")),
            graph(
                "seconds to the answer, 95 %", "s", (_quantile(0.95, "tutti_http_answer_seconds", "route"), "{{route}}")
            ),
            graph("clients that follow a job", "short", (f"sum by (way) (tutti_watchers{{{_IN}}})", "{{way}}")),
        ],
    ),
]


def queries() -> list[str]:
    """All that the dashboard asks."""
    return [query for _, panels in ROWS for panel in panels for query, _ in panel.queries]


def dashboard_json() -> str:
    """The dashboard as Grafana imports it."""
    document = {
        "uid": "tutti",
        "title": "Tutti",
        "tags": ["tutti"],
        "schemaVersion": 39,
        "timezone": "browser",
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": _variables()},
        "panels": _panels(),
    }
    return json.dumps(document, indent=1) + "\n"


def _variables() -> list[dict[str, Any]]:
    source = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    question = "label_values(tutti_store_up, namespace)"
    namespace = {"name": "namespace", "type": "query", "datasource": _SOURCE, "query": question, "refresh": 2}
    return [source, namespace]


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = []
    y = 0
    for title, row in ROWS:
        panels.append({"type": "row", "title": title, "collapsed": False, "gridPos": _place(0, y, 24, _ROW_HEIGHT)})
        y += _ROW_HEIGHT
        x = 0
        for panel in row:
            width, height = _STAT_SIZE if panel.stat else _GRAPH_SIZE
            if x + width > 24:
                x, y = 0, y + height
            panels.append({**_panel(panel), "gridPos": _place(x, y, width, height)})
            x += width
        y += height
    return [{"id": number, **panel} for number, panel in enumerate(panels, 1)]


def _panel(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    if panel.red_below is not None:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": panel.red_below}]
    return {
        "type": "stat" if panel.stat else "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
            for number, (query, legend) in enumerate(panel.queries)
        ],
    }


def _place(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "w": width, "h": height}
