from pathlib import Path

from tutti.api.metrics import state_metrics
from tutti.telemetry.reference import described, own_metrics

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_the_reference_names_every_metric_as_the_code_has_it() -> None:
    assert described(own_metrics()) in REFERENCE.read_text()
    assert described(state_metrics().values()) in REFERENCE.read_text()
