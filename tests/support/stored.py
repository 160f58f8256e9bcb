"""Everything that a database holds, opened where it is sealed: what shall be gone stands nowhere in it."""

from collections.abc import Iterator

from sqlalchemy import inspect, text

from app.foundation.columns import vault
from app.foundation.home import Home


def everything(home: Home) -> Iterator[tuple[str, str, bytes]]:
    """Table, column and value of every row of every table."""
    with home.database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    yield table, column, opened(value)


def opened(value: object) -> bytes:
    """A value as bytes; in the clear where the house can open it."""
    if not isinstance(value, bytes):
        return str(value).encode()
    try:
        return vault().open(value)
    except Exception:
        return value


def columns_with(home: Home, secret: str) -> set[tuple[str, str]]:
    """In which columns of which tables this text stands."""
    return {(table, column) for table, column, value in everything(home) if secret.encode() in value}


def tables_with(home: Home, secret: str) -> set[str]:
    """In which tables."""
    return {table for table, _ in columns_with(home, secret)}
