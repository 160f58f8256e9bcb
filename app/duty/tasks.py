"""What the clockwork calls: close what was forgotten, note who did not come, tell people in time.

Due-ness is read from the database, rows that another process holds are skipped: any number may tick.
"""

from app.duty import attendance, calls
from app.foundation.home import Home


def wind_up(home: Home) -> int:
    """Close attendances at the end of their shifts, then note absences; how many rows and shifts."""
    with home.database.transaction() as session:
        closed = attendance.close_ended(session, home.clock.now())
    with home.database.transaction() as session:
        return closed + attendance.note_absent(session, home.clock.now())


def call(home: Home) -> int:
    """Remind those whose shift comes near, then look for people where they lack; how many were told."""
    with home.database.transaction() as session:
        reminded = calls.remind(session, home.clock.now())
    with home.database.transaction() as session:
        return reminded + calls.call_for_people(session, home.clock.now())
