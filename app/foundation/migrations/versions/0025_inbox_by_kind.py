"""What a person was told of one kind is found without reading past all the rest.

Bulletins are most of them anyway, and are written by the hundred thousand: they pay for no second index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_inbox_entry_kind",
        "inbox_entry",
        ["person_id", "kind", "at", "id"],
        unique=False,
        postgresql_where=sa.text("kind <> 'bulletin'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_inbox_entry_kind", table_name="inbox_entry")
