"""Decisions about duty posts; no database, no clock."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.foundation.clock import SHANGHAI
from app.foundation.refusals import Refusal

MEMBERS_ONLY = Refusal("duty.members_only", 403, "值守班次只对党员开放。")
SHIFT_UNKNOWN = Refusal("duty.shift_unknown", 404, "没有找到这个班次。")
POST_UNKNOWN = Refusal("duty.post_unknown", 404, "没有找到这个岗位。")
MEMBER_UNKNOWN = Refusal("duty.member_unknown", 404, "没有找到可以替班的这位党员。")
ATTENDANCE_UNKNOWN = Refusal("duty.attendance_unknown", 404, "没有找到这次值守。")
OFFICE_ONLY = Refusal("branch.office_only", 403, "这件事由本支部的书记或支委办理。")
TASK_FORCE_UNKNOWN = Refusal("task_force.unknown", 404, "没有找到这支突击队。")
INVITE_UNKNOWN = Refusal("task_force.invite_unknown", 404, "没有这个邀请码，或突击队已经结束。")
TASK_FORCE_CLOSED = Refusal("task_force.closed", 409, "这支突击队已经结束。")
SUMMARY_MISSING = Refusal("task_force.summary_missing", 409, "突击队结束前要写总结。")
STAND_IN_UNKNOWN = Refusal("duty.stand_in_unknown", 404, "没有找到这个替班请求。")

FULL = Refusal("duty.full", 409, "这个班次已经报满，可以选择候补。")
CLASH = Refusal("duty.clash", 409, "和您已报名或候补的另一个班次时间冲突。")
ALREADY_SIGNED_UP = Refusal("duty.already_signed_up", 409, "您已经报过这个班次了。")
CLOSED = Refusal("duty.closed", 409, "这个班次已经开始，不能再报名。")
NOT_YET_OPEN = Refusal("duty.not_yet_open", 409, "这个班次还没到开放报名的时间。")
NOT_QUALIFIED = Refusal("duty.not_qualified", 409, "这个岗位只由本支部的党员值守。")
NOT_SIGNED_UP = Refusal("duty.not_signed_up", 404, "您没有报这个班次。")
TOO_LATE_TO_CANCEL = Refusal("duty.too_late_to_cancel", 409, "班次已经开始或您已到岗，不能再取消。")

NO_SHIFT_NOW = Refusal("duty.no_shift_now", 409, "现在没有您的班次；开始前 30 分钟到结束可以签到。")
WRONG_STATION = Refusal("duty.wrong_station", 409, "您的班次不在这一侧或这个服务区，请到岗位所在处签到。")
ALREADY_ON_DUTY = Refusal("duty.already_on_duty", 409, "您已经签过到了。")
STILL_ON_DUTY = Refusal("duty.still_on_duty", 409, "这次值守还没有结束。")
CODE_EXPIRED = Refusal("duty.code_expired", 410, "屏幕上的签到码已经换了，请扫现在的码。")
CORRECTION_ASKED = Refusal("duty.correction_asked", 409, "更正请求已经提交，请等书记处理。")

OWN_ATTENDANCE = Refusal(
    "duty.own_attendance", 403, "自己的值守记录要由支部的其他负责人更正；没有别人的，请上级党组织办。"
)

STAND_IN_NOT_YOURS = Refusal("duty.stand_in_not_yours", 409, "只有报上名的班次才能请人替班。")
STAND_IN_ASKED = Refusal("duty.stand_in_asked", 409, "这个班次已经在找人替班。")
STAND_IN_TAKEN = Refusal("duty.stand_in_taken", 409, "这个替班请求已经有人接了或已撤回。")

STANDS_ALREADY = Refusal(ALREADY_SIGNED_UP.code, 409, "这位党员已经报了这个班次。")
STANDS_ELSEWHERE = Refusal(CLASH.code, 409, "这位党员在这个时间已经有别的班次。")

MEMBER_ROLES = ("member", "secretary", "committee")
OFFICE_ROLES = ("secretary", "committee")
SCREEN_ROLES = ("staff", "supervisor", *OFFICE_ROLES)

KINDS = {"vanguard": "党员先锋岗", "model": "党员示范岗", "area": "党员责任区", "task_force": "党员突击队"}
OPEN_TO = ("members", "branch")
LIVE = ("confirmed", "waitlisted")
SIGNUP_STATES = (*LIVE, "cancelled", "handed_on")
PRESENT = ("on_duty", "late", "served")
ATTENDANCE_STATES = (*PRESENT, "no_show", "excused")
ENTRY_KINDS = ("served", "reversal", "correction")
CALL_KINDS = ("reminder", "alert", "asked")
STAND_IN_STATES = ("open", "accepted", "withdrawn")

MOVES_UP_UNTIL = timedelta(hours=2)
LATE_CANCEL = timedelta(hours=12)
SIGN_IN_FROM = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
LONGEST_FORCE = timedelta(days=366)
MOST_REPEATS = 60
FARTHEST = timedelta(days=400)
_WEEK = 7

Grants = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Chance:
    """What decides whether somebody may sign up for a shift, but for its being full."""

    starts_at: datetime
    opens_at: datetime | None
    qualified: bool
    mine: str | None
    clash: bool


def sign_up_refusal(chance: Chance, now: datetime) -> Refusal | None:
    """Why not, in the order in which people want to know it; None when only a place is needed."""
    if now >= chance.starts_at:
        return CLOSED
    if chance.mine:
        return ALREADY_SIGNED_UP
    if chance.opens_at and now < chance.opens_at:
        return NOT_YET_OPEN
    if not chance.qualified:
        return NOT_QUALIFIED
    return CLASH if chance.clash else None


def first_come(chance: Chance, now: datetime) -> bool:
    """Whether somebody who waits may take a free place by himself: the list does not move any more."""
    return chance.mine == "waitlisted" and not moves_up(chance.starts_at, now) and now < chance.starts_at


def without_mine(chance: Chance) -> Chance:
    """The same for somebody whose place in the waiting list does not count."""
    return replace(chance, mine=None)


def moves_up(starts_at: datetime, now: datetime) -> bool:
    """Whether the waiting list still moves by itself; afterwards a free place is whoever's comes first."""
    return now <= starts_at - MOVES_UP_UNTIL


def is_late_cancel(starts_at: datetime, now: datetime) -> bool:
    """Whether a place given up now counts as given up late."""
    return now > starts_at - LATE_CANCEL


def qualified(open_to: str, station: str, grants: Grants) -> bool:
    """Whether a member may hold the post: any member, or one of the station's own branch."""
    places = {place for role, place in grants if role in MEMBER_ROLES}
    return bool(places) if open_to == "members" else bool(places & {station, "*"})


def branch_of(station: str, grants: Grants) -> str | None:
    """The branch a member serves for: the station's own where he belongs to it, else his first; None for
    somebody of an upper committee."""
    places = {place for role, place in grants if role in MEMBER_ROLES and place != "*"}
    return station if station in places else min(places, default=None)


def nearest(officers: Iterable[tuple[uuid.UUID, str, str]]) -> list[uuid.UUID]:
    """Of who could decide, those who are asked: the branch's secretaries, where there is none its committee,
    where there is none either the superior."""
    asked: dict[int, list[uuid.UUID]] = {}
    for person_id, role, place in officers:
        rank = 2 if place == "*" else OFFICE_ROLES.index(role)
        asked.setdefault(rank, []).append(person_id)
    return list(dict.fromkeys(asked[min(asked)])) if asked else []


def repeats(
    starts_at: datetime, weekdays: Sequence[int], until: date, fits: Callable[[date], bool] | None = None
) -> list[datetime]:
    """Every start of a pattern: on these weekdays (Monday is 1), to that Shanghai day; with `fits` only on
    days of which it is true, on any weekday when none is named.

    The first start always belongs to it. Never more than `MOST_REPEATS` + 1 are listed.
    """
    first = starts_at.astimezone(SHANGHAI)
    days = frozenset(weekdays) or frozenset(range(1, _WEEK + 1) if fits else {first.isoweekday()})
    found, day = [starts_at], 1
    while (at := first + timedelta(days=day)).date() <= until and len(found) <= MOST_REPEATS:
        if at.isoweekday() in days and (fits is None or fits(at.date())):
            found.append(at.astimezone(starts_at.tzinfo))
        day += 1
    return found


def last_day(starts_at: datetime, weeks: int) -> date:
    """The last Shanghai day of a pattern of so many weeks."""
    return starts_at.astimezone(SHANGHAI).date() + timedelta(days=weeks * _WEEK - 1)


@dataclass(frozen=True)
class Candidate:
    """A shift for which somebody might be signing in."""

    shift_id: uuid.UUID
    station: str
    side: str
    starts_at: datetime
    ends_at: datetime
    attended: bool


def which_shift(
    candidates: Sequence[Candidate], station: str, side: str, at: datetime
) -> Candidate | Refusal:
    """The shift that a scan at this place and moment is for: the earliest not yet attended."""
    now = [c for c in candidates if c.starts_at - SIGN_IN_FROM <= at < c.ends_at]
    if not now:
        return NO_SHIFT_NOW
    here = [c for c in now if (c.station, c.side) == (station, side)]
    if not here:
        return WRONG_STATION
    free = [c for c in here if not c.attended]
    return min(free, key=lambda c: c.starts_at) if free else ALREADY_ON_DUTY


def arrival(starts_at: datetime, at: datetime) -> str:
    """`late` from a quarter of an hour after the start."""
    return "late" if at > starts_at + LATE_AFTER else "on_duty"


def closed_state(state: str) -> str:
    """What an arrival is called once it is over: late stays late."""
    return "served" if state == "on_duty" else state


def minutes(since: datetime, until: datetime, starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes within the shift, whoever came early or forgot to leave."""
    span = min(until, ends_at) - max(since, starts_at)
    return max(0, int(span.total_seconds() // 60))


@dataclass(frozen=True)
class Corrected:
    """What an attendance is changed to."""

    state: str
    minutes: int


def correct(
    old_state: str, old_minutes: int, state: str | None, given: int | None, longest: int
) -> Corrected | dict[str, str]:
    """The corrected attendance, or by field what is wrong; a shift has only so many minutes."""
    if state is None and given is None:
        return {"minutes": "请写明更正后的状态或分钟数"}
    new_state = state or old_state
    if new_state in ("no_show", "excused"):
        return {"minutes": "缺勤和请假没有分钟数"} if given else Corrected(new_state, 0)
    if given is None and old_state in ("no_show", "excused"):
        return {"minutes": "请写明值守了多少分钟"}
    counted = old_minutes if given is None else given
    return {"minutes": "不能超过班次的时长"} if counted > longest else Corrected(new_state, counted)


def span_text(starts_at: datetime, ends_at: datetime) -> str:
    """A shift as people say it: `11月28日 22:00–06:00`."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    return f"{start.month}月{start.day}日 {start:%H:%M}–{end:%H:%M}"


REMIND_BEFORE = timedelta(hours=14)  # two hours are left in which giving the place up is not yet late
CALL_FROM = timedelta(hours=24)
ASK_EVERY = timedelta(hours=2)
_QUIET = (22, 7)
_EVENING = 21
_ASKED_A_PLACE = 2


def is_quiet(at: datetime) -> bool:
    """Whether it is night in Shanghai, when nobody is told what can wait."""
    hour = at.astimezone(SHANGHAI).hour
    return hour >= _QUIET[0] or hour < _QUIET[1]


def remind_at(starts_at: datetime) -> datetime:
    """When who signed up is reminded: 14 hours before, or where that is night the evening before it."""
    at = (starts_at - REMIND_BEFORE).astimezone(SHANGHAI)
    if not is_quiet(at):
        return at
    evening = at.replace(hour=_EVENING, minute=0, second=0, microsecond=0)
    return evening if at.hour >= _QUIET[0] else evening - timedelta(days=1)


def asked_at_once(taken: int, min_needed: int) -> int:
    """How many idle members are asked in one round for a shift that lacks people: two for each place."""
    return _ASKED_A_PLACE * max(0, min_needed - taken)
