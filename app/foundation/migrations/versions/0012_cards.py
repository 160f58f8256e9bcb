"""Cards of the home (会员之家)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "home_card",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("applied_at", _AT, nullable=False),
        sa.Column("verified_at", _AT, nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("valid_until", _AT, nullable=True),
        sa.Column("ended_at", _AT, nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'verified', 'refused', 'expired', 'left')", name=op.f("ck_home_card_state")
        ),
        sa.CheckConstraint(
            "(state IN ('applied', 'verified')) = (ended_at IS NULL)", name=op.f("ck_home_card_ended_at")
        ),
        sa.CheckConstraint(
            "state <> 'verified' OR valid_until IS NOT NULL", name=op.f("ck_home_card_valid_until")
        ),
        sa.CheckConstraint(
            "number ~ '^[23456789ABCDEFGHJKMNPQRSTVWXYZ]{8}$'", name=op.f("ck_home_card_number")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_home_card_person_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["person.id"], name=op.f("fk_home_card_verified_by")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_home_card")),
    )
    op.create_index("ix_home_card_id", "home_card", ["id"], unique=False)
    op.create_index("uq_home_card_number", "home_card", ["number"], unique=True)
    op.create_index(
        "uq_home_card_live",
        "home_card",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("home_card")
