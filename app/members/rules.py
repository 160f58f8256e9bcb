"""Decisions about membership; no database, no clock."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from app.duty.rules import MEMBER_ROLES, OFFICE_ROLES
from app.foundation.refusals import Refusal

__all__ = ["MEMBER_ROLES", "OFFICE_ROLES"]

UNKNOWN = Refusal("member.unknown", 404, "没有找到这条党员记录。")
CONSENT_NEEDED = Refusal("member.consent_needed", 409, "请先单独同意处理您的党员身份和组织关系，再报到。")
ALREADY = Refusal("member.already", 409, "已经有党员记录，或者报到、转接正在等支部核实。")
WRONG_STATE = Refusal("member.wrong_state", 409, "这条党员记录现在不能这样办，请刷新后再看。")
SAME_BRANCH = Refusal("member.same_branch", 409, "已经在这个支部，而且类别没有变。")

OWN_MATTER = Refusal(
    "member.own_matter", 403, "自己的报到、转接和离开要由支部的其他负责人办；没有别人的，请上级党组织办。"
)

KINDS = {"fixed": "固定党员", "mobile": "流动党员"}
STATES = {
    "pending": "等待核实",
    "active": "在册",
    "refused": "未通过核实",
    "left": "已离开",
    "transferred": "已转出",
}
OPEN = ("pending", "active")
WAS_MEMBER = ("active", "left", "transferred")
LOST_ON_LEAVING = MEMBER_ROLES
"""Who leaves a branch holds none of its offices either."""


class Spell(Protocol):
    """A time of membership: from a moment on, until another or still."""

    from_at: datetime | None
    ended_at: datetime | None


S = TypeVar("S", bound=Spell)


def spell_at(spells: Iterable[S], at: datetime) -> S | None:
    """The membership of a moment; before the first that is known, the first; None after the last."""
    known = sorted((s for s in spells if s.from_at), key=lambda s: s.from_at or at)
    begun = [s for s in known if s.from_at and s.from_at <= at]
    if not begun:
        return known[0] if known else None
    last = begun[-1]
    return last if last.ended_at is None or last.ended_at > at else None
