"""A night at the desk as 示例 data: many kinds and states, long names, an alarm; for pictures and tests."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.models import CheckIn
from app.foundation.clock import shanghai_day
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.helpdesk import desk, macros, service, shifts
from app.helpdesk.operating_schemas import MacroIn
from app.helpdesk.schemas import MessageIn, ReplyIn, RequestIn, ShiftHandOverIn, TransferIn, WaitIn
from app.people import service as people
from app.people.models import RoleGrant
from app.stations.models import StationSide
from app.stations.service import touch
from app.web.callers import Caller

_TARPAULIN = (
    "篷布被割，少货 8 件。醒来看到右后篷布被割了一道，少了八箱。人没事。货主六点要到，我现在能不能动车？"
)
_DO_NOT_MOVE = "先别动车，也别收拾。我正在同时报 110 和保险公司，五分钟内到您车旁。您在车里等，门锁好。"
_SEEN_ON_CAMERA = "B 岗调了 A 侧北口监控 01:20–01:50，一辆无牌厢货停过 21 位旁。已留存，待警方取。"
_GREEN_LANE = "绿通预约怎么改？我的货是鲜百合和冻羊肉混装的，能不能走绿色通道"
_PHRASES = (
    ("货单照片可先用", "可以先用照片，原件到站后补给保险公司就行。"),
    ("别动现场", "请先别动车、别收拾，我们的人五分钟内到您车旁。"),
    ("热水在哪", "热水房在 A 侧东头，昼夜开放，免费。"),
)
_ARRIVALS = [
    (2, "A", "meal"), (5, "B", "rest"), (9, "B", None), (14, "A", "rest"), (16, "A", "medical"),
    (31, "B", "meal")
]  # fmt: skip


class Night:
    """Writes what would have happened, at its own moments, through the use cases themselves."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.made = 0

    def driver(self, name: str) -> Caller:
        """A driver with a proved (made-up) number."""
        self.made += 1
        person_id, _ = people.find_or_make(self.session, f"night-{self.made}", None, self.now, name)
        people.prove_phone(self.session, person_id, f"1380000{self.made:04d}", self.now)
        return Caller(person_id, name)

    def staff(self, name: str, *grants: tuple[str, str]) -> Caller:
        self.made += 1
        person_id, _ = people.find_or_make(self.session, f"night-{self.made}", None, self.now, name)
        for role, place in grants:
            people.grant(self.session, person_id, role, place, self.now)
        held = self.session.execute(
            select(RoleGrant.role, RoleGrant.place).where(RoleGrant.person_id == person_id)
        )
        return Caller(person_id, name, frozenset((row.role, row.place) for row in held))

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def asks(self, minutes: float, who: Caller, kind: str, text: str, **more: Any) -> Any:
        body = RequestIn.model_validate({"kind": kind, "station": "GS001", "text": text, **more})
        request, _ = service.create(self.session, who, body, self.ago(minutes))
        return uuid.UUID(request.id)

    def claims(self, minutes: float, who: Caller, request: Any) -> None:
        desk.claim(self.session, who, request, self.ago(minutes))

    def replies(self, minutes: float, who: Caller, request: Any, text: str) -> None:
        desk.reply(self.session, who, request, ReplyIn(text=text), self.ago(minutes))

    def notes(self, minutes: float, who: Caller, request: Any, text: str) -> None:
        desk.reply(self.session, who, request, ReplyIn(text=text, internal=True), self.ago(minutes))

    def writes(self, minutes: float, who: Caller, request: Any, text: str) -> None:
        service.write(self.session, who, request, MessageIn(text=text), self.ago(minutes))


def a_night(home: Home, me: Caller, *, alarm: bool = True) -> dict[str, str]:
    """Fill the desk of GS001 for `me`; answers the ids of the requests that pictures open."""
    with home.database.transaction() as session:
        now = home.clock.now()
        night = Night(session, now)
        for side, heading in (("A", "往兰州"), ("B", "往定西")):
            place = session.get(StationSide, ("GS001", side))
            assert place is not None
            place.heading = heading
        touch(session, "GS001", now)
        for title, words in _PHRASES:
            macro = MacroIn(station="GS001", title=title, text=words)
            macros.create(session, me, macro, now)
        second = night.staff("示例值班员乙", ("staff", "GS001"))
        boss = night.staff("示例值班主管阿依古丽", ("supervisor", "*"))
        return {
            "theft": str(_theft(night, me, second)),
            **({"alarm": str(_alarm(night))} if alarm else {}),
            **_rest(night, me, second, boss),
        }


def _theft(night: Night, me: Caller, second: Caller) -> Any:
    driver = night.driver("示例司机21")
    theft = night.asks(
        24, driver, "insurance",
        _TARPAULIN,
        side="A", place_text="重车区 21 位",
        details={"what": "货物丢失", "happened_at": "凌晨一点到两点之间", "plate": "甘A·示例21", "bay": "21",
                 "police_reported": True, "insurer": "示例财产保险", "insurer_no": "示例 2026-4127"},
    )  # fmt: skip
    night.claims(22, me, theft)
    night.replies(21, me, theft, _DO_NOT_MOVE)
    night.notes(16, second, theft, _SEEN_ON_CAMERA)
    night.writes(3, driver, theft, "保险的人说要货单，我只有手机照片，行吗？")
    return theft


def _arrivals(night: Night) -> None:
    """Check-ins of this hour, on both sides."""
    for number, (minutes, side, purpose) in enumerate(_ARRIVALS):
        at = night.ago(minutes)
        row = CheckIn(
            person_id=night.driver(f"示例司机{60 + number}").person_id, id=new_id(), station="GS001",
            side=side, key_version=1, source="url", purpose=purpose, person_kind="truck_driver",
            scanned_at=at, recorded_at=at, counted_at=at, day=shanghai_day(night.now), clock_suspect=False,
            location_check="none",
        )  # fmt: skip
        night.session.add(row)


def _alarm(night: Night) -> Any:
    return night.asks(
        0.78, night.driver("示例司机37"), "medical", "我爱人突然说胸口疼，出汗，喘不上气",
        side="B", place_text="重车区 37 位",
        details={"symptoms": ["胸痛胸闷"], "plate": "甘A·示例37", "who": "同车的人"},
    )  # fmt: skip


def _rest(night: Night, me: Caller, second: Caller, boss: Caller) -> dict[str, str]:
    ask = night.asks
    taken = ask(13, night.driver("示例旅客"), "medical", "孩子发烧抽了一次", side="A", place_text="母婴室")
    night.claims(12.2, second, taken)
    shower = ask(142, night.driver("示例司机8"), "facility", "淋浴间没有热水，放了十分钟还是凉的", side="B",
                 place_text="淋浴 2 间", details={"facility": "淋浴"})  # fmt: skip
    night.claims(130, second, shower)
    ask(1.2, night.driver("示例家属"), "welfare_check", "家人 6 小时联系不上，请去车边看看", side="A",
        place_text="重车区 112 位", details={"plate": "甘B·示例12", "relation": "妻子"})  # fmt: skip
    meal = ask(
        4, night.driver("示例司机3"), "meal", "热饭 3 份，三点到，少放辣", side="A", details={"quantity": 3}
    )
    night.claims(2, night.staff("示例后厨", ("kitchen", "GS001")), meal)
    ice = ask(
        14,
        night.driver("示例司机5"),
        "road_vehicle",
        "匝道暗冰，有车打滑",
        side="B",
        place_text="出口 K3 附近",
    )
    night.claims(13, me, ice)
    desk.transfer(night.session, me, ice, TransferIn(to_unit="高速路政", reason="要撒融雪剂"), night.ago(12))
    lost = ask(61, night.driver("示例司机6"), "lost_found", "充电宝落在胶囊仓", side="B", place_text="6 号仓")
    night.claims(50, night.staff("示例值班员戊", ("staff", "GS001")), lost)
    price = ask(300, night.driver("示例司机7"), "complaint", "泡面价与公示价不一致，收银台说系统没改",
                side="A", place_text="便利店")  # fmt: skip
    night.claims(290, boss, price)
    ask(
        6,
        night.driver("古丽巴哈尔·买买提江"),
        "other",
        _GREEN_LANE,
    )
    papers = ask(190, night.driver("示例司机9"), "insurance", "等补行驶证照片", side="A")
    night.claims(185, me, papers)
    desk.wait(
        night.session, me, papers,
        WaitIn(until=night.now + timedelta(hours=5), reason="请拍一张行驶证正副页的照片发过来"),
        night.ago(180),
    )  # fmt: skip
    _arrivals(night)
    given = ShiftHandOverIn(
        station="GS001", to=me.person_id, note="37 位的司机担心车上的药要冷藏，说好两小时看一次。"
    )
    shifts.hand_over(night.session, night.staff("示例值班员己", ("staff", "GS001")), given, night.ago(20))
    praise = ask(900, night.driver("示例司机10"), "praise", "谢谢昨晚帮我热奶的大姐")
    desk.resolve(night.session, me, praise, "已经转告本人，一路平安。", night.ago(800))
    closed = ask(1500, night.driver("示例司机11"), "meal", "想喝碗热汤")
    desk.resolve(night.session, second, closed, "汤在 A 侧餐厅，给您留着。", night.ago(1480))
    return {"taken": str(taken), "shower": str(shower), "ice": str(ice), "papers": str(papers)}
