"""Works off what was pushed: each event in a transaction of its own, in any number of jobs processes."""

import traceback
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.web import metrics
from app.wechat.callback import table
from app.wechat.callback.events import event_of
from app.wechat.callback.handlers import NotYet, handler_of
from app.wechat.callback.rules import next_try
from app.wechat.callback.table import Claimed

log = structlog.get_logger()

_MOST_AT_ONCE = 200
_SOON = timedelta(seconds=2)


def work_off(home: Home) -> int:
    """Work off what is due, up to two hundred events; answers how many were taken up."""
    worked = 0
    while worked < _MOST_AT_ONCE and _work_one(home):
        worked += 1
    return worked


def sweep(home: Home) -> int:
    """Forget what was done, or given up, some days ago."""
    with home.database.transaction() as session:
        return table.sweep(session, home.clock.now(), timedelta(days=home.settings.wechat.event_days))


def _work_one(home: Home) -> bool:
    """One event. Whatever its handler did before it failed is undone; that it failed is written down."""
    now = home.clock.now()
    with home.database.transaction() as session:
        claimed = table.claim(session, now)
        if claimed is None:
            return False
        try:
            with session.begin_nested():
                _handle(session, claimed, now)
        except NotYet as reason:
            table.postpone(session, claimed, now + _SOON, str(reason) or "not yet", counted=False)
        except Exception as trouble:
            _failed(session, claimed, now, trouble)
        else:
            table.settle(session, now, claimed, "done")
            _count("done")
    return True


def _handle(session: Session, claimed: Claimed, now: datetime) -> None:
    handler = handler_of(claimed.name)
    if handler is None:  # stored by a newer release beside us, or by an older one whose handler is gone
        raise LookupError(f"nobody handles {claimed.name}")
    handler(session, event_of(table.message_of(session, claimed), claimed.created_at), now)
    session.flush()


def _failed(session: Session, claimed: Claimed, now: datetime, trouble: Exception) -> None:
    """Again after a while; after the last time it is set aside, for somebody to look at. Never its content:
    an exception's text may quote it, so only its type and place are told."""
    why = _place(trouble)
    again = next_try(claimed.tries + 1, now)
    if again is not None:
        table.postpone(session, claimed, again, why, counted=True)
        _count("failing")
        log.warning("wechat_event.failing", id=str(claimed.id), name=claimed.name, why=why)
        return
    table.settle(session, now, claimed, "failed", why)
    _count("failed")
    log.error("wechat_event.failed", alarm=True, id=str(claimed.id), name=claimed.name, why=why)


def _place(trouble: Exception) -> str:
    """`ValueError at app/x.py:12`: where it came from, nothing of what it says."""
    frames = traceback.extract_tb(trouble.__traceback__)
    ours = [frame for frame in frames if "/app/" in frame.filename] or frames[-1:]
    last = ours[-1] if ours else None
    where = f" at app/{last.filename.rpartition('/app/')[2]}:{last.lineno}" if last else ""
    return f"{type(trouble).__name__}{where}"


def _count(what: str) -> None:
    metrics.EVENTS.labels("callback", what).inc()
