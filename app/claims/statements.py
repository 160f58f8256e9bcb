"""The use case of a 情况说明: what check-in, report and footage say, put together for one sheet."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.models import CheckIn
from app.claims import links, store, views
from app.claims.guides import guides, what_of
from app.claims.links import Asked
from app.claims.models import ClaimFootage
from app.claims.paper import Statement
from app.claims.rules import MILESTONES, OUTCOMES
from app.claims.schemas import PaperOut
from app.claims.store import Case
from app.content.rules import LINK_OVER
from app.foundation import audit
from app.foundation.clock import SHANGHAI
from app.foundation.refusals import Refused
from app.people import service as people
from app.stations.models import Station, StationSide
from app.stations.rules import spoken_address
from app.web.callers import Caller

_BEFORE = timedelta(hours=36)
_MOST_SCANS = 4
_NO_SCAN = "系统里没有当事人报告之前 36 小时内在本站的签到记录"


def for_driver(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> PaperOut:
    """Where the driver, or who joined, opens it."""
    case = store.load_for_driver(session, caller.person_id, request_id, now)
    return _address(case, caller, now)


def for_desk(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> PaperOut:
    """Where the desk opens it."""
    return _address(store.load_for_desk(session, caller, request_id, now), caller, now)


def _address(case: Case, caller: Caller, now: datetime) -> PaperOut:
    return PaperOut(url=links.address("statements", case.request.id, caller.person_id, now))


def open_one(session: Session, asked: Asked, operator: str, now: datetime) -> Statement:
    """What stands on it, for whoever the address was made for, if the case still is his or his desk's."""
    viewer = people.find_active(session, asked.person_id)
    if viewer is None:
        raise LINK_OVER.now()
    return compose(session, _case(session, viewer, asked.id, now), operator, now)


def _case(session: Session, viewer: Caller, request_id: uuid.UUID, now: datetime) -> Case:
    try:
        return store.load_for_driver(session, viewer.person_id, request_id, now)
    except Refused:
        pass
    try:
        case = store.load_for_desk(session, viewer, request_id, now)
    except Refused:
        raise LINK_OVER.now() from None
    audit.record_reading(
        session, now, viewer.person_id, "claim.statement", "claim", request_id, station=case.request.desk
    )
    return case


def compose(session: Session, case: Case, operator: str, now: datetime) -> Statement:
    """Facts with their times; what nobody knows is left to be written by hand."""
    request, facts = case.request, views.facts_of(case)
    reached = store.milestones(session, case)
    rows = [
        ("地点", _place(session, case)),
        ("签到", _scans(session, case)),
        (
            "报告时间",
            f"{_at(request.created_at)}，由{'当事人在小程序里' if request.person_id else '值班台'}登记",
        ),
        ("事由", what_of(case.row.what).title),
        ("大约发生在", facts.happened_at or "　"),
        ("车牌、车位", f"{facts.plate or '　　　　　'}　{facts.bay or ''}"),
        ("报警", _report(reached.get("police"), facts.police_no)),
        ("向保险公司报案", _report(reached.get("insurer"), facts.insurer_no)),
        ("监控录像", _footage(session, case)),
    ]
    later = [
        f"{MILESTONES[kind]} {_at(at)}" for kind, at in reached.items() if kind not in ("police", "insurer")
    ]
    return Statement(
        title="情况说明",
        number=request.number,
        operator=operator,
        opening="兹就下列事项，按系统里的签到和登记说明如下：",
        rows=[*rows, *([("其后", "；".join(later))] if later else [])],
        said="\n".join(filter(None, [request.text, facts.loss and f"损失：{facts.loss}"])),
        disclaimer=f"本说明只记录签到和登记的事实，不认定责任和损失。{guides().disclaimer}没有签字和盖章的，只供参考。",
        printed=f"{_at(now)} 由系统打印",
    )


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _place(session: Session, case: Case) -> str:
    request = case.request
    if request.station is None:
        return request.place_text or "没有说明服务区"
    station = session.get_one(Station, request.station)
    if request.side not in ("A", "B"):
        said = f"{station.road} {station.km_post} {station.name}，哪一侧没有说明"
    else:
        side = session.get(StationSide, (station.code, request.side))
        heading = side.heading if side else None
        said = spoken_address(station.road, station.km_post, station.name, request.side, heading)
    return f"{said}　{request.place_text or ''}".strip()


def _scans(session: Session, case: Case) -> str:
    """The check-ins of the driver at this station before he reported, the last ones first."""
    request = case.request
    if request.person_id is None or request.station is None:
        return _NO_SCAN
    found = (
        select(CheckIn.side, CheckIn.counted_at, CheckIn.clock_suspect)
        .where(
            CheckIn.person_id == request.person_id,
            CheckIn.station == request.station,
            CheckIn.counted_at > request.created_at - _BEFORE,
            CheckIn.counted_at <= request.created_at,
        )
        .order_by(CheckIn.counted_at.desc())
        .limit(_MOST_SCANS)
    )
    scans = [_scan(row.side, row.counted_at, row.clock_suspect) for row in session.execute(found)]
    return "；".join(scans) or _NO_SCAN


def _scan(side: str, at: datetime, clock_suspect: bool) -> str:
    doubt = "（手机时钟不准，按系统收到的时间）" if clock_suspect else ""
    return f"{_at(at)} 在 {side} 侧扫码{doubt}"


def _report(at: datetime | None, number: str | None) -> str:
    words = _at(at) if at else "没有记录"
    return f"{words}　编号 {number}" if number else words


def _footage(session: Session, case: Case) -> str:
    row = session.scalar(select(ClaimFootage).where(*store.of(ClaimFootage, case)))
    if row is None:
        return "没有记录"
    hours = f"，{_at(row.from_at)} 到 {_at(row.until_at)}" if row.from_at and row.until_at else ""
    return (
        f"{OUTCOMES[row.outcome]}{hours}{f'，{row.camera}' if row.camera else ''}（{_at(row.noted_at)} 记）"
    )
