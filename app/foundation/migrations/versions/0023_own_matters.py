"""Members, duty, points: nobody decides in his own matter.

Where somebody did before it was so, the row names nobody from now on; the audit trail still does.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_WHO_DECIDES = {
    "duty_entry": "actor_id",
    "membership": "decided_by",
    "points_objection": "decided_by",
    "points_reward": '"by"',
}


def upgrade() -> None:
    """Apply."""
    for table, column in _WHO_DECIDES.items():
        op.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = person_id")  # noqa: S608 (ours)
        op.create_check_constraint(op.f(f"ck_{table}_own_matter"), table, f"{column} <> person_id")


def downgrade() -> None:
    """Take back."""
    for table in _WHO_DECIDES:
        op.drop_constraint(op.f(f"ck_{table}_own_matter"), table, type_="check")
