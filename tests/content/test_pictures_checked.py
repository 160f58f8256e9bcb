"""Public pictures are shown to WeChat, hidden until its verdict, and left to people where there is none."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.content import hooks, tasks, verdicts
from app.content.rules import picture_verdict
from app.foundation.home import Home
from app.people import erasure, events
from app.wechat import Checked, Outcome, Sort
from app.wechat.callback import Event
from app.wechat.standin.demo import demo_openid
from tests.content.conftest import (
    Censor,
    asked,
    look,
    pdf,
    row,
    sent,
    set_state,
    shelf_names,
    use_censor,
)
from tests.support.changed import Changed
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.web.conftest import problem


@pytest.fixture
def censor(home: Home) -> Censor:
    return use_censor(home)


def verdict(home: Home, trace_id: str, suggest: str | None = "pass", **other: Any) -> None:
    """The event `wxa_media_check`, as the callback hands it over: every single value is text."""
    fields = {"appid": "wx", "trace_id": trace_id, "version": "2", "errcode": "0", **other}
    if suggest is not None:
        fields["result"] = {"suggest": suggest, "label": "20002"}
    event = Event("wxa_media_check", "of the platform", home.clock.now(), (), fields)
    with home.database.transaction() as session:
        hooks.verdict_came(session, event, home.clock.now())


def state(home: Home, upload: dict[str, Any]) -> str:
    found: str = row(home, upload["id"]).state
    return found


def test_an_attached_picture_is_shown_to_wechat_by_an_address_that_outlives_the_check(
    app: Flask, driver: Somebody, censor: Censor, home: Home, turn_clock: Callable[[str], None]
) -> None:
    loose, made = sent(driver), sent(driver)
    tasks.check_pictures(home)
    assert censor.pictures == [], "nothing is asked about before it is used"
    asked(driver, made["id"])
    assert tasks.check_pictures(home) == 1
    ((openid, url, scene),) = censor.pictures
    assert openid == demo_openid("driver")
    assert scene == 2
    assert made["id"] in url
    assert loose["id"] not in url
    turn_clock("+40m")
    assert look(app, url).status_code == 200
    turn_clock("+6m")
    problem(look(app, url), 410, "upload.link_over")
    assert tasks.check_pictures(home) == 0


@pytest.mark.parametrize(
    ("suggest", "becomes"), [("pass", "shown"), ("risky", "hidden"), ("review", "manual")]
)
def test_a_verdict_shows_or_hides(
    driver: Somebody, censor: Censor, home: Home, suggest: str, becomes: str
) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    tasks.check_pictures(home)
    assert state(home, made) == "checking"
    for _ in range(2):  # pushed twice, done once
        verdict(home, "trace-1", suggest)
    assert state(home, made) == becomes
    assert row(home, made["id"]).label == 20002


def test_a_verdict_that_comes_before_we_know_its_trace_is_not_lost(
    driver: Somebody, censor: Censor, home: Home
) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    verdict(home, "trace-1", "risky")
    assert state(home, made) == "waiting"
    tasks.check_pictures(home)
    assert state(home, made) == "hidden"


def test_verdict_and_trace_at_the_same_moment_always_meet(
    driver: Somebody, censor: Censor, home: Home
) -> None:
    made = [sent(driver) for _ in range(8)]
    asked(driver, *(one["id"] for one in made))
    with home.database.transaction() as session:
        pictures = verdicts.claim(session, home.clock.now(), tasks._LEASE, 20)

    def ask(picture: verdicts.Picture) -> None:
        with home.database.transaction() as session:
            verdicts.asked(session, home.clock.now(), picture, f"t-{picture.id}")

    works: list[Callable[[], None]] = []
    for one in pictures:
        works += [lambda one=one: ask(one), lambda one=one: verdict(home, f"t-{one.id}")]
    at_once(works)
    assert {state(home, one) for one in made} == {"shown"}


def test_the_control_looking_for_the_other_half_without_a_common_key_misses_it(home: Home) -> None:
    """Two transactions that each write their own row and look for the other's see nothing of one another."""
    with home.database.session() as ours, home.database.session() as theirs:
        for session in (ours, theirs):
            session.execute(text("CREATE TABLE IF NOT EXISTS halves (which text)"))
            session.commit()
        ours.execute(text("INSERT INTO halves VALUES ('trace')"))
        theirs.execute(text("INSERT INTO halves VALUES ('verdict')"))
        assert ours.scalar(text("SELECT count(*) FROM halves")) == 1
        assert theirs.scalar(text("SELECT count(*) FROM halves")) == 1
        ours.commit()
        theirs.commit()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"trace_id": "t", "errcode": 0, "result": {"suggest": "pass", "label": 100}}, ("t", "pass", 100)),
        ({"trace_id": "t", "result": {"suggest": "risky", "label": "20001"}}, ("t", "risky", 20001)),
        ({"trace_id": "t", "errcode": "-1008", "result": {"suggest": "pass"}}, ("t", None, None)),
        ({"trace_id": "t", "errcode": "odd", "result": {"suggest": "pass"}}, ("t", None, None)),
        ({"trace_id": "t", "result": "pass"}, ("t", None, None)),
        ({"trace_id": "t", "isrisky": "1"}, ("t", None, None)),
        ({"trace_id": "t", "result": {"suggest": ["pass"]}}, ("t", None, None)),
        ({"trace_id": "", "result": {}}, None),
        ({"trace_id": 7}, None),
        ({"trace_id": "t" * 201}, None),
        ({}, None),
    ],
)
def test_what_an_event_says(fields: dict[str, Any], expected: tuple[object, ...] | None) -> None:
    read = picture_verdict(fields)
    assert (None if read is None else (read.trace_id, read.suggest, read.label)) == expected


def test_a_picture_that_wechat_could_not_fetch_is_for_people(
    driver: Somebody, censor: Censor, home: Home
) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    tasks.check_pictures(home)
    verdict(home, "trace-1", None, errcode="-1008")
    assert state(home, made) == "manual"


def test_without_a_verdict_people_decide_after_half_an_hour_and_a_late_one_still_helps(
    driver: Somebody, censor: Censor, home: Home, turn_clock: Callable[[str], None]
) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    tasks.check_pictures(home)
    turn_clock("+29m")
    assert tasks.time_out(home) == 0
    turn_clock("+2m")
    assert tasks.time_out(home) == 1
    assert state(home, made) == "manual"
    verdict(home, "trace-1", "pass")
    assert state(home, made) == "shown"


def test_a_house_without_an_address_leaves_it_to_people_at_once(app_with: Changed) -> None:
    app = app_with(web={"public_url": ""})
    home: Home = app.extensions["home"]
    driver = sign_in(app, "driver")
    censor = use_censor(home)
    made = sent(driver)
    assert made["url"].startswith("/u/")
    assert look(app, made["url"]).status_code == 200
    asked(driver, made["id"])
    tasks.check_pictures(home)
    assert state(home, made) == "manual"
    assert censor.pictures == []


@pytest.mark.parametrize(
    ("sort", "becomes"),
    [
        (Sort.TRY_LATER, "waiting"), (Sort.UNKNOWN, "waiting"), (Sort.STOP, "waiting"),
        (Sort.FAILED, "manual"), (Sort.REFUSED, "manual"),
    ],
)  # fmt: skip
def test_wechat_s_troubles(driver: Somebody, censor: Censor, home: Home, sort: Sort, becomes: str) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    censor.picture_answers = [Checked(Outcome(sort, 1))]
    assert tasks.check_pictures(home) == 1
    assert state(home, made) == becomes
    assert tasks.check_pictures(home) == 0


def test_a_done_without_a_trace_is_asked_no_more(driver: Somebody, censor: Censor, home: Home) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    censor.picture_answers = [Checked(Outcome(Sort.DONE))]
    tasks.check_pictures(home)
    assert state(home, made) == "manual"


def test_several_jobs_processes_ask_about_each_picture_once(
    driver: Somebody, censor: Censor, home: Home
) -> None:
    for _ in range(3):
        asked(driver, *(sent(driver)["id"] for _ in range(4)))
    at_once([lambda: tasks.check_pictures(home) for _ in range(4)])
    assert len({url for _, url, _ in censor.pictures}) == len(censor.pictures) == 12


def test_private_ones_never_leave_the_house(driver: Somebody, censor: Censor, home: Home) -> None:
    document, of_matter = sent(driver, purpose="document"), sent(driver)
    asked(driver, document["id"])
    asked(driver, of_matter["id"], kind="medical")
    for _ in range(3):
        tasks.check_pictures(home)
    assert censor.pictures == []
    assert (state(home, document), state(home, of_matter)) == ("private", "private")


def test_an_avatar_is_checked_as_part_of_a_profile(driver: Somebody, censor: Censor, home: Home) -> None:
    driver.put("/me", {"avatar_upload_id": sent(driver)["id"]})
    tasks.check_pictures(home)
    assert [scene for _, _, scene in censor.pictures] == [1]


# --- Decided by hand ------------------------------------------------------------------------------------


def in_review(home: Home, driver: Somebody, station: str) -> dict[str, Any]:
    made = sent(driver)
    asked(driver, made["id"], station=station)
    set_state(home, made["id"], "manual")
    return made


def test_staff_decide_at_their_own_stations(
    app: Flask, driver: Somebody, staff: Somebody, home: Home
) -> None:
    here, there = in_review(home, driver, "GS001"), in_review(home, driver, "GS002")
    supervisor = sign_in(app, "supervisor")
    assert [item["id"] for item in staff.get("/staff/uploads").json["items"]] == [here["id"]]
    items = supervisor.get("/staff/uploads?state=manual").json["items"]
    assert [item["id"] for item in items] == [here["id"], there["id"]], "the oldest first"
    assert items[0]["station"] == "GS001"
    assert items[0]["subject"]["kind"] == "request"
    assert look(app, items[0]["url"]).status_code == 200
    problem(staff.post(f"/staff/uploads/{there['id']}/review", {"show": True}), 404, "upload.unknown")
    shown = staff.post(f"/staff/uploads/{here['id']}/review", {"show": True})
    assert (shown.status_code, shown.json["verdict"]) == (200, "shown")
    hidden = supervisor.post(f"/staff/uploads/{there['id']}/review", {"show": False})
    assert hidden.json["verdict"] == "hidden"
    assert supervisor.get("/staff/uploads").json["items"] == []
    assert [item["id"] for item in supervisor.get("/staff/uploads?state=hidden").json["items"]] == [
        there["id"]
    ]
    with home.database.transaction() as session:
        columns = "action, actor_id, station"
        trail = session.execute(
            text(f"SELECT {columns} FROM audit_entry WHERE object_kind = 'upload' ORDER BY at, id")
        ).all()
    assert [(entry.action, str(entry.actor_id), entry.station) for entry in trail] == [
        ("upload.shown", staff.user["id"], "GS001"),
        ("upload.hidden", supervisor.user["id"], "GS002"),
    ]


def test_what_people_decided_stands_whatever_wechat_says_later(
    driver: Somebody, staff: Somebody, censor: Censor, home: Home
) -> None:
    made = sent(driver)
    asked(driver, made["id"])
    tasks.check_pictures(home)
    staff.post(f"/staff/uploads/{made['id']}/review", {"show": True})
    verdict(home, "trace-1", "risky")
    assert state(home, made) == "shown"
    staff.post(f"/staff/uploads/{made['id']}/review", {"show": False})
    assert state(home, made) == "hidden", "and they may think better of it"


def test_nobody_decides_about_private_or_unused_ones(driver: Somebody, staff: Somebody, app: Flask) -> None:
    loose, private = sent(driver), sent(driver, purpose="medical")
    asked(driver, private["id"])
    for made in (loose, private, {"id": str(uuid.uuid4())}):
        answer = sign_in(app, "supervisor").post(f"/staff/uploads/{made['id']}/review", {"show": True})
        problem(answer, 404, "upload.unknown")
    assert driver.get("/staff/uploads").status_code == 403


def test_the_list_has_pages(driver: Somebody, staff: Somebody, home: Home) -> None:
    made = [in_review(home, driver, "GS001")["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = staff.get(f"/staff/uploads?limit=2{cursor}").json
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made


# --- Forgotten ------------------------------------------------------------------------------------------


def test_whoever_is_forgotten_takes_his_files_along(app: Flask, driver: Somebody, home: Home) -> None:
    other = sent(sign_in(app, "driver2"))
    loose, used, private = sent(driver), sent(driver), sent(driver, purpose="document")
    request = asked(driver, used["id"], private["id"])
    staff = sign_in(app, "staff")
    reply = {"text": "示例", "upload_ids": [sent(staff)["id"]]}
    assert staff.post(f"/staff/requests/{request['id']}/replies", reply).status_code == 201
    driver.put("/me", {"nickname": "示例", "avatar_upload_id": sent(driver)["id"]})
    use_censor(home)
    tasks.check_pictures(home)
    person = uuid.UUID(driver.user["id"])
    with home.database.transaction() as session:
        erasure.erase(session, home.clock.now(), person, force=True)
    assert look(app, loose["url"]).status_code == 410, "at once, before the files are gone"
    tasks.remove_gone(home)
    assert shelf_names(home) == {row(home, other["id"]).place}
    with home.database.transaction() as session:
        for table in ("upload", "text_check", "picture_check"):
            left = session.scalar(
                text(f"SELECT count(*) FROM {table} WHERE person_id = :who"), {"who": person}
            )
            assert left == 0, table
    verdict(home, "trace-1", "pass")  # comes too late for anything


def test_what_is_taken_back_at_wechat_goes_and_nothing_else(app: Flask, driver: Somebody, home: Home) -> None:
    used, document = sent(driver), sent(driver, pdf(), purpose="medical")
    asked(driver, used["id"], document["id"])
    driver.put("/me", {"nickname": "示例", "avatar_upload_id": sent(driver)["id"]})

    def take_back(number: str) -> set[str]:
        event = Event("x", demo_openid("driver"), home.clock.now(), (), {"RevokeInfo": number})
        with home.database.transaction() as session:
            events.revoked(session, event, home.clock.now())
            kept = session.scalars(
                text("SELECT coalesce(subject_kind, kind) FROM upload WHERE state <> 'gone'")
            )
            return set(kept)

    assert driver.get("/me").json["avatar"]
    assert take_back("20") == {"request"}
    assert driver.get("/me").json["avatar"] is None
    assert [one["id"] for one in driver.get("/me/export").json["held"]["uploads"]] == [
        used["id"],
        document["id"],
    ]
    take_back("14")
    assert [one["id"] for one in driver.get("/me/export").json["held"]["uploads"]] == [document["id"]]
