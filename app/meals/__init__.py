"""Meals: offers, orders, walk-ins, pickup, campaigns; registers its kind with the help desk.

In the kind's schema what a list of offers fills in (`offer_id`, `free`) stands under `patternProperties`:
clients draw a form of `properties`, and nobody types an id.
"""

from pathlib import Path

KINDS = Path(__file__).with_name("kinds.json")
