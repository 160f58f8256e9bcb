"""ETag and 304: asking again costs nothing while nothing changes, and never shows what is no longer so."""

import pytest
from flask.testing import FlaskClient

from tests.support.clients import Somebody
from tests.web.conftest import problem

PUBLIC = ("/stations", "/stations/GS001", "/request-kinds", "/stations?road=G30")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_read_is_answered_304_while_nothing_changes(client: FlaskClient, path: str) -> None:
    first = client.get(f"/api/v1{path}")
    assert first.status_code == 200
    again = client.get(f"/api/v1{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    other = client.get(f"/api/v1{path}", headers={"If-None-Match": 'W/"other"'})
    assert other.data == first.data


@pytest.mark.parametrize("tag", ["", "*", '"', "W/", "x" * 5000, '"a", "b"', "码"])
def test_an_odd_tag_is_no_fault(client: FlaskClient, tag: str) -> None:
    sent = {"If-None-Match": tag.encode().decode("latin-1")}
    assert client.get("/api/v1/stations/GS001", headers=sent).status_code in (200, 304)


def test_the_queue_is_polled_for_nothing_until_something_happens(driver: Somebody, staff: Somebody) -> None:
    driver.post("/requests", {"kind": "other", "station": "GS001", "text": "x"})
    tag = staff.get("/staff/requests").headers["ETag"]
    assert staff.get("/staff/requests", If_None_Match=tag).status_code == 304
    driver.post("/requests", {"kind": "medical", "station": "GS001"})
    fresh = staff.get("/staff/requests", If_None_Match=tag)
    assert fresh.status_code == 200
    assert fresh.json["items"][0]["kind"] == "medical"


def test_a_thread_is_polled_for_nothing_until_somebody_writes(driver: Somebody, staff: Somebody) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "x"}).json["id"]
    tag = driver.get(f"/requests/{made}").headers["ETag"]
    assert driver.get(f"/requests/{made}", If_None_Match=tag).status_code == 304
    staff.post(f"/staff/requests/{made}/replies", {"text": "来了"})
    assert driver.get(f"/requests/{made}", If_None_Match=tag).status_code == 200


def test_a_tag_opens_no_door(driver: Somebody, client: FlaskClient) -> None:
    """A stranger with the right tag is a stranger; another person with it finds nothing."""
    from tests.support.clients import sign_in

    made = driver.post("/requests", {"kind": "other", "text": "x"}).json["id"]
    tag = driver.get(f"/requests/{made}").headers["ETag"]
    answer = client.get(f"/api/v1/requests/{made}", headers={"If-None-Match": tag})
    problem(answer, 401, "auth.required")
    other = sign_in(driver.app, "driver2").get(f"/requests/{made}", If_None_Match=tag)
    problem(other, 404, "request.unknown")
