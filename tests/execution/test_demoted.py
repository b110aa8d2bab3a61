"""What a Redis says that was the first one, to who still writes to it."""

import json
from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from tests.servers import free_port, run_redis
from tests.services import Proxy
from tutti.execution.celery_configuration import make_app
from tutti.execution.demoted import DemotedError, hang_up_on_the_demoted
from tutti.settings import Settings

pytestmark = pytest.mark.server
_WRITE = "redis.call('SET', KEYS[1], 'a')"


@pytest.fixture
def replica() -> Iterator[Redis]:
    hang_up_on_the_demoted()
    port = free_port()
    with run_redis(port), Redis(port=port) as client:
        client.replicaof("127.0.0.1", free_port())
        yield client


@pytest.mark.parametrize(
    "write",
    [
        lambda replica: replica.set("key", "a"),
        lambda replica: replica.eval(_WRITE, 1, "key"),
        lambda replica: replica.pipeline().set("key", "a").execute(),
        lambda replica: replica.pipeline().eval(_WRITE, 1, "key").execute(),
    ],
    ids=["alone", "by a script", "in a transaction", "by a script in a transaction"],
)
def test_whoever_is_refused_a_write_connects_anew(replica: Redis, write: Callable[[Redis], object]) -> None:
    before = replica.client_id()
    with pytest.raises(DemotedError, match="read only replica"):
        write(replica)
    assert replica.client_id() != before


def test_another_refusal_costs_no_connection(replica: Redis) -> None:
    before = replica.client_id()
    with pytest.raises(ResponseError, match="wrong number of arguments"):
        replica.execute_command("GET")  # type: ignore[no-untyped-call]
    assert replica.client_id() == before


@pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")  # by Celery
def test_the_result_of_a_task_comes_to_the_redis_that_is_the_first_one_now() -> None:
    """Else the task would count as failed, though its job is completed."""
    old, new = free_port(), free_port()
    with run_redis(old), run_redis(new), Proxy(f"http://127.0.0.1:{old}") as proxy:
        backend = make_app(Settings(broker_url=f"redis://127.0.0.1:{proxy.port}/0")).backend
        backend.store_result("task", None, "STARTED")
        proxy.lead_to(new)
        with Redis(port=old) as demoted:
            demoted.replicaof("127.0.0.1", new)
        backend.store_result("task", {"buses": 3}, "SUCCESS")
        with Redis(port=new) as first:
            assert json.loads(first.get("celery-task-meta-task") or b"{}")["result"] == {"buses": 3}
