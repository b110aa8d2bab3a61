"""Job stores of the tests' own."""

from collections.abc import Callable
from typing import Any

from tutti.jobs.database import Database
from tutti.settings import Settings


def store_at(url: str, is_closing: Callable[[], bool] = lambda: False, **chosen: Any) -> Database:
    """The job store at a URL, by settings that are as they are by default but for those that are chosen."""
    return Database(Settings(database_url=url, **chosen), is_closing)
