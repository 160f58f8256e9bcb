"""Tables that people send as CSV: every fault named by its line, cells by their column, nothing guessed."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 5 * 1024 * 1024
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class LineFault:
    """What is wrong in one line; column is empty where the line as a whole is meant."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"第 {self.line} 行" + (f" {self.column} 列" if self.column else "")
        return f"{where}：{self.message}"


@dataclass(frozen=True)
class Line:
    """A record with the line that it begins on, its cells by column, stripped."""

    number: int
    cells: dict[str, str]


def read_table(data: bytes, columns: Sequence[str]) -> tuple[list[Line], list[LineFault]]:
    """The records of a file in UTF-8 (with or without BOM) or GBK that has exactly these columns, in any
    order; and what is wrong with its form. Blank lines count for nothing."""
    text, fault = _decode(data)
    if fault:
        return [], [LineFault(1, "", fault)]
    records, faults = _split(text)
    if not records:
        return [], faults or [LineFault(1, "", "文件是空的，第一行应为列名。")]
    header_line, header = records[0]
    if header_faults := _header_faults(header_line, header, columns):
        return [], header_faults
    lines = []
    for number, cells in records[1:]:
        if len(cells) == len(header):
            lines.append(Line(number, dict(zip(header, cells, strict=True))))
        else:
            faults.append(LineFault(number, "", f"应有 {len(header)} 格，实有 {len(cells)} 格。"))
    if not lines and not faults:
        faults.append(LineFault(header_line, "", "只有列名，没有内容。"))
    return lines, faults


def _decode(data: bytes) -> tuple[str, str]:
    if len(data) > MAX_BYTES:
        return "", "文件太大，超过 5 MB。"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", "文件是 UTF-16 编码，请在 Excel 里另存为“CSV UTF-8（逗号分隔）”。"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), ""
        except UnicodeDecodeError:
            continue
    return "", "文件编码认不出来，请另存为 UTF-8。"


def _split(text: str) -> tuple[list[tuple[int, list[str]]], list[LineFault]]:
    """Non-blank records with the line each begins on; a broken quotation ends the reading with a fault."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((begins, [cell.strip() for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error:
        return records, [LineFault(begins, "", "引号不成对，或引号后面还有字。")]
    return records, []


def _header_faults(line: int, header: list[str], columns: Sequence[str]) -> list[LineFault]:
    missing = [column for column in columns if column not in header]
    strange = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    return (
        [LineFault(line, column, "缺这一列。") for column in missing]
        + [LineFault(line, name, "不认识这一列。") for name in strange]
        + [LineFault(line, name, "这一列写了两次。") for name in twice]
    )
