"""Who may look at a file: by the state of its check, by whose address it is, and not for long."""

import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from app.content.links import links
from app.content.rules import STATES, may_see
from app.content.workbench import Workbench
from app.foundation.home import Home
from app.foundation.logs import scrub
from tests.content.conftest import asked, look, row, send, sent, set_state
from tests.support.changed import Changed
from tests.support.clients import Somebody, sign_in
from tests.web.conftest import problem

# Written by hand: in which state which kind of viewer opens a file.
SEEN = {
    "loose": {"owner"},
    "waiting": {"owner", "staff", "wechat"},
    "checking": {"owner", "staff", "wechat"},
    "manual": {"owner", "staff", "wechat"},
    "shown": {"owner", "staff", "reader", "wechat"},
    "hidden": {"staff"},
    "private": {"owner", "staff", "reader"},
    "gone": set(),
}
VIEWERS = {"owner": "o", "staff": "s", "reader": "r", "wechat": "w"}


def test_the_table_holds_every_state() -> None:
    assert set(SEEN) == set(STATES)
    for state, expected in SEEN.items():
        assert {who for who, letter in VIEWERS.items() if may_see(state, letter)} == expected, state
        assert not may_see(state, "")
        assert not may_see(state, "os")


@pytest.mark.parametrize("state", SEEN)
def test_an_address_opens_only_what_its_viewer_may_see_at_this_moment(
    app: Flask, home: Home, driver: Somebody, state: str
) -> None:
    """Also one that was given out before the verdict."""
    purpose = "medical" if state == "private" else "request"
    made = sent(driver, purpose=purpose)
    now = home.clock.now()
    addresses = {who: links().address(uuid.UUID(made["id"]), letter, now) for who, letter in VIEWERS.items()}
    if state != "loose":
        asked(driver, made["id"])
        set_state(home, made["id"], state)
    opened = {who for who, url in addresses.items() if look(app, url).status_code == 200}
    assert opened == SEEN[state]
    for who in set(VIEWERS) - opened:
        problem(look(app, addresses[who]), 410, "upload.link_over")


def test_an_address_says_how_it_wants_to_be_treated(app: Flask, driver: Somebody) -> None:
    made = sent(driver)
    assert made["url"].startswith("http://127.0.0.1:8000/u/")
    answer = look(app, made["url"])
    assert answer.headers["Content-Disposition"] == f'inline; filename="{made["id"]}.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    kept_for = int(answer.headers["Cache-Control"].removeprefix("private, max-age="))
    assert 0 < kept_for <= 600


def test_an_address_is_good_for_five_to_ten_minutes(
    app: Flask, driver: Somebody, home: Home, turn_clock: Callable[[str], None]
) -> None:
    url = sent(driver)["url"]
    turn_clock("+280s")
    assert look(app, url).status_code == 200
    turn_clock("+330s")
    problem(look(app, url), 410, "upload.link_over")


def tampered(url: str) -> dict[str, str]:
    """The same address with one thing changed."""
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    base = f"{parts.scheme}://{parts.netloc}"

    def to(path: str = parts.path, **change: str | None) -> str:
        query = {name: value for name, value in {**asked, **change}.items() if value is not None}
        return f"{base}{path}?{urlencode(query)}"

    signature = asked["s"]
    return {
        "another file": to(f"/u/{uuid.uuid4()}"),
        "later end": to(e=str(int(asked["e"]) + 600)),
        "another viewer": to(v="s"),
        "no viewer": to(v=None),
        "no such viewer": to(v="x"),
        "two viewers": to(v="os"),
        "no signature": to(s=None),
        "empty signature": to(s=""),
        "one letter": to(s=("A" if signature[0] != "A" else "B") + signature[1:]),
        "half of it": to(s=signature[:11]),
        "not ASCII": to(s="签" * 22),
        "end in words": to(e="never"),
        "other digits": to(e="１２３"),
        "endless": to(e="9" * 40),
        "nothing": to(e=None, v=None, s=None),
    }


def test_a_changed_address_opens_nothing_and_says_nothing(app: Flask, driver: Somebody) -> None:
    url = sent(driver)["url"]
    assert look(app, url).status_code == 200
    for what, changed in tampered(url).items():
        answer = look(app, changed)
        assert answer.status_code == 403, what
        assert answer.json["code"] == "upload.link_wrong", what
    assert look(app, "/u/not-an-id").status_code == 404


def test_a_file_that_is_no_more_looks_like_an_old_address(app: Flask, home: Home) -> None:
    nowhere = links().address(uuid.uuid4(), "o", home.clock.now())
    problem(look(app, nowhere), 410, "upload.link_over")


def test_another_house_s_signature_is_none(
    app: Flask, driver: Somebody, app_with: Changed, home: Home
) -> None:
    url = sent(driver)["url"]
    other = app_with(secrets={"signing_key": "another house's key, as long as it should be"})
    problem(look(other, url), 403, "upload.link_wrong")


def test_a_thread_shows_everybody_what_he_may_see(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    """By hand: driver and desk, a picture of either, before and after every verdict."""
    his, theirs = sent(driver), sent(staff)
    request = asked(driver, his["id"])
    reply = staff.post(
        f"/staff/requests/{request['id']}/replies", {"text": "示例", "upload_ids": [theirs["id"]]}
    ).json
    assert [entry["id"] for entry in request["uploads"]] == [his["id"]]
    assert [entry["mark"] for entry in reply["uploads"]] == ["未审"]
    expected = {
        # state: (driver on his own, desk on the driver's, driver on the desk's, desk on its own), mark
        "waiting": ((True, True, False, True), "未审"),
        "checking": ((True, True, False, True), "未审"),
        "manual": ((True, True, False, True), "未审"),
        "shown": ((True, True, True, True), ""),
        "hidden": ((False, True, False, True), "已隐藏"),
    }
    for state, (open_to, mark) in expected.items():
        set_state(home, his["id"], state)
        set_state(home, theirs["id"], state)
        by_driver = driver.get(f"/requests/{request['id']}").json
        by_desk = staff.get(f"/staff/requests/{request['id']}").json
        shown = [
            by_driver["uploads"][0], by_desk["uploads"][0],
            by_driver["messages"][0]["uploads"][0], by_desk["messages"][0]["uploads"][0],
        ]  # fmt: skip
        assert tuple(entry["url"] is not None for entry in shown) == open_to, state
        assert {entry["mark"] for entry in shown} == {mark}
        assert all(look(app, entry["url"]).status_code == 200 for entry in shown if entry["url"])
    own = driver.get("/requests").json["items"][0]
    assert [entry["id"] for entry in own["uploads"]] == [his["id"]]


def test_nobody_else_is_given_an_address(app: Flask, driver: Somebody, home: Home) -> None:
    request = asked(driver, sent(driver)["id"])
    assert sign_in(app, "driver2").get(f"/requests/{request['id']}").status_code == 404
    for who in ("editor", "kitchen", "admin"):
        assert sign_in(app, who).get(f"/staff/requests/{request['id']}").status_code in (403, 404)


def test_the_same_page_gives_the_same_address_for_a_while(driver: Somebody, turn_clock: object) -> None:
    """Screens poll with an ETag; an address that changed every second would defeat it."""
    request = asked(driver, sent(driver)["id"])
    first = driver.get(f"/requests/{request['id']}")
    again = driver.get(f"/requests/{request['id']}", If_None_Match=first.headers["ETag"])
    assert again.status_code in (304, 200)  # 200 once in five minutes, when the grid moves on
    assert first.json["uploads"][0]["url"].split("?")[0] in first.text


def test_private_pictures_are_never_for_the_check(app: Flask, home: Home, driver: Somebody) -> None:
    """Whether the sender called them private, or the matter is."""
    by_purpose, by_matter, plain = sent(driver, purpose="document"), sent(driver), sent(driver)
    asked(driver, by_purpose["id"], plain["id"])
    asked(driver, by_matter["id"], kind="medical")
    assert row(home, by_purpose["id"]).state == "private"
    assert row(home, by_matter["id"]).state == "private"
    assert row(home, plain["id"]).state == "waiting"
    for made in (by_purpose, by_matter):
        for_wechat = links().for_wechat(uuid.UUID(made["id"]), home.clock.now())
        assert for_wechat is not None
        problem(look(app, for_wechat), 410, "upload.link_over")


def test_no_signature_is_written_to_the_log(
    app: Flask, driver: Somebody, capfd: pytest.CaptureFixture[str]
) -> None:
    url = sent(driver)["url"]
    look(app, url)
    look(app, url.replace("e=", "e=1"))
    signature = parse_qs(urlsplit(url).query)["s"][0]
    err = capfd.readouterr().err
    assert "/u/<uuid:id>" in err
    assert signature not in err
    for told in (url, f"GET {url} failed", f"{{'url': '{url}'}}", url.replace("v=o&s=", "s=") + "&v=o"):
        assert signature in told
        assert signature not in scrub(told)


def test_what_lies_on_the_disk_is_sealed(app: Flask, driver: Somebody, home: Home) -> None:
    made = sent(driver, purpose="medical")
    plain = look(app, made["url"]).data
    shelf = home.part(Workbench).shelf
    place = shelf._place(row(home, made["id"]).place)
    on_disk = place.read_bytes()
    assert shelf.get(place.name) == plain
    assert plain[:4] not in on_disk[:200]
    assert b"JFIF" not in on_disk
    assert place.stat().st_mode & 0o777 == 0o600
    for folder in (place.parent, place.parent.parent, shelf.folder, shelf.folder.parent):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_sending_a_private_file_leaves_no_plain_one_behind(driver: Somebody, home: Home) -> None:
    content = b"%PDF-1.4\n" + b"a secret diagnosis " * 20 + b"\nstartxref\n0\n%%EOF\n"
    assert send(driver, content, purpose="medical").status_code == 201
    for file in home.settings.data_dir.rglob("*"):
        if file.is_file():
            assert b"diagnosis" not in file.read_bytes(), file
