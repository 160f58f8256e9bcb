"""One message to many people; the lane's daily cap and window of errors; what the clockwork last did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _mailings()
    _inbox()
    _deliveries()
    _lane()
    _clockwork()


def _mailings() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("ref", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("messages", sa.LargeBinary(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("told", sa.Integer(), server_default="0", nullable=False),
        sa.Column("addressed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("addressed <= told", name=op.f("ck_mailing_addressed")),
        sa.CheckConstraint(
            "kind IN ('request', 'duty', 'bulletin', 'branch', 'medical')", name=op.f("ck_mailing_kind")
        ),
        sa.CheckConstraint("state IN ('open', 'paused', 'withdrawn')", name=op.f("ck_mailing_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index(
        "ix_mailing_alive",
        "mailing",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )


def _inbox() -> None:
    op.add_column("inbox_entry", sa.Column("mailing_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_inbox_entry_mailing_id"), "inbox_entry", "mailing", ["mailing_id"], ["id"])
    for column in ("title", "text"):
        op.alter_column("inbox_entry", column, nullable=True)
        op.create_check_constraint(
            op.f(f"ck_inbox_entry_{column}"),
            "inbox_entry",
            f"({column} IS NULL) = (mailing_id IS NOT NULL)",
        )
    op.create_index(
        "uq_inbox_entry_mailing",
        "inbox_entry",
        ["mailing_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("mailing_id IS NOT NULL"),
    )


def _deliveries() -> None:
    op.add_column("delivery", sa.Column("mailing_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_delivery_mailing_id"), "delivery", "mailing", ["mailing_id"], ["id"])
    for column in ("data", "page"):
        op.alter_column("delivery", column, nullable=True)
        op.create_check_constraint(
            op.f(f"ck_delivery_{column}"), "delivery", f"({column} IS NULL) = (mailing_id IS NOT NULL)"
        )
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND mailing_id IS NULL"),
    )
    op.create_index(
        "ix_delivery_mailing_due",
        "delivery",
        ["mailing_id", "due_at", "person_id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued' AND mailing_id IS NOT NULL"),
    )
    op.create_index(
        "uq_delivery_mailing",
        "delivery",
        ["mailing_id", "person_id"],
        unique=True,
        postgresql_include=["state"],
        postgresql_where=sa.text("mailing_id IS NOT NULL"),
    )


def _lane() -> None:
    op.add_column("delivery_lane", sa.Column("day", sa.Date(), nullable=True))
    op.add_column("delivery_lane", sa.Column("taken", sa.Integer(), server_default="0", nullable=False))
    op.add_column("delivery_lane", sa.Column("recent", sa.Text(), server_default="", nullable=False))
    op.add_column("delivery_lane", sa.Column("paused_by", sa.Text(), nullable=True))
    op.execute("UPDATE delivery_lane SET paused_by = 'stop' WHERE paused_at IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_delivery_lane_paused_by"), "delivery_lane", "(paused_at IS NULL) = (paused_by IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_delivery_lane_paused_by_whom"),
        "delivery_lane",
        "paused_by IN ('stop', 'errors', 'operator')",
    )


def _clockwork() -> None:
    op.create_table(
        "tick_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("every_s", sa.Float(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hanging_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "result IN ('running', 'ok', 'failed', 'hanging')", name=op.f("ck_tick_state_result")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tick_state")),
    )


def downgrade() -> None:
    """Undo. What was told stays told; what a mailing has not yet sent ends, and its credit comes back."""
    op.drop_table("tick_state")
    for constraint in ("paused_by_whom", "paused_by"):
        op.drop_constraint(op.f(f"ck_delivery_lane_{constraint}"), "delivery_lane")
    for column in ("paused_by", "recent", "taken", "day"):
        op.drop_column("delivery_lane", column)
    _end_what_waits()
    _take_deliveries_back()
    _take_inbox_back()
    op.drop_table("mailing")


def _end_what_waits() -> None:
    op.execute(
        "INSERT INTO credit_entry (person_id, id, template_id, change, reason, source, at)"
        " SELECT person_id, gen_random_uuid(), template_id, 1, 'returned', id::text, now()"
        " FROM delivery WHERE mailing_id IS NOT NULL AND state = 'queued'"
    )
    op.execute(
        "UPDATE delivery SET state = CASE state WHEN 'queued' THEN 'expired' ELSE 'unknown' END,"
        " settled_at = now() WHERE mailing_id IS NOT NULL AND state IN ('queued', 'sending')"
    )


def _take_deliveries_back() -> None:
    op.drop_index("uq_delivery_mailing", table_name="delivery")
    op.drop_index("ix_delivery_mailing_due", table_name="delivery")
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    for column in ("page", "data"):
        op.drop_constraint(op.f(f"ck_delivery_{column}"), "delivery")
    op.execute(  # nothing reads it any more: the column only wants something sealed
        "UPDATE delivery SET page = mailing.page, data = mailing.messages"
        " FROM mailing WHERE mailing.id = delivery.mailing_id"
    )
    for column in ("page", "data"):
        op.alter_column("delivery", column, nullable=False)
    op.drop_column("delivery", "mailing_id")


def _take_inbox_back() -> None:
    op.drop_index("uq_inbox_entry_mailing", table_name="inbox_entry")
    for column in ("text", "title"):
        op.drop_constraint(op.f(f"ck_inbox_entry_{column}"), "inbox_entry")
    op.execute(
        "UPDATE inbox_entry SET title = mailing.title, text = mailing.text, ref = mailing.ref"
        " FROM mailing WHERE mailing.id = inbox_entry.mailing_id"
    )
    for column in ("text", "title"):
        op.alter_column("inbox_entry", column, nullable=False)
    op.drop_column("inbox_entry", "mailing_id")
