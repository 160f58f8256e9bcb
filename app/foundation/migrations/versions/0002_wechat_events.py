"""What WeChat pushes to us, what it says of credits, and people of whom nothing is left."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "wechat_event",
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('stored', 'done', 'failed')", name=op.f("ck_wechat_event_state")),
        sa.CheckConstraint(
            "(state = 'stored') = (settled_at IS NULL)", name=op.f("ck_wechat_event_settled_at")
        ),
        sa.PrimaryKeyConstraint("about", "id", name=op.f("pk_wechat_event")),
        sa.UniqueConstraint("about", "key", name=op.f("uq_wechat_event_about_key")),
    )
    stored, settled = sa.text("state = 'stored'"), sa.text("state <> 'stored'")
    op.create_index("ix_wechat_event_due", "wechat_event", ["due_at"], postgresql_where=stored)
    op.create_index(
        "ix_wechat_event_line", "wechat_event", ["about", "created_at", "id"], postgresql_where=stored
    )
    op.create_index("ix_wechat_event_settled", "wechat_event", ["settled_at"], postgresql_where=settled)
    op.create_table(
        "accept_witness",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id", "credit_id"],
            ["credit_entry.person_id", "credit_entry.id"],
            name=op.f("fk_accept_witness_person_id"),
        ),
        sa.PrimaryKeyConstraint("person_id", "credit_id", name=op.f("pk_accept_witness")),
    )
    op.create_table(
        "subscription_stop",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_subscription_stop_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "template_id", name=op.f("pk_subscription_stop")),
    )
    op.drop_constraint("ck_person_state", "person", type_="check")
    op.create_check_constraint("ck_person_state", "person", "state IN ('active', 'disabled', 'erased')")


def downgrade() -> None:
    """Undo. Whoever was erased stays shut out: the older release knows only `disabled`."""
    op.drop_constraint("ck_person_state", "person", type_="check")
    op.execute("UPDATE person SET state = 'disabled' WHERE state = 'erased'")
    op.create_check_constraint("ck_person_state", "person", "state IN ('active', 'disabled')")
    op.drop_table("subscription_stop")
    op.drop_table("accept_witness")
    op.drop_table("wechat_event")
