"""`python -m app check` says what is wrong on exactly the days on which something is."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from click.testing import CliRunner, Result
from flask import Flask

from app.commands.operate import check
from app.foundation.home import Home
from app.jobs.clockwork import beat
from app.settings import Settings
from tests.support.databases import Databases


def checked(home: Home) -> Result:
    open_home: Callable[[], AbstractContextManager[Home]] = lambda: nullcontext(home)  # noqa: E731
    return CliRunner().invoke(check, obj=open_home)


def at(make_app: Callable[[Settings], Flask], settings: Settings, url: str) -> Home:
    database = settings.database.model_copy(update={"url": url})
    app = make_app(settings.model_copy(update={"database": database}))
    home: Home = app.extensions["home"]
    return home


def findings(result: Result) -> dict[str, str]:
    return dict(line.split("\t") for line in result.stdout.splitlines() if "\t" in line)


def test_all_is_well_once_the_jobs_have_given_a_sign(home: Home) -> None:
    silent = checked(home)
    assert (silent.exit_code, findings(silent)["jobs"]) == (1, "有问题")
    beat(home)
    well = checked(home)
    assert (well.exit_code, set(findings(well).values())) == (0, {"正常"})


def test_an_empty_database_lacks_its_migrations_and_that_is_said(
    make_app: Callable[[Settings], Flask], settings: Settings, databases: Databases
) -> None:
    with databases.empty() as url:
        home = at(make_app, settings, url)
        result = checked(home)
        home.close()
    found = findings(result)
    assert (result.exit_code, found["数据库"], found["迁移"]) == (1, "正常", "有问题")


def test_a_database_out_of_reach_is_a_line_and_not_a_trace(
    make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    result = checked(at(make_app, settings, "postgresql://nobody@127.0.0.1:1/nothing"))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert findings(result)["数据库"] == "有问题"
