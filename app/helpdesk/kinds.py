"""Kinds of requests as data: every room hands its file in; nothing here knows a kind by name."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from app.foundation.refusals import FieldFault
from app.foundation.workdays import NONE, OwnDays, add_workdays

SPAN = re.compile(r"^([1-9][0-9]{0,3})(m|h|wd)\Z")


@dataclass(frozen=True)
class Clocks:
    """How soon: `15m`, `4h`, `2wd` (workdays)."""

    ack: str
    answer: str
    close: str

    @classmethod
    def read(cls, written: str) -> "Clocks":
        """Back from `written`."""
        ack, answer, close = written.split()
        return cls(ack, answer, close)

    def written(self) -> str:
        """In one word, as a request keeps what it was promised: `2h 2wd 5wd`."""
        return f"{self.ack} {self.answer} {self.close}"

    def in_workdays(self) -> frozenset[str]:
        """Which of them the calendar of workdays can move."""
        return frozenset(name for name, span in vars(self).items() if span.endswith("wd"))


@dataclass(frozen=True)
class Kind:
    """One kind of request. `urgency` 0 stands on top of every queue; `private` text never shows in lists."""

    kind: str
    title: str
    mark: str
    urgency: int
    hint: str
    roles: tuple[str, ...]
    clocks: Clocks
    fields: dict[str, Any]
    phones: list[dict[str, str]] = field(default_factory=list)
    never_refused: bool = False
    joins_open: bool = False
    private: bool = False
    advice_unheld: str | None = None


_kinds: dict[str, Kind] = {}


def load_kinds(file: Path) -> None:
    """Register the kinds of a room's file; doing it again changes nothing."""
    _kinds.update({kind.kind: kind for kind in _read(file)})


@cache
def _read(file: Path) -> tuple[Kind, ...]:
    """The kinds of a file, their schemas checked; a file is read once a process."""
    entries = json.loads(file.read_text(encoding="utf-8"))
    for entry in entries:
        Draft202012Validator.check_schema(entry["fields"])
    return tuple(
        Kind(**{**entry, "roles": tuple(entry["roles"]), "clocks": Clocks(**entry["clocks"])})
        for entry in entries
    )


def all_kinds() -> list[Kind]:
    """Every registered kind, most urgent first."""
    return sorted(_kinds.values(), key=lambda kind: (kind.urgency, kind.kind))


def find_kind(name: object) -> Kind | None:
    """The kind of that name, or None."""
    return _kinds.get(name) if isinstance(name, str) else None


def get_kind(name: str) -> Kind:
    """The kind of that name. KeyError for an unknown one."""
    return _kinds[name]


def kinds_for(roles: frozenset[str]) -> tuple[str, ...]:
    """The kinds that somebody with these roles handles."""
    return tuple(kind.kind for kind in _kinds.values() if roles.intersection(kind.roles))


def check_details(kind: Kind, details: dict[str, Any]) -> list[FieldFault]:
    """What is wrong with the kind's own fields; empty when all is well."""
    faults = []
    for error in Draft202012Validator(kind.fields).iter_errors(details):
        name = ".".join(["details", *(str(part) for part in error.absolute_path)])
        faults.append(FieldFault(name, _CHINESE.get(str(error.validator), "填写有误")))
    return faults


_CHINESE = {
    "additionalProperties": "有不认识的字段",
    "enum": "不在可选范围内",
    "type": "类型不对",
    "maxLength": "太长了",
    "minimum": "太小了",
    "maximum": "太大了",
    "maxItems": "选得太多了",
    "required": "有必填项没有填",
}


def due(start: datetime, span: str, own: OwnDays = NONE) -> datetime:
    """The moment `span` after `start`; workdays skip weekends and holidays."""
    match = SPAN.match(span)
    if match is None:
        raise ValueError(f"not a span: {span}")
    amount, unit = int(match[1]), match[2]
    if unit == "wd":
        return add_workdays(start, amount, own)
    return start + timedelta(minutes=amount * (60 if unit == "h" else 1))
