"""A day not long ago: a moment of a claim may not lie half a year back, so no test names a date for good."""

from datetime import datetime, timedelta

from app.foundation.clock import SHANGHAI

DAY = f"{datetime.now(SHANGHAI) - timedelta(days=3):%Y-%m-%d}"
SHORT = DAY[5:]
"""As a timeline says it."""
