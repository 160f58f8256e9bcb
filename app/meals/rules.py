"""Decisions about meals: who may order what until when, what is to be paid, what a code looks like."""

import re
import uuid
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.foundation.clock import SHANGHAI
from app.foundation.refusals import FieldFault, Refusal

SOLD_OUT = Refusal("meal.sold_out", 409, "余量不够了，看看别的餐，或到餐厅问一声。")
NONE_LEFT = Refusal("meal.sold_out", 409, "剩下的份数不够了。")
CLOSED = Refusal("meal.closed", 409, "这份餐已经停订了。")
LIMIT = Refusal("meal.limit", 409, "一餐一人最多订两份，订过的也算。")
COUPON_USED = Refusal("meal.limit", 409, "当天的免费券已经用了，不用券可以照订。")
OFFER_UNKNOWN = Refusal("meal.offer_unknown", 404, "没有找到这份餐，请刷新再看。")
CODE_UNKNOWN = Refusal("meal.code_unknown", 404, "没有这个取餐码，请再对一遍。")
PICKED_UP = Refusal("meal.picked_up", 409, "这个码的餐已经取走了。")
CANCELLED = Refusal("meal.cancelled", 409, "这份餐已经取消了。")
OVER = Refusal("meal.over", 409, "这一餐早就结束了。")
ORDER_UNKNOWN = Refusal("meal.order_unknown", 404, "没有找到这份订餐。")
WALK_IN_UNKNOWN = Refusal("meal.walk_in_unknown", 404, "没有找到这一笔，也许已经撤了。")
WRONG_STATE = Refusal("meal.wrong_state", 409, "这份订餐已经取走、取消或过期，请刷新再看。")
QUOTA_BELOW_TAKEN = Refusal("meal.quota_below_taken", 409, "已经订出、发出的比这个数多，份数不能再少了。")

ORDERING = (OFFER_UNKNOWN, SOLD_OUT, CLOSED, COUPON_USED, LIMIT)
"""What ordering a meal may be refused with."""

ROLES: Final = ("staff", "kitchen", "supervisor")
LIVE: Final = ("reserved", "ready")
ORDER_STATES: Final = (*LIVE, "picked_up", "cancelled", "expired")
MOST_PORTIONS: Final = 2
LONGEST_SLOT: Final = timedelta(hours=24)
FURTHEST: Final = timedelta(days=21)
"""Less than a month with the day before, so that the day of the month in a code names one day."""
GRACE: Final = timedelta(hours=2)
"""So long after a slot's end what is left is still handed out: to whom comes late, and to whom walks in."""
CODES_LIVE: Final = timedelta(days=1)
"""A code begins with its day of the month: older ones are not looked for, so that none is mistaken."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def offer_faults(starts_at: datetime, ends_at: datetime, now: datetime) -> list[FieldFault]:
    """What is wrong with the slot of a new offer."""
    faults = []
    if ends_at <= starts_at:
        faults.append(FieldFault("slot_ends_at", "结束时间要在开始时间之后"))
    elif ends_at - starts_at > LONGEST_SLOT:
        faults.append(FieldFault("slot_ends_at", "一餐最长 24 小时"))
    elif ends_at <= now:
        faults.append(FieldFault("slot_ends_at", "这一餐已经过去"))
    if starts_at - now > FURTHEST:
        faults.append(FieldFault("slot_starts_at", "最多提前 21 天"))
    return faults


def order_refusal(closed: bool, ends_at: datetime, left: int, wanted: int, now: datetime) -> Refusal | None:
    """Why nobody can order so many of an offer now; None when it seems possible (the row decides)."""
    if closed or now >= ends_at:
        return CLOSED
    return SOLD_OUT if left < wanted else None


def walk_in_refusal(closed: bool, ends_at: datetime, now: datetime) -> Refusal | None:
    """Why nothing is handed out any more: closed, or long over."""
    return CLOSED if closed or now >= ends_at + GRACE else None


def wanted_offer(details: dict[str, Any]) -> uuid.UUID | None:
    """The offer that a request names, if it is a well-formed name; the schema refuses another."""
    named = details.get("offer_id")
    return uuid.UUID(named) if isinstance(named, str) and _UUID.fullmatch(named) else None


def wanted_portions(details: dict[str, Any]) -> int:
    """How many; one where nothing is said or nonsense, which the schema refuses."""
    wanted = details.get("quantity", 1)  # 2.0 is a whole number to the schema too
    return int(wanted) if isinstance(wanted, int | float) and 1 <= wanted <= MOST_PORTIONS else 1


def due_fen(price_fen: int, quantity: int, free: bool) -> int:
    """What is to be paid at the counter: the coupon covers one portion."""
    return price_fen * (quantity - (1 if free else 0))


def meal_day(starts_at: datetime) -> date:
    """The Shanghai day that a meal belongs to: the one on which its slot begins."""
    return starts_at.astimezone(SHANGHAI).date()


def code_of(day: date, number: int) -> str:
    """What a driver says at the counter: six digits, the day of the month first, the last four by chance."""
    return f"{day:%d}{number:04d}"


def clean_code(said: str) -> str:
    """A code as it stands in the table, however it was written down."""
    return re.sub(r"[\s\-]", "", said)


def slot_text(starts_at: datetime, ends_at: datetime) -> str:
    """A slot in a few characters: `11-28 11:00–13:00`."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    return f"{start:%m-%d %H:%M}–{end:%H:%M}"


def money(fen: int) -> str:
    """An amount as it is said at the counter: `12 元`, `12.5 元`."""
    yuan = f"{fen / 100:.2f}".rstrip("0").rstrip(".")
    return f"{yuan} 元"


# --- Campaigns ------------------------------------------------------------------------------------------

CAMPAIGN_UNKNOWN = Refusal("campaign.unknown", 404, "没有找到这次活动。")
CAMPAIGN_CLOSED = Refusal("campaign.closed", 409, "这次活动已经结算，不能再改。")
NOT_BALANCED = Refusal("campaign.not_balanced", 409, "发出的和记下的对不上，先把差的补记上。")
ENTRY_UNKNOWN = Refusal("campaign.entry_unknown", 404, "没有找到这一笔。")
ENTRY_REVERSED = Refusal("campaign.entry_reversed", 409, "这一笔已经冲销过，或本身就是冲销。")

LEADERS: Final = ("staff", "supervisor")
MOST_STATIONS: Final = 100
LONGEST_CAMPAIGN: Final = timedelta(days=31)


def campaign_faults(starts_at: datetime, ends_at: datetime) -> list[FieldFault]:
    """What is wrong with the span of a campaign; one may be written down after it has begun."""
    if ends_at <= starts_at:
        return [FieldFault("ends_at", "结束时间要在开始时间之后")]
    if ends_at - starts_at > LONGEST_CAMPAIGN:
        return [FieldFault("ends_at", "一次活动最长 31 天")]
    return []


def campaign_state(starts_at: datetime, ends_at: datetime, settled: bool, now: datetime) -> str:
    """Where a campaign stands; entries are taken until it is settled, since paper is counted afterwards."""
    if settled:
        return "settled"
    return "planned" if now < starts_at else "running" if now < ends_at else "over"


def settlement_refusal(scanned: int, by_hand: int, handed_out: int | None) -> Refusal | None:
    """Scanned + counted by hand = handed out; where nobody counted the store, it is what was noted."""
    return None if handed_out in (None, scanned + by_hand) else NOT_BALANCED
