"""Who does what with an event: higher rooms register here."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.wechat.callback.events import Event

Handler = Callable[[Session, Event, datetime], None]

_handlers: dict[str, Handler] = {}


class NotYet(Exception):
    """Raised by a handler: what the event is about is still under way; ask again in a moment."""


def on(name: str, handler: Handler) -> None:
    """Let `handler(session, event, now)` work off the events of that name, one transaction an event.

    It runs again only if it failed. Events that nobody handles are counted and not kept.
    """
    _handlers[name] = handler


def handler_of(name: str) -> Handler | None:
    """Who works off events of that name; None for one that nobody waits for."""
    return _handlers.get(name)
