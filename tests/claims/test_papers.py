"""Papers of a case: agreed to, seen by few under a watermark, destroyed, each with a line in the trail."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageChops
from sqlalchemy import text

from app.claims import tasks
from app.content import tasks as content_tasks
from app.content.workbench import Workbench
from app.foundation.home import Home
from tests.claims.helpers import claim, consent, join, ok, paper
from tests.content.conftest import look, pdf, picture, sent
from tests.support.clients import Somebody, sign_in
from tests.support.days import DAY


def papers(who: Somebody, number: str) -> list[dict[str, Any]]:
    """As the driver or a co-driver sees them."""
    found: list[dict[str, Any]] = ok(who.get(f"/requests/{number}/insurance"))["documents"]
    return found


def at_desk(who: Somebody, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(who.get(f"/staff/requests/{number}/insurance"))["documents"]
    return found


def rows(home: Home, statement: str, **values: object) -> list[Any]:
    with home.database.transaction() as session:
        return list(session.execute(text(statement), values))


def trail(home: Home, action: str) -> list[Any]:
    """Who and why, in the audit trail."""
    wanted = "SELECT actor_id, object_id, reason FROM audit_entry WHERE action = :action ORDER BY at"
    return rows(home, wanted, action=action)


def on_shelf(home: Home) -> int:
    """How many files there are, of any age."""
    shelf = home.part(Workbench).shelf
    return sum(1 for part in range(256) for _ in shelf.names(part, -60))


def test_without_consent_nothing_is_taken_and_the_claim_goes_on(driver: Somebody) -> None:
    number = claim(driver)
    refused = paper(driver, number)
    assert (refused.status_code, refused.json["code"]) == (403, "claim.consent_needed")
    assert papers(driver, number) == []
    ok(driver.put(f"/requests/{number}/insurance", {"bay": "A12"}))
    consent(driver)
    made = ok(paper(driver, number))
    assert (made["title"], made["mine"]) == ("身份证", True)
    wanted = ok(driver.get(f"/requests/{number}/insurance"))["documents_wanted"]
    assert {one["kind"]: one["have"] for one in wanted}["identity"] == 1


def test_what_is_no_fresh_picture_of_one_s_own_is_refused(driver: Somebody, other: Somebody) -> None:
    number = claim(driver)
    for who in (driver, other):
        consent(who)
    upload = sent(driver, picture(), purpose="document")["id"]
    theirs = sent(other, picture(), purpose="document")["id"]
    shut = sent(driver, pdf(), purpose="medical")["id"]
    path = f"/requests/{number}/documents"
    ok(driver.post(path, {"upload_id": upload, "kind": "policy"}))
    for bad in (upload, theirs, shut, claim(driver)):
        refused = driver.post(path, {"upload_id": bad, "kind": "policy"})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "upload_id")
    assert driver.post(path, {"upload_id": theirs, "kind": "love_letter"}).status_code == 422
    assert other.post(path, {"upload_id": theirs, "kind": "policy"}).json["code"] == "request.unknown"
    assert len(papers(driver, number)) == 1


def test_a_paper_lies_encrypted_and_is_never_shown_to_wechat(home: Home, driver: Somebody) -> None:
    number, content = claim(driver), picture(size=(300, 200))
    consent(driver)
    ok(paper(driver, number, content=content))
    ((state, private, place),) = rows(home, "SELECT state, private, place FROM upload")
    assert (state, private) == ("private", True)
    shelf = home.part(Workbench).shelf
    stored = shelf._place(place).read_bytes()
    assert b"JFIF" not in stored
    assert b"JFIF" in shelf.get(place)


def test_every_look_bears_the_viewer_s_name_and_the_moment(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, later: Callable[..., None]
) -> None:
    number = claim(driver)
    consent(driver)
    plain = picture(size=(640, 400), color="white")
    made = ok(paper(driver, number, content=plain))
    ok(staff.post(f"/staff/requests/{number}/claim"))
    mine = look(app, made["url"])
    theirs = look(app, at_desk(staff, number)[0]["url"])
    later(minutes=1)
    again = look(app, papers(driver, number)[0]["url"])
    assert [seen.status_code for seen in (mine, theirs, again)] == [200] * 3
    assert mine.headers["Cache-Control"] == "private, no-store"
    seen = [Image.open(io.BytesIO(answer.data)) for answer in (mine, theirs, again)]
    ground = Image.open(io.BytesIO(plain)).convert("RGB")
    assert all(inked(ground, one) > 0.02 for one in seen)
    assert differs(seen[0], seen[1])
    assert differs(seen[0], seen[2])


def inked(ground: Image.Image, shown: Image.Image) -> float:
    """The share of pixels that carry some of the watermark; in every quarter of the picture, the least."""
    wide, high = shown.size[0] // 2, shown.size[1] // 2
    changed = ImageChops.difference(ground, shown).convert("L").point(lambda value: 255 * (value > 20))
    quarters = [
        changed.crop((x, y, x + wide, y + high)).histogram()[255] for x in (0, wide) for y in (0, high)
    ]
    return min(quarters) / (wide * high)


def differs(one: Image.Image, another: Image.Image) -> bool:
    """By more than a JPEG's noise."""
    extrema = ImageChops.difference(one, another).convert("L").getextrema()
    return bool(extrema[1] > 60)


def test_only_who_holds_the_request_opens_papers_and_that_is_recorded(
    app: Flask, home: Home, driver: Somebody, other: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    number = claim(driver)
    consent(driver)
    ok(paper(driver, number))
    assert at_desk(staff, number)[0]["url"] is None
    ok(staff.post(f"/staff/requests/{number}/claim"))
    assert at_desk(colleague, number)[0]["url"] is None
    ok(join(driver, other, number))
    assert [(one["title"], one["mine"], one["url"]) for one in papers(other, number)] == [
        ("身份证", False, None)
    ]
    url = at_desk(staff, number)[0]["url"]
    for _ in range(2):
        assert look(app, url).status_code == 200
    assert [str(row.actor_id) for row in trail(home, "claim.document_viewed")] == [staff.user["id"]]
    ok(staff.post(f"/staff/requests/{number}/transfer", {"to_staff": colleague.user["id"], "reason": "示例"}))
    assert look(app, url).status_code == 410
    assert look(app, at_desk(colleague, number)[0]["url"]).status_code == 200


def test_an_address_is_one_person_s_and_for_one_thing(app: Flask, driver: Somebody, other: Somebody) -> None:
    number = claim(driver)
    consent(driver)
    url = ok(paper(driver, number))["url"]
    assert look(app, url.replace(driver.user["id"], other.user["id"])).status_code == 403
    assert look(app, url.replace("/documents/", "/statements/")).status_code == 403
    assert look(app, url.split("?")[0]).status_code == 403
    assert look(app, url.split("&p=")[0] + "&p=x&s=y").status_code == 403
    ok(driver.post("/me/erasure", {"confirm": True, "force": True}))
    assert look(app, url).status_code == 410


def test_a_person_destroys_his_own_at_once_and_nobody_else_s(
    app: Flask, home: Home, driver: Somebody, other: Somebody
) -> None:
    number = claim(driver)
    consent(driver)
    made = ok(paper(driver, number))
    path = f"/claims/documents/{made['id']}"
    assert other.call("DELETE", path).json["code"] == "claim.document_unknown"
    ok(driver.call("DELETE", path))
    assert driver.call("DELETE", path).status_code == 404
    assert look(app, made["url"]).status_code == 410
    content_tasks.remove_gone(home)
    assert on_shelf(home) == 0
    ((actor, thing, why),) = trail(home, "claim.document_destroyed")
    assert (str(actor), thing, why) == (driver.user["id"], made["id"], "owner")
    assert rows(home, "SELECT person_id FROM claim_document") == [(None,)]


def test_taking_the_consent_back_destroys_all_of_one_s_papers(
    home: Home, driver: Somebody, other: Somebody
) -> None:
    number = claim(driver)
    ok(join(driver, other, number))
    for who in (driver, other):
        consent(who)
        ok(paper(who, number))
    consent(driver, granted=False)
    assert [one["mine"] for one in papers(driver, number)] == [False]
    assert [row.reason for row in trail(home, "claim.document_destroyed")] == ["consent"]
    assert paper(driver, number).json["code"] == "claim.consent_needed"


def test_papers_go_at_their_date_each_with_one_line_in_the_trail(
    home: Home, driver: Somebody, staff: Somebody, later: Callable[..., None]
) -> None:
    number, going_on = claim(driver), claim(driver)
    consent(driver)
    gone = [ok(paper(driver, number)) for _ in range(2)]
    ok(paper(driver, going_on))
    ok(staff.post(f"/staff/requests/{number}/resolve", {"text": "示例"}))
    ok(driver.post(f"/requests/{number}/confirm"))
    shown = papers(driver, number)[0]
    assert shown["destroy_on"] < papers(driver, going_on)[0]["destroy_on"]
    later(days=59, hours=23)
    assert tasks.destroy_papers(home) == 0
    later(hours=2)
    assert tasks.destroy_papers(home) == 2
    assert tasks.destroy_papers(home) == 0
    lines = trail(home, "claim.document_destroyed")
    assert {row.object_id for row in lines} == {one["id"] for one in gone}
    assert [(row.actor_id, row.reason) for row in lines] == [(None, "date")] * 2
    content_tasks.remove_gone(home)
    assert on_shelf(home) == 1
    later(days=310)
    assert tasks.destroy_papers(home) == 1


def test_documents_that_came_with_a_request_or_a_message_go_at_their_date_too(
    home: Home, driver: Somebody, staff: Somebody, later: Callable[..., None]
) -> None:
    asked, going_on, said = [str(sent(driver, picture(), purpose="document")["id"]) for _ in range(3)]
    plain = str(sent(driver, picture())["id"])
    first = {"kind": "other", "station": "GS001", "text": "示例", "upload_ids": [asked, plain]}
    number = ok(driver.post("/requests", first))["id"]
    ok(driver.post(f"/requests/{number}/messages", {"text": "示例", "upload_ids": [said]}))
    ok(driver.post("/requests", first | {"upload_ids": [going_on]}))
    ok(staff.post(f"/staff/requests/{number}/resolve", {"text": "示例"}))
    ok(driver.post(f"/requests/{number}/confirm"))
    later(days=59, hours=23)
    assert tasks.destroy_papers(home) == 0
    later(hours=2)
    assert tasks.destroy_papers(home) == 2
    assert tasks.destroy_papers(home) == 0
    lines = trail(home, "request.document_destroyed")
    assert {row.object_id for row in lines} == {asked, said}
    content_tasks.remove_gone(home)
    assert on_shelf(home) == 2, "the picture that is no document stays, and what goes on"
    later(days=310)
    assert tasks.destroy_papers(home) == 1


def test_a_full_folder_takes_no_more(home: Home, driver: Somebody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.claims.documents.MOST_DOCUMENTS", 1)
    number = claim(driver)
    consent(driver)
    ok(paper(driver, number))
    assert paper(driver, number).json["code"] == "claim.documents_full"


def test_who_is_waited_for_and_sends_a_paper_is_waited_for_no_longer(
    home: Home, driver: Somebody, staff: Somebody
) -> None:
    number = claim(driver)
    ok(staff.post(f"/staff/requests/{number}/claim"))
    until = (home.clock.now() + timedelta(days=20)).isoformat()
    ok(staff.post(f"/staff/requests/{number}/wait", {"until": until, "reason": "示例：缺行驶证"}))
    consent(driver)
    ok(paper(driver, number, "vehicle_licence"))
    assert ok(driver.get(f"/requests/{number}"))["state"] == "handling"
    assert ok(staff.get("/staff/requests"))["items"][0]["unread"]


def test_the_first_answer_comes_again_for_a_retry(driver: Somebody) -> None:
    number = claim(driver)
    consent(driver)
    upload = sent(driver, picture(), purpose="document")["id"]
    body, key = {"upload_id": upload, "kind": "policy"}, "01a20000-0000-7000-8000-00000000c1a1"
    first = driver.post(f"/requests/{number}/documents", body, key)
    again = driver.post(f"/requests/{number}/documents", body, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]


def test_nothing_is_left_of_who_is_erased_but_kind_and_milestones(
    app: Flask, home: Home, driver: Somebody, other: Somebody, staff: Somebody
) -> None:
    number = claim(driver)
    ok(join(driver, other, number))
    for who in (driver, other):
        consent(who)
        ok(paper(who, number))
    ok(driver.put(f"/requests/{number}/insurance", {"police_no": "示例", "bay": "A12"}))
    ok(driver.put(f"/requests/{number}/insurance/evidence", {"code": "bay"}))
    kept = {"outcome": "secured", "camera": "示例", "kept_where": "示例"}
    hours = {"from_at": f"{DAY}T02:00:00+08:00", "until_at": f"{DAY}T05:00:00+08:00"}
    ok(staff.put(f"/staff/requests/{number}/footage", kept | hours))
    told = ok(driver.get("/me/export"))["held"]["claims"]
    assert told["cases"][0]["facts"]["police_no"] == "示例"
    assert [one["title"] for one in told["documents"]] == ["身份证"]
    assert ok(other.get("/me/export"))["held"]["claims"]["joined"][0]["request"] == number
    ok(driver.post("/me/erasure", {"confirm": True, "force": True}))
    content_tasks.remove_gone(home)
    assert on_shelf(home) == 0
    assert [row.reason for row in trail(home, "claim.document_destroyed")] == ["erased", "erased"]
    for table in ("claim_co_driver", "claim_code", "claim_evidence_tick"):
        assert rows(home, f"SELECT 1 FROM {table}") == [], table
    assert rows(home, "SELECT camera, kept_where FROM claim_footage") == [(None, None)]
    assert rows(home, "SELECT what FROM claim_case") == [("cargo_theft",)]
    assert ok(other.get("/claims"))["items"] == []


def test_a_co_driver_who_is_erased_takes_his_papers_along(
    home: Home, driver: Somebody, other: Somebody
) -> None:
    number = claim(driver)
    ok(join(driver, other, number))
    for who in (driver, other):
        consent(who)
        ok(paper(who, number))
    ok(other.put(f"/requests/{number}/insurance/evidence", {"code": "bay"}))
    ok(other.post("/me/erasure", {"confirm": True, "force": True}))
    seen = ok(driver.get(f"/requests/{number}/insurance"))
    assert (len(seen["documents"]), seen["co_drivers"]) == (1, [])
    assert rows(home, "SELECT by_id FROM claim_evidence_tick") == [(None,)]


def test_a_desk_that_is_no_longer_one_s_own_shows_nothing(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    number = claim(driver)
    consent(driver)
    ok(paper(driver, number))
    ok(staff.post(f"/staff/requests/{number}/claim"))
    url = at_desk(staff, number)[0]["url"]
    rows(home, "DELETE FROM role_grant WHERE person_id = :id RETURNING 1", id=staff.user["id"])
    assert look(app, url).status_code == 410


def test_a_clerk_sees_that_a_paper_is_there_without_opening_it(app: Flask, driver: Somebody) -> None:
    number = claim(driver)
    consent(driver)
    ok(paper(driver, number))
    supervisor = sign_in(app, "supervisor")
    assert [(one["title"], one["url"]) for one in at_desk(supervisor, number)] == [("身份证", None)]
