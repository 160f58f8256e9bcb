"""What an operator sets at the help desk: his own workdays, a station's clocks, ready-made answers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_IS_SPAN = "~ '^[1-9][0-9]{0,3}(m|h|wd)$'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "own_workday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('workday', 'holiday')", name=op.f("ck_own_workday_kind")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_own_workday_set_by_person")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_own_workday")),
    )
    op.create_table(
        "station_clock",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ack", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("close", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        *(
            sa.CheckConstraint(f"{name} {_IS_SPAN}", name=op.f(f"ck_station_clock_{name}"))
            for name in ("ack", "answer", "close")
        ),
        sa.ForeignKeyConstraint(["station"], ["station.code"], name=op.f("fk_station_clock_station_station")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_station_clock_set_by_person")),
        sa.PrimaryKeyConstraint("station", "kind", name=op.f("pk_station_clock")),
    )
    op.create_table(
        "macro",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_macro_set_by_person")),
        sa.PrimaryKeyConstraint("station", "id", name=op.f("pk_macro")),
        sa.UniqueConstraint("station", "title", name=op.f("uq_macro_station_title")),
    )
    op.create_index("ix_macro_id", "macro", ["id"])
    op.add_column("help_request", sa.Column("spans", sa.Text(), nullable=True))
    op.add_column("shift_hand_over", sa.Column("note", sa.LargeBinary(), nullable=True))
    open_ones = sa.text("state IN ('new', 'acknowledged', 'handling', 'waiting', 'answered')")
    order = ["urgency", "due_at", "id"]
    op.create_index("ix_help_request_urgent", "help_request", order, postgresql_where=open_ones)
    op.create_index("ix_help_request_all", "help_request", order)
    op.create_index("ix_help_request_desk_all", "help_request", ["desk", *order])
    op.create_index("ix_help_request_created", "help_request", ["created_at", "id"])
    # From now on it tells who answered for it last, and nothing else.
    op.execute("UPDATE help_request SET last_handler_id = NULL WHERE reopened = 0")


def downgrade() -> None:
    """Undo."""
    for name in ("created", "desk_all", "all", "urgent"):
        op.drop_index(f"ix_help_request_{name}", "help_request")
    op.drop_column("shift_hand_over", "note")
    op.drop_column("help_request", "spans")
    op.drop_table("macro")
    op.drop_table("station_clock")
    op.drop_table("own_workday")
