"""The past of the demonstration: whole days, told once, and never in production."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from app.checkins.models import CheckIn
from app.commands.demo import demo
from app.foundation.clock import shanghai_day
from app.foundation.home import Home
from app.helpdesk.models import HelpRequest
from tests.support.clients import sign_in


def run(home: Home, *words: str) -> Result:
    @contextmanager
    def opened() -> Iterator[Home]:
        yield home

    return CliRunner().invoke(demo, words, obj=opened)


def rows(home: Home) -> tuple[int, int]:
    with home.database.transaction() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (CheckIn, HelpRequest)]
    return counts[0] or 0, counts[1] or 0


def test_three_days_are_told_once_and_all_of_it_is_over(app: Flask, home: Home) -> None:
    before = rows(home)
    told = run(home, "--days", "3")
    assert told.exit_code == 0, told.output
    after = rows(home)
    assert after[0] - before[0] > 40, "some scan the same code twice, which makes one row"
    assert after[1] - before[1] == 9
    with home.database.transaction() as session:
        days = set(session.scalars(select(CheckIn.day)))
        assert session.scalars(select(HelpRequest.state)).all() == ["closed"] * 9
    assert len(days) == 3
    assert max(days) < shanghai_day(home.clock.now())
    assert run(home, "--days", "3").exit_code == 0
    assert rows(home) == after, "the second time adds nothing"
    board = sign_in(app, "viewer").get("/board")
    assert board.status_code == 200


def test_what_to_prepare_must_be_said(home: Home) -> None:
    answer = run(home)
    assert answer.exit_code == 1
    assert "--days" in answer.output


@pytest.mark.parametrize("days", ["0", "-1", "401", "abc"])
def test_days_that_are_none_are_refused(home: Home, days: str) -> None:
    assert run(home, "--days", days).exit_code == 2
