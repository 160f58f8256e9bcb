"""The table of the insurance companion: which steps of a claim have been reached, and when."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.claims.rules import MILESTONES
from app.foundation.database import Base

_KINDS = ", ".join(f"'{kind}'" for kind in MILESTONES)


class ClaimMilestone(Base):
    """One step of a claim, reached once."""

    __tablename__ = "claim_milestone"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        ForeignKeyConstraint(["origin", "request_id"], ["help_request.origin", "help_request.id"]),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]
