"""Tutti plans school-bus fleets: the fewest buses for a day's routes, and proof of how close to optimal that is.

`Client` and `AsyncClient` call a service; `tutti.fleet` and `tutti.optimizer` plan in this process.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutti.client import AsyncClient, Client

__all__ = ["AsyncClient", "Client"]


def __getattr__(name: str) -> object:
    """The clients, imported when they are first asked for: most programs need no HTTP."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tutti import client  # noqa: PLC0415

    return getattr(client, name)
