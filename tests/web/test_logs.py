"""The log: one JSON object a line, with the request's id, and nothing in it that is secret or personal."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.foundation.logs import scrub
from tests.support.databases import Databases


@pytest.fixture(scope="module")
def journey(databases: Databases) -> tuple[str, dict[str, str]]:
    """What the whole journey left on standard error, and the secrets that it used."""
    root = Path(__file__).resolve().parents[2]
    with databases.copy() as url:
        environment = {
            "PATH": os.environ["PATH"],
            "APP__DATABASE__URL": url,
            "APP__DATA_DIR": str(databases.folder),
        }
        run = subprocess.run(
            [sys.executable, "-m", "tests.web.journey_for_the_log"],
            cwd=root, env=environment, capture_output=True, text=True,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stderr, json.loads(run.stdout)


@pytest.fixture(scope="module")
def lines(journey: tuple[str, dict[str, str]]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journey[0].splitlines()]


def test_no_secret_and_nothing_personal_stands_in_the_log(journey: tuple[str, dict[str, str]]) -> None:
    told, secrets = journey
    assert len(secrets) >= 15
    assert [name for name, secret in secrets.items() if secret in told] == []


def test_the_log_is_there_at_all(lines: list[dict[str, Any]]) -> None:
    """The control: silence would hold no secret either."""
    events = [line["event"] for line in lines]
    assert events.count("request") > 20
    assert events.count("fault") == 4
    traces = [line["exception"] for line in lines if "exception" in line]
    assert len(traces) == 4
    assert all("Traceback" in trace for trace in traces)
    assert "duplicate key value" in traces[-1]


def test_every_line_says_when_and_how_grave(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert {"event", "level", "timestamp"} <= set(line)


def test_every_request_leaves_one_line_with_its_id_and_its_route(lines: list[dict[str, Any]]) -> None:
    requests = [line for line in lines if line["event"] == "request"]
    assert len({line["request_id"] for line in requests}) == len(requests)
    for line in requests:
        assert {"method", "route", "status", "ms", "request_id"} <= set(line)
    assert {line["route"] for line in requests} >= {"/s/<key>", "unknown", "/api/v1/checkins"}
    signed_in = [line for line in requests if line["route"] == "/api/v1/checkins"]
    assert all(len(line["person"]) == 36 for line in signed_in)


def test_a_fault_carries_the_id_of_its_request(lines: list[dict[str, Any]]) -> None:
    by_id = {line["request_id"]: line for line in lines if line["event"] == "request"}
    faults = [line for line in lines if line["event"] == "fault" and "request_id" in line]
    assert len(faults) == 3
    assert {by_id[fault["request_id"]]["status"] for fault in faults} == {500}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("GET /x?access_token=abc&openid=1", "GET /x?access_token=***&openid=1"),
        ("secret: abc, x", "secret: ***, x"),
        ('{"session_key": "abc"}', '{"session_key": "***"}'),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("call 13912345678 now", "call 139**** now"),
        ("number 2139123456780 is none", "number 2139123456780 is none"),
        ("DETAIL:  Key (openid)=(oAbC) already exists.", "DETAIL:  Key (openid)=(*** already exists."),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_what_is_scrubbed(told: str, kept: str) -> None:
    assert scrub(told) == kept
