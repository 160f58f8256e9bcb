"""Duty: whom a shift was told of, so that nobody hears the same twice."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "duty_call",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('reminder', 'alert', 'asked')", name=op.f("ck_duty_call_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_call_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_call_shift_id")),
        sa.PrimaryKeyConstraint("person_id", "shift_id", "kind", name=op.f("pk_duty_call")),
    )
    op.create_index("ix_duty_call_shift", "duty_call", ["shift_id", "kind", "at"], unique=False)
    op.create_index(
        "ix_duty_call_asked",
        "duty_call",
        ["person_id", "at"],
        unique=False,
        postgresql_where=sa.text("kind = 'asked'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("duty_call")
