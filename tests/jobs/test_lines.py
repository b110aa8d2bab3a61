"""A PostgreSQL that is asked and says nothing; to its clients a statement that takes longer than it may is the same."""

import socket
from contextlib import closing
from math import inf
from threading import Event, Thread

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from tests.services import Proxy
from tests.stores import store_at
from tutti.jobs import postgresql
from tutti.jobs.database import Database
from tutti.jobs.lines import Line

pytestmark = pytest.mark.server

_FOR_LONG = "SET statement_timeout = 0; SELECT pg_sleep(20)"


def ask_for_long(database: Database) -> None:
    with database.reading() as session:
        session.execute(text(_FOR_LONG))


def test_who_waits_for_an_answer_longer_than_the_server_may_take_hears_that_it_is_away(postgres_url: str) -> None:
    with closing(store_at(postgres_url, database_statement_timeout_s=1, database_idle_s=1)) as database:
        with pytest.raises(OperationalError, match="closed the connection"):
            ask_for_long(database)
        with database.reading() as session:
            session.execute(text("SELECT 1"))


def test_a_process_that_is_to_end_waits_for_no_answer_for_long(postgres_url: str) -> None:
    ending = Event()
    with closing(
        store_at(postgres_url, database_statement_timeout_s=3600, is_closing=ending.is_set, shutdown_grace_s=0.1)
    ) as database:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
        ending.set()
        with pytest.raises(OperationalError, match="closed the connection"):
            ask_for_long(database)
        with pytest.raises(OperationalError, match="this process ends"), database.reading() as session:
            session.execute(text("SELECT 1"))


def test_what_follows_from_a_connection_that_is_given_up_is_so_before_who_waits_on_it_hears() -> None:
    """Else it may be given another one, by a process that ends and waits for no other answer."""
    here, there = socket.socketpair()
    with here, there, closing(Line(here.fileno())) as line:
        there.setblocking(False)

        def is_open() -> None:
            with pytest.raises(BlockingIOError):
                there.recv(1)

        line.asked(0)
        assert line.hang_up_if_late(inf, 0, is_open) is not None
        assert there.recv(1) == b""


def test_a_connection_that_rests_is_not_given_up(postgres_url: str) -> None:
    with closing(store_at(postgres_url, database_statement_timeout_s=0.5, database_idle_s=0.5)) as database:
        numbers = set()
        for _ in range(2):
            with database.reading() as session:
                numbers.add(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
            Event().wait(2)
    assert len(numbers) == 1


def test_a_rested_connection_to_a_server_that_says_nothing_is_given_up_soon(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_TRUST_S", 0.0)
    monkeypatch.setattr(postgresql, "_CONNECT_S", 1)
    url = make_url(postgres_url)
    with Proxy(f":{url.port}") as proxy:
        there = url.set(host="127.0.0.1", port=proxy.port).render_as_string(False)
        with closing(store_at(there, database_statement_timeout_s=3600)) as database:
            with database.reading() as session:
                session.execute(text("SELECT 1"))
            proxy.hold()
            heard: list[str] = []

            def ask() -> None:
                try:
                    with database.reading() as session:
                        session.execute(text("SELECT 1"))
                except OperationalError as error:
                    heard.append(str(error))

            asking = Thread(target=ask, daemon=True)
            asking.start()
            asking.join(30)
            assert [error for error in heard if "timeout expired" in error]
