"""Bulletins, questions and answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bulletin_mark",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bulletin_mark")),
    )
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Uuid(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("stations", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audience", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('draft', 'submitted')) <= (approved_by IS NULL)", name=op.f("ck_bulletin_unapproved")
        ),
        sa.CheckConstraint(
            "NOT (state IN ('scheduled', 'sending', 'paused', 'sent', 'expired')) OR (send_at IS NOT NULL AND audience IS NOT NULL)",
            name=op.f("ck_bulletin_scheduled"),
        ),
        sa.CheckConstraint(
            "category IN ('road', 'policy', 'benefit', 'safety', 'station')",
            name=op.f("ck_bulletin_category"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'scheduled', 'sending', 'paused', 'sent', 'withdrawn', 'expired')",
            name=op.f("ck_bulletin_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'scheduled', 'sending', 'paused', 'sent', 'expired') OR approved_by IS NOT NULL",
            name=op.f("ck_bulletin_approved"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sending', 'paused') OR mailing_id IS NOT NULL", name=op.f("ck_bulletin_mailing")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR (approved_by <> author_id AND approved_by <> edited_by)",
            name=op.f("ck_bulletin_own_approval"),
        ),
        sa.CheckConstraint("expires_at > send_at", name=op.f("ck_bulletin_expires_at")),
        sa.CheckConstraint(
            "version > 0 AND (version = 1) = (supersedes IS NULL)", name=op.f("ck_bulletin_version")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_bulletin_approved_by")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_bulletin_author_id")),
        sa.ForeignKeyConstraint(["edited_by"], ["person.id"], name=op.f("fk_bulletin_edited_by")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_bulletin_mailing_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["bulletin.id"], name=op.f("fk_bulletin_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("line", "version", name=op.f("uq_bulletin_line_version")),
        sa.UniqueConstraint("mailing_id", name=op.f("uq_bulletin_mailing_id")),
    )
    op.create_index(
        "ix_bulletin_live",
        "bulletin",
        ["send_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('scheduled', 'sending', 'paused', 'sent', 'expired')"),
    )
    op.create_index("ix_bulletin_newest", "bulletin", ["updated_at", "id"], unique=False)
    op.create_index("ix_bulletin_search_keys", "bulletin", ["search_keys"], postgresql_using="gin")
    op.create_index(
        "ix_bulletin_supersedes",
        "bulletin",
        ["supersedes"],
        unique=False,
        postgresql_where=sa.text("supersedes IS NOT NULL"),
    )
    op.create_index(
        "ix_bulletin_work",
        "bulletin",
        ["state", "send_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('scheduled', 'sending')"),
    )
    op.create_index(
        "uq_bulletin_supersedes",
        "bulletin",
        ["supersedes"],
        unique=True,
        postgresql_where=sa.text("supersedes IS NOT NULL AND state <> 'withdrawn'"),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("suspect", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_text", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("search_keys", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (num_nulls(answer, shown_text, answered_at) = 0)",
            name=op.f("ck_question_answered"),
        ),
        sa.CheckConstraint("state IN ('open', 'answered')", name=op.f("ck_question_state")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_question_answered_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(
        "ix_question_answered",
        "question",
        ["answered_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'answered'"),
    )
    op.create_index("ix_question_person", "question", ["person_id", "asked_at"], unique=False)
    op.create_index("ix_question_search_keys", "question", ["search_keys"], postgresql_using="gin")
    op.create_index("ix_question_state", "question", ["state", "asked_at", "id"], unique=False)
    op.create_table(
        "bulletin_event",
        sa.Column("bulletin_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_bulletin_event_bulletin_id")),
        sa.PrimaryKeyConstraint("bulletin_id", "id", name=op.f("pk_bulletin_event")),
    )
    op.create_table(
        "bulletin_road",
        sa.Column("bulletin_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("road", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=True),
        sa.Column("km_from", sa.Numeric(precision=7, scale=3), nullable=True),
        sa.Column("km_to", sa.Numeric(precision=7, scale=3), nullable=True),
        sa.Column("vehicle", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.CheckConstraint("road <> ''", name=op.f("ck_bulletin_road_road")),
        sa.CheckConstraint("km_from >= 0 AND km_to >= 0", name=op.f("ck_bulletin_road_km")),
        sa.ForeignKeyConstraint(["bulletin_id"], ["bulletin.id"], name=op.f("fk_bulletin_road_bulletin_id")),
        sa.PrimaryKeyConstraint("bulletin_id", "position", name=op.f("pk_bulletin_road")),
    )


def downgrade() -> None:
    """Undo."""
    for table in ("bulletin_road", "bulletin_event", "question", "bulletin", "bulletin_mark"):
        op.drop_table(table)
