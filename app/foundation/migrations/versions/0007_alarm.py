"""Medical calls that climb: desks that listen, steps, calls to channels."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "desk_beat",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_beat_person_id_person")),
        sa.PrimaryKeyConstraint("station", "person_id", name=op.f("pk_desk_beat")),
    )
    op.create_index("ix_desk_beat_person_id", "desk_beat", ["person_id"])
    op.create_table(
        "alarm_step",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint("step IN ('station', 'supervisor', 'centre')", name=op.f("ck_alarm_step_step")),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_alarm_step_origin_request_id_help_request"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", "since", "step", name=op.f("pk_alarm_step")),
    )
    op.create_table(
        "alarm_call",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'needless')", name=op.f("ck_alarm_call_state")
        ),
        sa.CheckConstraint(
            "(state = 'queued') = (settled_at IS NULL)", name=op.f("ck_alarm_call_settled_at")
        ),
        sa.ForeignKeyConstraint(
            ["origin", "request_id", "since", "step"],
            ["alarm_step.origin", "alarm_step.request_id", "alarm_step.since", "alarm_step.step"],
            name=op.f("fk_alarm_call_origin_request_id_since_step_alarm_step"),
        ),
        sa.PrimaryKeyConstraint(
            "origin", "request_id", "since", "step", "channel", name=op.f("pk_alarm_call")
        ),
    )
    op.create_index(
        "ix_alarm_call_due", "alarm_call", ["due_at"], postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index(
        "ix_help_request_unheld",
        "help_request",
        ["kind", "created_at"],
        postgresql_where=sa.text(
            "holder_id IS NULL AND state IN ('new', 'acknowledged', 'handling', 'waiting')"
        ),
    )
    op.create_table(
        "clock_mark",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint("clock IN ('ack', 'answer', 'close')", name=op.f("ck_clock_mark_clock")),
        sa.CheckConstraint("mark IN ('warning', 'breach', 'centre')", name=op.f("ck_clock_mark_mark")),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_clock_mark_origin_request_id_help_request"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", "clock", "mark", name=op.f("pk_clock_mark")),
    )
    op.add_column("help_request", sa.Column("waiting_since", _MOMENT, nullable=True))
    op.add_column("help_request", sa.Column("look_at", _MOMENT, nullable=True))
    op.execute(
        "UPDATE help_request SET look_at = created_at"
        " WHERE state IN ('new', 'acknowledged', 'handling', 'waiting', 'answered')"
    )
    op.execute(
        "UPDATE help_request SET waiting_since = (SELECT max(e.at) FROM request_event e WHERE e.what = 'waiting'"
        " AND e.origin = help_request.origin AND e.request_id = help_request.id) WHERE state = 'waiting'"
    )
    op.add_column("help_request", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column(
        "help_request", sa.Column("has_merged", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index(
        "ix_help_request_merged",
        "help_request",
        ["merged_into"],
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_help_request_holder",
        "help_request",
        ["holder_id"],
        postgresql_where=sa.text(
            "holder_id IS NOT NULL AND state IN ('new', 'acknowledged', 'handling', 'waiting', 'answered')"
        ),
    )
    op.create_table(
        "shift_hand_over",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=True),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("signed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name=op.f("fk_shift_hand_over_from_id_person")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_shift_hand_over_to_id_person")),
        sa.ForeignKeyConstraint(
            ["station"], ["station.code"], name=op.f("fk_shift_hand_over_station_station")
        ),
        sa.PrimaryKeyConstraint("station", "id", name=op.f("pk_shift_hand_over")),
    )
    op.create_index("ix_shift_hand_over_id", "shift_hand_over", ["id"])
    op.create_table(
        "claim_milestone",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('police', 'insurer', 'survey', 'loss_fixed', 'documents', 'paid')",
            name=op.f("ck_claim_milestone_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["origin", "request_id"],
            ["help_request.origin", "help_request.id"],
            name=op.f("fk_claim_milestone_origin_request_id_help_request"),
        ),
        sa.PrimaryKeyConstraint("origin", "request_id", "kind", name=op.f("pk_claim_milestone")),
    )
    op.create_index(
        "ix_help_request_look", "help_request", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL")
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("claim_milestone")
    op.drop_table("shift_hand_over")
    op.drop_index("ix_help_request_holder", "help_request")
    op.drop_index("ix_help_request_merged", "help_request")
    op.drop_column("help_request", "has_merged")
    op.drop_column("help_request", "merged_into")
    op.drop_index("ix_help_request_look", "help_request")
    op.drop_column("help_request", "look_at")
    op.drop_column("help_request", "waiting_since")
    op.drop_table("clock_mark")
    op.drop_index("ix_help_request_unheld", "help_request")
    op.drop_table("alarm_call")
    op.drop_table("alarm_step")
    op.drop_table("desk_beat")
