"""Lorry and cargo that are watched while the driver is in hospital."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cargo_watch",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("plate", sa.LargeBinary(), nullable=True),
        sa.Column("cargo", sa.LargeBinary(), nullable=True),
        sa.Column("keys", sa.Text(), nullable=True),
        sa.Column("keys_note", sa.LargeBinary(), nullable=True),
        sa.Column("watcher", sa.LargeBinary(), nullable=True),
        sa.Column("watcher_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_to", sa.Text(), nullable=True),
        sa.Column("handed_note", sa.LargeBinary(), nullable=True),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (began_at IS NULL) AND (state = 'asked' OR (keys IS NOT NULL AND until_at IS NOT NULL AND place IS NOT NULL AND watcher IS NOT NULL))",
            name=op.f("ck_cargo_watch_began_at"),
        ),
        sa.CheckConstraint(
            "(state = 'received') = (received_at IS NOT NULL)", name=op.f("ck_cargo_watch_received_at")
        ),
        sa.CheckConstraint(
            "(state IN ('handed_back', 'received')) = (handed_at IS NOT NULL AND handed_to IS NOT NULL)",
            name=op.f("ck_cargo_watch_handed_at"),
        ),
        sa.CheckConstraint(
            "handed_to IN ('driver', 'family', 'company', 'police')", name=op.f("ck_cargo_watch_handed_to")
        ),
        sa.CheckConstraint(
            "keys IN ('desk', 'watcher', 'driver', 'vehicle')", name=op.f("ck_cargo_watch_keys")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'watching', 'handed_back', 'received')", name=op.f("ck_cargo_watch_state")
        ),
        sa.ForeignKeyConstraint(["handed_by"], ["person.id"], name=op.f("fk_cargo_watch_handed_by")),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_cargo_watch_origin_request_id"),
        ),
        sa.ForeignKeyConstraint(["watcher_id"], ["person.id"], name=op.f("fk_cargo_watch_watcher_id")),
        sa.PrimaryKeyConstraint("origin", "request_id", name=op.f("pk_cargo_watch")),
    )
    op.create_index(
        "ix_cargo_watch_until",
        "cargo_watch",
        ["until_at"],
        unique=False,
        postgresql_where=sa.text("state = 'watching'"),
    )
    op.create_index("ix_cargo_watch_watcher_id", "cargo_watch", ["watcher_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("cargo_watch")
