"""A file hangs on one thing, once, and is its sender's: races with their control, and the avatar."""

import uuid
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.content import tasks, uploads
from app.content.models import Upload
from app.foundation.home import Home
from tests.content.conftest import asked, look, pdf, row, sent, shelf_names
from tests.support.clients import Somebody, fresh_key, sign_in
from tests.support.crowd import at_once
from tests.web.conftest import problem

NOWHERE = "01a20000-0000-7000-8000-000000000000"


def refused(answer: Any, field: str = "upload_ids") -> None:
    faults = problem(answer, 422, "api.invalid")["errors"]
    assert [fault["field"] for fault in faults] == [field]


def test_only_one_s_own_unused_files_can_be_attached(app: Flask, driver: Somebody, staff: Somebody) -> None:
    body: dict[str, Any] = {"kind": "other", "station": "GS001", "text": "示例"}
    used, foreign, good = sent(driver), sent(sign_in(app, "driver2")), sent(driver)
    request = asked(driver, used["id"])
    for wrong in (used["id"], foreign["id"], NOWHERE):
        refused(driver.post("/requests", body | {"upload_ids": [good["id"], wrong]}))
        refused(driver.post(f"/requests/{request['id']}/messages", {"text": "x", "upload_ids": [wrong]}))
        refused(staff.post(f"/staff/requests/{request['id']}/replies", {"text": "x", "upload_ids": [wrong]}))
        refused(staff.post("/staff/requests", body | {"upload_ids": [wrong]}))
    message = driver.post(
        f"/requests/{request['id']}/messages", {"text": "x", "upload_ids": [good["id"], good["id"]]}
    )
    assert message.status_code == 201, "nothing of the refused ones stuck, and twice the same is once"
    assert [entry["id"] for entry in message.json["uploads"]] == [good["id"]]


def test_a_refused_request_leaves_the_file_free(driver: Somebody, home: Home) -> None:
    made = sent(driver)
    driver.post("/requests", {"kind": "other", "text": "", "upload_ids": [made["id"]]})
    assert row(home, made["id"]).state == "loose"


def test_a_retry_with_its_key_is_answered_the_same(driver: Somebody) -> None:
    made, key = sent(driver), fresh_key()
    body = {"kind": "other", "station": "GS001", "text": "示例", "upload_ids": [made["id"]]}
    first, again = driver.post("/requests", body, key), driver.post("/requests", body, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json


def test_medical_help_is_not_refused_for_a_picture(app: Flask, driver: Somebody, home: Home) -> None:
    """What can be used hangs on it, what cannot is told in the text."""
    good, foreign = sent(driver), sent(sign_in(app, "driver2"))
    request = asked(driver, good["id"], foreign["id"], NOWHERE, kind="medical", text="胸口疼" * 600)
    assert [entry["id"] for entry in request["uploads"]] == [good["id"]]
    assert foreign["id"] in request["text"]
    assert NOWHERE in request["text"]
    assert request["text"].startswith("胸口疼")
    assert len(request["text"]) <= 2000
    more = sent(driver)
    joined = asked(driver, more["id"], good["id"], kind="medical", text="再来一次")
    assert joined["merged"]
    assert [entry["id"] for entry in joined["messages"][-1]["uploads"]] == [more["id"]]
    assert good["id"] in joined["messages"][-1]["text"]
    for odd in (["x"], "x", {"a": 1}, [made_up() for _ in range(30)], [None], [good["id"], 7]):
        answer = driver.post("/requests", {"kind": "medical", "text": "疼", "upload_ids": odd})
        assert answer.status_code == 200, answer.text


def made_up() -> str:
    return str(uuid.uuid4())


def test_of_many_who_attach_the_same_file_at_once_one_wins(driver: Somebody, home: Home) -> None:
    request = asked(driver)
    others = [asked(driver) for _ in range(5)]
    made = sent(driver)

    def attach(request_id: str) -> int:
        body = {"text": "示例", "upload_ids": [made["id"]]}
        return driver.post(f"/requests/{request_id}/messages", body).status_code

    outcomes = at_once([lambda one=one: attach(one["id"]) for one in (request, *others)])
    assert sorted(outcomes) == [201, *[422] * len(others)]
    hung = [
        entry["id"]
        for one in (request, *others)
        for message in driver.get(f"/requests/{one['id']}").json["messages"]
        for entry in message["uploads"]
    ]
    assert hung == [made["id"]]


def test_the_control_two_who_look_first_both_believe_that_they_won(driver: Somebody, home: Home) -> None:
    """Read, decide, write without a lock: what the conditional UPDATE is there for."""
    made = uuid.UUID(sent(driver)["id"])
    with home.database.session() as one, home.database.session() as two:
        look = select(Upload.state).where(Upload.id == made)
        assert [one.scalar(look), two.scalar(look)] == ["loose", "loose"]
        for session in (one, two):
            naive = (
                update(Upload)
                .where(Upload.id == made)
                .values(state="waiting", subject_kind="request", subject_id=uuid.uuid4())
            )
            session.execute(naive.execution_options(synchronize_session=False))
            session.commit()  # the second overwrites the first


def test_files_attached_crosswise_by_two_at_once_do_not_lock_one_another_out(
    driver: Somebody, home: Home
) -> None:
    """The rows are taken in the order of their ids, whatever order they were named in."""
    owner = uuid.UUID(driver.user["id"])
    for _ in range(5):
        ids = [uuid.UUID(sent(driver)["id"]) for _ in range(4)]

        def attach(order: list[uuid.UUID]) -> bool:
            try:
                with home.database.transaction() as session:
                    uploads.attach(
                        session, home.clock.now(), owner, order,
                        subject_kind="request", subject_id=uuid.uuid4(), private=False,
                    )  # fmt: skip
                return True
            except uploads.invalid().__class__:
                return False

        won = at_once([partial(attach, ids), partial(attach, ids[::-1])])
        assert sorted(won) == [False, True]


# --- The avatar -----------------------------------------------------------------------------------------


def test_an_avatar_is_worn_changed_and_taken_off(app: Flask, driver: Somebody, home: Home) -> None:
    assert driver.get("/me").json["avatar"] is None
    first, second = sent(driver, purpose="avatar"), sent(driver)
    worn = driver.put("/me", {"avatar_upload_id": first["id"]}).json["avatar"]
    assert worn["id"] == first["id"]
    assert worn["mark"] == "未审"
    assert look(app, worn["url"]).status_code == 200
    assert driver.put("/me", {"avatar_upload_id": first["id"]}).status_code == 200, "a retry"
    assert driver.get("/me").json["avatar"]["id"] == first["id"]
    assert driver.put("/me", {"nickname": "示例"}).json["avatar"]["id"] == first["id"]
    assert driver.put("/me", {"avatar_upload_id": second["id"]}).json["avatar"]["id"] == second["id"]
    assert len(shelf_names(home)) == 2
    tasks.remove_gone(home)
    assert row(home, first["id"]) is None
    assert len(shelf_names(home)) == 1
    assert driver.put("/me", {"avatar_upload_id": None}).json["avatar"] is None
    tasks.remove_gone(home)
    assert shelf_names(home) == set()


def test_only_a_picture_that_is_checked_can_be_worn(app: Flask, driver: Somebody) -> None:
    """A private file is never shown to WeChat, so it must not come before people by this door."""
    used = sent(driver)
    asked(driver, used["id"])
    wrong = {
        "a PDF": sent(driver, pdf(), purpose="medical")["id"],
        "a document": sent(driver, purpose="document")["id"],
        "a medical picture": sent(driver, purpose="medical")["id"],
        "another's": sent(sign_in(app, "driver2"))["id"],
        "on a request": used["id"],
        "none": NOWHERE,
    }
    for upload_id in wrong.values():
        refused(driver.put("/me", {"nickname": "新名", "avatar_upload_id": upload_id}), "avatar_upload_id")
    assert driver.get("/me").json["nickname"] != "新名", "all or nothing"
    assert driver.put("/me", {"avatar_upload_id": "x"}).status_code == 422


def test_of_two_avatars_put_on_at_once_one_is_left(driver: Somebody, home: Home) -> None:
    made = [sent(driver)["id"] for _ in range(4)]
    at_once([lambda one=one: driver.put("/me", {"avatar_upload_id": one}) for one in made])
    with home.database.transaction() as session:
        worn = "SELECT count(*) FROM upload WHERE subject_kind = 'avatar' AND state <> 'gone'"
        assert session.scalar(text(worn)) == 1


@pytest.mark.parametrize("who", ["staff", "supervisor"])
def test_staff_wear_avatars_too(app: Flask, who: str) -> None:
    somebody = sign_in(app, who)
    assert somebody.put("/me", {"avatar_upload_id": sent(somebody)["id"]}).json["avatar"]
