"""From rows to chips, groups, glyphs, roads and words: pure functions, no database."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import claims, emergencies, facilities, helpdesk, meals
from app.console import fields
from app.console.thread import road
from app.console.times import clock_time, counter, day_words, read_field_time, span
from app.console.views import (
    Ask,
    Chip,
    Work,
    bars,
    clock_chip,
    group,
    line,
    queue_view,
    running_chip,
    title_of,
)
from app.helpdesk.kinds import get_kind, load_kinds
from app.helpdesk.models import HelpRequest
from app.stations.book import StationView
from app.web.callers import Caller

for file in (helpdesk.KINDS, emergencies.KINDS, meals.KINDS, claims.KINDS, facilities.KINDS):
    load_kinds(file)

NOW = datetime(2026, 11, 22, 18, 14, tzinfo=UTC)  # 02:14 on the 23rd in Shanghai
ME = Caller(uuid.uuid4(), "示例值班员子", frozenset({("staff", "GS001")}))
STATION = StationView(
    "GS001", "接驾嘴服务区", "G22/G30", "", "兰州市", "open", False, None, None,
    {"A": "往兰州", "B": None}, {}, {}, b"",
)  # fmt: skip
STATIONS = {"GS001": STATION}


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def row(kind: str = "meal", ago: float = 3, **values: Any) -> HelpRequest:
    """A request as it would lie in the table."""
    at = NOW - minutes(ago)
    usual: dict[str, Any] = {
        "id": uuid.uuid4(), "number": "1123-7KQ9M", "kind": kind, "urgency": get_kind(kind).urgency,
        "state": "new", "station": "GS001", "desk": "GS001", "origin": "GS001", "side": "A",
        "text": "想吃碗热面", "details": {}, "created_at": at, "ack_by": at + minutes(15),
        "answer_by": at + minutes(30),
        "close_by": at + minutes(240), "due_at": at + minutes(15), "reopened": 0,
    }  # fmt: skip
    return HelpRequest(**{**usual, **values})


def held(by: uuid.UUID = ME.person_id, ago: float = 1, **values: Any) -> dict[str, Any]:
    """Values of a row that somebody holds."""
    since = NOW - minutes(ago)
    return {"state": "handling", "holder_id": by, "holder_since": since, "acknowledged_at": since, **values}


def chip(one: HelpRequest) -> Chip:
    return clock_chip(one, get_kind(one.kind), NOW)


# --- clocks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "look", "word"),
    [
        (-3, 12, "", "剩 12 分"),
        (-11, 4, "soon", "剩 4 分"),
        (-14.5, 0.5, "soon", "剩 不到 1 分"),
        (-15, 0, "late", "超 不到 1 分"),
        (-27, -12, "late", "超 12 分"),
        (-60, 60, "", "剩 1 时"),
        (-81, 39, "soon", "剩 39 分"),
        (-10, 2870, "", "剩 47 时"),
        (-2700, 119, "soon", "剩 1 时 59 分"),  # never amber for longer than two hours
        (-2700, 130, "", "剩 2 时 10 分"),
        (-5, 1, "soon", "剩 1 分"),
    ],
)
def test_a_running_clock_is_amber_in_its_last_third(start: float, end: float, look: str, word: str) -> None:
    assert running_chip(NOW + minutes(start), NOW + minutes(end), NOW) == Chip(look, word)


def test_shape_word_and_colour_tell_every_clock_apart() -> None:
    seen = {
        "running": chip(row(due_at=NOW + minutes(60))),
        "soon": chip(row(due_at=NOW + minutes(2))),
        "over": chip(row(due_at=NOW - minutes(2))),
        "stopped": chip(row(**held(state="waiting", wait_until=NOW + timedelta(hours=5)))),
        "ringing": chip(row("medical", 0.78)),
        "closed": chip(row(**held(state="closed", closed_at=NOW))),
    }
    assert [one.look for one in seen.values()] == ["", "soon", "late", "hold", "sos", "done"]
    assert seen["stopped"].word == "停至 07:14"
    assert seen["ringing"].shown(NOW) == "响铃 0:46"
    assert seen["closed"].word == "已结"


def test_a_wait_that_is_over_runs_again_against_the_answer() -> None:
    waiting = row(**held(state="waiting", wait_until=NOW - minutes(1), due_at=NOW + minutes(60)))
    assert chip(waiting).look == ""


def test_late_is_never_red_and_red_is_only_a_life_nobody_looks_after() -> None:
    assert chip(row("insurance", due_at=NOW - timedelta(days=3))).look == "late"
    assert chip(row("medical", **held(due_at=NOW - minutes(9)))).look == "late"
    assert chip(row("welfare_check")).look != "sos"


def test_an_answered_one_waits_for_the_driver_until_he_writes_again() -> None:
    answered = held(state="answered", answered_at=NOW)
    assert chip(row(**answered)) == Chip("hold", "等确认")
    assert chip(row(**answered, driver_wrote_at=NOW)) == Chip("soon", "又来信")


# --- lines, groups, glyphs ----------------------------------------------------------------------------


def test_a_line_says_place_as_station_side_direction_and_bay() -> None:
    one = line(Work(row(details={"bay": "21"})), ME, STATIONS, NOW)
    assert (one.station, one.place) == ("接驾嘴", "车位 21")
    assert one.side is not None
    assert (one.side.letter, one.side.word, one.side.to) == ("A", "A 侧", "往兰州")
    assert (one.owner, one.free) == ("没人接", True)


def test_a_direction_nobody_confirmed_is_not_said() -> None:
    one = line(Work(row(side="B")), ME, STATIONS, NOW)
    assert one.side is not None
    assert one.side.to == ""


def test_an_unknown_side_is_said_and_fills_no_bay() -> None:
    unknown = line(Work(row(side="unknown")), ME, STATIONS, NOW).side
    assert unknown is not None
    assert (unknown.letter, unknown.word) == ("", "侧别不明，两侧都看")
    assert line(Work(row(side=None)), ME, STATIONS, NOW).side is None


def test_no_station_and_an_unknown_station_still_have_a_line() -> None:
    assert line(Work(row(station=None)), ME, STATIONS, NOW).station == "没说哪个站"
    assert line(Work(row(station="GS099")), ME, {}, NOW).station == "GS099"


def test_the_holder_is_me_somebody_else_or_a_unit() -> None:
    other = uuid.uuid4()
    assert line(Work(row(**held()), "示例值班员子"), ME, STATIONS, NOW).owner == "我"
    assert line(Work(row(**held(other)), "示例值班员丑"), ME, STATIONS, NOW).owner == "示例值班员丑"
    assert line(Work(row(**held(other)), None), ME, STATIONS, NOW).owner == "值班员"
    assert line(Work(row(**held(unit="高速路政"))), ME, STATIONS, NOW).owner == "转高速路政"


def test_a_symptom_is_in_no_line_whatever_was_written() -> None:
    one = line(Work(row("medical", text="胸口疼", details={"symptoms": ["胸痛胸闷"]})), ME, STATIONS, NOW)
    assert "胸" not in repr(one)
    assert one.title == "医疗求助"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("篷布被割，少货 8 件。醒来看到", "篷布被割，少货 8 件"),
        ("绿通预约怎么改？我的货", "绿通预约怎么改？"),
        ("第一行\n第二行", "第一行"),
        ("。。。", "。。。"),
        ("", "用餐"),
        ("长" * 40, "长" * 26 + "…"),
    ],
)
def test_a_title_is_the_first_clause(text: str, title: str) -> None:
    assert title_of(row(text=text), get_kind("meal")) == title


def test_groups_are_by_urgency_and_new_ones_are_not_called_under_way() -> None:
    rows = [
        row("medical", **held(uuid.uuid4())),
        row("medical"),
        row(due_at=NOW - minutes(1)),
        row(due_at=NOW + minutes(70)),
        row(**held(due_at=NOW + minutes(60))),
        row(**held(state="waiting", wait_until=NOW + minutes(60))),
    ]
    groups = group([line(Work(one), ME, STATIONS, NOW) for one in rows])
    assert [(one.name, len(one.lines)) for one in groups] == [
        ("紧急", 2), ("要到点", 1), ("新到和在办", 2), ("等司机，时钟停", 1),
    ]  # fmt: skip
    assert groups[0].lines[0].free
    assert [one.due for one in groups[2].lines] == sorted(one.due for one in groups[2].lines)
    held_only = group([line(Work(rows[4]), ME, STATIONS, NOW)])
    assert [one.name for one in held_only] == ["在办"]
    assert group([]) == []


def test_a_driver_who_wrote_again_stands_above_clocks_that_run() -> None:
    rows = [
        row(**held(due_at=NOW + minutes(60))),
        row(**held(due_at=NOW + timedelta(days=9), driver_wrote_at=NOW - minutes(1))),
    ]
    groups = group([line(Work(one), ME, STATIONS, NOW) for one in rows])
    assert [one.unread for one in groups[0].lines] == [True, False]


def test_bars_put_the_unheard_first_and_the_oldest_on_top() -> None:
    works = [
        Work(row("medical", 9, **held(uuid.uuid4())), "示例值班员丑"),
        Work(row("medical", 1)),
        Work(row("medical", 2, ack_by=NOW - minutes(1))),
        Work(row("meal")),
        Work(row("medical", **held(state="answered", answered_at=NOW))),
    ]
    found = bars(works, STATIONS, NOW)
    assert [bar.id for bar in found] == [str(works[index].row.id) for index in (2, 1, 0)]
    assert [bool(bar.holder) for bar in found] == [False, False, True]
    assert [(bar.limit, bar.late) for bar in found][:2] == [("1 分", "1 分"), ("15 分", "")]
    assert found[2].late == ""
    assert found[2].taken == "8:00"
    assert found[0].phones == (("急救", "120"),)


def test_a_call_that_was_handed_on_is_looked_for_where_it_lies_now() -> None:
    other = replace(STATION, code="GS002", name="示例乙服务区")
    found = bars([Work(row("medical", 1, desk="GS002"))], STATIONS | {"GS002": other}, NOW)
    one = line(Work(row("medical", 1, desk="GS002")), ME, STATIONS | {"GS002": other}, NOW)
    assert one.station == "示例乙，原报接驾嘴"
    assert (found[0].station, found[0].side) == ("示例乙服务区（转来；原报 接驾嘴服务区 A 侧）", None)


def test_at_most_two_bars_are_shown_and_all_are_counted() -> None:
    works = [Work(row("medical", number + 1)) for number in range(5)]
    view = queue_view(works, [], Ask(kind="meal"), ME, STATIONS, NOW, 300)
    assert (len(view.bars), view.more_bars, view.unheard, view.groups) == (2, 3, 5, [])


def test_tabs_count_what_the_filters_leave() -> None:
    works = [Work(row()), Work(row(**held()), "示例值班员子"), Work(row("other", desk="GS002"))]
    view = queue_view(works, [], Ask(), ME, STATIONS, NOW, 300)
    assert [(tab.name, tab.count) for tab in view.tabs] == [
        ("待办", 3), ("我的", 1), ("没人接", 2), ("已结", None),
    ]  # fmt: skip
    filtered = queue_view(works, [], Ask(station="GS002"), ME, STATIONS, NOW, 300)
    assert [tab.count for tab in filtered.tabs] == [1, 0, 1, None]
    assert filtered.waiting == 3
    assert queue_view(works, [], Ask(), ME, STATIONS, NOW, 2).cut


def test_the_address_says_everything_and_nothing_empty() -> None:
    ask = Ask(tab="mine", q="甘A 1")
    assert ask.query() == "?tab=mine&q=%E7%94%98A+1"
    assert ask.query(tab="", q="") == ""
    assert replace(ask, q="").query(kind="meal") == "?tab=mine&kind=meal"


# --- the road -----------------------------------------------------------------------------------------


def posts(one: HelpRequest) -> list[tuple[str, str, str, str]]:
    return [(post.name, post.look, post.tone, post.word) for post in road(one, get_kind(one.kind), NOW)]


def test_the_road_of_a_new_request() -> None:
    assert posts(row(ago=3)) == [
        ("提交", "done", "", "02:11"),
        ("受理", "now", "", "剩 12 分"),
        ("答复", "ahead", "", "限 02:41"),
        ("办结", "ahead", "", "限 06:11"),
    ]


def test_the_road_of_one_taken_late_and_waiting() -> None:
    late = row(ago=40, **held(ago=10, state="waiting", wait_until=NOW + timedelta(hours=5)))
    assert posts(late)[1:3] == [("受理", "done", "late", "30 分"), ("答复", "now", "hold", "停至 07:14")]


def test_the_road_of_a_ringing_and_of_a_closed_one() -> None:
    assert posts(row("medical", 0.5))[1] == ("受理", "now", "sos", "响铃中")
    done = row(ago=60, **held(ago=58, state="closed", answered_at=NOW - minutes(40), closed_at=NOW))
    assert [post[1] for post in posts(done)] == ["done"] * 4
    assert posts(done)[3] == ("办结", "done", "", "1 时")


def test_the_road_of_a_reopened_and_of_a_withdrawn_one() -> None:
    again = row(ago=60, reopened=1, acknowledged_at=NOW - minutes(58), due_at=NOW - minutes(45))
    assert posts(again)[1][1:3] == ("now", "late")
    gone = posts(row(state="withdrawn", closed_at=NOW))
    assert [post[:2] for post in gone] == [
        ("提交", "done"), ("受理", "ahead"), ("答复", "ahead"), ("撤回", "done"),
    ]  # fmt: skip


# --- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(0, "02:14"), (-2.3, "昨天 23:56"), (24, "明天 02:14"), (-48, "11-21 02:14"), (200, "12-01 10:14")],
)
def test_a_time_is_said_with_its_day_where_that_is_not_today(ahead: float, words: str) -> None:
    assert clock_time(NOW + timedelta(hours=ahead), NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "不到 1 分"), (60, "1 分"), (3600, "1 时"), (4800, "1 时 20 分"), (11000, "3 时"),
     (-4800, "1 时 20 分"), (172_800, "2 天"), (172_000, "47 时")],
)  # fmt: skip
def test_how_long_is_said_as_short_as_is_of_use(seconds: int, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "shown"), [(47, "0:47"), (-3, "0:00"), (3599, "59:59"), (3729, "1:02:09")]
)
def test_a_running_count(seconds: int, shown: str) -> None:
    assert counter(timedelta(seconds=seconds)) == shown


def test_a_typed_time_is_meant_in_shanghai() -> None:
    assert day_words(NOW) == "11月23日 周一"
    assert read_field_time("2026-11-23T02:14") == NOW
    assert read_field_time("morgen") is None
    assert read_field_time("") is None


# --- forms drawn from a schema ------------------------------------------------------------------------


def test_each_shape_of_a_field_is_drawn_and_read_back() -> None:
    drawn = {field.name: field.shape for field in fields.drawn(get_kind("insurance"))}
    assert drawn["details.what"] == "one"
    assert drawn["details.police_reported"] == "yes"
    assert drawn["details.loss"] == "text"
    assert fields.drawn(get_kind("meal"))[0].shape == "whole"
    some = fields.drawn(get_kind("medical"))[0]
    assert (some.shape, some.options[0]) == ("some", "胸痛胸闷")


def test_empty_fields_are_left_out_and_odd_ones_kept_for_the_schema_to_refuse() -> None:
    form = fields.Form([("details.quantity", "3"), ("details.diet", " "), ("details.nonsense", "x")])
    assert fields.read_details(get_kind("meal"), form) == {"quantity": 3}
    odd = fields.Form([("details.quantity", "三")])
    assert fields.read_details(get_kind("meal"), odd) == {"quantity": "三"}
    many = fields.Form([("details.symptoms", "发烧"), ("details.symptoms", "头晕")])
    assert fields.read_details(get_kind("medical"), many) == {"symptoms": ["发烧", "头晕"]}
