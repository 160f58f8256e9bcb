"""What goes over the wire about medical calls."""

from typing import Annotated, Literal

from app.web.fields import In, Moment, MomentIn, Out, Text

Keys = Literal["desk", "watcher", "driver", "vehicle"]


class BeatIn(In):
    """The desk that listens: a station's code, or `CENTRE`."""

    station: Annotated[str, Text(10)]


class HandOverIn(In):
    """Into whose hands."""

    to: Literal["120", "hospital", "family"]


class WatchWish(In):
    """What the driver says of lorry and cargo when he asks that somebody watch them; nothing is needed."""

    place: Annotated[str, Text(100)] | None = None
    plate: Annotated[str, Text(12)] | None = None
    cargo: Annotated[str, Text(100)] | None = None


class WatchIn(In):
    """Who watches, where it stands, where the keys are, until when; the watcher is oneself unless named."""

    place: Annotated[str, Text(100)]
    keys: Keys
    until_at: MomentIn
    watcher: Annotated[str, Text(20)] | None = None
    keys_note: Annotated[str, Text(100)] | None = None
    plate: Annotated[str, Text(12)] | None = None
    cargo: Annotated[str, Text(100)] | None = None


class WatchChange(In):
    """What is otherwise from now on; only the fields sent change."""

    place: Annotated[str, Text(100)] | None = None
    keys: Keys | None = None
    until_at: MomentIn | None = None
    watcher: Annotated[str, Text(20)] | None = None
    keys_note: Annotated[str, Text(100)] | None = None
    cargo: Annotated[str, Text(100)] | None = None


class HandBackIn(In):
    """To whom lorry, cargo and keys went."""

    to: Literal["driver", "family", "company", "police"]
    note: Annotated[str, Text(200)] | None = None


class WatchOut(Out):
    """The same for both sides: the driver in his bed reads what the desk reads."""

    state: Literal["asked", "watching", "handed_back", "received"]
    title: str
    place: str | None
    plate: str | None
    cargo: str | None
    keys: str | None
    keys_title: str | None
    keys_note: str | None
    watcher: str | None
    asked_at: Moment | None
    began_at: Moment | None
    until_at: Moment | None
    overdue: bool
    handed_at: Moment | None
    handed_to: str | None
    handed_note: str | None
    received_at: Moment | None


class For120Fact(Out):
    """One thing that was told."""

    title: str
    text: str


class For120Step(Out):
    """When what happened."""

    at: Moment
    text: str


class For120Out(Out):
    """What is read out or shown to the ambulance's crew."""

    number: str
    place: str
    facts: list[For120Fact]
    timeline: list[For120Step]
