"""How alembic runs here: on a connection that app.foundation.migrate hands over."""

from typing import Any, Literal

from alembic import context


def _ours(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    return not (kind == "table" and name == "migration_gate")


def _plain_types(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Our own column types are plain bytes to the database; a migration must not depend on their code."""
    return "sa.LargeBinary()" if kind == "type" and type(item).__module__.startswith("app.") else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    include_object=_ours,
    render_item=_plain_types,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
