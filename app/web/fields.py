"""Building blocks of bodies and queries: strict, trimmed, bounded, free of characters that break others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from annotated_types import GroupedMetadata
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from app.foundation.clock import is_rfc3339, iso
from app.foundation.plain import holds_broken

T = TypeVar("T")


class In(BaseModel):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Query(BaseModel):
    """What a client asks with; unknown parameters are ignored (scanners and chat apps add their own)."""

    model_config = ConfigDict(extra="ignore")


class Out(BaseModel):
    """What we answer; made from plain values or rows."""

    model_config = ConfigDict(from_attributes=True)


def _no_controls(value: T) -> T:
    if holds_broken(value):
        raise PydanticCustomError("control_characters", "control characters")
    return value


@dataclass(frozen=True)
class Text(GroupedMetadata):
    """`Annotated[str, Text(200)]`: a string, trimmed, of `least` to `most` characters, line breaks allowed,
    no other control characters."""

    most: int
    least: int = 1

    def __iter__(self) -> Iterator[object]:
        yield Strict()
        yield from StringConstraints(strip_whitespace=True, min_length=self.least, max_length=self.most)
        yield AfterValidator(_no_controls)


AnyObject = Annotated[dict[str, Any], AfterValidator(_no_controls)]
"""A JSON object of any shape, free of the same characters."""

Moment = Annotated[datetime, PlainSerializer(iso, return_type=str)]
"""A moment on the way out: RFC 3339 with the Shanghai offset."""


def _storable(moment: datetime) -> datetime:
    """A phone whose clock is off by ages is still heard; the calendar's ends break databases."""
    if 1970 <= moment.year <= 9000:
        return moment
    return moment.replace(year=1970 if moment.year < 1970 else 9000, day=min(moment.day, 28))


def _written(moment: object) -> object:
    """RFC 3339 and nothing else that a lenient parser would take for a moment."""
    if isinstance(moment, datetime) or (isinstance(moment, str) and is_rfc3339(moment.strip())):
        return moment
    raise PydanticCustomError("datetime_parsing", "not RFC 3339")


MomentIn = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_storable)]
"""A moment on the way in: any offset, but one there must be."""

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def _written_day(day: object) -> object:
    if isinstance(day, date) or (isinstance(day, str) and _DAY.match(day)):
        return day
    raise PydanticCustomError("date_parsing", "not YYYY-MM-DD")


def _countable(day: date) -> date:
    """The day before the first and the day after the last cannot be asked for: nothing lies there anyway."""
    if 1970 <= day.year <= 9000:
        return day
    return day.replace(year=1970 if day.year < 1970 else 9000, day=min(day.day, 28))


Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_countable)]
"""A Shanghai date, `YYYY-MM-DD` and nothing else."""

Whole = Annotated[int, Strict()]
YesNo = Annotated[bool, Strict()]


class Page(Query):
    """`?limit=&cursor=` of every list."""

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=200)


_CHINESE = {
    "missing": "必须填写",
    "must_stay": "不能清空",
    "extra_forbidden": "不认识的字段",
    "string_too_short": "不能为空或太短",
    "string_too_long": "太长了",
    "string_type": "应为文字",
    "string_unicode": "含有无法识别的字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "bool_type": "应为是或否",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "greater_than_equal": "太小了",
    "less_than_equal": "太大了",
    "datetime_parsing": "时间格式不对",
    "datetime_from_date_parsing": "时间格式不对",
    "timezone_aware": "时间要带时区",
    "date_from_datetime_parsing": "日期格式应为 2026-11-22",
    "date_parsing": "日期格式应为 2026-11-22",
    "uuid_parsing": "编号格式不对",
    "model_attributes_type": "应为一个对象",
    "model_type": "应为一个对象",
    "dict_type": "应为一个对象",
    "list_type": "应为列表",
    "too_long": "太多了",
    "control_characters": "含有不允许的字符",
    "phone": "不是电话号码",
    "plate": "不是车牌号",
    "invisible": "看不见任何字",
    "targets": "转给谁只能选一个",
    "hours": "要写明从几点到几点",
}


def in_chinese(kind: str) -> str:
    """What a person is told about one kind of pydantic error; never the value itself."""
    return _CHINESE.get(kind, "填写有误")
