"""Duty: task forces, the helpers who join them, and posts that belong to one."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "task_force",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("invite", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (summary IS NULL)", name=op.f("ck_task_force_summary")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_task_force_ends_at")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_task_force_opened_by")),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_task_force_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_force")),
        sa.UniqueConstraint("invite", name=op.f("uq_task_force_invite")),
    )
    op.create_index("ix_task_force_station", "task_force", ["station", "starts_at"], unique=False)
    op.create_table(
        "task_force_helper",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("task_force_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_task_force_helper_person_id")),
        sa.ForeignKeyConstraint(
            ["task_force_id"], ["task_force.id"], name=op.f("fk_task_force_helper_task_force_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "task_force_id", name=op.f("pk_task_force_helper")),
    )
    op.create_index("ix_task_force_helper_force", "task_force_helper", ["task_force_id"], unique=False)
    op.add_column("duty_post", sa.Column("task_force_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_duty_post_task_force_id"), "duty_post", "task_force", ["task_force_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_duty_post_task_force"), "duty_post", "task_force_id IS NULL OR kind = 'task_force'"
    )
    op.add_column(
        "duty_signup",
        sa.Column("as_helper", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("duty_signup", "as_helper")
    op.drop_constraint(op.f("ck_duty_post_task_force"), "duty_post", type_="check")
    op.drop_column("duty_post", "task_force_id")
    op.drop_table("task_force_helper")
    op.drop_table("task_force")
