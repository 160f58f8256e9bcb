"""Bulletins and questions to try the product with.

Facts of policy carry source, date and expiry; check them
at their source before anybody is shown them. Everything else is made up and says 示例."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.bulletins import questions, service, store
from app.bulletins.models import Bulletin
from app.bulletins.schemas import AnswerIn, Audience, BulletinIn, ScheduleIn
from app.web.callers import EVERYWHERE, Caller

_VALID: Final = timedelta(days=90)

_PUBLISHED: Final[tuple[dict[str, Any], ...]] = (
    {
        "title": "车货无忧：进了服务区丢油丢货可以理赔（示例）",
        "category": "benefit",
        "body_markdown": "货车进入本省收费公路服务区，停车期间被盗、受损，可按公众责任保险申请理赔，"
        "车和货损失 5000 元以内的快速办理。\n\n1. 先报警，别动现场\n2. 再报保险\n3. 站里的人会陪着办\n\n"
        "具体条款以承保公司和运营单位公布的为准。",
        "source": "示例，摘自 2021 年 11 月公开报道；使用前请向运营单位核对",
    },
    {
        "title": "12328：货车司机诉求多久有回音（示例）",
        "category": "policy",
        "body_markdown": "交通运输服务监督电话 **12328** 收到货车司机的诉求后：\n\n"
        "- 2 小时内转办\n- 2 个工作日内反馈\n- 5 个工作日内答复\n- 办结后 2 个工作日内回访\n\n"
        "救援、恶劣天气、突发疾病随接随办。",
        "source": "示例，摘自 2025 年 7 月 28 日公开报道；使用前请核对",
    },
    {
        "title": "雪天行车：停得下来再上路（示例）",
        "category": "safety",
        "body_markdown": "> 示例内容\n\n- 上路前看轮胎、防滑链、燃油\n- 长下坡用低挡，不空挡\n"
        "- 看不清就近进服务区，站里有热水",
        "source": "示例",
    },
    {
        "title": "示例路段今晚限速 60",
        "category": "road",
        "body_markdown": "示例：路面有暗冰，慢一点。\n\n路况电话 [12122](tel:12122)。",
        "roads": [
            {
                "road": "G30",
                "heading": "双向",
                "km_from": 1812,
                "km_to": 1883,
                "vehicle": "所有车辆",
                "measure": "限速",
            }
        ],
        "source": "示例",
    },
)
_WAITING: Final = {
    "title": "示例服务区明天检修热水",
    "category": "station",
    "body_markdown": "示例：明天 9 点到 11 点检修，期间没有热水。",
    "stations": ["GS001"],
    "source": "示例",
}


def seed(
    session: Session, now: datetime, editor_id: uuid.UUID, approver_id: uuid.UUID, driver_id: uuid.UUID
) -> int:
    """What is published, one that waits for the approver, a question asked and one answered; how many
    bulletins. Nothing where there are bulletins already, and nobody is told of them."""
    if session.scalar(select(Bulletin.id).limit(1)) is not None:
        return 0
    editor = Caller(editor_id, "示例编辑", frozenset({("editor", EVERYWHERE)}))
    approver = Caller(approver_id, "示例审核", frozenset({("approver", EVERYWHERE)}))
    for number, values in enumerate(_PUBLISHED):
        _publish(session, editor, approver, values, now - timedelta(hours=len(_PUBLISHED) - number), now)
    waiting = service.create(session, editor, BulletinIn.model_validate(_WAITING), now)
    service.submit(session, editor, uuid.UUID(waiting.id), now)
    asker = Caller(driver_id, "")
    questions.ask(session, asker, "示例：鲜百合和冻羊肉混装，能走绿色通道吗？", now)
    asked = questions.ask(session, asker, "示例：停车休息多久一次？", now - timedelta(hours=2))
    given = AnswerIn(
        text="示例：连续驾驶不超过 4 小时，停车休息不少于 20 分钟。",
        source="《道路交通安全法实施条例》第六十二条",
        expires_at=now + _VALID,
    )
    questions.answer(session, editor, uuid.UUID(asked.id), given, now)
    return len(_PUBLISHED) + 1


def _publish(
    session: Session, editor: Caller, approver: Caller, values: dict[str, Any], at: datetime, now: datetime
) -> None:
    """On the air since `at`, as if it had been sent: demonstration data rings no phone."""
    body = BulletinIn.model_validate({**values, "starts_at": at, "expires_at": now + _VALID})
    made = uuid.UUID(service.create(session, editor, body, at).id)
    service.submit(session, editor, made, at)
    service.approve(session, approver, made, None, at)
    when = ScheduleIn(send_at=at, expires_at=now + _VALID, audience=Audience())
    service.schedule(session, approver, made, when, at)
    session.execute(update(Bulletin).where(Bulletin.id == made).values(state="sent", planned_at=at))
    store.touch(session)
