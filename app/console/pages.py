"""All pages of the console on one blueprint; importing a module declares its pages."""

from app.console import (
    acts,
    arrivals,
    bulletin_acts,
    bulletins,
    claims,
    desk,
    entry,
    questions,
    sign_in,
    watch,
    wishes,
)
from app.console.edge import blueprint

__all__ = [
    "acts",
    "arrivals",
    "blueprint",
    "bulletin_acts",
    "bulletins",
    "claims",
    "desk",
    "entry",
    "questions",
    "sign_in",
    "watch",
    "wishes",
]
