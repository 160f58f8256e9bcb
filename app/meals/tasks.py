"""What the clockwork calls: release what was not fetched, cancel what cannot be given."""

from app.foundation.home import Home
from app.meals import release


def wind_up(home: Home) -> int:
    """End open orders of offers that are over or called off, each offer in a transaction; how many steps."""
    with home.database.transaction() as session:
        offers = release.due(session, home.clock.now())
    steps = 0
    for offer_id in offers:
        with home.database.transaction() as session:
            steps += release.release(session, offer_id, home.clock.now())
    return steps
