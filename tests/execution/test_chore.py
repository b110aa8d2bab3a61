"""Chores that go on, whatever befalls the stores that they look after."""

from pathlib import Path
from threading import Event as Flag

from tutti.execution.chore import Chore
from tutti.jobs.database import Database
from tutti.jobs.reading import try_reading
from tutti.jobs.schema import upgrade

PATIENCE_S = 60


def test_a_chore_outlives_a_store_without_tables_and_a_file_of_garbage(tmp_path: Path) -> None:
    stores = [Database(f"sqlite:///{tmp_path / name}") for name in ("empty", "garbage", "whole")]
    (tmp_path / "garbage").write_bytes(b"no database at all" * 1000)
    upgrade(stores[-1].engine)
    waiting, done = iter(stores), Flag()

    def look() -> None:
        if (store := next(waiting, None)) is None:
            return
        with store.reading() as session:
            try_reading(session)
        done.set()

    chore = Chore("looking", 0.01, look)
    chore.start()
    assert done.wait(PATIENCE_S)
    chore.close(PATIENCE_S)
    for store in stores:
        store.close()
