"""A shift that was handed over says how many requests went back to the queue: the next one may not hold them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Until now none did: what the next one could not hold stayed with who left."""
    op.add_column("shift_hand_over", sa.Column("returned", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("shift_hand_over", "returned", server_default=None)


def downgrade() -> None:
    """Take back."""
    op.drop_column("shift_hand_over", "returned")
