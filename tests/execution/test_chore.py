"""Chores that go on, whatever befalls the stores that they look after."""

from itertools import chain, repeat
from pathlib import Path
from threading import Event as Flag

import pytest
from redis.exceptions import RedisError

from tests.stores import store_at
from tests.waiting import PATIENCE_S
from tutti.execution.chore import Chore
from tutti.jobs.reading import try_reading
from tutti.jobs.schema import upgrade


def test_a_chore_outlives_a_store_without_tables_and_a_file_of_garbage(tmp_path: Path) -> None:
    stores = [store_at(f"sqlite:///{tmp_path / name}") for name in ("empty", "garbage", "whole")]
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


def test_an_outage_of_a_store_is_a_line_for_each_thing_it_says_and_one_at_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcomes = chain(["refused", "left alone"] * 3, repeat(None, 3))
    done = Flag()

    def tell() -> None:
        trouble = next(outcomes, "")
        if trouble == "":
            done.set()
        elif trouble:
            raise RedisError(f"{trouble}\nand more")

    chore = Chore("telling", 0.001, tell)
    chore.start()
    assert done.wait(PATIENCE_S)
    chore.close(PATIENCE_S)
    advice = "(`tutti doctor` says what to change)"
    assert caplog.messages == [
        f"telling: the broker does not do what it is asked: refused {advice}",
        f"telling: the broker does not do what it is asked: left alone {advice}",
        "telling: works again",
    ]
