"""Roles, rosters and accounts from the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.foundation.home import Home
from app.foundation.refusals import Refusal
from app.people import accounts, commands
from app.wechat.standin.demo import demo_openid
from tests.support.clients import sign_in

Run = Callable[..., Result]


@pytest.fixture
def run(home: Home) -> Run:
    @contextmanager
    def opened() -> Iterator[Home]:
        yield home

    def call(*words: str) -> Result:
        group = commands.people if words[0] == "people" else commands.staff
        return CliRunner().invoke(group, words[1:], obj=opened)

    return call


def console_sign_in(home: Home, login: str, password: str) -> str | Refusal:
    limits = home.settings.limits
    return accounts.sign_in(home.database, login, password, home.clock.now(), limits, timedelta(hours=1))


def test_a_granted_role_is_read_at_the_next_request(app: Flask, run: Run) -> None:
    somebody = sign_in(app, "newcomer")
    assert somebody.get("/staff/requests").json["code"] == "auth.forbidden"
    assert (
        run(
            "people", "grant", "--openid", demo_openid("newcomer"), "--role", "staff", "--station", "GS001"
        ).exit_code
        == 0
    )
    assert somebody.get("/staff/requests").status_code == 200


@pytest.mark.parametrize(
    "words",
    [
        ("--role", "staff"),
        ("--role", "staff", "--station", "GS999"),
        ("--role", "staff", "--station", "Lanzhou"),
        ("--role", "king"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(run: Run, words: tuple[str, ...]) -> None:
    assert run("people", "grant", "--openid", "o-example", *words).exit_code != 0


def test_a_disabled_person_is_out_at_once_and_stays_out(app: Flask, run: Run) -> None:
    somebody = sign_in(app, "newcomer")
    assert run("people", "disable", "--openid", demo_openid("newcomer")).exit_code == 0
    assert somebody.get("/me").json["code"] == "auth.expired"
    again = somebody.post("/auth/wechat", {"code": "demo:newcomer"})
    assert (again.status_code, again.json["code"]) == (403, "auth.blocked")


def test_an_account_is_made_locked_reset_and_disabled(home: Home, run: Run) -> None:
    made = run(
        "staff", "create", "--login", "Example", "--name", "示例", "--role", "staff", "--station", "GS001"
    )
    login, password = made.stdout.strip().split(",")
    assert isinstance(console_sign_in(home, login, password), str)
    assert run("staff", "create", "--login", "example", "--name", "示例", "--role", "admin").exit_code == 1
    for _ in range(home.settings.limits.console_failures):
        console_sign_in(home, login, "wrong")
    locked = console_sign_in(home, login, password)
    assert isinstance(locked, Refusal)
    assert locked.code == "console.locked"
    fresh = run("staff", "reset", "--login", "example").stdout.strip().split(",")[1]
    assert isinstance(console_sign_in(home, login, fresh), str)
    assert isinstance(console_sign_in(home, login, password), Refusal)
    assert run("staff", "disable", "--login", "example").exit_code == 0
    assert isinstance(console_sign_in(home, login, fresh), Refusal)
    assert run("staff", "reset", "--login", "nobody").exit_code == 1


def test_a_roster_is_taken_whole_or_not_at_all(app: Flask, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    head = "openid,phone,role,station,name\n"
    openid = demo_openid("rostered")
    file.write_text(
        head + f"{openid},,staff,GS001,示例\n,12,staff,GS001,示例\n,,member,,示例\n,,king,GS999,x\n"
    )
    bad = run("people", "import", str(file))
    assert bad.exit_code == 1
    assert [f"第 {line} 行" in bad.output for line in (2, 3, 4, 5)] == [False, True, True, True]
    assert "staff" not in sign_in(app, "rostered").user["roles"]
    file.write_text(head + f"{openid},,staff,GS001,示例\n")
    assert run("people", "import", str(file)).exit_code == 0
    assert "staff" in sign_in(app, "rostered").user["roles"]


def test_every_bad_line_of_a_roster_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    head = "openid,phone,role,station,name\n"
    file.write_text(
        head + "oIMP888,,staff,GS003\noIMP999,,staff,GS003,a,b\no\x00IMP,,staff,GS003,x\no1,,staff,GS999,x\n"
    )
    bad = run("people", "import", str(file))
    assert bad.exit_code == 1
    told = (
        "第 2 行：应有 5 格，实有 4 格",
        "第 3 行：应有 5 格，实有 6 格",
        "第 4 行 openid 列",
        "第 5 行 station 列：没有站点 GS999",
    )
    assert [words for words in told if words not in bad.output] == []
    file.write_text(head + 'oIMP888,,staff,GS003,"unclosed\n')
    assert "引号不成对" in run("people", "import", str(file)).output


def test_nobody_without_a_name_is_given_anything(run: Run) -> None:
    for openid in ("", "a b", "o" * 500, "o!"):
        assert run("people", "grant", "--openid", openid, "--role", "admin").exit_code == 1, openid
    for login, name in (("", "示例"), ("a b", "示例"), ("x" * 40, "示例"), ("example", " ")):
        words = ("staff", "create", "--login", login, "--name", name, "--role", "admin")
        assert run(*words).exit_code == 1, (login, name)


def test_a_role_waits_for_its_phone(app: Flask, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes("openid,phone,role,station,name\n,138 0000 4321,staff,GS001,示例\n".encode("gbk"))
    assert run("people", "import", str(file)).exit_code == 0
    assert run("people", "import", str(file)).exit_code == 0
    somebody = sign_in(app, "owner")
    assert somebody.user["roles"] == ["driver"]
    assert somebody.post("/me/phone", {"code": "demo:13800004321"}).json["roles"] == ["driver", "staff"]
