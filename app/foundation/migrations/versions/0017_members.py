"""Members: memberships with their history, lists that wait for a phone, receipts of mobile members."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "member_receipt",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_member_receipt_minutes")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_member_receipt_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_member_receipt")),
        sa.UniqueConstraint(
            "person_id", "attendance_id", name=op.f("uq_member_receipt_person_id_attendance_id")
        ),
    )
    op.create_index("ix_member_receipt_branch", "member_receipt", ["branch", "served_at", "id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_no", sa.LargeBinary(), nullable=True),
        sa.Column("home_text", sa.LargeBinary(), nullable=True),
        sa.Column("receipts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('pending', 'active')) = (ended_at IS NULL)", name=op.f("ck_membership_ended_at")
        ),
        sa.CheckConstraint("kind IN ('fixed', 'mobile')", name=op.f("ck_membership_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'refused', 'left', 'transferred')",
            name=op.f("ck_membership_state"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'refused') OR from_at IS NOT NULL", name=op.f("ck_membership_from_at")
        ),
        sa.ForeignKeyConstraint(["branch"], ["station.code"], name=op.f("fk_membership_branch")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_branch", "membership", ["branch", "declared_at", "id"], unique=False)
    op.create_index("ix_membership_id", "membership", ["id"], unique=False)
    op.create_index(
        "uq_membership_active",
        "membership",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "uq_membership_pending",
        "membership",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "waiting_member",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_no", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('fixed', 'mobile')", name=op.f("ck_waiting_member_kind")),
        sa.ForeignKeyConstraint(["branch"], ["station.code"], name=op.f("fk_waiting_member_branch")),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_waiting_member")),
    )

    # Whoever holds a member's role already is one, as a fixed member, from when he was given it.
    op.execute(
        """
        INSERT INTO membership (person_id, id, branch, kind, state, declared_at, from_at)
        SELECT DISTINCT ON (person_id) person_id, gen_random_uuid(), place, 'fixed', 'active', granted_at, granted_at
        FROM role_grant
        WHERE role IN ('member', 'secretary', 'committee') AND place IN (SELECT code FROM station)
        ORDER BY person_id, role = 'member' DESC, place
        """
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("waiting_member")
    op.drop_index(
        "uq_membership_pending", table_name="membership", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_index(
        "uq_membership_active", table_name="membership", postgresql_where=sa.text("state = 'active'")
    )
    op.drop_index("ix_membership_id", table_name="membership")
    op.drop_index("ix_membership_branch", table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_member_receipt_branch", table_name="member_receipt")
    op.drop_table("member_receipt")
