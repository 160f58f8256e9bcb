"""An operator's table of facilities: all of it or nothing, twice is the same as once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.facilities.commands import facilities
from app.facilities.demo import seed
from app.foundation.home import Home
from tests.facilities.helpers import sql

HEAD = "station,side,kind,name,place,women_from,women_until\n"
Import = Callable[[str], Result]


@pytest.fixture
def run_import(home: Home, tmp_path: Path) -> Import:
    @contextmanager
    def open_home() -> Iterator[Home]:
        yield home

    def run(lines: str) -> Result:
        file = tmp_path / "facilities.csv"
        file.write_text(HEAD + lines, encoding="utf-8")
        return CliRunner().invoke(facilities, ["import", str(file)], obj=open_home)

    return run


def test_a_table_is_kept_and_once_more_changes_nothing_but_what_it_says(
    home: Home, run_import: Import
) -> None:
    lines = "GS001,A,shower,示例淋浴,一楼,20:00,22:00\nGS002,B,aed,示例 AED,,,\n"
    assert run_import(lines).output == "新增 2 个，更新 0 个。\n"
    sql(home, "UPDATE facility SET state = 'ok', as_of = now(), said_by = 'staff' RETURNING id")
    assert run_import(lines.replace("一楼,20:00,22:00", "二楼,,")).output == "新增 0 个，更新 2 个。\n"
    found = sql(home, "SELECT place, women_from, state FROM facility WHERE kind = 'shower'")
    assert found == [("二楼", None, "ok")]


def test_one_bad_line_keeps_all_out_and_each_fault_is_named(home: Home, run_import: Import) -> None:
    bad = (
        "GS001,A,shower,示例淋浴,,,\nGS999,C,sauna,,,,\nGS001,A,shower,示例淋浴,,,\n"
        f"GS001,A,washer,{'长' * 31},,20:00,\nGS001,B,shower,示例,,24:00,06:00\n"
        "GS001,B,dryer,示例,,08:00,08:00\n"
    )
    result = run_import(bad)
    assert result.exit_code == 1
    for told in (
        "第 3 行 station 列", "第 3 行 side 列", "第 3 行 kind 列", "第 3 行 name 列",
        "第 4 行 name 列：和第 2 行是同一个", "第 5 行 name 列", "第 5 行 women_from 列",
        "第 6 行 women_from 列", "第 7 行 women_from 列", "共 9 处有误",
    ):  # fmt: skip
        assert told in result.output
    assert sql(home, "SELECT 1 FROM facility") == []


def test_the_demonstration_has_facilities_everywhere_and_only_once(home: Home) -> None:
    for made in (True, False):
        with home.database.transaction() as session:
            assert bool(seed(session, home.clock.now(), "GS001")) is made
    assert sql(home, "SELECT count(DISTINCT station), bool_and(name LIKE '示例%') FROM facility") == [
        (55, True)
    ]
    assert sql(home, "SELECT DISTINCT station FROM facility WHERE state <> 'unknown'") == [("GS001",)]
