"""Channels: what they are sent, that none waits for another, refusals are tried again, https only."""

import base64
import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.emergencies import tasks
from app.emergencies.channels import Channels, Ringing
from app.foundation.home import Home
from app.settings import AlarmChannelSettings, EmergencySettings, Settings, SettingsProblem, load_settings
from tests.emergencies.conftest import HANGS_S, Gateway
from tests.house.test_settings import SAFE
from tests.support.clients import sign_in
from tests.support.crowd import at_once

DEADLINE_S = 1.0


@pytest.fixture
def settings(settings: Settings, robot: Gateway, voice: Gateway) -> Settings:
    """A group robot at every step, and a voice gateway at the supervisor's alone."""
    given = {
        "channel_deadline_s": DEADLINE_S,
        "channel_tries": 3,
        "channels": [
            {"name": "group", "kind": "wecom", "url": robot.url},
            {"name": "voice", "kind": "voice", "url": voice.url, "token": "示例".encode().hex(),
             "steps": ["supervisor"]},
        ],
    }  # fmt: skip
    made = type(settings.emergencies).model_validate(given)
    return settings.model_copy(update={"emergencies": made})


def calls(home: Home) -> list[tuple[str, str, str, int]]:
    with home.database.transaction() as session:
        found = session.execute(text("SELECT channel, step, state, tries FROM alarm_call ORDER BY 1, 2"))
        return [(row.channel, row.step, row.state, row.tries) for row in found]


def test_each_channel_hears_its_steps_once(
    app: Flask, home: Home, robot: Gateway, voice: Gateway, call: dict[str, Any]
) -> None:
    supervisor = sign_in(app, "supervisor")
    supervisor.post("/me/phone", {"code": "demo:13800005678"})
    tasks.climb(home)
    at_once([lambda: tasks.ring(home)] * 4)
    assert tasks.ring(home) == 0
    assert len(robot.received) == 3
    assert len(voice.received) == 1
    headers, body = voice.received[0]
    said = json.loads(body)
    assert said["phones"] == ["13800005678"]
    assert (said["station"], said["side"], said["step"]) == ("GS001", "A", "supervisor")
    assert headers["Authorization"] == f"Bearer {'示例'.encode().hex()}"
    for _, body in robot.received:
        told = body.decode("unicode_escape") + json.dumps(json.loads(body), ensure_ascii=False)
        assert call["number"] in told
        assert "13800005678" not in told
        assert "胸口疼" not in told
        assert set(json.loads(body)) == {"msgtype", "text"}
    assert {row[2] for row in calls(home)} == {"sent"}


def test_a_name_and_password_in_the_address_are_said_as_the_header_that_they_are(robot: Gateway) -> None:
    url = robot.url.replace("http://", "http://shili:p%40ss@")
    assert ring(url) is None
    assert robot.received[0][0]["Authorization"] == "Basic " + base64.b64encode(b"shili:p@ss").decode()


def test_a_token_that_is_no_header_is_a_failed_call_and_no_fault(robot: Gateway) -> None:
    assert ring(robot.url, token="shili\n") == "ValueError"
    assert robot.received == []


def ring(url: str, **how: Any) -> str | None:
    """One call by a channel of that address; what went wrong with it."""
    channel = AlarmChannelSettings.model_validate({"name": "group", "kind": "wecom", "url": url, **how})
    channels = Channels(EmergencySettings.model_validate({"channels": [channel], "channel_deadline_s": 5}))
    return channels.ring(Ringing(("", uuid.uuid4(), datetime.now(UTC), "", ""), channel, 1, {"示例": 1}))


def test_a_robot_that_says_no_with_a_200_is_called_again_and_given_up_in_the_end(
    home: Home, robot: Gateway, call: dict[str, Any], later: Callable[..., None]
) -> None:
    robot.answer = b'{"errcode": 45009}'
    tasks.climb(home)
    for _ in range(5):
        tasks.ring(home)
        later(minutes=2)
    group = [row for row in calls(home) if row[0] == "group"]
    assert {row[2:] for row in group} == {("failed", 3)}


def test_a_channel_that_hangs_holds_up_neither_the_others_nor_the_chain(
    home: Home, robot: Gateway, voice: Gateway, call: dict[str, Any]
) -> None:
    robot.hangs.set()
    tasks.climb(home)
    began = time.monotonic()
    tasks.ring(home)
    assert time.monotonic() - began < HANGS_S / 2
    assert len(voice.received) == 1
    assert {row[2] for row in calls(home) if row[0] == "voice"} == {"sent"}
    assert {row[2] for row in calls(home) if row[0] == "group"} == {"queued"}


def test_what_somebody_holds_by_now_is_rung_no_more(
    app: Flask, home: Home, robot: Gateway, call: dict[str, Any]
) -> None:
    tasks.climb(home)
    sign_in(app, "staff").post(f"/staff/requests/{call['id']}/claim")
    tasks.ring(home)
    assert robot.received == []
    assert {row[2] for row in calls(home)} == {"needless"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/hook", "HTTPS://", "ftp://host/x", "file:///etc/passwd", ""]
)
def test_production_refuses_any_address_but_https(url: str) -> None:
    channel = {"name": "group", "kind": "wecom", "url": url}
    with pytest.raises(SettingsProblem, match="emergencies"):
        load_settings(**SAFE, emergencies={"channels": [channel]})


def test_production_takes_https() -> None:
    channel = {"name": "group", "kind": "wecom", "url": "https://hook.example.com/x"}
    assert load_settings(**SAFE, emergencies={"channels": [channel]}).production


@pytest.mark.parametrize("minutes", [[0, 1], [2, 1, 0], [-1, 0, 1]])
def test_steps_that_do_not_rise_are_refused(minutes: list[int]) -> None:
    with pytest.raises(SettingsProblem, match="step_minutes"):
        load_settings(emergencies={"step_minutes": minutes})
