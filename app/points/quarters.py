"""Use cases of the quarter for the branch's office: settle, publish, finalize, look at, reward."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation import audit
from app.members.models import Membership
from app.members.office import which_branch
from app.members.store import tell_member
from app.people.models import Person
from app.points import ledger, rules, scoring
from app.points.models import PointsObjection, PointsReward, PointsScore, PointsSettlement
from app.points.schemas import OfficeLine, OfficeQuarter, RewardIn, RewardOut
from app.stations.service import require_station
from app.web.callers import Caller


def require_quarter(code: str) -> rules.Quarter:
    """The quarter of that name. 404 `points.unknown`."""
    found = rules.read_quarter(code)
    if isinstance(found, rules.Quarter):
        return found
    raise found.now()


def settle(session: Session, caller: Caller, branch: str | None, code: str, now: datetime) -> OfficeQuarter:
    """Score a quarter that is over; again as long as it is not published, or once the ledger no longer gives
    what was: then the list is a draft again.

    404 `station.unknown`, 409 `points.wrong_state` while it runs, while somebody's duty of it is not over,
    and once it is published and still right, or final.
    """
    quarter, place = require_quarter(code), which_branch(caller, branch)
    require_station(session, place)
    if now < quarter.ends or _still_on_duty(session, place, quarter):
        raise rules.WRONG_STATE.now()
    scoring.hold_members(session, place, quarter)
    _open(session, place, quarter, caller, now)
    row = lock(session, place, quarter)
    if row.state == "published":
        _withdraw(session, row, quarter)
    if row.state != "settled":
        raise rules.WRONG_STATE.now()
    score(session, row, quarter, now)
    row.settled_by = caller.person_id
    session.flush()
    _note(session, caller, "points.settled", row, now)
    return view(session, place, quarter, now)


def _withdraw(session: Session, row: PointsSettlement, quarter: rules.Quarter) -> None:
    """A published list that is no longer right is not public any more; one that is stays as it is."""
    ledger.shut(session, quarter.code)
    if has_changed(session, row, quarter):
        row.state, row.public_days, row.published_at, row.public_until = "settled", None, None, None


_ON_DUTY = text("""
    SELECT EXISTS (
        SELECT 1 FROM duty_attendance a JOIN duty_shift s ON s.id = a.shift_id
        WHERE a.ended_at IS NULL AND a.branch = :branch AND s.starts_at < :ends
    )
""")


def _still_on_duty(session: Session, branch: str, quarter: rules.Quarter) -> bool:
    """A shift that began on the last evening ends in the next quarter and belongs to this one."""
    return bool(session.scalar(_ON_DUTY, {"branch": branch, "ends": quarter.ends}))


def _open(session: Session, branch: str, quarter: rules.Quarter, caller: Caller, now: datetime) -> None:
    """The row on which everything about this quarter stands in line."""
    book = ledger.in_force(session, branch, quarter.last_day)
    row = insert(PointsSettlement).values(
        branch=branch,
        quarter=quarter.code,
        state="settled",
        revision=0,
        rule_version=book.version,
        as_of=now,
        hash="",
        settled_by=caller.person_id,
    )
    session.execute(row.on_conflict_do_nothing())


def lock(session: Session, branch: str, quarter: rules.Quarter) -> PointsSettlement:
    """The settled quarter, locked: steps about it are taken one after the other. 409 where it is open.

    Whoever scores or finalizes it holds its members first, then this row, and shuts the ledger last.
    """
    key = (PointsSettlement.branch == branch) & (PointsSettlement.quarter == quarter.code)
    held = select(PointsSettlement).where(key).with_for_update()
    row = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise rules.WRONG_STATE.now()
    return row


def score(session: Session, row: PointsSettlement, quarter: rules.Quarter, now: datetime) -> bool:
    """Score a locked quarter anew; whether anything changed. The list's members are held already."""
    ledger.shut(session, quarter.code)
    before = lines(session, row.branch, quarter)
    row.as_of = max(now, row.as_of, scoring.last_entry(session, row.branch, quarter) or now)
    book = ledger.in_force(session, row.branch, quarter.last_day)
    scoring.write(session, row.branch, quarter, book, row.as_of)
    after = lines(session, row.branch, quarter)
    row.revision, row.rule_version = row.revision + 1, book.version
    row.hash = scoring.fingerprint(row.branch, quarter, book.version, row.as_of, after)
    session.flush()
    return [_told(line) for line in before] != [_told(line) for line in after]


def _told(line: PointsScore) -> tuple[object, ...]:
    return (line.mark, line.rank, line.points)


def lines(session: Session, branch: str, quarter: rules.Quarter) -> list[PointsScore]:
    """The scores as they are kept, the best first."""
    wanted = select(PointsScore).where(PointsScore.branch == branch, PointsScore.quarter == quarter.code)
    ordered = wanted.order_by(PointsScore.rank, PointsScore.mark)
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def publish(
    session: Session, caller: Caller, branch: str | None, code: str, days: int, now: datetime
) -> OfficeQuarter:
    """Show the list to the branch for so many days. 409 `points.wrong_state` unless it is settled."""
    quarter, place = require_quarter(code), which_branch(caller, branch)
    row = lock(session, place, quarter)
    if row.state != "settled":
        raise rules.WRONG_STATE.now()
    show(session, row, days, now)
    _note(session, caller, "points.published", row, now)
    said = f"{quarter.title}积分公示 {days} 天，有异议请在公示期内提出。"
    listed = select(PointsScore.person_id).where(
        PointsScore.branch == place, PointsScore.quarter == quarter.code, PointsScore.person_id.is_not(None)
    )
    for person_id in session.scalars(listed).all():
        if person_id:
            tell_member(session, now, person_id, "积分公示", said)
    return view(session, place, quarter, now)


def show(session: Session, row: PointsSettlement, days: int, now: datetime) -> None:
    """Begin the publicity window of a locked quarter, or begin it anew."""
    row.state, row.public_days, row.published_at = "published", days, now
    row.public_until = now + timedelta(days=days)
    session.flush()


def finalize(session: Session, caller: Caller, branch: str | None, code: str, now: datetime) -> OfficeQuarter:
    """Close a quarter for good. 409 `points.changed` where the ledger no longer gives the list,
    `points.wrong_state` before the window ends or while an objection waits.

    An objection made at this moment waits for the row or is seen; a correction waits for the ledger, and then
    counts in the running quarter, or is seen.
    """
    quarter, place = require_quarter(code), which_branch(caller, branch)
    scoring.hold_members(session, place, quarter)
    row = lock(session, place, quarter)
    if row.state != "published" or row.public_until is None:
        raise rules.WRONG_STATE.now()
    ledger.shut(session, quarter.code)
    if has_changed(session, row, quarter):
        raise rules.CHANGED.now()
    if refusal := rules.not_final_yet(row.public_until, waiting_objections(session, place, quarter), now):
        raise refusal.now()
    row.state, row.finalized_at = "final", now
    session.flush()
    _note(session, caller, "points.finalized", row, now)
    return view(session, place, quarter, now)


def _note(session: Session, caller: Caller, act: str, row: PointsSettlement, now: datetime) -> None:
    about = f"{row.branch} {row.quarter}"
    audit.record(session, now, caller.person_id, act, "points_settlement", about, station=row.branch)


def show_office(
    session: Session, caller: Caller, branch: str | None, code: str, now: datetime
) -> OfficeQuarter:
    """The quarter as the office sees it; that it was read is written down."""
    quarter, place = require_quarter(code), which_branch(caller, branch)
    about = ("points.quarter_read", "points_settlement", f"{place} {quarter.code}")
    audit.record_reading(session, now, caller.person_id, *about, station=place)
    return view(session, place, quarter, now)


def find(session: Session, branch: str, quarter: rules.Quarter) -> PointsSettlement | None:
    """The settled quarter; None while it is open."""
    return session.get(PointsSettlement, (branch, quarter.code))


def waiting_objections(session: Session, branch: str, quarter: rules.Quarter) -> int:
    """How many objections nobody has decided about."""
    found = select(func.count()).select_from(PointsObjection)
    of_quarter = (PointsObjection.branch == branch) & (PointsObjection.quarter == quarter.code)
    return session.scalar(found.where(of_quarter, PointsObjection.decided_at.is_(None))) or 0


def view(session: Session, branch: str, quarter: rules.Quarter, now: datetime) -> OfficeQuarter:
    """A quarter with all its lines, whether the ledger of then gives them again, and whether that of now has
    changed."""
    row, waiting = find(session, branch, quarter), waiting_objections(session, branch, quarter)
    kept = ("revision", "rule_version", "as_of", "hash", "published_at", "public_until", "finalized_at")
    return OfficeQuarter(
        quarter=quarter.code,
        title=quarter.title,
        branch=branch,
        state=rules.shown_state(row.state if row else None, waiting),
        reproduced=reproduced(session, row, quarter) if row else None,
        changed=has_changed(session, row, quarter) if row else False,
        open_objections=waiting,
        lines=office_lines(session, branch, quarter) if row else [],
        **{name: getattr(row, name, None) for name in kept},
    )


def reproduced(session: Session, row: PointsSettlement, quarter: rules.Quarter) -> bool:
    """Whether the ledger as of the settlement still gives the hash that was kept."""
    book = ledger.in_force(session, row.branch, quarter.last_day)
    again = scoring.compute(session, row.branch, quarter, book, row.as_of)
    return scoring.fingerprint(row.branch, quarter, row.rule_version, row.as_of, again) == row.hash


def has_changed(session: Session, row: PointsSettlement, quarter: rules.Quarter) -> bool:
    """Whether the ledger as it is now gives another list than the one that is settled or public. Who was
    erased meanwhile makes no difference: his line stays."""
    if row.state == "final":
        return False
    book = ledger.in_force(session, row.branch, quarter.last_day)
    kept = {line.mark: _made_of(line) for line in lines(session, row.branch, quarter) if line.person_id}
    today = scoring.compute(session, row.branch, quarter, book, scoring.WHENEVER)
    return kept != {line.mark: _made_of(line) for line in today}


def _made_of(line: Any) -> tuple[object, ...]:
    """What the ledger says of one member; an item that came to nothing is like none."""
    return line.points, line.earned, line.minutes, {name: n for name, n in line.by_item.items() if n}


def office_lines(session: Session, branch: str, quarter: rules.Quarter) -> list[OfficeLine]:
    """Every line with its name and reward, in one statement."""
    member = (Membership.person_id == PointsScore.person_id) & (Membership.state == "active")
    reward = (PointsReward.person_id == PointsScore.person_id) & (PointsReward.quarter == quarter.code)
    found = (
        select(PointsScore, Membership.name, Person.name, PointsReward.text)
        .outerjoin(Person, Person.id == PointsScore.person_id)
        .outerjoin(Membership, member)
        .outerjoin(PointsReward, reward)
        .where(PointsScore.branch == branch, PointsScore.quarter == quarter.code)
        .order_by(PointsScore.rank, PointsScore.mark)
    )
    shown = "rank points earned minutes by_item".split()
    return [
        OfficeLine(
            member=str(line.person_id) if line.person_id else None,
            name=(name or nickname or "党员") if line.person_id else "已注销",
            reward=given,
            **{each: getattr(line, each) for each in shown},
        )
        for line, name, nickname, given in session.execute(found)
    ]


def reward(session: Session, caller: Caller, code: str, body: RewardIn, now: datetime) -> RewardOut:
    """Note what a member of the list was given. 403 `points.own_reward`, 409 `points.wrong_state` before the
    quarter is final, `points.rewarded`; 404 for somebody who is not in it."""
    quarter, place = require_quarter(code), which_branch(caller, body.branch)
    if body.member == caller.person_id:
        raise rules.OWN_REWARD.now()
    row = lock(session, place, quarter)
    if row.state != "final":
        raise rules.WRONG_STATE.now()
    listed = select(PointsScore.mark).where(
        PointsScore.person_id == body.member,
        PointsScore.quarter == quarter.code,
        PointsScore.branch == place,
    )
    if session.scalar(listed) is None:
        raise rules.UNKNOWN.now()
    given = insert(PointsReward).values(
        person_id=body.member,
        quarter=quarter.code,
        branch=place,
        text=body.text,
        at=now,
        by=caller.person_id,
    )
    made = session.scalar(given.on_conflict_do_nothing().returning(PointsReward.quarter))
    if made is None:
        raise rules.REWARDED.now()
    _note(session, caller, "points.rewarded", row, now)
    tell_member(session, now, body.member, "季度奖励", f"{quarter.title}：{body.text}")
    return RewardOut(member=str(body.member), quarter=quarter.code, text=body.text)
