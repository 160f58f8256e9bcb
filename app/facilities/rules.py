"""Decisions about facilities: what can be held and how long, whose word counts, what age leaves of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from app.foundation.clock import SHANGHAI
from app.foundation.refusals import Refusal

FACILITY_UNKNOWN = Refusal("facility.unknown", 404, "没有找到这个设施。")
BOOKING_UNKNOWN = Refusal("facility.booking_unknown", 404, "没有找到这次预留。")
TAKEN = Refusal("facility.taken", 409, "刚被别人占下了，请看看别的。")
ALREADY_BOOKED = Refusal("facility.already_booked", 409, "您已经占着一个同类的设施，用完或取消后再约。")
OUT = Refusal("facility.out", 409, "这个设施现在停用，请看看别的。")
NOT_BOOKABLE = Refusal("facility.not_bookable", 409, "这个设施不用预留，直接用就行。")
WOMEN_ONLY = Refusal("facility.women_only", 409, "这个时段只供女性使用。")
BOOKING_OVER = Refusal("facility.booking_over", 409, "预留已经结束，请重新预留。")
FACILITY_EXISTS = Refusal("facility.exists", 409, "这一侧已经有同类同名的设施。")

DESK_ROLES: Final = ("staff", "supervisor", "admin")


@dataclass(frozen=True)
class Kind:
    """What one kind of facility is. `use`: how long one turn usually takes; `overtime`: how long after it
    the place still counts as taken, since a person may be in there. `request_name`: its name in a request."""

    title: str
    request_name: str
    bookable: bool = False
    use: timedelta = timedelta(0)
    overtime: timedelta = timedelta(0)


KINDS: Final = {
    "capsule": Kind("胶囊仓", "胶囊仓", True, timedelta(hours=8), timedelta(hours=2)),
    "shower": Kind("淋浴", "淋浴", True, timedelta(minutes=30), timedelta(minutes=15)),
    "washer": Kind("洗衣机", "洗衣机", True, timedelta(minutes=60), timedelta(minutes=30)),
    "dryer": Kind("烘干机", "烘干机", True, timedelta(minutes=60), timedelta(minutes=30)),
    "accessible_bay": Kind("无障碍车位", "无障碍车位"),
    "aed": Kind("AED", "AED"),
}
STATES: Final = ("ok", "out", "cleaning", "unknown")
SHUT: Final = ("out", "cleaning")
SPEAKERS: Final = ("driver", "staff")
LIVE: Final = ("held", "in_use")
BOOKING_STATES: Final = (*LIVE, "finished", "cancelled", "lapsed", "released")
DAY_MINUTES: Final = 24 * 60
LONGEST_USE: Final = timedelta(hours=24)

_WORDS = {"ok": "能用", "out": "不能用", "cleaning": "打扫中"}


@dataclass(frozen=True)
class Slot:
    """A daily span for women only, in minutes of the Shanghai day; it may run past midnight."""

    first: int
    last: int

    def meets(self, since: datetime, until: datetime) -> bool:
        """Whether any moment of [since, until) lies in the span on any day."""
        day = since.astimezone(SHANGHAI).date() - timedelta(days=1)
        while (midnight := datetime.combine(day, time(), SHANGHAI)) < until:
            length = (self.last - self.first) % DAY_MINUTES or DAY_MINUTES
            begins = midnight + timedelta(minutes=self.first)
            if begins < until and since < begins + timedelta(minutes=length):
                return True
            day += timedelta(days=1)
        return False

    def covers(self, moment: datetime) -> bool:
        """Whether this moment lies in the span."""
        return self.meets(moment, moment + timedelta(microseconds=1))


def read_clock(written: str) -> int:
    """`20:30` as minutes of the day; `24:00` is its end. ValueError for anything else."""
    hours, colon, minutes = written.partition(":")
    if (
        len(written) != 5
        or colon != ":"
        or not (hours + minutes).isascii()
        or not (hours + minutes).isdigit()
    ):
        raise ValueError(written)
    of_day = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or of_day > DAY_MINUTES:
        raise ValueError(written)
    return of_day


def write_clock(of_day: int) -> str:
    """The same the other way round."""
    return f"{of_day // 60:02d}:{of_day % 60:02d}"


def hold_refusal(
    kind: str, state: str, slot: Slot | None, now: datetime, hold: timedelta, *, for_woman: bool
) -> Refusal | None:
    """Why a facility cannot be held, whoever else may have it. The whole turn must fit: nobody shall still
    stand under the shower when the women's hour begins."""
    if not KINDS[kind].bookable:
        return NOT_BOOKABLE
    if state in SHUT:
        return OUT
    if slot and not for_woman and slot.meets(now, now + hold + KINDS[kind].use):
        return WOMEN_ONLY
    return None


def turn_ends(kind: str, now: datetime) -> tuple[datetime, datetime]:
    """Of a turn that begins now: when it should be over, and when the place is free in any case."""
    until = now + KINDS[kind].use
    return until, until + KINDS[kind].overtime


def shown_state(state: str, until: datetime, frees_at: datetime, now: datetime) -> str:
    """A booking as it stands: the clock ends it, whether or not a row says so."""
    if state not in LIVE:
        return state
    if now >= frees_at:
        return "lapsed" if state == "held" else "finished"
    return "overtime" if state == "in_use" and now >= until else state


def state_after_report(state: str, said_by: str | None, reported: str) -> tuple[str, bool]:
    """The state that a driver's word leaves, and whether it becomes known anew. What staff closed only staff
    open again: a driver sees that the water runs, not why it was shut off."""
    shut_by_staff = state in SHUT and said_by == "staff"
    return (state, False) if shut_by_staff else (reported, True)


def age_words(state: str, said_by: str | None, as_of: datetime | None, now: datetime) -> str:
    """What may still be said: `20 分钟前有人用过，能用`. What works fades within the Shanghai day; what is
    broken stays broken until somebody says otherwise."""
    if as_of is None or state == "unknown":
        return "还没有人报过，说不准"
    known, today = as_of.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    ago = _ago(today - known)
    if state == "ok" and known.date() != today.date() and today - known > timedelta(hours=1):
        return f"上一次确认能用是 {ago}，现在说不准"
    who = {"ok": "有人用过", "out": "有人报过"}.get(state, "") if said_by == "driver" else "站里看过"
    return f"{ago}{who}，{_WORDS[state]}"


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < DAY_MINUTES else f"{minutes // DAY_MINUTES} 天前"
