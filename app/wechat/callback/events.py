"""What a pushed message is about: which event, of whom, when, and what makes it the same as another."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# WeChat docs (subscribe messages): XML nests the items in one of these, JSON has `List` on top; one item is
# an object, several are an array.
_WRAPPERS = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
_HEAD = ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "OpenID", "List", *_WRAPPERS)
_ITEM_KEY = ("TemplateId", "MsgID", "SubscribeStatusString")
_LATEST = 9_999_999_999


@dataclass(frozen=True)
class Event:
    """One event of one user. All single values are text, whether they came as XML or JSON.

    `openid`: the user, which is FromUserName, or OpenID in the events about authorisations; in others
    (`wxa_media_check`) an account of the platform. `items`: what `List` holds, in its order. `fields`: all
    the rest by WeChat's names: text, objects, or lists of these.
    """

    name: str
    openid: str
    created_at: datetime
    items: tuple[Mapping[str, str], ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Arrival:
    """How a message is filed. `about`: whose events stand in one line; `key`: two of a key are the same."""

    name: str
    about: str
    created_at: datetime
    key: str


def event_name(message: Mapping[str, Any]) -> str | None:
    """Which event this is; None for an ordinary message (text, picture, …) of a user."""
    if _word(message, "MsgType").lower() != "event":
        return None
    return _word(message, "Event") or None


def arrival(message: Mapping[str, Any], now: datetime) -> Arrival:
    """How to file an event that came in at `now`.

    WeChat docs: an event is known again by FromUserName and CreateTime. That is in seconds, so two different
    events of a second would fall together; what they are about is added. A media verdict's FromUserName is
    the platform itself: it stands in a line of its own, by its trace id.
    """
    trace_id = _word(message, "trace_id")
    user = openid_of(message)
    parts = [user, *(_word(message, name) for name in ("CreateTime", "Event", "RevokeInfo", "trace_id"))]
    parts += sorted("|".join(item.get(name, "") for name in _ITEM_KEY) for item in items_of(message))
    if msg_id := _word(message, "MsgId"):
        parts = ["MsgId", msg_id]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return Arrival(_word(message, "Event"), trace_id or user, _created_at(message, now), key)


def event_of(message: Mapping[str, Any], created_at: datetime) -> Event:
    """The event as handlers see it."""
    rest = {name: value for name, value in message.items() if name not in _HEAD}
    return Event(_word(message, "Event"), openid_of(message), created_at, items_of(message), rest)


def openid_of(message: Mapping[str, Any]) -> str:
    """WeChat docs: in the authorisation events FromUserName is the platform's, the user is in `OpenID`."""
    return _word(message, "OpenID") or _word(message, "FromUserName")


def items_of(message: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    """The `List`, wherever it is and however many it holds; empty for an event without one."""
    holders = [message, *(message.get(name) for name in _WRAPPERS)]
    found: Any = next((h["List"] for h in holders if isinstance(h, Mapping) and "List" in h), [])
    listed = found if isinstance(found, list) else [found]
    return tuple(_texts(item) for item in listed if isinstance(item, Mapping))


def _texts(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in item.items() if isinstance(value, str)}


def _created_at(message: Mapping[str, Any], now: datetime) -> datetime:
    written = _word(message, "CreateTime")
    seconds = int(written) if written.isascii() and written.isdigit() and len(written) <= 10 else None
    return now if seconds is None else datetime.fromtimestamp(min(seconds, _LATEST), UTC)


def _word(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""
