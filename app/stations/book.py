"""The book that readers look into: all stations as kept in this process, never more than a second old."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.foundation.clock import iso
from app.stations.models import Station, StationBasic, StationSide
from app.stations.rules import BASICS, SIDES, is_example_phone, matches, on_road, spoken_address
from app.stations.schemas import StationCard

_LOOK_EVERY_S: Final = 0.8

GetSession = Callable[[], Session]
CardSection = Callable[[Session, str, datetime], Any]
PageLines = Callable[[Any, str, datetime], list[Any]]
_sections: dict[str, CardSection] = {}
_page_lines: dict[str, tuple[str, PageLines]] = {}


def add_card_section(name: str, function: CardSection, on_page: tuple[str, PageLines] | None = None) -> None:
    """Let a higher room show something on the card of a station.

    `function(session, station_code, now)` answers plain JSON values or a pydantic model; it is called once
    a second at most for each station and process. `on_page`: a heading, and how that value becomes the lines
    under it on the page of a code, `lines(value, side, now)`.
    """
    if name in StationCard.model_fields:
        raise ValueError(f"the card has a field of its own named {name}")
    _sections[name] = function
    if on_page:
        _page_lines[name] = on_page


@dataclass(frozen=True)
class StationView:
    """One station as readers see it; `item` is what goes over the wire in a list."""

    code: str
    name: str
    road: str
    km_post: str
    prefecture: str
    status: str
    example: bool
    duty_phone: str | None
    medical_phone: str | None
    headings: dict[str, str | None]
    basics: dict[str, tuple[str, datetime | None]]
    item: dict[str, Any]
    item_bytes: bytes

    def spoken(self, side: str) -> str:
        """How to say on the telephone where one is."""
        return spoken_address(self.road, self.km_post, self.name, side, self.headings[side])


@dataclass(frozen=True)
class Page:
    """A body and the tag that changes with it."""

    body: bytes
    etag: str


@dataclass(frozen=True)
class _Card:
    """A card as it was built, and what other rooms gave for it."""

    page: Page
    added: dict[str, Any]
    fresh_until: float


@dataclass
class _Shelf:
    """All that was read at one moment, and what has been built from it since."""

    mark: tuple[Any, ...]
    stations: dict[str, StationView]
    all: Page
    cards: dict[str, _Card] = field(default_factory=dict)


class StationBook:
    """One a process. It looks once a second at most whether a revision moved, and then reads anew."""

    def __init__(self, look_every_s: float = _LOOK_EVERY_S) -> None:
        self._look_every_s = look_every_s
        self._shelf: _Shelf | None = None
        self._looked = 0.0
        self._lock = threading.Lock()

    def station(self, session: GetSession, code: str) -> StationView | None:
        """One station; None when unknown or a draft."""
        return self._current(session).stations.get(code)

    def listing(self, session: GetSession, road: str = "", wanted: str = "") -> Page:
        """The stations on a road whose name, code or road holds the wanted words; all for empty ones."""
        shelf = self._current(session)
        if not road and not wanted:
            return shelf.all
        return _list_page(
            view
            for view in shelf.stations.values()
            if on_road(view.road, road) and matches(wanted, view.name, view.code, view.road)
        )

    def card(self, session: GetSession, code: str, now: datetime) -> Page | None:
        """The card of one station with what other rooms show on it; None when unknown or a draft."""
        card = self._card(session, code, now)
        return card.page if card else None

    def page_lines(
        self, session: GetSession, code: str, side: str, now: datetime
    ) -> list[tuple[str, list[Any]]]:
        """What other rooms show on the page of this side's code, each under its heading; out of the card."""
        card = self._card(session, code, now)
        added = card.added if card else {}
        told = [
            (heading, lines(added[name], side, now))
            for name, (heading, lines) in _page_lines.items()
            if name in added
        ]
        return [(heading, lines) for heading, lines in told if lines]

    def _card(self, session: GetSession, code: str, now: datetime) -> _Card | None:
        shelf = self._current(session)
        kept = shelf.cards.get(code)
        if kept and (not _sections or time.monotonic() < kept.fresh_until):
            return kept
        view = shelf.stations.get(code)
        if view is None:
            return None
        fresh_until = time.monotonic() + self._look_every_s
        added = {name: section(session(), code, now) for name, section in _sections.items()}
        card = shelf.cards[code] = _Card(_page(_card_bytes(view, added)), added, fresh_until)
        return card

    def _current(self, session: GetSession) -> _Shelf:
        """The shelf; one thread at a time looks whether it must be filled anew."""
        if self._shelf and time.monotonic() - self._looked < self._look_every_s:
            return self._shelf
        with self._lock:
            if self._shelf and time.monotonic() - self._looked < self._look_every_s:
                return self._shelf
            looking = time.monotonic()
            mark = _mark(session())
            if self._shelf is None or self._shelf.mark != mark:
                self._shelf = _fill(session(), mark)
            self._looked = looking
            return self._shelf


def _mark(session: Session) -> tuple[Any, ...]:
    """Moves with every committed change, since each counts a revision up."""
    marks = select(func.count(), func.sum(Station.revision), func.max(Station.updated_at))
    return tuple(session.execute(marks.select_from(Station)).one())


def _fill(session: Session, mark: tuple[Any, ...]) -> _Shelf:
    headings: dict[str, dict[str, str | None]] = {}
    for place in session.execute(select(StationSide.station, StationSide.side, StationSide.heading)):
        headings.setdefault(place.station, {})[place.side] = place.heading
    basics: dict[str, dict[str, tuple[str, datetime | None]]] = {}
    for known in session.execute(select(StationBasic.__table__)):
        basics.setdefault(known.station, {})[known.basic] = (known.state, known.as_of)
    rows = session.execute(select(Station.__table__).where(Station.status != "draft").order_by(Station.code))
    views = [_view(row, headings.get(row.code, {}), basics.get(row.code, {})) for row in rows]
    return _Shelf(mark, {view.code: view for view in views}, _list_page(views))


def _view(
    row: Any, headings: dict[str, str | None], basics: dict[str, tuple[str, datetime | None]]
) -> StationView:
    both = {side: headings.get(side) for side in SIDES}
    five = {basic: basics.get(basic, ("unknown", None)) for basic in BASICS}
    item = {
        "code": row.code,
        "name": row.name,
        "road": row.road,
        "km_post": row.km_post or None,
        "prefecture": row.prefecture,
        "lat": row.lat,
        "lon": row.lon,
        "position_confidence": row.position_confidence,
        "example": row.position_confidence == "low",
        "status": row.status,
        "sides": [{"side": side, "heading": heading} for side, heading in both.items()],
        "basics": {
            name: {"state": state, "as_of": iso(as_of) if as_of else None}
            for name, (state, as_of) in five.items()
        },
    }
    return StationView(
        row.code, row.name, row.road, row.km_post, row.prefecture, row.status, item["example"],
        row.duty_phone, row.medical_phone, both, five, item, orjson.dumps(item),
    )  # fmt: skip


def _card_bytes(view: StationView, added: dict[str, Any]) -> bytes:
    phones = {
        "duty": view.duty_phone,
        "medical": view.medical_phone,
        "example": is_example_phone(view.duty_phone) or is_example_phone(view.medical_phone),
    }
    spoken = [{"side": side, "text": view.spoken(side)} for side in SIDES]
    return orjson.dumps({**view.item, "phones": phones, "spoken": spoken, **added}, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"a card section answered {type(value).__name__}")


def _list_page(views: Any) -> Page:
    body = b",".join(view.item_bytes for view in views)
    return _page(b'{"items":[' + body + b'],"next_cursor":null}')


def _page(body: bytes) -> Page:
    return Page(body, f'W/"{hashlib.blake2b(body, digest_size=9).hexdigest()}"')
