"""Decisions about medical calls: which step is due, what is said, which stage follows which."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.foundation.plain import in_words
from app.foundation.refusals import Refusal

WATCH_NONE = Refusal("watch.none", 404, "这一件没有代看车货。")
WATCH_EXISTS = Refusal("watch.exists", 409, "已经提过了，值班台看得到。")
WATCH_TAKEN = Refusal("watch.taken", 409, "已经有人在看了。")
WATCH_STATE = Refusal("watch.wrong_state", 409, "车货代看现在不能这样办，请刷新后再看。")

WATCH_STATES = ("asked", "watching", "handed_back", "received")
KEYS = {
    "desk": "钥匙封存在值班台",
    "watcher": "钥匙在代看的人手里",
    "driver": "钥匙司机自己带着",
    "vehicle": "钥匙在车上",
}
HANDED_TO = {"driver": "司机本人", "family": "家属", "company": "车主或公司", "police": "交警或公安"}
LONGEST_WATCH = timedelta(days=7)

HEARERS = ("staff", "responder", "supervisor")
STEPS = ("station", "supervisor", "centre")
STEP_NAMES = {"station": "本站值守人员", "supervisor": "值班主管", "centre": "值班中心"}
CALL_STATES = ("queued", "sent", "failed", "needless")
STAGES = ("on_scene", "handed_over")
UNITS = {"120": "120", "hospital": "医院", "family": "家属"}

_PAUSES_S = (2, 5, 15, 30, 60)
_SIDES = {"A": "A 侧", "B": "B 侧"}


def due_steps(since: datetime, now: datetime, minutes: Sequence[int], *, heard: bool) -> list[str]:
    """The steps that a call held by nobody `since` then should have climbed by now, the lowest first.

    One minute mark a step; all of them at once where no desk of the station hears it.
    """
    if not heard:
        return list(STEPS)
    return [
        step for step, after in zip(STEPS, minutes, strict=True) if now >= since + timedelta(minutes=after)
    ]


def place_words(station_name: str | None, road: str | None, side: str | None) -> str:
    """Where to go, free of anybody's data: `G30 示例服务区 A 侧`."""
    if station_name is None:
        return "没有说明服务区"
    known = _SIDES.get(side or "", "侧别不明，两侧都要看")
    return " ".join(filter(None, [road, station_name, known]))


def handed_on_words(station_name: str, road: str | None, reported: str) -> str:
    """Where a call was handed on to, and the place first reported: nobody may be looked for at one alone."""
    return f"{' '.join(filter(None, [road, station_name]))}（转来；原报 {reported}）"


def alarm_words(number: str, place: str, minutes: int) -> str:
    """What whoever is rung reads or hears: where and since when; never who, nor what he has."""
    waited = f"已等 {minutes} 分钟" if minutes else "刚刚发来"
    return f"医疗求助没有人接，{waited}。地点：{place}。单号 {number}。请马上打开工作台接手。"


def called_words(step: str, people: int) -> str:
    """What the timeline, which the driver reads, says of a step: whom it reached, or who comes instead."""
    if people:
        return f"已呼叫{STEP_NAMES[step]}，{people} 人"
    if step == STEPS[-1]:
        return "值班中心没有人在岗，请马上拨打 120"
    missing = {"station": "本站没有人在岗", "supervisor": "没有值班主管在岗"}[step]
    return f"{missing}，往上呼叫{STEP_NAMES[STEPS[STEPS.index(step) + 1]]}"


def channel_body(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    """What a channel is sent: WeCom's group robot has a form of its own and gets the sentence alone.

    `said`: text, number, station, side, what was first reported, step, phones; whose they are is not told.
    """
    if kind == "wecom":
        return {"msgtype": "text", "text": {"content": said["text"], "mentioned_list": ["@all"]}}
    return {"event": "medical.unheld", "channel": kind, **said}


def taken(kind: str, status: int, answer: Any) -> bool:
    """Whether a channel says that it has taken the call; WeCom's robot says no with a 200."""
    if not 200 <= status < 300:
        return False
    return kind != "wecom" or (isinstance(answer, dict) and answer.get("errcode") == 0)


def next_try(now: datetime, tries: int, most: int) -> datetime | None:
    """When to call again after `tries` calls in vain; None when that is enough."""
    if tries >= most:
        return None
    return now + timedelta(seconds=_PAUSES_S[min(tries, len(_PAUSES_S)) - 1])


def stage_possible(stage: str, state: str, done: Sequence[str]) -> bool:
    """Whether `on_scene` or `handed_over` may follow: somebody holds the call, and nobody goes back."""
    if state not in ("acknowledged", "handling", "waiting"):
        return False
    return stage == "handed_over" or "handed_over" not in done


def watch_until_fault(until: datetime, now: datetime) -> str | None:
    """What is wrong with until when somebody watches: a promise without an end is none."""
    if until <= now:
        return "要晚于现在"
    return "一次最多 7 天，到时可以再延" if until > now + LONGEST_WATCH else None


FOR_120_STEPS = frozenset({"created", "entered", "joined", "claimed", "on_scene", "handed_over"})
"""What an ambulance wants to know the time of; how the house rang its own people it does not."""


def facts_for_120(
    fields: Mapping[str, Any], details: Mapping[str, Any], place_text: str | None, said: Sequence[str]
) -> list[tuple[str, str]]:
    """What was told, under its title, in the order of the form; the person's own words last, none lost."""
    titles = {name: str(field.get("title", name)) for name, field in fields.get("properties", {}).items()}
    known = [(title, in_words(details[name])) for name, title in titles.items() if details.get(name)]
    rest = [(name, in_words(value)) for name, value in details.items() if name not in titles and value]
    words = "\n".join(filter(None, said))
    return [
        *known,
        *rest,
        *([("位置", place_text)] if place_text else []),
        *([("原话", words)] if words else []),
    ]
