"""What dashboard and alerts ask for is there to be told."""

import re

import pytest
from charts.dashboard import dashboard_json, queries

from tests.monitoring.alerts import ROOT, expressions
from tests.telemetry.described import Described, own_metrics
from tutti.api.service_state import state_metrics

OWN = [*own_metrics(), *map(Described.found_out, state_metrics().values())]
SERIES = {series: set(metric.labels) for metric in OWN for series in metric.series}
OF_PROMETHEUS = {"namespace", "pod", "le"}


@pytest.mark.parametrize("query", [*queries(), *expressions()])
def test_every_query_names_metrics_and_labels_that_the_code_has(query: str) -> None:
    asked = re.findall(r"(?<![\w:])(tutti_\w+)(?:\{([^}]*)\})?", query)
    for series, matchers in asked:
        assert series in SERIES
        labels = set(re.findall(r"(\w+)\s*[=!]~?\s*\"", matchers))
        assert labels <= SERIES[series] | OF_PROMETHEUS, series
    grouped = {label for names in re.findall(r"\bby \(([^)]*)\)", query) for label in names.split(", ")}
    known = set().union(*(SERIES[series] for series, _ in asked)) | OF_PROMETHEUS
    assert not asked or grouped <= known


def test_the_dashboard_is_the_one_that_the_code_makes() -> None:
    assert (ROOT / "charts/tutti/files/dashboard.json").read_text() == dashboard_json(), "run `make chart`"
