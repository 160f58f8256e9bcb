"""An editor's and an approver's account, and bulletins in all states as 示例; for pictures and tests."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.bulletins import questions, service, tasks
from app.bulletins.schemas import AnswerIn, Audience, BulletinChange, BulletinIn, ScheduleIn
from app.foundation.home import Home
from app.notices import credits
from app.notices.templates import catalogue
from app.people import service as people
from app.people.models import RoleGrant
from app.web.callers import Caller

ROADS = [
    {"road": "G30", "heading": "双向", "km_from": 1812, "km_to": "K1883+500",
     "vehicle": "三轴及以上、危化品", "measure": "入口管制"},
    {"road": "G6", "heading": "往兰州", "vehicle": "所有车辆", "measure": "限速"},
]  # fmt: skip
BODY = (
    "前面雪大，**三轴及以上**先别上高速。\n\n- 已在路上的，安门、武威能停\n- 有热饭、热水\n\n"
    "路况电话 [12122](tel:12122)。"
)


def caller_of(home: Home, person_id: str, name: str) -> Caller:
    """Somebody with the roles that the tables say."""
    with home.database.transaction() as session:
        held = session.execute(
            select(RoleGrant.role, RoleGrant.place).where(RoleGrant.person_id == uuid.UUID(person_id))
        )
        return Caller(uuid.UUID(person_id), name, frozenset((row.role, row.place) for row in held))


def written(**changed: Any) -> BulletinIn:
    """A bulletin about snow on a road."""
    values = {
        "title": "G30 古浪至天祝入口管制（示例）",
        "category": "road",
        "body_markdown": BODY,
        "roads": ROADS,
        "source": "示例交警支队 11-23 02:03 电话",
    }
    return BulletinIn.model_validate({**values, **changed})


def a_newsroom(home: Home, editor: Caller, approver: Caller, *, crowd: int = 60) -> dict[str, str]:
    """Bulletins in every state and questions; answers the ids by what they are."""
    now = home.clock.now()
    with home.database.transaction() as session:
        (template,) = catalogue().of_scene("bulletin")
        for number in range(crowd):
            person, _ = people.find_or_make(session, f"news-{number}", None, now, "")
            if number % 3:
                credits.give(session, now, person, template.id, reason="accepted", source="app")
    made = {"draft": _bring(home, editor, approver, "draft", now, title="绿色通道：鲜百合怎么预约（示例）",
                            category="policy", roads=[], source=None)}  # fmt: skip
    made["submitted"] = _bring(home, editor, approver, "submitted", now)
    made["approved"] = _bring(home, editor, approver, "approved", now, title="春节危化品车限行（示例）")
    made["scheduled"] = _bring(home, editor, approver, "scheduled", now, title="明早 G22 定西段限速（示例）")
    made["sending"] = _bring(home, editor, approver, "sending", now)
    with home.database.transaction() as session:
        fix = service.correct(session, editor, uuid.UUID(made["sending"]), now)
        change = BulletinChange.model_validate(
            {
                "roads": [{**ROADS[0], "km_to": 1900, "vehicle": "所有车辆"}],
                "body_markdown": BODY + "\n\n天祝也管制了。",
            }
        )
        service.edit(session, editor, uuid.UUID(fix.id), change, now)
        service.submit(session, editor, uuid.UUID(fix.id), now)
        made["correction"] = fix.id
        driver, _ = people.find_or_make(session, "news-asker", None, now, "")
        asker = Caller(driver, "")
        asked = questions.ask(
            session, asker, "混装的鲜百合和冻羊肉能走绿通吗？我电话 13800001234 甘A12345", now
        )
        made["question"] = asked.id
        told = questions.ask(session, asker, "车货无忧怎么报案", now - timedelta(hours=5))
        answer = AnswerIn(text="示例：打 95500，按语音提示转接。", source="示例来源，2026-11")
        questions.answer(session, editor, uuid.UUID(told.id), answer, now)
    return made


def _bring(home: Home, editor: Caller, approver: Caller, state: str, now: datetime, **changed: Any) -> str:
    """One more, in that state."""
    with home.database.transaction() as session:
        made = uuid.UUID(service.create(session, editor, written(**changed), now).id)
        if state == "draft":
            return str(made)
        service.submit(session, editor, made, now)
        if state == "submitted":
            return str(made)
        service.approve(session, approver, made, None, now)
        if state == "approved":
            return str(made)
        send_at = now if state == "sending" else now + timedelta(hours=9)
        wanted = Audience() if state == "sending" else Audience(roads=["G22"], roles=["driver"])
        until = send_at + timedelta(hours=10)
        service.schedule(
            session, approver, made, ScheduleIn(send_at=send_at, expires_at=until, audience=wanted), now
        )
    if state == "sending":
        tasks.send(home)
    return str(made)
