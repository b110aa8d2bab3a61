"""The tables as the migrations make them; pytest-alembic brings the four tests of up, down, one head and no drift."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from alembic import command
from alembic.config import Config
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from tests.servers import free_port
from tests.stores import store_at
from tutti.jobs import schema

__all__ = [
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]


@pytest.fixture
def alembic_config() -> Config:
    return schema.alembic_config()


@pytest.fixture
def alembic_engine(store_url: str) -> Iterator[Engine]:
    database = store_at(store_url)
    yield database.engine
    database.close()


def test_an_upgrade_brings_an_empty_database_to_the_newest_version(alembic_engine: Engine) -> None:
    assert schema.current(alembic_engine) is None
    lacks: list[str] = []
    assert not schema.wait(alembic_engine, 0, lacks.append)
    assert lacks == [f"its tables have version none, and this program works with {schema.newest()}"]
    schema.upgrade(alembic_engine)
    schema.upgrade(alembic_engine)
    assert schema.current(alembic_engine) == schema.newest()
    assert schema.wait(alembic_engine, 0, pytest.fail)


def test_tables_of_a_later_program_count_as_up_to_date_and_are_left_alone(alembic_engine: Engine) -> None:
    schema.upgrade(alembic_engine)
    with alembic_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    schema.upgrade(alembic_engine)
    assert schema.current(alembic_engine) == "9999"
    assert schema.wait(alembic_engine, 0, pytest.fail)


@pytest.mark.server
def test_an_upgrade_that_meets_a_backup_gives_way_so_that_others_get_to_the_table(postgres_url: str) -> None:
    """Whoever comes after one that waits for all of a table waits behind it, though the backup only reads."""
    with closing(store_at(postgres_url, database_statement_timeout_s=60, database_idle_s=60)) as database:
        with database.engine.begin() as connection:
            command.upgrade(schema.alembic_config(connection), "0004")
        with database.reading() as backup:
            backup.execute(text("LOCK TABLE jobs IN ACCESS SHARE MODE"))
            with pytest.raises(OperationalError, match="lock timeout"):
                schema.upgrade(database.engine)
        schema.upgrade(database.engine)
        assert schema.current(database.engine) == schema.newest()


def test_waiting_for_a_database_that_is_not_there_ends() -> None:
    database = store_at(f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none")
    assert not schema.wait(database.engine, 0, lambda _: None)
    database.close()
