"""What a member sees: his own ledger entry by entry, the quarter of his branch, his objections."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty.store import deciders
from app.foundation.clock import shanghai_day
from app.foundation.ids import new_id
from app.members import store as members
from app.members.models import Membership
from app.members.rules import WAS_MEMBER, spell_at
from app.points import ledger, quarters, rules
from app.points.models import PointsEntry, PointsObjection, PointsReward, PointsRule, PointsScore
from app.points.schemas import (
    EntrySource,
    ObjectionIn,
    ObjectionOut,
    OwnScore,
    PointsEntryOut,
    PointsOut,
    PointsQuery,
    QuarterOut,
    RankLine,
)
from app.web.callers import Caller
from app.web.paging import read_cursor, write_cursor

_NOTE = "只有真实发生的值守、组织生活和学习才记分，登录、浏览、转发都不记分。"
_MOBILE = "您是流动党员，参加活动都有记录，但不计分、不排名。"


def points(session: Session, caller: Caller, query: PointsQuery, now: datetime) -> PointsOut:
    """One's own ledger, the newest entry first. 404 `points.unknown` for whoever never was a member."""
    spells = _require_once_member(session, caller)
    current = spell_at(spells, now)
    scored = current is not None and current.kind == "fixed"
    quarter = rules.quarter_of(now)
    entries, more = _entries(session, caller.person_id, query)
    return PointsOut(
        balance=_sum(session, caller.person_id),
        quarter=quarter.code,
        quarter_points=_sum(session, caller.person_id, quarter),
        scored=scored,
        note=_NOTE if scored or current is None else _MOBILE,
        entries=entries,
        next_cursor=more,
    )


def _require_once_member(session: Session, caller: Caller) -> list[Membership]:
    spells = [row for row in members.spells(session, caller.person_id) if row.state in WAS_MEMBER]
    if not spells:
        raise rules.UNKNOWN.now()
    return spells


def _sum(session: Session, person_id: uuid.UUID, quarter: rules.Quarter | None = None) -> int:
    wanted = select(func.coalesce(func.sum(PointsEntry.points), 0)).where(PointsEntry.person_id == person_id)
    if quarter:
        wanted = wanted.where(PointsEntry.quarter == quarter.code)
    return int(session.scalar(wanted) or 0)


def _entries(
    session: Session, person_id: uuid.UUID, query: PointsQuery
) -> tuple[list[PointsEntryOut], str | None]:
    wanted = (
        select(PointsEntry, PointsRule.body)
        .join(PointsRule, PointsRule.version == PointsEntry.rule_version)
        .where(PointsEntry.person_id == person_id)
    )
    place = (PointsEntry.made_at, PointsEntry.id)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) < tuple_(literal(after[0]), literal(after[1])))
    rows = session.execute(wanted.order_by(*(column.desc() for column in place)).limit(query.limit + 1)).all()
    last = rows[query.limit - 1][0] if len(rows) > query.limit else None
    seen = [entry_view(entry, body) for entry, body in rows[: query.limit]]
    return seen, write_cursor(last.made_at, last.id) if last else None


def entry_view(entry: PointsEntry, body: dict[str, object]) -> PointsEntryOut:
    """One line with its rule in words."""
    book = rules.read_rules(entry.rule_version, body)
    item = book.items.get(entry.item)
    shown = {name: getattr(entry, name) for name in ("points", "rule_version", "branch", "quarter")}
    return PointsEntryOut(
        id=str(entry.id),
        reason=entry.text or rules.ITEMS[entry.item],
        item=entry.item,
        rule=rules.rule_text(entry.item, item, book) if item else rules.ITEMS[entry.item],
        source=EntrySource(kind=entry.source_kind, id=str(entry.subject_id)),
        at=entry.at,
        made_at=entry.made_at,
        reverses=str(entry.reverses) if entry.reverses else None,
        **shown,
    )


def quarter_page(session: Session, caller: Caller, code: str, now: datetime, ranking: bool) -> QuarterOut:
    """A quarter of the branch to which the caller belonged at its end; the ranking only while it is public.

    404 `points.unknown` for whoever was no member then.
    """
    quarter = quarters.require_quarter(code)
    branch = own_branch(session, caller.person_id, quarter, now)
    row, waiting = (
        quarters.find(session, branch, quarter),
        quarters.waiting_objections(session, branch, quarter),
    )
    public = row is not None and rules.visible(row.state, row.public_until, now)
    book = ledger.in_force(session, branch, min(quarter.last_day, max(quarter.first_day, shanghai_day(now))))
    shown = row if row is not None and row.state != "settled" else None  # what is not yet public is a draft
    return QuarterOut(
        quarter=quarter.code,
        title=quarter.title,
        branch=branch,
        state=rules.shown_state(row.state if row else None, waiting),
        rules=rules.rules_text(book),
        rule_version=shown.rule_version if shown else book.version,
        mine=_own_score(session, caller.person_id, quarter, public and ranking) if shown else None,
        ranking=_ranking(session, caller, branch, quarter) if public and ranking else None,
        **{name: getattr(shown, name, None) for name in ("revision", "published_at", "public_until", "hash")},
    )


def own_branch(session: Session, person_id: uuid.UUID, quarter: rules.Quarter, now: datetime) -> str:
    """The branch of a member at the quarter's end, or now while it runs. 404 `points.unknown`."""
    at = min(now, quarter.ends - timedelta(microseconds=1))
    member = members.membership_at(session, person_id, at)
    if member is None:
        raise rules.UNKNOWN.now()
    return member.branch


def _own_score(
    session: Session, person_id: uuid.UUID, quarter: rules.Quarter, public: bool
) -> OwnScore | None:
    reward = (PointsReward.person_id == PointsScore.person_id) & (PointsReward.quarter == PointsScore.quarter)
    wanted = select(PointsScore, PointsReward.text).outerjoin(PointsReward, reward)
    mine = (PointsScore.person_id == person_id) & (PointsScore.quarter == quarter.code)
    found = session.execute(wanted.where(mine)).one_or_none()
    if found is None:
        return None
    line, given = found
    shown = {name: getattr(line, name) for name in ("points", "earned", "by_item")}
    return OwnScore(rank=line.rank if public else None, reward=given, **shown)


def _ranking(session: Session, caller: Caller, branch: str, quarter: rules.Quarter) -> list[RankLine]:
    me = str(caller.person_id)
    return [
        RankLine(rank=line.rank, name=line.name, points=line.points, mine=line.member == me)
        for line in quarters.office_lines(session, branch, quarter)
    ]


def object_to(session: Session, caller: Caller, code: str, body: ObjectionIn, now: datetime) -> ObjectionOut:
    """Object to the published list of one's own branch; who decides about it is told.

    404 `points.unknown`, `points.entry_unknown`, 409 `points.wrong_state` outside the window,
    `points.objection_open`.
    """
    quarter = quarters.require_quarter(code)
    branch = own_branch(session, caller.person_id, quarter, now)
    row = quarters.lock(session, branch, quarter)
    if not rules.visible(row.state, row.public_until, now):
        raise rules.WRONG_STATE.now()
    if body.entry_id:
        _require_entry(session, caller.person_id, quarter, body.entry_id)
    asked = insert(PointsObjection).values(
        person_id=caller.person_id,
        id=new_id(),
        branch=branch,
        quarter=quarter.code,
        entry_id=body.entry_id,
        text=body.text,
        made_at=now,
    )
    made = session.scalar(asked.on_conflict_do_nothing().returning(PointsObjection.id))
    if made is None:
        raise rules.OBJECTION_OPEN.now()
    for decider in deciders(session, branch, caller.person_id):
        members.tell_member(session, now, decider, "积分公示有异议", f"{quarter.title}：{body.text}")
    return objection_view(session.get_one(PointsObjection, (caller.person_id, made)))


def _require_entry(
    session: Session, person_id: uuid.UUID, quarter: rules.Quarter, entry_id: uuid.UUID
) -> None:
    mine = select(PointsEntry.id).where(PointsEntry.person_id == person_id, PointsEntry.id == entry_id)
    if session.scalar(mine.where(PointsEntry.quarter == quarter.code)) is None:
        raise rules.ENTRY_UNKNOWN.now()


def objections(session: Session, caller: Caller, code: str) -> list[ObjectionOut]:
    """One's own objections to a quarter, with what came of them. 404 `points.unknown`."""
    quarter = quarters.require_quarter(code)
    _require_once_member(session, caller)
    wanted = select(PointsObjection).where(
        PointsObjection.person_id == caller.person_id, PointsObjection.quarter == quarter.code
    )
    return [objection_view(row) for row in session.scalars(wanted.order_by(PointsObjection.made_at.desc()))]


def objection_view(row: PointsObjection) -> ObjectionOut:
    """An objection as who made it sees it."""
    shown = {name: getattr(row, name) for name in ("quarter", "text", "made_at", "answer", "decided_at")}
    return ObjectionOut(
        id=str(row.id),
        entry_id=str(row.entry_id) if row.entry_id else None,
        state="open" if row.accepted is None else "accepted" if row.accepted else "rejected",
        **shown,
    )
