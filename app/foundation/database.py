"""The only truth: PostgreSQL, one engine a process, one transaction a use case."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Connection,
    CursorResult,
    DateTime,
    Engine,
    MetaData,
    Result,
    Table,
    TableValuedAlias,
    Uuid,
    bindparam,
    column,
    create_engine,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeEngine

from app.settings import DatabaseSettings

UtcDateTime = DateTime(timezone=True)


class Base(DeclarativeBase):
    """Mother of all tables; constraints have predictable names, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, uuid.UUID: Uuid}  # noqa: RUF012 (SQLAlchemy reads it so)


class Database:
    """A bounded pool of connections and the transactions on them."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.engine: Engine = create_engine(
            driver_url(settings.url),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_reset_on_return="rollback",
            hide_parameters=True,  # an error's text goes to the log; what people wrote does not
            connect_args=connection_arguments(settings),
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    def session(self) -> Session:
        """A session whose transaction its owner commits and closes."""
        return self._sessions()

    def session_on(self, connection: Connection) -> Session:
        """A session within a transaction that belongs to the connection's owner: he commits."""
        return self._sessions(bind=connection, join_transaction_mode="rollback_only")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception."""
        with self._sessions.begin() as session:
            yield session

    def alive(self) -> bool:
        """Whether a statement can be run right now; raises the driver's error when not."""
        with self.engine.connect() as connection:
            return bool(connection.scalar(text("SELECT 1")))

    def close(self) -> None:
        """Give all connections back to the server."""
        self.engine.dispose()


def rows_changed(result: Result[Any]) -> int:
    """How many rows an INSERT, UPDATE or DELETE met; where it decides a race, this is the decision."""
    return cast(CursorResult[Any], result).rowcount


def table_of(model: type[Base]) -> Table:
    """The plain table of a model, for statements that need nothing of the ORM."""
    return cast(Table, model.__table__)


def rows_given(name: str, **columns: TypeEngine[Any]) -> TableValuedAlias:
    """A table of rows that a statement is given when it runs (`arrays_of`): built once, for any number."""
    arrays = [bindparam(f"{name}_{each}", type_=ARRAY(kind)) for each, kind in columns.items()]
    named = [column(each, kind) for each, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*named).render_derived(name=name)


def arrays_of(given: TableValuedAlias, rows: Iterable[Sequence[object]]) -> dict[str, list[object]]:
    """The parameters that make `rows` the rows of `given`: one array a column."""
    columns = list(zip(*rows, strict=True)) or [()] * len(given.c)
    return {f"{given.name}_{each.name}": list(values) for each, values in zip(given.c, columns, strict=True)}


def driver_url(url: str) -> str:
    """`postgresql://…` for psycopg 3, whatever driver or short scheme the operator wrote."""
    scheme, _, rest = url.partition("://")
    if scheme.split("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError("database.url must begin with postgresql://")
    return f"postgresql+psycopg://{rest}"


def connection_arguments(settings: DatabaseSettings) -> dict[str, Any]:
    """Every connection: UTC, bounded waits, and a name that an operator recognises in pg_stat_activity.

    No JIT: it pays for statements that run for seconds. Ours are short, and one whose plan is thought to be
    dear for once would be compiled for longer than it runs.
    """
    options = (
        f"-c timezone=UTC -c lock_timeout={settings.lock_timeout_ms}"
        f" -c statement_timeout={settings.statement_timeout_ms}"
        " -c idle_in_transaction_session_timeout=60000 -c jit=off"
    )
    return {"options": options, "application_name": "drivers-home", "connect_timeout": 5}
