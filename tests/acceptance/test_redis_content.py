"""What is in Redis of a job: never the truth, never much, never for ever."""

import pytest
import redis

from tests.acceptance.conftest import Cluster, until
from tests.acceptance.test_celery import submit
from tutti.execution.broker import keys

pytestmark = pytest.mark.server

_FEW_BYTES = 2_000


def test_the_message_of_a_job_carries_no_route(cluster: Cluster) -> None:
    client = cluster.start_api()
    submit(client, routes=2500)
    with redis.Redis.from_url(cluster.redis_url) as broker:
        while not (waiting := [message for key in keys("large") for message in broker.lrange(key, 0, -1)]):
            pass
    assert [len(message) < _FEW_BYTES for message in waiting] == [True]


def test_all_that_redis_keeps_of_a_job_that_has_ended_expires_within_an_hour(cluster: Cluster) -> None:
    client = cluster.start_api()
    cluster.start_worker()
    job_id = submit(client)
    until(client, f"/jobs/{job_id}", "completed")
    until(client, f"/tasks/{job_id}", "SUCCESS")
    with redis.Redis.from_url(cluster.redis_url) as broker:
        lasting = {key: broker.ttl(key) for key in broker.scan_iter(f"*{job_id}*")}
    assert lasting
    assert min(lasting.values()) > 0  # -1: for ever
    assert max(lasting.values()) <= 3600
