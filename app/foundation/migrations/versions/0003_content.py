"""Uploads and checks of content."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "picture_check",
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("suggest", sa.Text(), nullable=True),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("trace_id", name=op.f("pk_picture_check")),
    )
    op.create_index("ix_picture_check_at", "picture_check", ["at"], unique=False)
    op.create_table(
        "text_check",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("scene", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'queued') = (settled_at IS NULL)", name=op.f("ck_text_check_settled_at")
        ),
        sa.CheckConstraint("(state = 'queued') = (text IS NOT NULL)", name=op.f("ck_text_check_text")),
        sa.CheckConstraint(
            "state IN ('queued', 'pass', 'review', 'risky', 'unchecked')", name=op.f("ck_text_check_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_text_check_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_text_check")),
    )
    op.create_index(
        "ix_text_check_due",
        "text_check",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_text_check_settled",
        "text_check",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_table(
        "upload",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT private OR state IN ('loose', 'private', 'gone')", name=op.f("ck_upload_never_checked")
        ),
        sa.CheckConstraint("kind IN ('image', 'pdf')", name=op.f("ck_upload_kind")),
        sa.CheckConstraint(
            "purpose IN ('avatar', 'request', 'document', 'medical')", name=op.f("ck_upload_purpose")
        ),
        sa.CheckConstraint("state <> 'private' OR private", name=op.f("ck_upload_private")),
        sa.CheckConstraint(
            "state IN ('loose', 'gone') OR subject_id IS NOT NULL", name=op.f("ck_upload_subject")
        ),
        sa.CheckConstraint(
            "state IN ('loose', 'waiting', 'checking', 'manual', 'shown', 'hidden', 'private', 'gone')",
            name=op.f("ck_upload_state"),
        ),
        sa.CheckConstraint(
            "(subject_kind IS NULL) = (subject_id IS NULL)", name=op.f("ck_upload_subject_kind")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_id", "upload", ["id"], unique=False)
    op.create_index(
        "ix_upload_loose",
        "upload",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('loose', 'gone')"),
    )
    op.create_index("ix_upload_person", "upload", ["person_id", "created_at"], unique=False)
    op.create_index("ix_upload_place", "upload", ["place"], unique=False)
    op.create_index(
        "ix_upload_review",
        "upload",
        ["attached_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('manual', 'hidden')"),
    )
    op.create_index(
        "ix_upload_subject",
        "upload",
        ["subject_id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_index(
        "ix_upload_unsettled",
        "upload",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'checking')"),
    )
    op.add_column(
        "help_request", sa.Column("has_uploads", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("help_request", sa.Column("doubted", sa.Boolean(), server_default="false", nullable=False))
    op.add_column(
        "request_message", sa.Column("doubted", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index("ix_request_message_id", "request_message", ["id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_request_message_id", table_name="request_message")
    op.drop_column("request_message", "doubted")
    op.drop_column("help_request", "doubted")
    op.drop_column("help_request", "has_uploads")
    op.drop_index(
        "ix_upload_unsettled",
        table_name="upload",
        postgresql_where=sa.text("state IN ('waiting', 'checking')"),
    )
    op.drop_index(
        "ix_upload_subject", table_name="upload", postgresql_where=sa.text("subject_id IS NOT NULL")
    )
    op.drop_index(
        "ix_upload_review", table_name="upload", postgresql_where=sa.text("state IN ('manual', 'hidden')")
    )
    op.drop_index("ix_upload_place", table_name="upload")
    op.drop_index("ix_upload_person", table_name="upload")
    op.drop_index(
        "ix_upload_loose", table_name="upload", postgresql_where=sa.text("state IN ('loose', 'gone')")
    )
    op.drop_index("ix_upload_id", table_name="upload")
    op.drop_table("upload")
    op.drop_index(
        "ix_text_check_settled", table_name="text_check", postgresql_where=sa.text("settled_at IS NOT NULL")
    )
    op.drop_index("ix_text_check_due", table_name="text_check", postgresql_where=sa.text("state = 'queued'"))
    op.drop_table("text_check")
    op.drop_index("ix_picture_check_at", table_name="picture_check")
    op.drop_table("picture_check")
