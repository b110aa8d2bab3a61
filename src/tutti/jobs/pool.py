"""Connections to the job store that are shared by all who need one."""

from sqlalchemy import PoolProxiedConnection, QueuePool
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError


class Pool(QueuePool):
    """One that is too slow in giving a connection is a store that is away, and fails as such."""

    _sqla_logger_namespace = "sqlalchemy.pool.QueuePool"  # what it logs is the library's, at the library's level

    def connect(self) -> PoolProxiedConnection:
        """A connection. OperationalError if none becomes free in time."""
        try:
            return super().connect()
        except PoolTimeoutError as error:
            raise OperationalError("waiting for a connection", None, error, hide_parameters=True) from None
