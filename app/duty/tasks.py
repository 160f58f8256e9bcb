"""What the clockwork calls: close what was forgotten, note who did not come, look ahead.

Due-ness is read from the database, rows that another process holds are skipped: any number may tick.
"""

from app.duty import attendance, lookahead
from app.foundation.home import Home


def wind_up(home: Home) -> int:
    """Close attendances at the end of their shifts, then note absences; how many rows and shifts."""
    with home.database.transaction() as session:
        closed = attendance.close_ended(session, home.clock.now())
    with home.database.transaction() as session:
        return closed + attendance.note_absent(session, home.clock.now())


def look_ahead(home: Home) -> int:
    """Remind who signed up, and look for people where they are short; how many were told and shifts."""
    with home.database.transaction() as session:
        reminded = lookahead.remind(session, home.clock.now())
    with home.database.transaction() as session:
        return reminded + lookahead.look_for_people(session, home.clock.now())
