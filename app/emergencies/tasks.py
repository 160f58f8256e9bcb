"""What the clockwork calls: let calls climb, ring the channels, remind of watches. None waits for WeChat."""

from concurrent.futures import ThreadPoolExecutor

import structlog

from app.emergencies import alarm, channels, watch
from app.emergencies.alarm import Unheld
from app.emergencies.channels import Channels, Ringing
from app.foundation.home import Home
from app.web import metrics

log = structlog.get_logger()


def climb(home: Home) -> int:
    """Climb every step that is due, a transaction each; answers how many were climbed here."""
    settings = home.settings.emergencies
    with home.database.transaction() as session:
        due = alarm.steps_due(session, home.clock.now(), settings)
    climbed, trouble = 0, None
    for call, step in due:
        try:
            climbed += _climb(home, call, step)
        except Exception as fault:  # one call's trouble holds up no other call
            log.error("medical.not_climbed", request=str(call.id), step=step, exc_info=fault)
            trouble = fault
    if trouble:
        raise trouble
    return climbed


def call_again(home: Home) -> int:
    """Call the whole chain of every call again that nobody has answered for a while; how many calls."""
    settings = home.settings.emergencies
    with home.database.transaction() as session:
        late = alarm.unanswered(session, home.clock.now(), settings)
    called, trouble = 0, None
    for call in late:
        try:
            called += _call_again(home, call)
        except Exception as fault:  # one call's trouble holds up no other call
            log.error("medical.not_called_again", request=str(call.id), exc_info=fault)
            trouble = fault
    if trouble:
        raise trouble
    return called


def _call_again(home: Home, call: Unheld) -> bool:
    with home.database.transaction() as session:
        ours = alarm.call_again(session, home.clock.now(), call, home.settings.emergencies)
    if ours:
        metrics.EVENTS.labels("emergencies", "called again").inc()
        log.warning("medical.called_again", request=str(call.id), desk=call.desk)
    return ours


def _climb(home: Home, call: Unheld, step: str) -> bool:
    with home.database.transaction() as session:
        ours = alarm.climb(session, home.clock.now(), call, step, home.settings.emergencies)
    if ours:
        metrics.EVENTS.labels("emergencies", f"climbed {step}").inc()
        log.warning("medical.climbed", request=str(call.id), desk=call.desk, step=step)
    return ours


def ring(home: Home) -> int:
    """Make the channel calls that are due, side by side; a slow channel holds up no other. How many."""
    outside = home.part(Channels)
    with home.database.transaction() as session:
        claimed = channels.claim(session, home.clock.now(), outside)
    if not claimed:
        return 0
    with ThreadPoolExecutor(channels.AT_ONCE, "alarm") as threads:
        list(threads.map(lambda ringing: _ring(home, outside, ringing), claimed))
    return len(claimed)


def _ring(home: Home, outside: Channels, ringing: Ringing) -> None:
    trouble = outside.ring(ringing)
    most = home.settings.emergencies.channel_tries
    with home.database.transaction() as session:
        state = channels.settle(session, home.clock.now(), ringing, trouble, most)
    metrics.EVENTS.labels("emergencies", f"call {state}").inc()
    if trouble:
        log.error("medical.channel", channel=ringing.channel.name, state=state, trouble=trouble)


def remind_of_watches(home: Home) -> int:
    """Tell of lorries whose watch has come to its end, once for each end; how many."""
    with home.database.transaction() as session:
        return watch.remind(session, home.clock.now())
