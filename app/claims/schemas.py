"""What goes over the wire about claims."""

from typing import Annotated, Literal

from app.web.fields import In, MomentIn, Text


class MilestoneIn(In):
    """A step that was reached, when, and what is worth knowing of it."""

    kind: Literal["police", "insurer", "survey", "loss_fixed", "documents", "paid"]
    at: MomentIn
    note: Annotated[str, Text(200)] | None = None
