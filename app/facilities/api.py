"""Endpoints of facilities: for whoever uses them, and for the desk."""

from datetime import timedelta

from app.facilities import desk, rules, service
from app.facilities.schemas import (
    BasicsChange,
    BookingIn,
    BookingOut,
    FacilityAtDesk,
    FacilityById,
    FacilityChange,
    FacilityIn,
    FacilityOut,
    FacilityQuery,
    FacilityReportAtDesk,
    FacilityReportIn,
    FacilityReportOut,
    FacilityStation,
)
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import SIGNED_IN, only
from app.web.fields import Page
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("facilities", "设施")

_DESK = only(*rules.DESK_ROLES)
_HOLDING = (
    rules.FACILITY_UNKNOWN,
    rules.TAKEN,
    rules.ALREADY_BOOKED,
    rules.OUT,
    rules.NOT_BOOKABLE,
    rules.WOMEN_ONLY,
)


@room.call(
    "GET",
    "/facilities",
    who=SIGNED_IN,
    answers={200: Listed[FacilityOut]},
    refuses=[STATION_UNKNOWN],
    etag=True,
)
def list_facilities(query: FacilityQuery) -> Listed[FacilityOut]:
    """一个站的设施：能不能用、多久前知道的、有没有人占着"""
    turn = current()
    return service.listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/facilities/<uuid:id>/bookings",
    who=SIGNED_IN,
    answers={201: BookingOut},
    refuses=_HOLDING,
    idempotent=True,
    in_line=True,
)
def hold_facility(path: FacilityById, body: BookingIn) -> Answer:
    """预留 15 分钟；同时抢只有一个人占到"""
    turn = current()
    hold = timedelta(minutes=turn.home.settings.facilities.hold_minutes)
    return Answer(service.book(turn.session, turn.caller, path.id, body, turn.now, hold), 201)


@room.call("GET", "/bookings", who=SIGNED_IN, answers={200: Listed[BookingOut]})
def own_bookings(query: Page) -> Listed[BookingOut]:
    """我的预留，新的在前"""
    turn = current()
    return service.own_list(turn.session, turn.caller, turn.now, query.limit, query.cursor)


@room.call(
    "POST",
    "/bookings/<uuid:id>/start",
    who=SIGNED_IN,
    answers={200: BookingOut},
    refuses=[rules.BOOKING_UNKNOWN, rules.BOOKING_OVER],
    idempotent=True,
)
def begin_turn(path: FacilityById) -> BookingOut:
    """我到了，开始用"""
    turn = current()
    return service.begin(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "DELETE",
    "/bookings/<uuid:id>",
    who=SIGNED_IN,
    answers={204: None},
    refuses=[rules.BOOKING_UNKNOWN],
)
def give_up_booking(path: FacilityById) -> None:
    """取消预留，或用完了"""
    turn = current()
    service.give_up(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/facilities/<uuid:id>/reports",
    who=SIGNED_IN,
    answers={201: FacilityReportOut},
    refuses=[rules.FACILITY_UNKNOWN],
    idempotent=True,
    in_line=True,
)
def report_facility(path: FacilityById, body: FacilityReportIn) -> Answer:
    """用过，能用；或坏了，报修就成为一条诉求"""
    turn = current()
    return Answer(service.report(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call("GET", "/staff/facilities", who=_DESK, answers={200: Listed[FacilityAtDesk]}, etag=True)
def desk_facilities(query: FacilityQuery) -> Listed[FacilityAtDesk]:
    """本站设施和谁占着"""
    turn = current()
    return desk.listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/facilities",
    who=_DESK,
    answers={201: FacilityAtDesk},
    refuses=[STATION_UNKNOWN, rules.FACILITY_EXISTS],
    idempotent=True,
)
def add_facility(body: FacilityIn) -> Answer:
    """添一个设施"""
    turn = current()
    return Answer(desk.make(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "PUT",
    "/staff/facilities/<uuid:id>",
    who=_DESK,
    answers={200: FacilityAtDesk},
    refuses=[rules.FACILITY_UNKNOWN, rules.FACILITY_EXISTS, rules.TAKEN, rules.NOT_BOOKABLE],
)
def change_facility(path: FacilityById, body: FacilityChange) -> FacilityAtDesk:
    """改状态、女性时段、名字；让人进去或清出来"""
    turn = current()
    return desk.change(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "GET",
    "/staff/facilities/<uuid:id>/reports",
    who=_DESK,
    answers={200: Listed[FacilityReportAtDesk]},
    refuses=[rules.FACILITY_UNKNOWN],
)
def facility_reports(path: FacilityById) -> Listed[FacilityReportAtDesk]:
    """司机对这个设施说过什么，新的在前"""
    turn = current()
    return desk.reports(turn.session, turn.caller, path.id)


@room.call(
    "PUT",
    "/staff/stations/<code>/basics",
    who=_DESK,
    answers={204: None},
    refuses=[STATION_UNKNOWN],
)
def set_basics(path: FacilityStation, body: BasicsChange) -> None:
    """报五项基本服务现在怎么样"""
    turn = current()
    desk.set_basics(turn.session, turn.caller, path.code, body, turn.now)
