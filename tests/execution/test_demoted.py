"""What a Redis says that was the first one, to who still writes to it."""

from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from tests.servers import free_port, run_redis
from tutti.execution.demoted import DemotedError, hang_up_on_the_demoted

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
