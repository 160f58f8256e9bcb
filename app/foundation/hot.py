"""Statements of the hot path: written like any other, but run by the driver itself.

Measured on the check-in's main statement: about half of a worker's time for it goes into the layers between.
"""

from collections import namedtuple
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import ReturningInsert

_DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]


class HotStatement:
    """A Core statement compiled once. Its parameters and results are what psycopg itself understands."""

    def __init__(self, statement: Select[Any] | ReturningInsert[Any]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.sql: str = compiled.string
        self._row = _row_type([column.name for column in statement.exported_columns])
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}

    def one_or_none(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run within the connection's transaction; the only row as a named tuple, or None.

        Raises what SQLAlchemy would, and lets it know of a lost connection.
        """
        if not connection.in_transaction():
            connection.begin()
        for told in connection.dispatch.before_cursor_execute:  # whoever counts statements counts these too
            told(connection, None, self.sql, values, None, False)
        driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
        try:
            row = driver.execute(self.sql, {**self._constants, **values}, prepare=True).fetchone()
            return None if row is None else self._row(*row)
        except psycopg.Error as trouble:
            raise _told_to_sqlalchemy(connection, driver, self.sql, trouble) from trouble


def _row_type(names: list[str]) -> Any:
    """Made once a statement; psycopg's own row factory would look it up for every row."""
    return namedtuple("Row", names)


def _told_to_sqlalchemy(
    connection: Connection, driver: "psycopg.Connection[Any]", sql: str, trouble: psycopg.Error
) -> BaseException:
    if driver.closed:
        connection.invalidate(trouble)
        connection.engine.dispose(close=False)  # its neighbours in the pool have lost their server too
    return DBAPIError.instance(
        sql, None, trouble, psycopg.Error, hide_parameters=True, connection_invalidated=driver.closed
    )
