"""Only our own forms do anything: proofs, sessions, where they come from; a form sent twice acts once."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from app.console.edge import ANYBODY, _levels
from app.foundation.home import Home
from tests.console.desk_client import PASSWORD, Desk, at_desk
from tests.support.clients import Somebody

NOBODY = "00000000-0000-0000-0000-000000000000"


def asks(driver: Somebody, words: str = "想吃碗热面", **more: object) -> str:
    """A driver's request at GS001; answers its id."""
    made = driver.post("/requests", {"kind": "meal", "station": "GS001", "text": words, **more})
    assert made.status_code == 201, made.text
    found: str = made.json["id"]
    return found


def post_rules(app: Flask) -> list[str]:
    """The path of every form of the console, with an id that does not exist."""
    return [
        rule.rule.removeprefix("/console").replace("<uuid:id>", NOBODY)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        and "POST" in (rule.methods or ())
        and "<path" not in rule.rule
    ]


def test_every_form_is_refused_without_a_proof_and_with_a_wrong_one(app: Flask, jia: Desk) -> None:
    rules = post_rules(app)
    assert len(rules) >= 10
    for rule in rules:
        for fields in ({}, {"proof": ""}, {"proof": "0" * 64}, {"proof": "钥匙"}):
            refused = jia.send(rule, fields)
            assert refused.status_code == 403, rule
            assert "没有提交" in refused.text


def test_a_proof_of_another_session_is_worth_nothing(
    app: Flask, driver: Somebody, jia: Desk, yi: Desk
) -> None:
    request = asks(driver)
    stolen = yi.get().text.split('name="proof" value="')[1][:64]
    assert jia.send(f"/requests/{request}/claim", {"proof": stolen}).status_code == 403
    own = jia.get().text.split('name="proof" value="')[1][:64]
    assert jia.send(f"/requests/{request}/claim", {"proof": own}).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({}, 303),
    ],
)
def test_a_form_comes_from_our_own_pages(
    jia: Desk, driver: Somebody, headers: dict[str, str], status: int
) -> None:
    request = asks(driver)
    proof = jia.get().text.split('name="proof" value="')[1][:64]
    answer = jia.send(f"/requests/{request}/claim", {"proof": proof}, **headers)
    assert answer.status_code == status


def test_the_sign_in_form_needs_the_cookie_that_came_with_it(app: Flask, account: str) -> None:
    one, other = Desk(app), Desk(app)
    proof = one.get("/sign-in").text.split('name="proof" value="')[1][:64]
    fields = {"login": "jia", "password": PASSWORD, "proof": proof}
    assert other.send("/sign-in", fields).status_code == 403
    other.get("/sign-in")
    assert other.send("/sign-in", fields).status_code == 403
    assert one.send("/sign-in", fields).status_code == 303


def test_a_session_s_proof_does_not_open_the_door_form(app: Flask, jia: Desk, account: str) -> None:
    proof = jia.get().text.split('name="proof" value="')[1][:64]
    fields = {"login": "jia", "password": PASSWORD, "proof": proof}
    assert Desk(app).send("/sign-in", fields).status_code == 403


def test_a_form_of_an_ended_session_is_led_to_the_door(app: Flask, driver: Somebody) -> None:
    request = asks(driver)
    led = Desk(app).send(f"/requests/{request}/claim", {"proof": "0" * 64})
    assert (led.status_code, led.location) == (303, "/console/sign-in")


def test_only_the_door_and_the_style_are_open_to_strangers() -> None:
    opened = {endpoint for endpoint, level in _levels.items() if level == ANYBODY}
    assert opened == {"console.static", "console.sign_in", "console.do_sign_in"}


def test_every_page_leads_a_stranger_to_the_door(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or _levels.get(rule.endpoint) == ANYBODY:
            continue
        path = rule.rule.removeprefix("/console").replace("<uuid:id>", NOBODY).replace("<path:rest>", "x/y")
        if "GET" in (rule.methods or ()):
            answer = Desk(app).get(path)
            at_door = answer.status_code == 303 and (answer.location or "").startswith("/console/sign-in")
            assert at_door or (answer.status_code == 401 and not answer.data), rule.rule


# --- sent twice ---------------------------------------------------------------------------------------


def send_at_once(app: Flask, desk: Desk, path: str, all_fields: list[dict[str, str]]) -> list[int]:
    """The same browser sends these forms at the same moment; answers the statuses."""
    session = desk.client.get_cookie("console_session", path="/console")
    assert session is not None
    barrier, statuses = threading.Barrier(len(all_fields)), []

    def send(fields: dict[str, str]) -> None:
        twin = Desk(app)
        twin.client.set_cookie("console_session", session.value, path="/console")
        barrier.wait()
        statuses.append(twin.send(path, fields).status_code)

    threads = [threading.Thread(target=send, args=(fields,)) for fields in all_fields]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def fields_of(desk: Desk, request: str, words: str) -> dict[str, str]:
    page = desk.get(f"/requests/{request}").text
    return {
        "proof": page.split('name="proof" value="')[1][:64],
        "once": page.split('name="once" value="')[1][:36],
        "to": "driver",
        "text": words,
    }


def test_an_answer_sent_eight_times_at_once_arrives_once(app: Flask, driver: Somebody, jia: Desk) -> None:
    request = asks(driver)
    fields = fields_of(jia, request, "二十分钟后到餐厅取。")
    statuses = send_at_once(app, jia, f"/requests/{request}/reply", [fields] * 8)
    assert statuses == [303] * 8
    assert len(driver.get(f"/requests/{request}").json["messages"]) == 1
    assert len(driver.get("/inbox").json["items"]) == 1


def test_without_the_form_s_own_key_it_would_arrive_eight_times(
    app: Flask, driver: Somebody, jia: Desk
) -> None:
    """The negative control of the test above."""
    request = asks(driver)
    fields = {**fields_of(jia, request, "二十分钟后到餐厅取。"), "once": ""}
    send_at_once(app, jia, f"/requests/{request}/reply", [fields] * 8)
    assert len(driver.get(f"/requests/{request}").json["messages"]) == 8


def test_a_request_entered_twice_by_one_form_is_one_request(app: Flask, jia: Desk, home: Home) -> None:
    page = jia.get("/requests/new?kind=other").text
    fields = {
        "proof": page.split('name="proof" value="')[1][:64],
        "once": page.split('name="once" value="')[1][:36],
        "kind": "other",
        "station": "GS001",
        "text": "问路",
    }
    first = jia.send("/requests/new", fields)
    again = jia.send("/requests/new", fields)
    assert (first.status_code, first.location) == (again.status_code, again.location)
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM help_request")) == 1


def test_other_words_under_a_used_key_are_not_lost(driver: Somebody, jia: Desk) -> None:
    request = asks(driver)
    fields = fields_of(jia, request, "二十分钟后取。")
    assert jia.send(f"/requests/{request}/reply", fields).status_code == 303
    changed = jia.send(f"/requests/{request}/reply", {**fields, "text": "改成半小时后取。"})
    assert changed.status_code == 409
    assert "改成半小时后取。</textarea>" in changed.text
    assert fields["once"] not in changed.text


def test_two_claim_at_once_and_one_is_told_who_has_it(
    app: Flask, driver: Somebody, jia: Desk, signed_in: Callable[..., Desk]
) -> None:
    request = asks(driver)
    others = [jia, *(signed_in(f"p{number}", ("staff", "GS001")) for number in range(5))]
    barrier, answers = threading.Barrier(len(others)), []

    def claim(desk: Desk, proof: str) -> None:
        barrier.wait()
        answers.append(desk.send(f"/requests/{request}/claim", {"proof": proof}))

    proofs = [desk.get().text.split('name="proof" value="')[1][:64] for desk in others]
    threads = [threading.Thread(target=claim, args=pair) for pair in zip(others, proofs, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 5
    holder = driver.get(f"/requests/{request}").json["holder"]["name"]
    for answer in answers:
        if answer.status_code == 409:
            assert f"没接上，{holder} " in answer.text
            assert "已先接手" in answer.text


def test_a_colleague_s_browser_is_another_session(app: Flask, jia: Desk, account: str) -> None:
    second = at_desk(app, "jia")
    jia.post("/sign-out")
    assert second.get().status_code == 200
