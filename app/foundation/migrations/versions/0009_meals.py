"""Meals: offers with a quota, orders with a code, shares and coupons of a person, walk-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meal_coupon",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meal_coupon_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_meal_coupon")),
    )
    op.create_table(
        "meal_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slot_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("quota", sa.SmallInteger(), nullable=False),
        sa.Column("taken", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('A', 'B')", name=op.f("ck_meal_offer_side")),
        sa.CheckConstraint(
            "cancel_reason IS NULL OR closed_at IS NOT NULL", name=op.f("ck_meal_offer_cancel_reason")
        ),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_meal_offer_price_fen")),
        sa.CheckConstraint("slot_ends_at > slot_starts_at", name=op.f("ck_meal_offer_slot")),
        sa.CheckConstraint("taken BETWEEN 0 AND quota", name=op.f("ck_meal_offer_taken")),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_meal_offer_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_offer")),
    )
    op.create_index("ix_meal_offer_slot", "meal_offer", ["slot_starts_at", "id"], unique=False)
    op.create_index("ix_meal_offer_station", "meal_offer", ["station", "slot_starts_at", "id"], unique=False)
    op.create_index(
        "ix_meal_offer_unreleased",
        "meal_offer",
        ["slot_ends_at"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "meal_order",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("quantity", sa.SmallInteger(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("due_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('reserved', 'ready')) = (ended_at IS NULL)", name=op.f("ck_meal_order_ended_at")
        ),
        sa.CheckConstraint(
            "state IN ('reserved', 'ready', 'picked_up', 'cancelled', 'expired')",
            name=op.f("ck_meal_order_state"),
        ),
        sa.CheckConstraint("due_fen >= 0", name=op.f("ck_meal_order_due_fen")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 2", name=op.f("ck_meal_order_quantity")),
        sa.ForeignKeyConstraint(["offer_id"], ["meal_offer.id"], name=op.f("fk_meal_order_offer_id")),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_meal_order_origin_request_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meal_order_person_id")),
        sa.PrimaryKeyConstraint("origin", "request_id", name=op.f("pk_meal_order")),
        sa.UniqueConstraint("origin", "day", "code", name=op.f("uq_meal_order_origin_day_code")),
    )
    op.create_index("ix_meal_order_request", "meal_order", ["request_id"], unique=False)
    op.create_index("ix_meal_order_code", "meal_order", ["code", "day"], unique=False)
    op.create_index("ix_meal_order_offer", "meal_order", ["offer_id", "state"], unique=False)
    op.create_index(
        "ix_meal_order_person",
        "meal_order",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_table(
        "meal_share",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("portions", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("portions BETWEEN 0 AND 2", name=op.f("ck_meal_share_portions")),
        sa.ForeignKeyConstraint(["offer_id"], ["meal_offer.id"], name=op.f("fk_meal_share_offer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meal_share_person_id")),
        sa.PrimaryKeyConstraint("person_id", "offer_id", name=op.f("pk_meal_share")),
    )
    op.create_table(
        "meal_walk_in",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_meal_walk_in_quantity")),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_meal_walk_in_actor_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["meal_offer.id"], name=op.f("fk_meal_walk_in_offer_id")),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_meal_walk_in_station")),
        sa.PrimaryKeyConstraint("station", "id", name=op.f("pk_meal_walk_in")),
    )
    op.create_index("ix_meal_walk_in_offer", "meal_walk_in", ["offer_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    for table in ("walk_in", "share", "order", "offer", "coupon"):
        op.drop_table(f"meal_{table}")
