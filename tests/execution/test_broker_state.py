"""What is made of what Redis says of itself."""

import pytest

from tutti.execution.broker_state import BrokerState


@pytest.mark.parametrize(
    ("info", "is_full"),
    [
        ({}, False),
        ({"used_memory": 101, "maxmemory": 100, "maxmemory_policy": "noeviction"}, True),
        ({"used_memory": 100, "maxmemory": 100, "maxmemory_policy": "noeviction"}, False),
        ({"used_memory": 101, "maxmemory": 100, "maxmemory_policy": "allkeys-lru"}, False),
        ({"used_memory": 101, "maxmemory": 0, "maxmemory_policy": "noeviction"}, False),
        (
            {
                "used_memory": 110,
                "mem_not_counted_for_evict": 10,
                "maxmemory": 100,
                "maxmemory_policy": "noeviction",
            },
            False,
        ),
    ],
)
def test_a_redis_is_full_above_its_limit_if_it_throws_nothing_out(info: dict[str, object], is_full: bool) -> None:
    assert BrokerState.of(info).is_full == is_full
