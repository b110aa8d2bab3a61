"""The tables as the migrations make them; pytest-alembic brings the four tests of up, down, one head and no drift."""

from collections.abc import Iterator

import pytest
from alembic.config import Config
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import Engine

from tutti.jobs import schema
from tutti.jobs.database import Database

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
    database = Database(store_url)
    yield database.engine
    database.close()


def test_an_upgrade_brings_an_empty_database_to_the_newest_version(alembic_engine: Engine) -> None:
    assert schema.current(alembic_engine) is None
    schema.upgrade(alembic_engine)
    schema.upgrade(alembic_engine)
    assert schema.current(alembic_engine) == schema.newest()
