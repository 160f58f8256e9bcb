"""Steps of a request: the colleague of whom a note tells, apart from it, so that his name can go with him."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("request_event", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.add_column("request_event", sa.Column("about_name", sa.Text(), nullable=True))
    op.create_index(
        "ix_request_event_about_id",
        "request_event",
        ["about_id"],
        unique=False,
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_request_event_about_id", table_name="request_event")
    op.drop_column("request_event", "about_name")
    op.drop_column("request_event", "about_id")
