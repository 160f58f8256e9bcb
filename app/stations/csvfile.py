"""Stations as a CSV file: reading with every fault named, writing so that reading gives the same again."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from app.foundation.csvfile import CONTROL, Line, LineFault, read_table
from app.stations.rules import CONFIDENCES

COLUMNS: Final = (
    "code", "name", "road", "km_post", "prefecture", "lat", "lon", "confidence", "heading_a", "heading_b",
)  # fmt: skip


@dataclass(frozen=True)
class StationRow:
    """One station as the file states it; a heading is None where nobody has confirmed it."""

    code: str
    name: str
    road: str
    km_post: str
    prefecture: str
    lat: float
    lon: float
    confidence: str
    heading_a: str | None
    heading_b: str | None


def read_stations(data: bytes) -> tuple[list[StationRow], list[LineFault]]:
    """Read a file in UTF-8 (with or without BOM) or GBK: all its rows, or everything wrong with it."""
    lines, faults = read_table(data, COLUMNS)
    rows: list[StationRow] = []
    first_seen: dict[str, int] = {}
    for line in lines:
        row, found = _read_line(line)
        faults += found
        if row is not None:
            rows.append(row)
            faults += _doubled(row.code, line.number, first_seen)
    return ([] if faults else rows), sorted(faults, key=lambda f: f.line)


def write_stations(rows: Iterable[StationRow]) -> str:
    """The same rows as CSV text, `\\n` at line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        values = (getattr(row, column) for column in COLUMNS)
        writer.writerow("" if value is None else value for value in values)
    return out.getvalue()


def _doubled(code: str, line: int, first_seen: dict[str, int]) -> list[LineFault]:
    first = first_seen.setdefault(code, line)
    return [] if first == line else [LineFault(line, "code", f"编号 {code} 与第 {first} 行重复。")]


def _read_line(line: Line) -> tuple[StationRow | None, list[LineFault]]:
    values: dict[str, object] = {}
    faults = []
    for column in COLUMNS:
        try:
            values[column] = _READERS[column](line.cells[column])
        except ValueError as problem:
            faults.append(LineFault(line.number, column, str(problem)))
    return (None if faults else StationRow(**values)), faults  # type: ignore[arg-type]


_CODE = re.compile(r"GS\d{3}")
_ROAD = re.compile(r"[GSX]\d{1,4}(/[GSX]\d{1,4}){0,2}")
_KM = r"K\d{1,4}(\+\d{1,3})?"
_KM_POST = re.compile(f"~?{_KM}(-{_KM})?")
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,8})?")


def _text(value: str, most: int) -> str:
    if not value:
        raise ValueError("不能为空。")
    if len(value) > most:
        raise ValueError(f"太长，最多 {most} 个字。")
    if CONTROL.search(value):
        raise ValueError("含有换行或看不见的字符。")
    if value[0] in "=+-@":
        raise ValueError("不能以 = + - @ 开头。")
    return value


def _code(value: str) -> str:
    if not _CODE.fullmatch(value.upper()):
        raise ValueError("编号应为 GS 加三位数字，例如 GS001。")
    return value.upper()


def _road(value: str) -> str:
    if not _ROAD.fullmatch(value.upper()):
        raise ValueError("路号应像 G30，共线的写 G22/G30。")
    return value.upper()


def _km_post(value: str) -> str:
    if value and not _KM_POST.fullmatch(value.upper()):
        raise ValueError("桩号应像 K1699 或 K825+600；一段写 K2103-K2110，约数前加 ~，不知道就留空。")
    return value.upper()


def _degrees(low: float, high: float, what: str) -> Callable[[str], float]:
    def read(value: str) -> float:
        if not _NUMBER.fullmatch(value):
            raise ValueError(f"{what}应为小数形式的度数。")
        degrees = float(value)
        if not low <= degrees <= high:
            raise ValueError(f"{what}应在 {low:g} 到 {high:g} 之间，请看经纬度是否写反。")
        return degrees

    return read


def _confidence(value: str) -> str:
    if value not in CONFIDENCES:
        raise ValueError("可信程度只能是 high、medium 或 low。")
    return value


def _heading(value: str) -> str | None:
    if not value:
        return None
    if not value.startswith("往") or len(value) < 2:
        raise ValueError("方向应以“往”开头，例如 往兰州；没有核实就留空。")
    return _text(value, 12)


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "code": _code,
    "name": lambda value: _text(value, 20),
    "road": _road,
    "km_post": _km_post,
    "prefecture": lambda value: _text(value, 12),
    "lat": _degrees(3, 54, "纬度"),
    "lon": _degrees(73, 136, "经度"),
    "confidence": _confidence,
    "heading_a": _heading,
    "heading_b": _heading,
}
