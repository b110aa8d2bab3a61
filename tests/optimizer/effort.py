"""How many examples a property is tried on: few and always the same, or many new ones at each run.

TUTTI_TEST_PROFILE=thorough .venv/bin/pytest tests/optimizer
"""

import os

from hypothesis import HealthCheck, settings

_TIMES_MORE = 15
_SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large]  # 25 trips of seven numbers each


def examples(quick: int) -> settings:
    """Decorates a property: `quick` examples, or many times more if TUTTI_TEST_PROFILE is `thorough`."""
    if os.environ.get("TUTTI_TEST_PROFILE") == "thorough":
        return settings(
            max_examples=_TIMES_MORE * quick, deadline=None, suppress_health_check=_SLOW_TO_DRAW, print_blob=True
        )
    return settings(
        max_examples=quick, deadline=None, suppress_health_check=_SLOW_TO_DRAW, derandomize=True, database=None
    )
