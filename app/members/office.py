"""Use cases of a branch's secretary and committee: verify, refuse, transfer, let go, read the list."""

import uuid
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from app.duty import signups
from app.duty.store import deciders
from app.foundation import audit
from app.foundation.refusals import FieldFault, invalid
from app.members import rules, store
from app.members.models import Membership
from app.members.schemas import MemberLine, MemberQuery, MemberTransferIn
from app.members.service import station_names, view
from app.people import service as people
from app.people.models import Person
from app.stations.service import require_station
from app.web.callers import EVERYWHERE, Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import NOT_FOUND


def which_branch(caller: Caller, named: str | None) -> str:
    """The branch that an office-holder means: the named one, or his only one.

    404 for a branch that is not his, 422 where he has several and names none.
    """
    if named:
        if not caller.reaches(named, *rules.OFFICE_ROLES):
            raise NOT_FOUND.now()
        return named
    places = caller.places(*rules.OFFICE_ROLES)
    if len(places) != 1 or EVERYWHERE in places:
        raise invalid(FieldFault("branch", "请写明是哪个支部"))
    return next(iter(places))


def listing(session: Session, caller: Caller, query: MemberQuery, now: datetime) -> Listed[MemberLine]:
    """The members of one branch, the newest declaration first; that they were read is written down."""
    branch = which_branch(caller, query.branch)
    wanted = (
        select(Membership, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.branch == branch)
    )
    if query.state:
        wanted = wanted.where(Membership.state == query.state)
    if query.kind:
        wanted = wanted.where(Membership.kind == query.kind)
    place = (Membership.declared_at, Membership.id)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) < tuple_(literal(after[0]), literal(after[1])))
    ordered = wanted.order_by(*(column.desc() for column in place)).limit(query.limit + 1)
    rows = session.execute(ordered).all()
    names = station_names(session, {branch})
    audit.record_reading(session, now, caller.person_id, "member.list_read", "branch", branch, station=branch)
    last = rows[query.limit - 1][0] if len(rows) > query.limit else None
    return Listed[MemberLine](
        items=[line(row, name, names) for row, name in rows[: query.limit]],
        next_cursor=write_cursor(last.declared_at, last.id) if last else None,
    )


def line(row: Membership, nickname: str, names: dict[str, str]) -> MemberLine:
    """A member as the office sees him."""
    return MemberLine(
        **view(row, names).model_dump(),
        member=str(row.person_id),
        name=row.name or nickname or "党员",
        certificate_no=row.certificate_no,
        home_text=row.home_text,
        declared_at=row.declared_at,
    )


def verify(session: Session, caller: Caller, membership_id: uuid.UUID, now: datetime) -> MemberLine:
    """Confirm that somebody belongs to the caller's branch; where it is a transfer, he leaves the other.

    404 `member.unknown`, 409 `member.wrong_state`, `member.already`.
    """
    row = _locked(session, caller, membership_id)
    if row.state != "pending":
        raise rules.WRONG_STATE.now()
    before = store.find_active(session, row.person_id)
    if before is not None and before.id != row.follows:
        raise rules.ALREADY.now()
    if before is not None:
        _end(session, before, "transferred", now, row.reason, caller)
        signups.give_up_coming(session, row.person_id, now, before.branch)
    store.move(session, row, "pending", "active", from_at=now, decided_by=caller.person_id)
    session.refresh(row)
    store.make_member(session, row, now)
    return _done(session, caller, row, "member.verified", now, "党员身份已核实", "本支部已核实您的报到。")


def refuse(
    session: Session, caller: Caller, membership_id: uuid.UUID, reason: str, now: datetime
) -> MemberLine:
    """Say that somebody does not belong to the caller's branch. 404, 409 `member.wrong_state`."""
    row = _locked(session, caller, membership_id)
    said = {"ended_at": now, "decided_by": caller.person_id, "reason": reason}
    if not store.move(session, row, "pending", "refused", **said):
        raise rules.WRONG_STATE.now()
    session.refresh(row)
    return _done(session, caller, row, "member.refused", now, "报到没有通过核实", f"原因：{reason}")


def transfer(
    session: Session, caller: Caller, membership_id: uuid.UUID, body: MemberTransferIn, now: datetime
) -> MemberLine:
    """Send a member to another branch, whose secretary verifies it; a change of kind within one's own is
    done at once. What was before is kept.

    404 `member.unknown`, `station.unknown`, 409 `member.wrong_state`, `member.same_branch`, `member.already`.
    """
    row = _locked(session, caller, membership_id)
    require_station(session, body.to_branch)
    kind = body.kind or row.kind
    if row.state != "active":
        raise rules.WRONG_STATE.now()
    if (body.to_branch, kind) == (row.branch, row.kind):
        raise rules.SAME_BRANCH.now()
    kept = {name: getattr(row, name) for name in ("name", "certificate_no", "home_text", "receipts")}
    made = store.add(
        session, person_id=row.person_id, branch=body.to_branch, kind=kind, state="pending",
        follows=row.id, declared_at=now, reason=body.reason, **kept,
    )  # fmt: skip
    if made is None:
        raise rules.ALREADY.now()
    if body.to_branch == row.branch:
        return _change_kind(session, caller, row, made, body.reason, now)
    text = f"{row.name or '一位党员'}拟转入本支部，请核实。"
    for decider in deciders(session, body.to_branch, row.person_id):
        store.tell_member(session, now, decider, "有党员转入，请核实", text)
    return _done(
        session, caller, row, "member.transfer_asked", now, "组织关系正在转接", f"原因：{body.reason}"
    )


def _change_kind(
    session: Session, caller: Caller, row: Membership, made: uuid.UUID, reason: str, now: datetime
) -> MemberLine:
    fresh = session.get_one(Membership, (row.person_id, made))
    moved = {"ended_at": now, "decided_by": caller.person_id}
    store.move(session, row, "active", "transferred", **moved)
    store.move(session, fresh, "pending", "active", from_at=now, decided_by=caller.person_id)
    session.refresh(fresh)
    return _done(session, caller, fresh, "member.kind_changed", now, "党员类别已变更", f"原因：{reason}")


def leave(
    session: Session, caller: Caller, membership_id: uuid.UUID, reason: str, now: datetime
) -> MemberLine:
    """End a membership: roles at the branch are gone, places in shifts to come are given up.

    404 `member.unknown`, 409 `member.wrong_state`.
    """
    row = _locked(session, caller, membership_id)
    if row.state != "active":
        raise rules.WRONG_STATE.now()
    _end(session, row, "left", now, reason, caller)
    signups.give_up_coming(session, row.person_id, now)
    session.refresh(row)
    return _done(session, caller, row, "member.left", now, "已办理离开支部", f"原因：{reason}")


def _end(
    session: Session, row: Membership, state: str, now: datetime, reason: str | None, caller: Caller
) -> None:
    store.move(session, row, "active", state, ended_at=now, reason=reason, decided_by=caller.person_id)
    people.take_back(session, row.person_id, rules.LOST_ON_LEAVING, row.branch)


def _locked(session: Session, caller: Caller, membership_id: uuid.UUID) -> Membership:
    """A membership of the caller's branch, its person locked. 404 `member.unknown` for any other, 403
    `member.own_matter` for his own."""
    found = select(Membership).where(Membership.id == membership_id)
    row = session.scalars(found).one_or_none()
    if row is None or not caller.reaches(row.branch, *rules.OFFICE_ROLES):
        raise rules.UNKNOWN.now()
    if row.person_id == caller.person_id:
        raise rules.OWN_MATTER.now()
    store.lock_person(session, row.person_id)
    session.refresh(row)
    return row


def _done(
    session: Session, caller: Caller, row: Membership, act: str, now: datetime, title: str, text: str
) -> MemberLine:
    audit.record(session, now, caller.person_id, act, "membership", row.id, station=row.branch)
    store.tell_member(session, now, row.person_id, title, text)
    nickname = session.scalar(select(Person.name).where(Person.id == row.person_id)) or ""
    return line(row, nickname, station_names(session, {row.branch}))
