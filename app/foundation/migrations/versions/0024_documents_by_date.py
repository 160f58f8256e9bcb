"""Documents that hang on requests are found by their date, to be destroyed at it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_upload_documents",
        "upload",
        ["attached_at"],
        unique=False,
        postgresql_where=sa.text("purpose = 'document' AND state = 'private'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_upload_documents", table_name="upload")
