"""Stations as a file: what is read, what is refused and how that is said."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stations.csvfile import COLUMNS, StationRow, read_stations, write_stations
from app.stations.demo import SHIPPED, shipped_stations

HEAD = ",".join(COLUMNS)
GOOD = "GS002,兰州北服务区,G30,K1699,兰州市,36.14,103.86,high,往兰州,"

hanzi = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
rows = st.builds(
    StationRow,
    code=st.from_regex(r"\AGS[0-9]{3}\Z"),
    name=hanzi.map(lambda name: f'{name},"服务"区'),
    road=st.sampled_from(["G30", "G22/G30", "S01"]),
    km_post=st.sampled_from(["", "K1699", "~K366", "K825-K827+600"]),
    prefecture=hanzi,
    lat=st.decimals(3, 54, places=6).map(float),
    lon=st.decimals(73, 136, places=6).map(float),
    confidence=st.sampled_from(["high", "medium", "low"]),
    heading_a=st.none() | hanzi.map(lambda place: f"往{place}"),
    heading_b=st.none() | hanzi.map(lambda place: f"往{place}"),
)


def faults_of(*lines: str) -> list[str]:
    read, faults = read_stations("\n".join([HEAD, *lines]).encode())
    assert bool(read) != bool(faults)
    return [str(fault) for fault in faults]


@given(
    st.lists(rows, min_size=1, max_size=6, unique_by=lambda row: row.code),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read_again(stations: list[StationRow], encoding: str, line_end: str) -> None:
    data = write_stations(stations).replace("\n", line_end).encode(encoding)
    assert read_stations(data) == (stations, [])


def test_the_shipped_file_has_the_55_and_is_its_own_export() -> None:
    stations = shipped_stations()
    assert [row.code for row in stations] == [f"GS{number:03d}" for number in range(1, 56)]
    assert stations[0].name == "接驾嘴服务区"
    assert [row.confidence == "low" for row in stations] == [False] * 29 + [True] * 26
    assert all(row.heading_a is None and row.heading_b is None for row in stations)
    assert write_stations(stations) == SHIPPED.read_text("utf-8")


def test_columns_may_stand_in_any_order() -> None:
    order = list(reversed(COLUMNS))
    line = ",".join(reversed(GOOD.split(",")))
    (row,), faults = read_stations(f"{','.join(order)}\n{line}\n".encode())
    assert not faults
    assert (row.name, row.heading_a, row.heading_b) == ("兰州北服务区", "往兰州", None)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("code", "G002", "编号应为 GS 加三位数字"),
        ("code", "", "编号应为 GS 加三位数字"),
        ("name", "", "不能为空"),
        ("name", "服" * 21, "太长，最多 20 个字"),
        ("name", "=HYPERLINK(1)", "不能以 = + - @ 开头"),
        ("name", "兰州\x07北", "看不见的字符"),
        ("road", "连霍高速", "路号应像 G30"),
        ("km_post", "1699", "桩号应像 K1699"),
        ("lat", "103.86", "看经纬度是否写反"),
        ("lat", "", "纬度应为小数"),
        ("lon", "nan", "经度应为小数"),
        ("lon", "1e2", "经度应为小数"),
        ("confidence", "sure", "high、medium 或 low"),
        ("heading_a", "兰州", "应以“往”开头"),
    ],
)
def test_a_bad_cell_is_named_by_line_column_and_reason(column: str, value: str, said: str) -> None:
    cells = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | {column: value}
    (fault,) = faults_of(GOOD.replace("GS002", "GS001"), ",".join(cells.values()))
    assert fault.startswith(f"第 3 行 {column} 列：")
    assert said in fault


def test_every_bad_line_is_told_at_once_and_good_ones_are_not_given() -> None:
    told = faults_of(
        GOOD,
        "",
        GOOD.replace("36.14", "x").replace("high", "sure"),
        "GS003,只有,三格",
        GOOD.replace("兰州北", "另一个"),
    )
    assert told == [
        "第 4 行 lat 列：纬度应为小数形式的度数。",
        "第 4 行 confidence 列：可信程度只能是 high、medium 或 low。",
        "第 5 行：应有 10 格，实有 3 格。",
        "第 6 行 code 列：编号 GS002 与第 2 行重复。",
    ]


def test_lines_are_counted_as_an_editor_counts_them_also_after_a_cell_of_two_lines() -> None:
    told = faults_of(GOOD.replace("兰州北服务区", '"兰州\n北服务区"'), GOOD.replace("G30", "?"))
    assert [said.split("：")[0] for said in told] == ["第 2 行 name 列", "第 4 行 road 列"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (f"{HEAD}\n".encode(), "只有列名，没有内容"),
        (f"{HEAD}\n{GOOD}".replace("lat,", "").encode(), "第 1 行 lat 列：缺这一列"),
        (f"{HEAD},phone\n{GOOD},1".encode(), "第 1 行 phone 列：不认识这一列"),
        (f"{HEAD},code\n{GOOD},1".encode(), "第 1 行 code 列：这一列写了两次"),
        (f'{HEAD}\nGS001,"接驾嘴'.encode(), "第 2 行：引号不成对"),
        (codecs.BOM_UTF16_LE + HEAD.encode("utf-16-le"), "另存为“CSV UTF-8"),
        (b"\xff" * 9, "编码认不出来"),
        (b"x" * (5 * 1024 * 1024 + 1), "文件太大"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_reason(data: bytes, said: str) -> None:
    stations, faults = read_stations(data)
    assert stations == []
    assert said in str(faults[0])
