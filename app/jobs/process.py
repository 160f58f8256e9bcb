"""One jobs process, from its first tick to its end."""

import signal
import threading

import structlog

from app.foundation.home import Home
from app.jobs.clockwork import Clockwork
from app.jobs.ticks import TICKS
from app.notices.courier import Courier, senders
from app.web import metrics
from app.wechat import WeChat

log = structlog.get_logger()

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LOOK_EVERY_S = 1.0
_END_WITHIN_S = 8.0


def serve(home: Home) -> bool:
    """Tick until SIGTERM or SIGINT comes, then let what is in hand end. False when something hangs.

    The signals are waited for, not handled: a handler that sets an event can meet the very lock that it
    interrupted.
    """
    stopping = threading.Event()
    clockwork = assemble(home, stopping)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # threads that start now inherit it
    try:
        clockwork.start()
        log.info("jobs.started", senders=senders(home.settings))
        while signal.sigtimedwait(_SIGNALS, _LOOK_EVERY_S) is None:
            clockwork.keep_going()
        stopping.set()
        ended = clockwork.stop(_END_WITHIN_S)
        log.info("jobs.ended", clean=ended)
        return ended
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def assemble(home: Home, stopping: threading.Event) -> Clockwork:
    """The clockwork with a courier of its own, whose calls to WeChat take nobody else's places."""
    settings = home.settings
    wechat = WeChat(
        settings.wechat,
        home.shared,
        slots=senders(settings),
        now=home.clock.now,
        observe=metrics.wechat_call,
    )
    home.hang(Courier(settings, home.database, home.clock, wechat, stopping))
    return Clockwork(home, TICKS)
