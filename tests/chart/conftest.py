"""Each test of the chart runs with each Helm that is installed."""

import pytest

from tests.chart.rendering import Renderer, helms


@pytest.fixture(params=helms())
def helm(request: pytest.FixtureRequest) -> Renderer:
    return Renderer(request.param)
