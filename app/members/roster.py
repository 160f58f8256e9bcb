"""A branch's list of members as a CSV file: all lines or none, and a report of what came of each."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.columns import blind_index
from app.foundation.csvfile import CONTROL, Line, LineFault, read_table
from app.members import rules, store
from app.members.models import WaitingMember
from app.people import service as people
from app.people.models import Person, WaitingGrant
from app.people.roster import PLACE_CHECK
from app.people.rules import MOST_NAME, clean_phone, is_openid

COLUMNS = ("openid", "phone", "branch", "kind", "name", "certificate_no")
MOST_CERTIFICATE = 40
MOST_LINES = 2000
"""All are taken in by one transaction, which holds its persons meanwhile: seconds, not minutes."""
_KIND_OF = {**{text: kind for kind, text in rules.KINDS.items()}, **{kind: kind for kind in rules.KINDS}}


@dataclass(frozen=True)
class ListedMember:
    """One line: somebody by openid or phone, of a branch, fixed or mobile."""

    line: int
    openid: str
    phone: str
    branch: str
    kind: str
    name: str
    certificate_no: str


@dataclass
class Report:
    """What came of the lines: taken in, known already, waiting for a phone, on another branch's list."""

    added: int = 0
    known: int = 0
    waiting: int = 0
    elsewhere: tuple[int, ...] = ()


def read_members(data: bytes) -> tuple[list[ListedMember], list[LineFault]]:
    """The lines of a CSV file (UTF-8 or GBK) and everything that is wrong with it."""
    lines, faults = read_table(data, COLUMNS)
    if len(lines) > MOST_LINES:
        more = lines[MOST_LINES].number
        return [], [LineFault(more, "", f"一次最多导入 {MOST_LINES} 人，从这一行起请另存一个文件。")]
    rows = []
    seen: dict[str, int] = {}
    for line in lines:
        row, found = _read_line(line)
        rows.append(row)
        faults += found
        for key in filter(None, (row.openid, row.phone)):
            first = seen.setdefault(key, line.number)
            if first != line.number:
                faults.append(LineFault(line.number, "", f"和第 {first} 行是同一个人。"))
    return rows, faults


def _read_line(line: Line) -> tuple[ListedMember, list[LineFault]]:
    cells, faults = line.cells, []

    def fault(column: str, message: str) -> None:
        faults.append(LineFault(line.number, column, message))

    phone = clean_phone(cells["phone"]) or ""
    kind = _KIND_OF.get(cells["kind"], "")
    if cells["phone"] and not phone:
        fault("phone", "不是电话号码。")
    if not cells["openid"] and not cells["phone"]:
        fault("", "openid 和 phone 至少填一个。")
    if cells["openid"] and not is_openid(cells["openid"]):
        fault("openid", "不是 openid。")
    if not PLACE_CHECK.match(cells["branch"]):
        fault("branch", "应为 GS 加三位数字。")
    if not kind:
        fault("kind", "应为 fixed（固定党员）或 mobile（流动党员）。")
    for column, most in (("name", MOST_NAME), ("certificate_no", MOST_CERTIFICATE)):
        if CONTROL.search(cells[column]) or len(cells[column]) > most:
            fault(column, "太长，或含有看不见的字符。")
    about = (cells["branch"], kind, cells["name"], cells["certificate_no"])
    return ListedMember(line.number, cells["openid"], phone, *about), faults


def save_members(session: Session, rows: list[ListedMember], now: datetime) -> Report:
    """Take the lines in; doing it again changes nothing. Members so imported are verified."""
    report = Report()
    for row in rows:
        person_id = _who(session, row, now)
        if person_id is None:
            if _let_wait(session, row, now):
                report.waiting += 1
            else:
                report.elsewhere += (row.line,)
            continue
        store.lock_person(session, person_id)
        active = store.find_active(session, person_id)
        if active is None:
            _take_in(session, row, person_id, now)
            report.added += 1
        elif active.branch == row.branch:
            report.known += 1
        else:
            report.elsewhere += (row.line,)
    return report


def _who(session: Session, row: ListedMember, now: datetime) -> uuid.UUID | None:
    if row.openid:
        return people.find_or_make(session, row.openid, None, now, row.name)[0]
    return people.who_proved(session, blind_index(row.phone))


def _take_in(session: Session, row: ListedMember, person_id: uuid.UUID, now: datetime) -> None:
    about = {"kind": row.kind, "name": row.name or None, "certificate_no": row.certificate_no or None}
    times = {"declared_at": now, "from_at": now}
    store.add(session, person_id=person_id, branch=row.branch, state="active", **about, **times)
    people.grant(session, person_id, "member", row.branch, now)
    nameless = session.scalar(select(Person).where(Person.id == person_id, Person.name == ""))
    if nameless and row.name:
        nameless.name = row.name
        session.flush()


def _let_wait(session: Session, row: ListedMember, now: datetime) -> bool:
    """Until that phone is proved: the role as every imported one, and what the list says beside it; False for
    a phone that waits for another branch."""
    index = blind_index(row.phone)
    claimed = select(WaitingGrant.place).where(
        WaitingGrant.phone_index == index,
        WaitingGrant.role.in_(rules.MEMBER_ROLES),
        WaitingGrant.place != row.branch,
    )
    if session.scalars(claimed.limit(1)).first():
        return False
    role = insert(WaitingGrant).values(
        phone_index=index, role="member", place=row.branch, name=row.name or None, granted_at=now
    )
    session.execute(role.on_conflict_do_nothing())
    about = {"branch": row.branch, "kind": row.kind, "made_at": now}
    private = {"name": row.name or None, "certificate_no": row.certificate_no or None}
    listed = insert(WaitingMember).values(phone_index=index, **about, **private)
    again = {name: listed.excluded[name] for name in (*about, *private)}
    session.execute(listed.on_conflict_do_update(index_elements=["phone_index"], set_=again))
    return True
