"""Facilities: what there is at each side, who holds it, what people said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KIND = "kind IN ('capsule', 'shower', 'washer', 'dryer', 'accessible_bay', 'aed')"
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "facility",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="unknown", nullable=False),
        sa.Column("as_of", _AT, nullable=True),
        sa.Column("said_by", sa.Text(), nullable=True),
        sa.Column("women_from", sa.SmallInteger(), nullable=True),
        sa.Column("women_until", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("retired_at", _AT, nullable=True),
        sa.CheckConstraint("side IN ('A', 'B')", name=op.f("ck_facility_side")),
        sa.CheckConstraint(_KIND, name=op.f("ck_facility_kind")),
        sa.CheckConstraint("state IN ('ok', 'out', 'cleaning', 'unknown')", name=op.f("ck_facility_state")),
        sa.CheckConstraint(
            "state = 'unknown' OR (as_of IS NOT NULL AND said_by IS NOT NULL)", name=op.f("ck_facility_as_of")
        ),
        sa.CheckConstraint("said_by IN ('driver', 'staff')", name=op.f("ck_facility_said_by")),
        sa.CheckConstraint(
            "(women_from IS NULL) = (women_until IS NULL) AND women_from <> women_until"
            " AND women_from BETWEEN 0 AND 1439 AND women_until BETWEEN 0 AND 1440",
            name=op.f("ck_facility_women"),
        ),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_facility_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
    )
    op.create_index(
        "uq_facility_name",
        "facility",
        ["station", "side", "kind", "name"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "facility_booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held_at", _AT, nullable=False),
        sa.Column("until", _AT, nullable=False),
        sa.Column("frees_at", _AT, nullable=False),
        sa.Column("started_at", _AT, nullable=True),
        sa.Column("ended_at", _AT, nullable=True),
        sa.CheckConstraint(_KIND, name=op.f("ck_facility_booking_kind")),
        sa.CheckConstraint(
            "state IN ('held', 'in_use', 'finished', 'cancelled', 'lapsed', 'released')",
            name=op.f("ck_facility_booking_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('held', 'in_use')) = (ended_at IS NULL)", name=op.f("ck_facility_booking_ended_at")
        ),
        sa.CheckConstraint(
            "state <> 'in_use' OR started_at IS NOT NULL", name=op.f("ck_facility_booking_started_at")
        ),
        sa.CheckConstraint("frees_at >= until", name=op.f("ck_facility_booking_frees_at")),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_facility_booking_station")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_booking_facility_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_facility_booking_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_booking")),
    )
    op.create_index(
        "uq_facility_booking_place",
        "facility_booking",
        ["station", "facility_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_facility_booking_kind",
        "facility_booking",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_facility_booking_person", "facility_booking", ["person_id", "held_at", "id"], unique=False
    )
    op.create_table(
        "facility_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('ok', 'out')", name=op.f("ck_facility_report_state")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facility.id"], name=op.f("fk_facility_report_facility_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_facility_report_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility_report")),
    )
    op.create_index(
        "ix_facility_report_person", "facility_report", ["person_id", "facility_id", "at"], unique=False
    )
    op.create_index("ix_facility_report_facility", "facility_report", ["facility_id", "at"], unique=False)


def downgrade() -> None:
    """Undo."""
    for table in ("facility_report", "facility_booking", "facility"):
        op.drop_table(table)
