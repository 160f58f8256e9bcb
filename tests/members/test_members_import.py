"""A branch's list from a CSV file: a report of what came of it, all lines or none, again without effect."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.foundation.home import Home
from app.members import roster
from app.members.commands import members
from app.members.models import Membership
from app.members.rules import spell_at
from app.wechat.standin.demo import demo_openid
from tests.duty.helpers import member, ok, sql
from tests.support.clients import sign_in

HEAD = "openid,phone,branch,kind,name,certificate_no\n"
Run = Callable[[str], Result]


@pytest.fixture
def run(home: Home, tmp_path: Path) -> Run:
    @contextmanager
    def opened() -> Iterator[Home]:
        yield home

    def call(lines: str) -> Result:
        file = tmp_path / "members.csv"
        file.write_text(HEAD + lines)
        return CliRunner().invoke(members, ["import", str(file)], obj=opened)

    return call


def test_known_people_are_members_at_once_and_phones_wait(app: Flask, home: Home, run: Run) -> None:
    lines = f"{demo_openid('listed')},,GS001,固定党员,示例甲,\n,13500002468,GS001,mobile,示例乙,示例证002\n"
    assert "新增 1 人，已在册 0 人，等本人验证手机号 1 人" in run(lines).stdout
    assert "新增 0 人，已在册 1 人，等本人验证手机号 1 人" in run(lines).stdout
    assert ok(sign_in(app, "listed").get("/me"))["member"]["kind"] == "fixed"
    late = sign_in(app, "late")
    assert ok(late.get("/me"))["member"] is None
    mine = ok(late.post("/me/phone", {"code": "demo:13500002468"}))
    assert (mine["member"]["kind"], mine["member"]["state"]) == ("mobile", "active")
    assert sql(home, "SELECT 1 FROM waiting_member") == []
    held = ok(late.get("/me/export"))["held"]["membership"]["memberships"][0]
    assert (held["name"], held["certificate_no"]) == ("示例乙", "示例证002")


def test_a_member_of_another_branch_stays_there_and_is_named(app: Flask, run: Run) -> None:
    member(app, "elsewhere", ("member", "GS003"))
    told = run(f"{demo_openid('elsewhere')},,GS001,fixed,示例,\n").stdout
    assert "第 2 行的人在别的支部" in told
    assert ok(sign_in(app, "elsewhere").get("/me"))["member"]["branch"] == "GS003"


def test_a_phone_that_waits_for_another_branch_stays_on_its_list(app: Flask, home: Home, run: Run) -> None:
    run(",13500002468,GS002,fixed,示例乙,\n")
    told = run(f"{demo_openid('listed')},,GS001,fixed,示例,\n,13500002468,GS001,mobile,示例乙,\n").stdout
    assert "新增 1 人，已在册 0 人，等本人验证手机号 0 人" in told
    assert "第 3 行的人在别的支部" in told
    assert sql(home, "SELECT place FROM waiting_grant") == [("GS002",)]
    late = sign_in(app, "late")
    mine = ok(late.post("/me/phone", {"code": "demo:13500002468"}))
    assert (mine["member"]["branch"], mine["member"]["kind"]) == ("GS002", "fixed")


def test_a_list_that_would_hold_persons_for_minutes_is_refused(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "MOST_LINES", 2)
    before = sql(home, "SELECT count(*) FROM membership")
    told = run("".join(f"{demo_openid(f'listed{n}')},,GS001,fixed,示例,\n" for n in range(3)))
    assert (told.exit_code, "第 4 行：一次最多导入 2 人" in told.stderr) == (1, True)
    assert sql(home, "SELECT count(*) FROM membership") == before


def test_one_bad_line_keeps_all_of_them_out(home: Home, run: Run) -> None:
    before = sql(home, "SELECT count(*) FROM membership")
    result = run("good_openid_1,,GS001,fixed,示例,\n,123,GS9,king,示例,\n,13500002468,GS999,fixed,示例,\n")
    assert result.exit_code == 1
    for said in ("第 3 行 phone 列", "第 3 行 branch 列", "第 3 行 kind 列", "没有站点 GS999", "共 4 处有误"):
        assert said in result.stderr
    assert sql(home, "SELECT count(*) FROM membership") == before


def test_the_same_person_twice_is_a_fault(run: Run) -> None:
    line = ",13500002468,GS001,fixed,示例,\n"
    assert "第 3 行：和第 2 行是同一个人" in run(line + line).stderr


def test_the_membership_of_a_moment() -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    first = Membership(branch="GS001", from_at=start, ended_at=start + timedelta(days=10))
    second = Membership(
        branch="GS002", from_at=start + timedelta(days=10), ended_at=start + timedelta(days=20)
    )
    for days, found in (
        (-1, first),
        (0, first),
        (9, first),
        (10, second),
        (19, second),
        (20, None),
        (99, None),
    ):
        assert spell_at([second, first], start + timedelta(days=days)) is found
    assert spell_at([], start) is None
