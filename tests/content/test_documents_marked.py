"""Documents are seen with who looks, when and what for across them, wherever they hang, and never without."""

import io
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image, ImageChops
from sqlalchemy import text

from app.content import pages
from app.content.links import links
from app.content.rules import may_open
from app.foundation.home import Home
from tests.claims.helpers import claim, consent, ok
from tests.content.conftest import asked, look, pdf, picture, send, sent
from tests.support.clients import Somebody, sign_in
from tests.web.conftest import problem

PLAIN = picture(size=(640, 400), color="white")
KEPT = "private, no-store"


@pytest.fixture
def across(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn across pictures, in order; still drawn."""
    drawn: list[str] = []
    draw = pages.watermark

    def watch(jpeg: bytes, words: str, when: str) -> bytes:
        drawn.append(f"{words} {when}")
        return draw(jpeg, words, when)

    monkeypatch.setattr(pages, "watermark", watch)
    return drawn


def is_marked(app: Flask, url: str) -> bool:
    """Whether every quarter of what it shows carries some ink."""
    answer = look(app, url)
    assert answer.status_code == 200, answer.text
    shown = Image.open(io.BytesIO(answer.data)).convert("RGB")
    ground = Image.new("RGB", shown.size, "white")
    inked = ImageChops.difference(ground, shown).convert("L").point(lambda value: 255 * (value > 20))
    wide, high = shown.size[0] // 2, shown.size[1] // 2
    corners = [(x, y) for x in (0, wide) for y in (0, high)]
    marked = all(inked.crop((x, y, x + wide, y + high)).getbbox() for x, y in corners)
    assert (answer.headers["Cache-Control"] == KEPT) == marked
    return marked


def document(who: Somebody) -> str:
    return str(sent(who, PLAIN, purpose="document")["id"])


def test_one_s_own_document_is_marked_before_it_hangs_anywhere(
    app: Flask, driver: Somebody, across: list[str]
) -> None:
    made = sent(driver, PLAIN, purpose="document")
    assert is_marked(app, made["url"])
    assert across[0].startswith(f"本人查看　{driver.user['nickname']} 20")
    assert not is_marked(app, sent(driver, PLAIN)["url"]), "the control: a picture is shown as it is"


def test_a_document_on_a_request_or_a_message_is_marked_for_everybody(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, across: list[str]
) -> None:
    request = asked(driver, document(driver))
    said = {"text": "示例", "upload_ids": [document(driver)]}
    told = ok(driver.post(f"/requests/{request['id']}/messages", said))
    answer = {"text": "示例", "upload_ids": [document(staff)]}
    replied = ok(staff.post(f"/staff/requests/{request['id']}/replies", answer))
    by_driver = ok(driver.get(f"/requests/{request['id']}"))
    at_desk = ok(staff.get(f"/staff/requests/{request['id']}"))
    for seen, who in ((by_driver, driver), (at_desk, staff)):
        shown = [*seen["uploads"], *seen["messages"][0]["uploads"], *seen["messages"][1]["uploads"]]
        assert len(shown) == 3
        for upload in shown:
            assert is_marked(app, upload["url"])
            name = who.user["nickname"]
            assert across[-1].startswith(f"仅供办理 {request['number']}　{name} 20"), across[-1]
    for upload in (*request["uploads"], *told["uploads"], *replied["uploads"]):
        assert is_marked(app, upload["url"])
    with home.database.transaction() as session:
        looks = "SELECT actor_id FROM audit_entry WHERE action = 'upload.document_viewed'"
        lines = Counter(str(who) for who in session.scalars(text(looks)))
    assert lines == {staff.user["id"]: 2, driver.user["id"]: 1}, "another's, each once a quarter of an hour"


def test_what_hangs_on_a_case_as_a_paper_is_marked_whatever_it_was_sent_as(
    app: Flask, driver: Somebody, across: list[str]
) -> None:
    """Also for its owner through the file's own address, which the export gives him."""
    number = claim(driver)
    consent(driver)
    made = sent(driver, PLAIN)
    assert not is_marked(app, made["url"])
    ok(driver.post(f"/requests/{number}/documents", {"upload_id": made["id"], "kind": "policy"}))
    problem(look(app, made["url"]), 410, "upload.link_over")
    (held,) = ok(driver.get("/me/export"))["held"]["uploads"]
    assert is_marked(app, held["url"])
    assert across[-1].startswith("仅供理赔 ")


def test_an_address_of_a_document_is_one_person_s(app: Flask, driver: Somebody, staff: Somebody) -> None:
    request = asked(driver, document(driver))
    url = request["uploads"][0]["url"]
    person = driver.user["id"]
    assert person in url
    problem(look(app, url.replace(person, staff.user["id"])), 403, "upload.link_wrong")
    problem(look(app, url.replace(f"&p={person}", "")), 403, "upload.link_wrong")
    problem(look(app, url.replace(person, "nobody")), 403, "upload.link_wrong")


def test_an_address_without_a_person_opens_no_document(app: Flask, home: Home, driver: Somebody) -> None:
    made = document(driver)
    for viewer in "osr":
        address = links().address(uuid.UUID(made), viewer, home.clock.now())
        problem(look(app, address), 410, "upload.link_over")


def test_who_may_no_longer_look_is_shown_nothing(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    request = asked(driver, document(driver))
    url = ok(staff.get(f"/staff/requests/{request['id']}"))["uploads"][0]["url"]
    assert look(app, url).status_code == 200
    ok(staff.post(f"/staff/requests/{request['id']}/transfer", {"to_station": "GS002", "reason": "示例"}))
    problem(look(app, url), 410, "upload.link_over")
    stranger = sign_in(app, "driver2")
    forged = links().address(
        uuid.UUID(request["uploads"][0]["id"]), "r", home.clock.now(), uuid.UUID(stranger.user["id"])
    )
    problem(look(app, forged), 410, "upload.link_over")
    own = request["uploads"][0]["url"]
    assert look(app, own).status_code == 200
    ok(driver.post("/me/erasure", {"confirm": True, "force": True}))
    problem(look(app, own), 410, "upload.link_over")


def test_every_look_bears_its_own_moment(
    app: Flask, driver: Somebody, across: list[str], turn_clock: Callable[[str], None]
) -> None:
    url = sent(driver, PLAIN, purpose="document")["url"]
    look(app, url)
    turn_clock("+90s")
    look(app, url)
    assert across[0] != across[1]


def test_a_document_is_a_picture_since_no_mark_can_be_put_on_a_pdf(app: Flask, driver: Somebody) -> None:
    refused = problem(send(driver, pdf(), purpose="document"), 415, "upload.kind_refused")
    assert "水印" in refused["detail"]


def test_a_pdf_that_was_taken_as_a_document_before_is_opened_by_nobody(
    app: Flask, home: Home, driver: Somebody
) -> None:
    made = sent(driver, pdf(), purpose="medical")
    with home.database.transaction() as session:
        session.execute(text("UPDATE upload SET purpose = 'document' WHERE id = :id"), {"id": made["id"]})
    (held,) = [one for one in ok(driver.get("/me/export"))["held"]["uploads"] if one["id"] == made["id"]]
    assert held["url"] is None
    person = uuid.UUID(driver.user["id"])
    address = links().address(uuid.UUID(made["id"]), "o", home.clock.now(), person)
    problem(look(app, address), 410, "upload.link_over")
    assert not may_open("private", "s", "document", "pdf")
