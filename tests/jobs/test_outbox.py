"""Which messages are sent, and which are taken for lost."""

import time
from collections.abc import Callable

from sqlalchemy import update

from tutti.jobs.clock import now
from tutti.jobs.database import Database
from tutti.jobs.leases import Lease, hand_back
from tutti.jobs.outbox import Message, Rank, look, take_lost, take_unsent
from tutti.jobs.requests import cancel
from tutti.jobs.tables import Job

QUEUE = "embedded"  # that of `submitted`
AT_ONCE_S = -1.0


def sent(database: Database) -> list[Message]:
    with database.writing() as session:
        messages = take_unsent(session, [QUEUE])
    time.sleep(0.002)  # what comes next is later: SQLite's clock has milliseconds
    return messages


def found_lost(database: Database, *empty: str, again_s: float = AT_ONCE_S) -> list[str]:
    with database.writing() as session:
        return [message.job_id for message in take_lost(session, empty, [QUEUE], again_s=again_s)]


def test_messages_are_sent_once_and_in_order(database: Database, submitted: Callable[..., str]) -> None:
    first, second = submitted(), submitted()
    assert sent(database) == [Message(first, QUEUE, Rank.NEW), Message(second, QUEUE, Rank.NEW)]
    assert sent(database) == []


def test_a_job_that_comes_back_is_served_first(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    job_id = submitted()
    with database.writing() as session:
        hand_back(session, claimed(job_id), "its worker was shut down", counts=False)
    assert sent(database) == [Message(job_id, QUEUE, Rank.RESUMED)]


def test_a_queue_with_a_job_that_nobody_claims_is_silent(database: Database, submitted: Callable[..., str]) -> None:
    submitted()
    sent(database)
    with database.at_once() as connection:
        assert look(connection, [QUEUE], again_s=60) == (False, [])
        assert look(connection, [QUEUE], again_s=AT_ONCE_S) == (False, [QUEUE])


def test_a_message_that_is_yet_to_be_sent_makes_no_queue_silent(
    database: Database, submitted: Callable[..., str]
) -> None:
    submitted()
    with database.at_once() as connection:
        assert look(connection, [QUEUE], again_s=AT_ONCE_S) == (True, [])
        assert look(connection, ["another"], again_s=AT_ONCE_S) == (False, [])


def test_a_job_that_no_longer_waits_has_no_message(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    runs, is_cancelled = submitted(), submitted()
    claimed(runs)
    with database.writing() as session:
        cancel(session, is_cancelled)
    with database.at_once() as connection:
        assert look(connection, [QUEUE], again_s=AT_ONCE_S) == (False, [])
    assert sent(database) == []


def test_a_message_that_waits_its_turn_is_not_lost(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    first, _ = submitted(), submitted()
    sent(database)
    claimed(first)
    assert found_lost(database) == []


def test_all_messages_of_an_empty_queue_are_lost(database: Database, submitted: Callable[..., str]) -> None:
    jobs = [submitted(), submitted(), submitted()]
    sent(database)
    assert found_lost(database, QUEUE) == jobs


def test_a_message_that_was_sent_just_before_its_queue_was_swept_empty_is_lost_with_the_others(
    database: Database, submitted: Callable[..., str]
) -> None:
    job_id = submitted()
    sent(database)
    with database.writing() as session:
        assert take_lost(session, [QUEUE], [QUEUE], again_s=60) == []
        session.execute(update(Job).values(sent_at=now(-2)))
        assert [message.job_id for message in take_lost(session, [QUEUE], [QUEUE], again_s=60)] == [job_id]


def test_a_message_is_lost_that_was_overtaken(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    first, second, _ = submitted(), submitted(), submitted()
    sent(database)
    claimed(second)
    assert found_lost(database, again_s=60) == []  # two workers may take them at the same moment
    assert found_lost(database) == [first]


def test_a_message_is_lost_that_was_overtaken_by_a_job_that_has_ended_since(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    first, second = submitted(), submitted()
    sent(database)
    claimed(second)
    with database.writing() as session:
        assert cancel(session, second)
    assert found_lost(database) == [first]


def test_a_message_is_lost_that_was_overtaken_in_a_queue_that_is_out_of_order(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    first, second, last = submitted(), submitted(), submitted()
    sent(database)
    claimed(last)
    with database.writing() as session:
        hand_back(session, claimed(first), "its worker was shut down", counts=False)
    sent(database)
    claimed(second)
    assert found_lost(database) == [first]


def test_a_message_that_was_sent_after_a_later_job_had_started_is_not_lost(
    database: Database, submitted: Callable[..., str], claimed: Callable[..., Lease]
) -> None:
    first, second = submitted(), submitted()
    sent(database)
    claimed(second)
    with database.writing() as session:
        hand_back(session, claimed(first), "its worker was shut down", counts=False)
    sent(database)
    assert found_lost(database) == []


def test_a_message_that_is_taken_for_lost_comes_before_new_ones(
    database: Database, submitted: Callable[..., str]
) -> None:
    job_id = submitted()
    sent(database)
    with database.writing() as session:
        assert take_lost(session, [QUEUE], [QUEUE], again_s=AT_ONCE_S) == [Message(job_id, QUEUE, Rank.LATE)]
