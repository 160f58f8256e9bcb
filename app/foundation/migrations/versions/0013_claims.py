"""Claims: cases, footage, evidence, papers that are destroyed by date, co-drivers, numbers to report to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "claim_hotline",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9_]{1,30}$'", name=op.f("ck_claim_hotline_code")),
        sa.CheckConstraint("phone ~ '^[0-9][0-9-]{2,19}$'", name=op.f("ck_claim_hotline_phone")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_claim_hotline")),
    )
    op.create_table(
        "claim_case",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("footage_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("footage_warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("path IN ('toll_network', 'motor')", name=op.f("ck_claim_case_path")),
        sa.CheckConstraint(
            "what IN ('cargo_theft', 'fuel_theft', 'scrape', 'cargo_damage', 'injury', 'other')",
            name=op.f("ck_claim_case_what"),
        ),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_case_origin_request_id"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", name=op.f("pk_claim_case")),
    )
    op.create_index(
        "ix_claim_case_footage",
        "claim_case",
        ["footage_by"],
        unique=False,
        postgresql_where=sa.text("footage_by IS NOT NULL AND footage_warned_at IS NULL"),
    )
    op.create_table(
        "claim_co_driver",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_co_driver_origin_request_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_co_driver_person_id")),
        sa.PrimaryKeyConstraint("origin", "request_id", "person_id", name=op.f("pk_claim_co_driver")),
    )
    op.create_index("ix_claim_co_driver_id", "claim_co_driver", ["id"], unique=False)
    op.create_index("ix_claim_co_driver_person_id", "claim_co_driver", ["person_id"], unique=False)
    op.create_table(
        "claim_code",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_code_origin_request_id"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", name=op.f("pk_claim_code")),
    )
    op.create_index("uq_claim_code_index", "claim_code", ["code_index"], unique=True)
    op.create_table(
        "claim_document",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "destroyed_why IN ('date', 'owner', 'consent', 'erased')",
            name=op.f("ck_claim_document_destroyed_why"),
        ),
        sa.CheckConstraint(
            "(destroyed_at IS NULL) = (destroyed_why IS NULL)", name=op.f("ck_claim_document_destroyed_at")
        ),
        sa.CheckConstraint(
            "destroyed_at IS NOT NULL OR person_id IS NOT NULL", name=op.f("ck_claim_document_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_document_origin_request_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_claim_document_person_id")),
        sa.PrimaryKeyConstraint("origin", "request_id", "id", name=op.f("pk_claim_document")),
    )
    op.create_index("ix_claim_document_id", "claim_document", ["id"], unique=False)
    op.create_index(
        "ix_claim_document_kept",
        "claim_document",
        ["added_at"],
        unique=False,
        postgresql_where=sa.text("destroyed_at IS NULL"),
    )
    op.create_index("ix_claim_document_person_id", "claim_document", ["person_id"], unique=False)
    op.create_table(
        "claim_evidence_tick",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_claim_evidence_tick_by_id")),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_evidence_tick_origin_request_id"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", "code", name=op.f("pk_claim_evidence_tick")),
    )
    op.create_table(
        "claim_footage",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("camera", sa.LargeBinary(), nullable=True),
        sa.Column("kept_where", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('secured', 'to_police', 'not_covered', 'lost')",
            name=op.f("ck_claim_footage_outcome"),
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('secured', 'to_police') OR (from_at IS NOT NULL AND until_at IS NOT NULL)",
            name=op.f("ck_claim_footage_hours"),
        ),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_claim_footage_until_at")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_claim_footage_by_id")),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_footage_origin_request_id"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", name=op.f("pk_claim_footage")),
    )


def downgrade() -> None:
    """Undo."""
    for table in ("footage", "evidence_tick", "document", "code", "co_driver", "case", "hotline"):
        op.drop_table(f"claim_{table}")
