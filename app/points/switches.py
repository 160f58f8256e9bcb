"""减负自查: which switches are on that could burden people, and which the product does not have at all."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.duty import hooks
from app.points import ledger
from app.points.schemas import SelfCheckOut, SwitchOut
from app.settings import PointsSettings

_BASIS: Final = (
    "对照《政务移动互联网应用程序规范化管理办法》（国办函〔2026〕12号）和防治“指尖上的形式主义”的要求自查；"
    "条文以原文为准，本页只说明软件现在怎么设。"
)
# code, title, whether it is on, why; none of these has a setting
_FIXED: Final = (
    ("login_points", "登录、打开小程序给分", False, "没有做，也打不开。"),
    ("reading_points", "浏览、点赞、转发、学习时长给分", False, "没有做，也打不开。"),
    ("streaks", "连续打卡、连续天数", False, "没有做，也打不开。"),
    ("nagging", "“您还没有签到”一类的催促推送", False, "没有做；只推送本人报名班次的变化和别人办给他的事。"),
    ("online_time", "统计在线时长", False, "不记录。"),
    ("forced_messages", "必须订阅消息才能用", False, "拒绝订阅不影响任何功能，消息都在消息箱里。"),
    ("ranking_outside", "公示期以外或支部以外看排名", False, "没有做；公示期一过，名单对党员不再显示。"),
    ("mobile_scored", "流动党员计分排名", False, "流动党员只留参加记录，不计分。"),
    ("complaints", "投诉建议入口", True, "提诉求里有“投诉”一类，随时可用。"),
    ("no_double_filling", "台账由真实记录生成，不重复填表", True, "值守、积分都由签到和更正产生，不用另填。"),
)


def self_check(knobs: PointsSettings) -> SelfCheckOut:
    """All switches as they stand in this process."""
    changeable = [
        SwitchOut(
            code="points",
            title="党员积分",
            on=knobs.enabled,
            can_be_changed=True,
            setting="points.enabled",
            why="只由真实发生的值守、组织生活和学习产生；关掉以后不再记新的分。",
        ),
        SwitchOut(
            code="ranking",
            title="公示期内、本支部内显示排名",
            on=knobs.ranking,
            can_be_changed=True,
            setting="points.ranking",
            why="只在公示的几天里显示；关掉以后只显示本人得分，名单由书记张贴。",
        ),
    ]
    fixed = [
        SwitchOut(code=code, title=title, on=on, can_be_changed=False, setting=None, why=why)
        for code, title, on, why in _FIXED
    ]
    return SelfCheckOut(switches=[*changeable, *fixed], basis=_BASIS)


def follow_duty(knobs: PointsSettings) -> None:
    """Let the ledger follow what duty counts, or nothing where points are switched off; once a process."""
    hooks.on_counted("points", ledger.duty_counted if knobs.enabled else _nothing)


def _nothing(session: Session, counted: hooks.Counted, now: datetime) -> None:
    """What is counted earns nothing."""
