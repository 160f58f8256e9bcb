"""The roster: people and their roles from a CSV file, all lines or none."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.columns import blind_index
from app.foundation.csvfile import CONTROL, Line, LineFault, read_table
from app.people import service
from app.people.models import Person, WaitingGrant
from app.people.rules import MOST_NAME, PLACED_ROLES, clean_phone, is_openid
from app.web.callers import EVERYWHERE, ROLES

COLUMNS = ("openid", "phone", "role", "station", "name")
PLACE_CHECK = re.compile(r"^GS\d{3}$")


@dataclass(frozen=True)
class RosterRow:
    """One line: somebody by openid or phone, with a role at a place ("*": everywhere)."""

    line: int
    openid: str
    phone: str
    role: str
    place: str
    name: str


def read_roster(data: bytes) -> tuple[list[RosterRow], list[LineFault]]:
    """The lines of a CSV file (UTF-8 or GBK) and everything that is wrong with it."""
    lines, faults = read_table(data, COLUMNS)
    rows = []
    for line in lines:
        row, found = _read_line(line)
        rows.append(row)
        faults += found
    return rows, faults


def _read_line(line: Line) -> tuple[RosterRow, list[LineFault]]:
    cells, faults = line.cells, []

    def fault(column: str, message: str) -> None:
        faults.append(LineFault(line.number, column, message))

    phone = clean_phone(cells["phone"]) or ""
    if cells["phone"] and not phone:
        fault("phone", "不是电话号码。")
    if not cells["openid"] and not cells["phone"]:
        fault("", "openid 和 phone 至少填一个。")
    if cells["openid"] and not is_openid(cells["openid"]):
        fault("openid", "不是 openid。")
    if cells["role"] not in ROLES:
        fault("role", "没有这个角色。")
    if cells["station"] and not PLACE_CHECK.match(cells["station"]):
        fault("station", "应为 GS 加三位数字。")
    if not cells["station"] and cells["role"] in PLACED_ROLES:
        fault("station", f"角色 {cells['role']} 要填这一列。")
    if CONTROL.search(cells["name"]) or len(cells["name"]) > MOST_NAME:
        fault("name", "太长，或含有看不见的字符。")
    place = cells["station"] or EVERYWHERE
    return RosterRow(line.number, cells["openid"], phone, cells["role"], place, cells["name"]), faults


def save_row(session: Session, row: RosterRow, now: datetime) -> None:
    """Give the role now, or let it wait until that phone is proved; doing it again changes nothing."""
    if row.openid:
        person_id, _ = service.find_or_make(session, row.openid, None, now, row.name)
        service.grant(session, person_id, row.role, row.place, now)
        if row.name:
            session.execute(
                update(Person).where(Person.id == person_id, Person.name == "").values(name=row.name)
            )
        return
    index = blind_index(row.phone)
    proved = service.who_proved(session, index)
    if proved:
        service.grant(session, proved, row.role, row.place, now)
    else:
        session.execute(
            insert(WaitingGrant)
            .values(phone_index=index, role=row.role, place=row.place, name=row.name or None, granted_at=now)
            .on_conflict_do_nothing()
        )
