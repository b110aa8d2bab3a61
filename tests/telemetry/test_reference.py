from pathlib import Path

from tests.telemetry.described import Described, own_metrics, table
from tutti.api.service_state import state_metrics

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_the_reference_names_every_metric_as_the_code_has_it() -> None:
    assert table(own_metrics()) in REFERENCE.read_text()
    assert table(map(Described.found_out, state_metrics().values())) in REFERENCE.read_text()
