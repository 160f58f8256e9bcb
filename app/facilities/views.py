"""From rows to what people see: a facility as it stands, the counts of a station's card, a booking."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.facilities import rules
from app.facilities.models import Facility, FacilityBooking
from app.facilities.schemas import (
    BookedPlace,
    BookingOut,
    FacilityAtDesk,
    FacilityCount,
    FacilityOut,
    MineOut,
    WomenSlotOut,
)
from app.facilities.store import Line
from app.stations.pages import BasicLine, basic_line


def seen(line: Line, person_id: uuid.UUID, now: datetime) -> FacilityOut:
    """One facility as a driver sees it: who has it is nobody's business but one's own."""
    return FacilityOut.model_validate(_fields(line, person_id, now))


def at_desk(line: Line, person_id: uuid.UUID, now: datetime) -> FacilityAtDesk:
    """The same with who has it."""
    _, booking, name = line
    holder = (name or "司机") if booking and booking.person_id else None
    return FacilityAtDesk.model_validate(_fields(line, person_id, now) | {"holder": holder})


def _fields(line: Line, person_id: uuid.UUID, now: datetime) -> dict[str, object]:
    facility, booking, _ = line
    kind = rules.KINDS[facility.kind]
    taken = rules.shown_state(booking.state, booking.until, booking.frees_at, now) if booking else None
    mine = booking is not None and booking.person_id == person_id
    return {
        "id": str(facility.id),
        "station": facility.station,
        "side": facility.side,
        "kind": facility.kind,
        "title": kind.title,
        "name": facility.name,
        "place": facility.place,
        "state": facility.state,
        "as_of": facility.as_of,
        "said_by": facility.said_by,
        "words": rules.age_words(facility.state, facility.said_by, facility.as_of, now),
        "bookable": kind.bookable,
        "free": _is_free(facility, booking),
        "taken": taken,
        "until": booking.until if booking else None,
        "women_only": _women(facility),
        "mine": MineOut(id=str(booking.id), state=str(taken), until=booking.until)
        if booking and mine
        else None,
    }


def _is_free(facility: Facility, booking: FacilityBooking | None) -> bool:
    return rules.KINDS[facility.kind].bookable and facility.state not in rules.SHUT and booking is None


def _women(facility: Facility) -> WomenSlotOut | None:
    slot = slot_of(facility)
    if slot is None:
        return None
    ends = {"from": rules.write_clock(slot.first), "until": rules.write_clock(slot.last)}
    return WomenSlotOut.model_validate(ends)


def slot_of(facility: Facility) -> rules.Slot | None:
    """Its women's hours."""
    if facility.women_from is None or facility.women_until is None:
        return None
    return rules.Slot(facility.women_from, facility.women_until)


def counts(lines: Iterable[Line], now: datetime) -> list[FacilityCount]:
    """By side and kind, in the order of the lines; changes only with a state, a booking or women's hours."""
    groups: dict[tuple[str, str], list[tuple[Facility, bool]]] = {}
    for facility, booking, _ in lines:
        free = _is_free(facility, booking)
        groups.setdefault((facility.side, facility.kind), []).append((facility, free))
    return [_count(side, kind, group, now) for (side, kind), group in groups.items()]


def _count(side: str, kind: str, group: list[tuple[Facility, bool]], now: datetime) -> FacilityCount:
    known = [facility.as_of for facility, _ in group if facility.as_of]
    slots = [slot_of(facility) for facility, free in group if free]
    return FacilityCount.model_validate(
        {
            "kind": kind,
            "title": rules.KINDS[kind].title,
            "side": side,
            "total": len(group),
            "ok": sum(facility.state == "ok" for facility, _ in group),
            "out": sum(facility.state in rules.SHUT for facility, _ in group),
            "free": sum(free for _, free in group) if rules.KINDS[kind].bookable else None,
            "free_women": sum(slot.covers(now) for slot in slots if slot),
            "as_of": max(known, default=None),
        }
    )


def page_lines(groups: list[FacilityCount], side: str, now: datetime) -> list[BasicLine]:
    """One line a kind on the page of a side's code: whether it works, and how many can be had."""
    return [_page_line(group, now) for group in groups if group.side == side]


def _page_line(group: FacilityCount, now: datetime) -> BasicLine:
    state = "ok" if group.ok else "out" if group.out == group.total else "unknown"
    line = basic_line(group.title, state, group.as_of, now)
    if group.free is None:
        return line
    women = f"（女士 {group.free_women}）" if group.free_women else ""
    return replace(line, word=f"空 {group.free}{women}，共 {group.total}")


def booked(booking: FacilityBooking, facility: Facility, now: datetime) -> BookingOut:
    """A booking as it stands by the clock."""
    place = {
        "id": str(facility.id),
        "station": facility.station,
        "side": facility.side,
        "kind": facility.kind,
        "title": rules.KINDS[facility.kind].title,
        "name": facility.name,
        "place": facility.place,
    }
    state = rules.shown_state(booking.state, booking.until, booking.frees_at, now)
    return BookingOut.model_validate(
        {
            "id": str(booking.id),
            "state": state,
            "until": booking.until,
            "held_at": booking.held_at,
            "facility": BookedPlace.model_validate(place),
        }
    )
