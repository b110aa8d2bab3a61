"""What a job store's refusal means."""

from pathlib import Path

import pytest
from psycopg2.errors import AdminShutdown, DiskFull
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tutti.jobs.errors import is_full


def test_a_file_without_room_is_full(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE days (day TEXT)"))
        connection.execute(text("PRAGMA max_page_count = 2"))
        with pytest.raises(OperationalError) as refused:
            connection.execute(text("INSERT INTO days VALUES (hex(zeroblob(100000)))"))
        assert is_full(refused.value)
        with pytest.raises(OperationalError) as unknown:
            connection.execute(text("SELECT 1 FROM nowhere"))
        assert not is_full(unknown.value)
    engine.dispose()


def test_a_server_that_says_so_is_full() -> None:
    assert is_full(OperationalError("", None, DiskFull()))
    assert not is_full(OperationalError("", None, AdminShutdown()))
