"""Campaigns: where, what was handed out to whom, the settlement."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("scanned", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.Integer(), nullable=True),
        sa.Column("handed_out", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL AND scanned IS NULL AND by_hand IS NULL AND handed_out IS NULL) OR (settled_at IS NOT NULL AND handed_out IS NOT NULL AND scanned + by_hand = handed_out)",
            name=op.f("ck_campaign_settlement"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_campaign_ends_at")),
        sa.CheckConstraint("planned >= 0", name=op.f("ck_campaign_planned")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_campaign_created_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_campaign_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_newest", "campaign", ["starts_at", "id"], unique=False)
    op.create_table(
        "campaign_station",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_station_campaign_id")
        ),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_campaign_station_station")),
        sa.PrimaryKeyConstraint("campaign_id", "station", name=op.f("pk_campaign_station")),
    )
    op.create_index(
        "ix_campaign_station_station", "campaign_station", ["station", "campaign_id"], unique=False
    )
    op.create_table(
        "campaign_entry",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "person_kind IN ('truck_driver', 'traveller', 'staff', 'unknown')",
            name=op.f("ck_campaign_entry_person_kind"),
        ),
        sa.CheckConstraint(
            "quantity <> 0 AND (quantity < 0) = (reverses IS NOT NULL)",
            name=op.f("ck_campaign_entry_quantity"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_campaign_entry_actor_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id", "station"],
            ["campaign_station.campaign_id", "campaign_station.station"],
            name=op.f("fk_campaign_entry_campaign_id_station"),
        ),
        sa.PrimaryKeyConstraint("station", "id", name=op.f("pk_campaign_entry")),
    )
    op.create_index("ix_campaign_entry_campaign", "campaign_entry", ["campaign_id"], unique=False)
    op.create_index("ix_campaign_entry_id", "campaign_entry", ["id"], unique=False)
    op.create_index(
        "uq_campaign_entry_reverses",
        "campaign_entry",
        ["station", "reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )


def downgrade() -> None:
    """Undo."""
    for table in ("campaign_entry", "campaign_station", "campaign"):
        op.drop_table(table)
