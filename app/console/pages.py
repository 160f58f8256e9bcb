"""All pages of the console on one blueprint; importing a module declares its pages."""

from app.console import (
    acts,
    arrivals,
    bulletin_acts,
    bulletins,
    burden,
    cards,
    claims,
    desk,
    entry,
    facilities,
    operating,
    phrases,
    questions,
    shift,
    sign_in,
    wishes,
)
from app.console.edge import blueprint

__all__ = [
    "acts",
    "arrivals",
    "blueprint",
    "bulletin_acts",
    "bulletins",
    "burden",
    "cards",
    "claims",
    "desk",
    "entry",
    "facilities",
    "operating",
    "phrases",
    "questions",
    "shift",
    "sign_in",
    "wishes",
]
