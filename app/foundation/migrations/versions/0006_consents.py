"""Separate consents."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "consent_entry",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('medical', 'location', 'documents', 'membership')",
            name=op.f("ck_consent_entry_purpose"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_entry_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_consent_entry")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("consent_entry")
