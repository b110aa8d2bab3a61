"""Dependencies that are away, and what it costs those who need them."""

import time
from collections.abc import Callable
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy.exc import OperationalError

from tests.servers import EmbeddedPostgres, free_port
from tests.stores import store_at
from tutti.jobs.circuit import Circuit
from tutti.jobs.reading import try_reading
from tutti.jobs.schema import upgrade


class AwayError(Exception):
    pass


@pytest.fixture
def circuit() -> Circuit:
    return Circuit("thing", (ConnectionError,), AwayError, most_failures=3, pause_s=3600)


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Puts the clock that the pause goes by ahead."""
    clock = time.monotonic
    return lambda seconds: monkeypatch.setattr("circuitbreaker.monotonic", lambda: clock() + seconds)


def fail(circuit: Circuit, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ConnectionError), circuit.passing():
            raise ConnectionError


def test_a_dependency_that_failed_in_a_row_is_left_alone(circuit: Circuit) -> None:
    fail(circuit, 3)
    assert circuit.state == "open"
    with pytest.raises(AwayError, match="calls to the thing failed again and again"), circuit.passing():
        pytest.fail("it was called")


def test_an_answer_between_failures_tells_that_it_is_there(circuit: Circuit) -> None:
    fail(circuit, 2)
    with circuit.passing():
        pass
    with pytest.raises(KeyError), circuit.passing():
        raise KeyError  # an answer as well, though not the one that was hoped for
    fail(circuit, 2)
    assert circuit.state == "closed"


def test_after_the_pause_one_call_at_a_time_tries(circuit: Circuit, pass_time: Callable[[float], None]) -> None:
    fail(circuit, 3)
    pass_time(3600)
    assert circuit.state == "half_open"
    trying, done = Barrier(2), Event()

    def attempt() -> None:
        with circuit.passing():
            trying.wait()
            done.wait()

    thread = Thread(target=attempt)
    thread.start()
    trying.wait()
    with pytest.raises(AwayError), circuit.passing():
        pytest.fail("a second call tried")
    done.set()
    thread.join()
    assert circuit.state == "closed"


def test_a_try_that_fails_opens_it_again(circuit: Circuit, pass_time: Callable[[float], None]) -> None:
    fail(circuit, 3)
    pass_time(3600)
    fail(circuit, 1)
    assert circuit.state == "open"


@pytest.mark.server
def test_a_job_store_that_is_away_is_not_asked_again_and_again() -> None:
    port = free_port()
    database = store_at(f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres", circuit_pause_s=3600)
    for _ in range(3):
        with pytest.raises(OperationalError, match="refused"), database.reading() as session:
            try_reading(session)
    with pytest.raises(OperationalError, match="left alone"), database.reading() as session:
        try_reading(session)
    assert database.circuit.state == "open"
    database.close()


@pytest.mark.server
def test_a_job_store_that_is_back_is_used_again() -> None:
    port = free_port()
    database = store_at(f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres", circuit_pause_s=0.1)
    for _ in range(4):
        with pytest.raises(OperationalError), database.reading() as session:
            try_reading(session)
    with EmbeddedPostgres(port):
        time.sleep(0.2)
        upgrade(database.engine)
        with database.reading() as session:
            try_reading(session)
        database.close()
    assert database.circuit.state == "closed"
