"""Points: rules by version, an append-only ledger, quarters with their scores, objections, rewards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


FIRST_RULES = """
{"base": 60, "most": 100, "night_from": 22, "night_to": 6, "items": {
 "duty": {"points": 1, "an_hour": true, "least_minutes": 30, "night_percent": 150, "most_day": 12, "most_quarter": 30},
 "meeting": {"points": 2, "most_quarter": 12}, "course": {"points": 2, "most_quarter": 10}}}
"""

APPEND_ONLY = """
CREATE FUNCTION points_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'points_entry is append-only: reverse an entry, never change it'; END $$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "points_objection",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (accepted IS NULL)", name=op.f("ck_points_objection_accepted")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_objection_person_id")),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_points_objection")),
    )
    op.create_index(
        "ix_points_objection_branch", "points_objection", ["branch", "made_at", "id"], unique=False
    )
    op.create_index("ix_points_objection_id", "points_objection", ["id"], unique=False)
    op.create_index(
        "uq_points_objection_open",
        "points_objection",
        ["person_id", "quarter"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "points_reward",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_reward_person_id")),
        sa.PrimaryKeyConstraint("person_id", "quarter", name=op.f("pk_points_reward")),
    )
    op.create_table(
        "points_rule",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["branch"], ["station.code"], name=op.f("fk_points_rule_branch")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_points_rule")),
    )
    op.create_index(
        "ix_points_rule_branch", "points_rule", ["branch", "effective_from", "version"], unique=False
    )
    op.create_table(
        "points_entry",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "item IN ('duty', 'meeting', 'course', 'adjust')", name=op.f("ck_points_entry_item")
        ),
        sa.CheckConstraint(
            "source_kind IN ('duty', 'meeting', 'course', 'objection')",
            name=op.f("ck_points_entry_source_kind"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_entry_person_id")),
        sa.ForeignKeyConstraint(
            ["rule_version"], ["points_rule.version"], name=op.f("fk_points_entry_rule_version")
        ),
        sa.PrimaryKeyConstraint("person_id", "id", name=op.f("pk_points_entry")),
    )
    op.create_index("ix_points_entry_newest", "points_entry", ["person_id", "made_at", "id"], unique=False)
    op.create_index("ix_points_entry_quarter", "points_entry", ["person_id", "quarter"], unique=False)
    op.create_index(
        "uq_points_entry_reverses",
        "points_entry",
        ["person_id", "reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_index(
        "uq_points_entry_source",
        "points_entry",
        ["person_id", "source_kind", "source_id"],
        unique=True,
        postgresql_where=sa.text("reverses IS NULL"),
    )
    op.create_table(
        "points_settlement",
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("public_days", sa.SmallInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finalized_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'final') = (finalized_at IS NOT NULL)", name=op.f("ck_points_settlement_finalized_at")
        ),
        sa.CheckConstraint(
            "(state = 'settled') = (public_until IS NULL)", name=op.f("ck_points_settlement_public_until")
        ),
        sa.CheckConstraint(
            "state IN ('settled', 'published', 'final')", name=op.f("ck_points_settlement_state")
        ),
        sa.ForeignKeyConstraint(["branch"], ["station.code"], name=op.f("fk_points_settlement_branch")),
        sa.ForeignKeyConstraint(
            ["rule_version"], ["points_rule.version"], name=op.f("fk_points_settlement_rule_version")
        ),
        sa.PrimaryKeyConstraint("branch", "quarter", name=op.f("pk_points_settlement")),
    )
    op.create_table(
        "points_score",
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("by_item", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch", "quarter"],
            ["points_settlement.branch", "points_settlement.quarter"],
            name=op.f("fk_points_score_branch_quarter"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_points_score_person_id")),
        sa.PrimaryKeyConstraint("quarter", "mark", name=op.f("pk_points_score")),
    )
    op.create_index("ix_points_score_branch", "points_score", ["branch", "quarter", "rank"], unique=False)
    op.create_index("ix_points_score_person", "points_score", ["person_id"], unique=False)

    first = sa.text(
        "INSERT INTO points_rule (effective_from, body, note, made_at)"
        " VALUES ('2000-01-01', CAST(:body AS jsonb), '初始规则', now())"
    )
    op.execute(first.bindparams(body=FIRST_RULES))
    op.execute(APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER points_entry_append_only BEFORE UPDATE ON points_entry"
        " FOR EACH ROW EXECUTE FUNCTION points_entry_is_append_only()"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_points_score_person", table_name="points_score")
    op.drop_index("ix_points_score_branch", table_name="points_score")
    op.drop_table("points_score")
    op.drop_table("points_settlement")
    op.drop_index(
        "uq_points_entry_source", table_name="points_entry", postgresql_where=sa.text("reverses IS NULL")
    )
    op.drop_index(
        "uq_points_entry_reverses",
        table_name="points_entry",
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.drop_index("ix_points_entry_quarter", table_name="points_entry")
    op.drop_index("ix_points_entry_newest", table_name="points_entry")
    op.drop_table("points_entry")
    op.drop_index("ix_points_rule_branch", table_name="points_rule")
    op.drop_table("points_rule")
    op.drop_table("points_reward")
    op.drop_index(
        "uq_points_objection_open",
        table_name="points_objection",
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.drop_index("ix_points_objection_id", table_name="points_objection")
    op.drop_index("ix_points_objection_branch", table_name="points_objection")
    op.drop_table("points_objection")
    op.execute("DROP FUNCTION points_entry_is_append_only()")
