"""A past to try the product with: weeks of check-ins and answered requests, made up and marked 示例.

Everything is done through the rooms themselves, at moments that are over: what a screen shows of it is what
it would show of real days.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.checkins import service as checkins
from app.checkins.models import CheckIn
from app.checkins.schemas import CheckInIn
from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from app.helpdesk import desk
from app.helpdesk import service as helpdesk
from app.helpdesk.schemas import RatingIn, ReplyIn, RequestIn
from app.people import service as people
from app.stations.models import QrKey
from app.web.callers import EVERYWHERE, Caller
from app.wechat.standin.demo import demo_openid

_DRIVERS = 12
_CHECK_INS_A_DAY = 18
_REQUESTS_A_DAY = 3


class _Wish(NamedTuple):
    """What was asked and answered; `after_m`: minutes until somebody took it, and until the answer."""

    kind: str
    text: str
    answer: str
    after_m: tuple[int, int]


_WISHES: Final = (
    _Wish("meal", "示例：想吃碗热面，还有吗", "示例：有，直接来窗口。", (4, 12)),
    _Wish("facility", "示例：男淋浴间没有热水", "示例：已修好，现在可以用。", (9, 55)),
    _Wish("complaint", "示例：停车场灯太暗", "示例：已换灯，谢谢提醒。", (35, 300)),
    _Wish("lost_found", "示例：手套落在休息室", "示例：找到了，在服务台。", (15, 90)),
    _Wish("road_vehicle", "示例：轮胎没气了", "示例：补胎师傅十分钟到。", (3, 20)),
    _Wish("praise", "示例：夜里帮我加热饭菜，谢谢", "示例：不客气，一路平安。", (20, 60)),
    _Wish("other", "示例：哪里能打印单据", "示例：服务台可以打印。", (6, 15)),
)


@dataclass(frozen=True)
class Cast:
    """Who takes part, and where: keys are `(key, station)` of codes that hang."""

    drivers: list[Caller]
    staff: Caller
    keys: list[tuple[str, str]]


def cast(session: Session, now: datetime) -> Cast:
    """The drivers of the past, the desk that answered them, and the codes they scanned."""
    drivers = []
    for number in range(1, _DRIVERS + 1):
        name = f"示例司机{number:02}"
        person_id, _ = people.find_or_make(session, demo_openid(f"past{number}"), None, now, name)
        people.grant(session, person_id, "driver", EVERYWHERE, now)
        drivers.append(Caller(person_id, name, frozenset({("driver", EVERYWHERE)})))
    staff_id, _ = people.find_or_make(session, demo_openid("supervisor"), None, now)
    staff = Caller(staff_id, "示例值班主管", frozenset({("supervisor", EVERYWHERE)}))
    hanging = (
        select(QrKey.key, QrKey.station).where(QrKey.state == "active").order_by(QrKey.station, QrKey.side)
    )
    return Cast(drivers, staff, [(key, station) for key, station in session.execute(hanging)])


def is_told(session: Session, who: Cast) -> bool:
    """Whether these drivers have a past already."""
    ids = [driver.person_id for driver in who.drivers]
    return bool(session.scalar(select(exists().where(CheckIn.person_id.in_(ids)))))


def days_ago(now: datetime, days: int) -> Iterator[datetime]:
    """The Shanghai midnights of that many whole days before today, the oldest first."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today - timedelta(days=ago) for ago in range(days, 0, -1))


def tell_day(session: Session, home: Home, who: Cast, midnight: datetime) -> None:
    """One day: people stop at stations, some ask for something, are answered and say how it was."""
    chance = random.Random(midnight.date().toordinal())  # noqa: S311 - made-up days, the same each time
    for _ in range(_CHECK_INS_A_DAY):
        driver, (key, _station) = chance.choice(who.drivers), chance.choice(who.keys)
        body = CheckInIn(
            code=key, person_kind="truck_driver", purpose=chance.choice(("rest", "rest", "meal"))
        )
        at = midnight + timedelta(minutes=chance.randrange(24 * 60))
        checkins.check_in(session.connection(), driver, body, at, home.settings.checkins)
    for _ in range(_REQUESTS_A_DAY):
        _ask_and_answer(session, who, midnight + timedelta(minutes=chance.randrange(6 * 60, 18 * 60)), chance)


def _ask_and_answer(session: Session, who: Cast, asked: datetime, chance: random.Random) -> None:
    driver, (_key, station), wish = (
        chance.choice(who.drivers),
        chance.choice(who.keys),
        chance.choice(_WISHES),
    )
    body = RequestIn(kind=wish.kind, station=station, side="A", text=wish.text)
    made, _ = helpdesk.create(session, driver, body, asked)
    request = uuid.UUID(made.id)
    taken, answered = (asked + timedelta(minutes=minutes) for minutes in wish.after_m)
    desk.claim(session, who.staff, request, taken)
    desk.reply(session, who.staff, request, ReplyIn(text=wish.answer), answered)
    desk.resolve(session, who.staff, request, "示例：已办好。", answered + timedelta(minutes=5))
    helpdesk.confirm(session, driver, request, answered + timedelta(minutes=40))
    score = chance.choices((5, 4, 3), (7, 2, 1))[0]
    helpdesk.rate(session, driver, request, RatingIn(score=score), answered + timedelta(minutes=41))
