"""Duty: posts, shifts, sign-ups, attendance and what it counts, corrections, stand-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "duty_post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("open_to", sa.Text(), server_default="members", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('vanguard', 'model', 'area', 'task_force')", name=op.f("ck_duty_post_kind")
        ),
        sa.CheckConstraint("open_to IN ('members', 'branch')", name=op.f("ck_duty_post_open_to")),
        sa.CheckConstraint("side IN ('A', 'B')", name=op.f("ck_duty_post_side")),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_duty_post_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_post")),
    )
    op.create_index("ix_duty_post_station", "duty_post", ["station", "side"], unique=False)
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.SmallInteger(), nullable=False),
        sa.Column("min_needed", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("taken", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("waiting", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queue_last", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('A', 'B')", name=op.f("ck_duty_shift_side")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_shift_ends_at")),
        sa.CheckConstraint("min_needed BETWEEN 0 AND capacity", name=op.f("ck_duty_shift_min_needed")),
        sa.CheckConstraint("opens_at <= starts_at", name=op.f("ck_duty_shift_opens_at")),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name=op.f("ck_duty_shift_taken")),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_duty_shift_waiting")),
        sa.ForeignKeyConstraint(["post_id"], ["duty_post.id"], name=op.f("fk_duty_shift_post_id")),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_duty_shift_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
        sa.UniqueConstraint(
            "station", "post_id", "starts_at", name=op.f("uq_duty_shift_station_post_id_starts_at")
        ),
    )
    op.create_index("ix_duty_shift_soonest", "duty_shift", ["starts_at", "id"], unique=False)
    op.create_index("ix_duty_shift_station", "duty_shift", ["station", "starts_at", "id"], unique=False)
    op.create_index(
        "ix_duty_shift_unnoted",
        "duty_shift",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("noted_at IS NULL"),
    )
    op.create_table(
        "duty_attendance",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shift_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('on_duty', 'late', 'served', 'no_show', 'excused')",
            name=op.f("ck_duty_attendance_state"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (minutes IS NULL)", name=op.f("ck_duty_attendance_minutes")),
        sa.CheckConstraint(
            "ended_at IS NOT NULL OR since IS NOT NULL", name=op.f("ck_duty_attendance_since")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_duty_attendance_counted")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_attendance_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_attendance_shift_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_duty_attendance")),
        sa.UniqueConstraint("person_id", "shift_id", name=op.f("uq_duty_attendance_person_id_shift_id")),
    )
    op.create_index(
        "ix_duty_attendance_forgotten",
        "duty_attendance",
        ["shift_ends_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_duty_attendance_id", "duty_attendance", ["id"], unique=False)
    op.create_index("ix_duty_attendance_shift", "duty_attendance", ["shift_id"], unique=False)
    op.create_index(
        "uq_duty_attendance_open",
        "duty_attendance",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "duty_signup",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("queue_no", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'waitlisted')) = (ended_at IS NULL)",
            name=op.f("ck_duty_signup_ended_at"),
        ),
        sa.CheckConstraint(
            "state <> 'waitlisted' OR queue_no IS NOT NULL", name=op.f("ck_duty_signup_queue_no")
        ),
        sa.CheckConstraint(
            "state IN ('confirmed', 'waitlisted', 'cancelled', 'handed_on')",
            name=op.f("ck_duty_signup_state"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_signup_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_signup_shift_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_duty_signup")),
    )
    op.create_index(
        "ix_duty_signup_shift",
        "duty_signup",
        ["shift_id", "queue_no"],
        unique=False,
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted')"),
    )
    op.create_index(
        "ix_duty_signup_span",
        "duty_signup",
        ["person_id", "starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted')"),
    )
    op.create_index(
        "uq_duty_signup_live",
        "duty_signup",
        ["person_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('confirmed', 'waitlisted')"),
    )
    op.create_table(
        "duty_stand_in",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("to_member", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("ck_duty_stand_in_settled_at")
        ),
        sa.CheckConstraint("state IN ('open', 'accepted', 'withdrawn')", name=op.f("ck_duty_stand_in_state")),
        sa.CheckConstraint(
            "to_member <> person_id AND taken_by <> person_id", name=op.f("ck_duty_stand_in_another")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_stand_in_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_stand_in_shift_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_duty_stand_in_taken_by")),
        sa.ForeignKeyConstraint(["to_member"], ["person.id"], name=op.f("fk_duty_stand_in_to_member")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_duty_stand_in")),
    )
    op.create_index("ix_duty_stand_in_id", "duty_stand_in", ["id"], unique=False)
    op.create_index(
        "ix_duty_stand_in_shift",
        "duty_stand_in",
        ["shift_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_duty_stand_in_open",
        "duty_stand_in",
        ["person_id", "shift_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "duty_correction",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id", "attendance_id"],
            ["duty_attendance.person_id", "duty_attendance.id"],
            name=op.f("fk_duty_correction_person_id_attendance_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_correction_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_duty_correction")),
    )
    op.create_index(
        "uq_duty_correction_open",
        "duty_correction",
        ["person_id", "attendance_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "duty_entry",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses IS NOT NULL)", name=op.f("ck_duty_entry_reverses")
        ),
        sa.CheckConstraint("kind IN ('served', 'reversal', 'correction')", name=op.f("ck_duty_entry_kind")),
        sa.ForeignKeyConstraint(
            ["person_id", "attendance_id"],
            ["duty_attendance.person_id", "duty_attendance.id"],
            name=op.f("fk_duty_entry_person_id_attendance_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_entry_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_duty_entry")),
    )
    op.create_index(
        "ix_duty_entry_attendance", "duty_entry", ["person_id", "attendance_id", "id"], unique=False
    )
    op.create_index(
        "uq_duty_entry_reverses",
        "duty_entry",
        ["person_id", "reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_index(
        "uq_duty_entry_served",
        "duty_entry",
        ["person_id", "attendance_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'served'"),
    )


def downgrade() -> None:
    """Undo."""
    for table in ("entry", "correction", "stand_in", "signup", "attendance", "shift", "post"):
        op.drop_table(f"duty_{table}")
