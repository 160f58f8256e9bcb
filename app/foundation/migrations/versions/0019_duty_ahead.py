"""Duty looks ahead: who was reminded, which shift lacked people, who was asked; helpers of a task force."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("duty_shift", sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("duty_signup", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "duty_ask",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_ask_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_ask_shift_id")),
        sa.PrimaryKeyConstraint("person_id", "shift_id", name=op.f("pk_duty_ask")),
    )
    op.create_index("ix_duty_ask_last", "duty_ask", ["person_id", "asked_at"], unique=False)
    op.add_column("duty_post", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("duty_post", sa.Column("summary", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_duty_post_summary"), "duty_post", "(closed_at IS NULL) = (summary IS NULL)"
    )
    op.create_table(
        "duty_helper",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_helper_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["duty_post.id"], name=op.f("fk_duty_helper_post_id")),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_duty_helper")),
    )
    op.create_index("ix_duty_helper_post", "duty_helper", ["post_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("duty_helper")
    op.drop_column("duty_post", "summary")
    op.drop_column("duty_post", "closed_at")
    op.drop_table("duty_ask")
    op.drop_column("duty_signup", "reminded_at")
    op.drop_column("duty_shift", "alerted_at")
