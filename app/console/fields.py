"""Forms drawn from a kind's schema, and what people typed read back into what the use cases take."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from app.console.times import read_field_time
from app.foundation.clock import SHANGHAI
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk.kinds import Kind
from app.web.problems import validation_faults

Form = MultiDict[str, str]
M = TypeVar("M", bound=BaseModel)

PREFIX = "details."
_WAITS = {"30m": timedelta(minutes=30), "2h": timedelta(hours=2)}
_NAMES = {
    "text": "内容",
    "reason": "原因",
    "until": "等到几点",
    "to_station": "转给哪个站",
    "to_staff": "转给哪位同事",
    "to_unit": "转给哪个单位",
    "into": "并入哪一件",
    "to": "交给谁",
    "note": "系统里没有的话",
    "day": "哪一天",
    "kind": "种类",
    "ack": "接手",
    "answer": "答复",
    "close": "办结",
    "station": "站点",
    "caller.phone": "来人电话",
    "caller.name": "来人称呼",
    "place_text": "位置",
    "occupied_until": "用到几点",
    "pickup_code": "取餐码",
    "name": "叫什么",
    "side": "哪一侧",
    "slot_starts_at": "几点开始",
    "slot_ends_at": "几点结束",
    "price_fen": "价钱",
    "quota": "份数",
    "quantity": "份数",
}


@dataclass(frozen=True)
class Field:
    """One field as the page draws it. `shape`: text, whole, yes, one (of options), some (of options)."""

    name: str
    title: str
    shape: str
    options: list[str]
    most: int | None = None
    least_number: int | None = None
    most_number: int | None = None


def drawn(kind: Kind) -> list[Field]:
    """The kind's own fields in the order of its schema."""
    return [_field(PREFIX + name, schema) for name, schema in kind.fields.get("properties", {}).items()]


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    shapes = {"boolean": "yes", "integer": "whole", "array": "some"}
    shape = "one" if "enum" in schema else shapes.get(str(schema.get("type")), "text")
    options = schema.get("items", schema).get("enum", [])
    return Field(
        name,
        schema.get("title", name),
        shape,
        list(options),
        schema.get("maxLength"),
        schema.get("minimum"),
        schema.get("maximum"),
    )


def read_details(kind: Kind, form: Form) -> dict[str, Any]:
    """The kind's own fields as typed; what was left empty is left out, what is no number stays as it is."""
    details: dict[str, Any] = {}
    for field in drawn(kind):
        name = field.name.removeprefix(PREFIX)
        written = words(form, field.name)
        if field.shape == "some":
            details[name] = form.getlist(field.name) or None
        elif field.shape == "yes":
            details[name] = True if written else None
        else:
            details[name] = int(written) if field.shape == "whole" and written.isdecimal() else written
    return {name: value for name, value in details.items() if value not in (None, "")}


def words(form: Form, name: str) -> str:
    """A field's text, with the line breaks of the house."""
    return form.get(name, "").replace("\r\n", "\n").strip()


def read(model: type[M], values: dict[str, Any]) -> M:
    """The model made of these values. Refused with `api.invalid` naming each field."""
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        raise validation_faults(fault) from None


def read_until(form: Form, now: datetime) -> datetime:
    """Until when to wait: one of the ready-made spans, tomorrow at eight, or the moment typed. 422."""
    chosen = form.get("preset", "")
    if chosen in _WAITS:
        return now + _WAITS[chosen]
    if chosen == "morning":
        return next_morning(now)
    until = read_field_time(form.get("until", ""))
    if until is None or until <= now:
        raise invalid(FieldFault("until", "要填一个还没到的时间"))
    return until


def next_morning(now: datetime) -> datetime:
    """The next 08:00 in Shanghai."""
    local = now.astimezone(SHANGHAI)
    morning = local.replace(hour=8, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def read_target(form: Form) -> dict[str, Any]:
    """The one target of a transfer that was chosen by `how`; nothing else that was filled in counts."""
    how = form.get("how", "")
    value = words(form, how) if how in ("to_staff", "to_station", "to_unit") else ""
    if not value:
        raise invalid(FieldFault(how or "to_staff", "要选一个转办对象"))
    if how == "to_staff":
        return {how: _uuid(value)}
    return {how: value}


def _uuid(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        raise invalid(FieldFault("to_staff", "要选一位同事")) from None


def told(errors: list[dict[str, str]], kind: Kind | None = None) -> dict[str, str]:
    """What to say at each field, in whole sentences."""
    titles = {field.name: field.title for field in drawn(kind)} if kind else {}
    said: dict[str, str] = {}
    for error in errors:
        name = error["field"]
        title = titles.get(name) or _NAMES.get(name, "")
        said.setdefault(name, f"{title}：{error['message']}" if title else error["message"])
    return said
