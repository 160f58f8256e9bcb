"""Facilities as a table that an operator sends: every fault named by its line, nothing guessed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from app.facilities.rules import DAY_MINUTES, KINDS, read_clock
from app.foundation.csvfile import CONTROL, Line, LineFault, read_table

COLUMNS: Final = ("station", "side", "kind", "name", "place", "women_from", "women_until")
_MOST = {"name": 30, "place": 100}


@dataclass(frozen=True)
class FacilityRow:
    """One line that can be kept."""

    line: int
    station: str
    side: str
    kind: str
    name: str
    place: str | None
    women_from: int | None
    women_until: int | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it this one."""
        return self.station, self.side, self.kind, self.name


def read_facilities(data: bytes, stations: Collection[str]) -> tuple[list[FacilityRow], list[LineFault]]:
    """The rows of a file, and all that is wrong in it."""
    lines, faults = read_table(data, COLUMNS)
    rows: list[FacilityRow] = []
    for line in lines:
        wrong = _faults(line, stations)
        faults += wrong
        if not wrong:
            rows.append(_row(line))
    return rows, sorted([*faults, *_doubled(rows)], key=lambda fault: fault.line)


def _faults(line: Line, stations: Collection[str]) -> list[LineFault]:
    cells = line.cells
    said = {
        "station": "" if cells["station"] in stations else "没有这个站点。",
        "side": "" if cells["side"] in ("A", "B") else "应为 A 或 B。",
        "kind": "" if cells["kind"] in KINDS else f"应为 {'、'.join(KINDS)} 之一。",
        "name": "" if cells["name"] else "要写名字。",
        "women_from": _slot_fault(cells["women_from"], cells["women_until"]),
    }
    for column, most in _MOST.items():
        if len(cells[column]) > most or CONTROL.search(cells[column]):
            said[column] = f"最多 {most} 个字，不能有控制字符。"
    return [LineFault(line.number, column, message) for column, message in said.items() if message]


def _slot_fault(first: str, last: str) -> str:
    if not first and not last:
        return ""
    try:
        since, until = read_clock(first), read_clock(last)
    except ValueError:
        return "女性时段应为 20:00 和 22:00 这样的两格，没有就都空着。"
    return "女性时段的开始和结束不能相同，全天写 00:00 和 24:00。" if since in (until, DAY_MINUTES) else ""


def _row(line: Line) -> FacilityRow:
    cells = line.cells
    slot = (
        (read_clock(cells["women_from"]), read_clock(cells["women_until"])) if cells["women_from"] else None
    )
    return FacilityRow(
        line.number,
        cells["station"],
        cells["side"],
        cells["kind"],
        cells["name"],
        cells["place"] or None,
        *(slot or (None, None)),
    )


def _doubled(rows: Sequence[FacilityRow]) -> list[LineFault]:
    first: dict[tuple[str, str, str, str], int] = {}
    return [
        LineFault(row.line, "name", f"和第 {first[row.key]} 行是同一个。")
        for row in rows
        if first.setdefault(row.key, row.line) != row.line
    ]
