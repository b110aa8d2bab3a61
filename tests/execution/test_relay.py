"""Telling the broker of queued jobs."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import redis
from kombu import Connection
from sqlalchemy import Engine, event, select, update

from tutti.execution.broker import Broker, keys
from tutti.execution.housekeeping import Housekeeping, relay
from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.leases import claim
from tutti.jobs.outbox import Message, Rank
from tutti.jobs.submission import Submission, submit
from tutti.jobs.tables import Job
from tutti.settings import Settings

pytestmark = pytest.mark.server

AGAIN_S = 60.0


@pytest.fixture
def emptied(redis_url: str) -> Iterator["redis.Redis"]:
    """A connection to an empty broker."""
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
        yield connection


@pytest.fixture
def broker(redis_url: str) -> Iterator[Broker]:
    broker = Broker(Settings(broker_url=redis_url))
    yield broker
    broker.close()


def wait_a_while(database: Database) -> None:
    """As if all messages had been sent long ago."""
    with database.writing() as session:
        session.execute(update(Job).values(sent_at=now(-2 * AGAIN_S)))


def test_all_jobs_are_announced_again_to_a_broker_that_lost_them(
    database: Database, broker: Broker, emptied: "redis.Redis"
) -> None:
    with database.writing() as session:
        for _ in range(5):
            submit(session, Submission("[]", 1, "someone", "small"))
    relay(database, broker, AGAIN_S)
    assert broker.waiting("small") == 5
    emptied.flushall()
    wait_a_while(database)
    relay(database, broker, AGAIN_S)
    assert broker.waiting("small") == 5


def test_who_tells_the_broker_of_a_job_asks_for_no_news_of_it(broker: Broker, emptied: "redis.Redis") -> None:
    emptied.config_resetstat()
    with broker.sending() as send:
        send(Message("new", "small", Rank.NEW))
    asked = emptied.info("commandstats")
    assert "cmdstat_lpush" in asked
    assert "cmdstat_subscribe" not in asked


def test_jobs_that_wait_their_turn_are_not_announced_again(
    database: Database, broker: Broker, emptied: "redis.Redis"
) -> None:
    with database.writing() as session:
        submit(session, Submission("[]", 1, "someone", "small"))
    relay(database, broker, AGAIN_S)
    wait_a_while(database)
    relay(database, broker, AGAIN_S)
    assert broker.waiting("small") == 1


def test_a_relay_that_has_nothing_to_tell_asks_the_store_one_thing(database: Database, broker: Broker) -> None:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    relay(database, broker, AGAIN_S)
    event.remove(Engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) == 1


def test_what_a_broker_that_breaks_off_has_not_taken_is_still_to_be_sent(
    database: Database, broker: Broker, emptied: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        ids = [submit(session, Submission("[]", 1, "someone", "small"))[0].id for _ in range(3)]
    sending = broker.sending

    @contextmanager
    def breaking_off() -> Iterator[Callable[[Message], None]]:
        with sending() as send:

            def send_one(message: Message) -> None:
                if message.job_id != ids[0]:
                    raise redis.ConnectionError("broken off")
                send(message)

            yield send_one

    monkeypatch.setattr(broker, "sending", breaking_off)
    with pytest.raises(redis.ConnectionError):
        relay(database, broker, AGAIN_S)
    with database.reading() as session:
        assert list(session.scalars(select(Job.id).where(Job.sent_at.is_(None)).order_by(Job.number))) == ids[1:]


def test_the_job_of_a_process_that_died_is_announced_before_anything_else_is_done(
    database: Database, broker: Broker, emptied: "redis.Redis"
) -> None:
    """Its worker has a free slot from then on, which is to have this job and not the next new one."""
    with database.writing() as session:
        for _ in range(2):
            submit(session, Submission("[]", 1, "someone", "small"))
    relay(database, broker, AGAIN_S)
    with database.writing() as session:
        assert claim(session, holder="the dead", lease_s=60) is not None
    served_first, *_ = keys("small")
    assert emptied.llen(served_first) == 0
    Housekeeping(database, Settings(), broker, lambda _: None).take_back_from("the dead")
    assert emptied.llen(served_first) == 1


def test_workers_take_what_ran_before_first_then_what_was_late_then_what_is_new(
    broker: Broker, emptied: "redis.Redis", redis_url: str
) -> None:
    with broker.sending() as send:
        for rank in reversed(Rank):
            send(Message(rank.name, "small", rank))
    with closing(Connection(redis_url)) as connection, closing(connection.SimpleQueue("small")) as queue:
        taken = [queue.get(timeout=30) for _ in Rank]
        assert [message.headers["id"] for message in taken] == ["RESUMED", "LATE", "NEW"]
