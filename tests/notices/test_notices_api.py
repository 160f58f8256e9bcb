"""The inbox, the templates and the subscriptions over HTTP."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask

from app.foundation.home import Home
from app.notices.service import tell
from app.notices.templates import use_templates
from app.settings import Settings, TemplateSettings
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.server import StandIn
from tests.notices.helpers import TEMPLATE, arrived, courier, credit_of, states, tell_one
from tests.support.clients import Somebody, fresh_key, sign_in, stranger


def me(person: Somebody) -> uuid.UUID:
    return uuid.UUID(person.user["id"])


def tell_many(home: Home, person: Somebody, number: int) -> None:
    """Entry n is told in minute n; of each two the titles say which."""
    start = home.clock.now() - timedelta(days=1)
    with home.database.transaction() as session:
        for n in range(number):
            at = start + timedelta(minutes=n // 2)  # two at the same moment: the id decides
            tell(session, at, me(person), kind="request", title=f"第{n}条", text="正文")


def test_an_entry_has_the_fields_of_the_contract(home: Home, driver: Somebody) -> None:
    tell_one(home, me(driver))
    body = driver.get("/inbox").json
    assert body["next_cursor"] is None
    entry = body["items"][0]
    assert entry.keys() == {"id", "kind", "title", "text", "ref", "at", "read_at"}
    assert (entry["kind"], entry["text"]) == ("request", "热水已恢复")
    assert entry["ref"] == {"kind": "request", "id": "7"}
    assert entry["at"].endswith("+08:00")
    assert entry["read_at"] is None


def test_pages_follow_one_another_newest_first_without_gap_or_repeat(home: Home, driver: Somebody) -> None:
    tell_many(home, driver, 25)
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        body = driver.get(f"/inbox?limit=7{cursor}").json
        seen += [item["title"] for item in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert len(seen) == len(set(seen)) == 25
    assert [int(title[1:-1]) // 2 for title in seen] == sorted((n // 2 for n in range(25)), reverse=True)


def test_a_full_last_page_promises_no_other(home: Home, driver: Somebody) -> None:
    tell_many(home, driver, 5)
    body = driver.get("/inbox?limit=5").json
    assert (len(body["items"]), body["next_cursor"]) == (5, None)


def test_a_page_takes_the_same_few_statements_however_many_entries(
    home: Home, driver: Somebody, statements: list[str]
) -> None:
    tell_many(home, driver, 30)
    statements.clear()
    driver.get("/inbox?limit=30")
    assert len([s for s in statements if "inbox_entry" in s]) == 1


def test_a_cursor_that_is_none_is_refused(driver: Somebody) -> None:
    answer = driver.get("/inbox?cursor=nonsense")
    assert (answer.status_code, answer.json["code"]) == (422, "api.invalid")


def test_nobody_sees_another_s_inbox(app: Flask, home: Home, driver: Somebody) -> None:
    tell_one(home, me(driver))
    other = sign_in(app, "driver2")
    assert other.get("/inbox").json["items"] == []
    assert other.get("/inbox/unread").json == {"unread": 0}


def test_read_is_read_also_twice_and_keeps_the_first_moment(home: Home, driver: Somebody) -> None:
    entry_id = tell_one(home, me(driver))
    assert driver.get("/inbox/unread").json == {"unread": 1}
    assert driver.post(f"/inbox/{entry_id}/read").status_code == 204
    first = driver.get("/inbox").json["items"][0]["read_at"]
    assert driver.post(f"/inbox/{entry_id}/read").status_code == 204
    assert driver.get("/inbox").json["items"][0]["read_at"] == first is not None
    assert driver.get("/inbox/unread").json == {"unread": 0}


def test_another_s_entry_cannot_be_read_away(app: Flask, home: Home, driver: Somebody) -> None:
    entry_id = tell_one(home, me(driver))
    answer = sign_in(app, "driver2").post(f"/inbox/{entry_id}/read")
    assert (answer.status_code, answer.json["code"]) == (404, "api.not_found")
    assert driver.get("/inbox/unread").json == {"unread": 1}
    assert driver.post(f"/inbox/{uuid.uuid4()}/read").status_code == 404


def test_unread_counts_no_further_than_a_badge_shows(home: Home, driver: Somebody) -> None:
    tell_many(home, driver, 103)
    assert driver.get("/inbox/unread").json == {"unread": 100}


@pytest.mark.parametrize("path", ["/inbox", "/inbox/unread", "/message-templates?scene=request"])
def test_a_stranger_is_asked_to_sign_in(app: Flask, path: str) -> None:
    answer = stranger(app).get(path)
    assert (answer.status_code, answer.json["code"]) == (401, "auth.required")


@pytest.mark.parametrize("scene", ["request", "duty", "bulletin"])
def test_each_place_in_the_app_has_its_templates(driver: Somebody, scene: str) -> None:
    items = driver.get(f"/message-templates?scene={scene}").json["items"]
    ours = [template for template in DEFAULT_TEMPLATES if template.scene == scene]
    assert items == [{"id": t.id, "title": t.title, "purpose": t.purpose} for t in ours]
    assert items


def test_the_operator_s_own_templates_take_the_place_of_the_default_and_are_at_most_three(
    settings: Settings, driver: Somebody
) -> None:
    own = [
        TemplateSettings(id=f"own{n}", title="题", purpose="用", scene="request", keys={"thing1": "title"})
        for n in range(4)
    ]
    wechat = settings.wechat.model_copy(update={"templates": own})
    use_templates(settings.model_copy(update={"wechat": wechat}))
    items = driver.get("/message-templates?scene=request").json["items"]
    assert [item["id"] for item in items] == ["own0", "own1", "own2"]
    assert driver.get("/message-templates?scene=duty").json["items"][0]["id"] == DEFAULT_TEMPLATES[1].id


def test_templates_are_not_sent_again_to_who_has_them(driver: Somebody) -> None:
    first = driver.get("/message-templates?scene=request")
    again = driver.get("/message-templates?scene=request", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_a_scene_that_does_not_exist_is_refused(driver: Somebody) -> None:
    assert driver.get("/message-templates?scene=party").status_code == 422


def test_one_accept_is_one_credit_and_a_refusal_none(home: Home, driver: Somebody) -> None:
    duty = DEFAULT_TEMPLATES[1].id
    answer = driver.post("/subscriptions", {"results": {TEMPLATE: "accept", duty: "reject"}})
    assert (answer.status_code, answer.data) == (204, b"")
    assert credit_of(home, me(driver)) == 1
    driver.post("/subscriptions", {"results": {TEMPLATE: "accept"}})
    assert credit_of(home, me(driver)) == 2


@pytest.mark.parametrize("said", ["reject", "ban", "filter"])
def test_whatever_is_no_accept_earns_nothing(home: Home, driver: Somebody, said: str) -> None:
    assert driver.post("/subscriptions", {"results": {TEMPLATE: said}}).status_code == 204
    assert credit_of(home, me(driver)) == 0


def test_a_template_that_is_not_ours_is_passed_over(driver: Somebody, standin: StandIn) -> None:
    results = {"of-an-older-version": "accept"}
    assert driver.post("/subscriptions", {"results": results}).status_code == 204
    assert not +standin.world.desk.credits


@pytest.mark.parametrize(
    "body",
    [{}, {"results": {}}, {"results": {TEMPLATE: "yes"}}, {"results": [TEMPLATE]}, {"results": {"": "ban"}}],
)
def test_answers_that_wechat_does_not_give_are_refused(driver: Somebody, body: dict[str, object]) -> None:
    answer = driver.post("/subscriptions", body)
    assert (answer.status_code, answer.json["code"]) == (422, "api.invalid")


def test_a_retry_with_the_same_key_earns_once_here_and_at_the_stand_in(
    home: Home, driver: Somebody, standin: StandIn
) -> None:
    key = fresh_key()
    for _ in range(3):
        answer = driver.post("/subscriptions", {"results": {TEMPLATE: "accept"}}, key=key)
        assert answer.status_code == 204
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert credit_of(home, me(driver)) == 1
    assert standin.world.desk.credits[demo_openid("driver"), TEMPLATE] == 1


def test_who_accepted_gets_the_message(home: Home, driver: Somebody, standin: StandIn) -> None:
    driver.post("/subscriptions", {"results": {TEMPLATE: "accept"}})
    tell_one(home, me(driver))
    courier(home).run()
    assert states(home) == {"sent": 1}
    assert arrived(standin) == {demo_openid("driver"): 1}


def test_a_stand_in_that_is_gone_hinders_nobody(home: Home, driver: Somebody, standin: StandIn) -> None:
    standin.shutdown()
    standin.server_close()
    assert driver.post("/subscriptions", {"results": {TEMPLATE: "accept"}}).status_code == 204
    assert credit_of(home, me(driver)) == 1
