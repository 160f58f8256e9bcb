"""How much one person may send, how many at once, and what a retry is answered; a full disk; a crash."""

import errno
import io
import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app.content import pictures, shelf, tasks, uploads
from app.content.rules import PARTS, part_of_the_minute
from app.content.workbench import Workbench
from app.foundation.home import Home
from app.web.files import Intake
from tests.content.conftest import asked, look, picture, row, send, sent, shelf_names
from tests.support.changed import Changed
from tests.support.clients import Somebody, fresh_key, sign_in
from tests.support.crowd import at_once
from tests.web.conftest import problem


def home_of(app: Flask) -> Home:
    found: Home = app.extensions["home"]
    return found


# --- Bounds ---------------------------------------------------------------------------------------------


def test_a_day_has_so_many_files_and_the_next_has_them_again(app_with: Changed) -> None:
    app = app_with(uploads={"per_person_day": 3})
    driver, other, home = sign_in(app, "driver"), sign_in(app, "driver2"), home_of(app)
    for _ in range(3):
        sent(driver)
    refused = problem(send(driver, picture()), 429, "upload.too_many_today")
    assert "明天" in refused["detail"]
    assert len(shelf_names(home)) == 3, "what was refused is not kept"
    assert send(other, picture()).status_code == 201
    home.clock._offset = timedelta(days=1)
    home.clock._file = None
    assert send(driver, picture()).status_code == 201


def test_of_many_sent_at_once_no_more_than_the_bound_are_kept(app_with: Changed) -> None:
    app = app_with(uploads={"per_person_day": 3, "max_share": 1.0})
    driver, home = sign_in(app, "driver"), home_of(app)
    outcomes = at_once([lambda: send(driver, picture()).status_code for _ in range(8)])
    assert sorted(outcomes) == [201] * 3 + [429] * 5
    assert len(shelf_names(home)) == 3


def test_a_person_has_so_much_room_and_gets_it_back(app_with: Changed) -> None:
    app = app_with(uploads={"per_person_mb": 1})
    driver, home = sign_in(app, "driver"), home_of(app)
    noise = io.BytesIO()
    Image.effect_noise((1000, 1000), 90).save(noise, "JPEG", quality=90)
    made = [sent(driver, noise.getvalue())]
    while (answer := send(driver, noise.getvalue())).status_code == 201:
        made.append(answer.json)
    problem(answer, 413, "upload.no_room")
    assert sum(one["bytes"] for one in made) <= 1024 * 1024 < sum(one["bytes"] for one in [*made, made[0]])
    home.clock._offset, home.clock._file = timedelta(hours=25), None
    tasks.sweep(home)
    tasks.remove_gone(home)
    assert shelf_names(home) == set()
    assert send(driver, noise.getvalue()).status_code == 201


def test_beyond_its_share_of_threads_a_worker_asks_to_come_again_at_once(app_with: Changed) -> None:
    """Half of two threads is one: while one phone sends slowly, the next is not kept waiting."""
    app = app_with(web={"threads": 2})
    driver, intake = sign_in(app, "driver"), home_of(app).part(Intake)
    assert intake._places.acquire(blocking=False)
    started = time.monotonic()
    answer = send(driver, picture())
    problem(answer, 503, "upload.busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert time.monotonic() - started < 4
    assert driver.get("/me").status_code == 200
    intake._places.release()
    assert send(driver, picture()).status_code == 201


def test_every_place_is_given_back_whatever_came_of_it(app_with: Changed) -> None:
    app = app_with(web={"threads": 2})
    driver, client = sign_in(app, "driver"), app.test_client()
    for content in (b"", b"x", picture()[:200], picture(), b"\xff\xd8\xff" + b"\0" * 11_000_000):
        send(driver, content)
    client.post("/api/v1/uploads", data=b"x", headers={"Authorization": f"Bearer {driver.token}"})
    send(driver, picture(), key="not a key")
    assert send(driver, picture()).status_code == 201


def test_pictures_wait_for_their_turn(app_with: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with(uploads={"decode_wait_s": 60, "max_share": 1.0})
    driver = sign_in(app, "driver")
    real, running, most = pictures.recode, [0], [0]
    lock = threading.Lock()

    def slow(*args: Any, **how: Any) -> Any:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.1)
        with lock:
            running[0] -= 1
        return real(*args, **how)

    monkeypatch.setattr(pictures, "recode", slow)
    assert at_once([lambda: send(driver, picture()).status_code] * 5) == [201] * 5
    assert most == [1], "one at a time"


def test_no_picture_waits_for_ever(app_with: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with(uploads={"decode_wait_s": 0.3, "max_share": 1.0})
    driver = sign_in(app, "driver")
    real, begun, go_on = pictures.recode, threading.Event(), threading.Event()

    def stuck(*args: Any, **how: Any) -> Any:
        begun.set()
        go_on.wait(60)
        return real(*args, **how)

    def later() -> int:
        begun.wait(60)
        answer = send(driver, picture()).status_code
        go_on.set()
        return answer

    monkeypatch.setattr(pictures, "recode", stuck)
    outcomes = at_once([lambda: send(driver, picture()).status_code, later])
    assert outcomes == [201, 503], "who has begun is finished, however late"
    assert len(shelf_names(home_of(app))) == 1


def test_nothing_of_the_database_is_held_while_a_picture_is_opened(
    app: Flask, driver: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, held = pictures.recode, []

    def watched(*args: Any, **how: Any) -> Any:
        held.append(home.database.engine.pool.checkedout())
        return real(*args, **how)

    monkeypatch.setattr(pictures, "recode", watched)
    assert send(driver, picture(), key=fresh_key()).status_code == 201
    assert held == [0]


def test_a_phone_that_sends_for_ever_is_stopped(app_with: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_with(uploads={"receive_s": 5})
    driver = sign_in(app, "driver")
    ticks = iter(range(0, 1000, 3))
    monkeypatch.setattr("app.web.files.time.monotonic", lambda: next(ticks))
    problem(send(driver, picture() + b"\0" * 500_000), 408, "upload.too_slow")


# --- Retries --------------------------------------------------------------------------------------------


def test_the_same_file_with_the_same_key_is_the_same_upload(
    driver: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the form around it looks like: every try draws another boundary and may give another name."""
    key, content = fresh_key(), picture()
    first = send(driver, content, key=key, name="a.jpg")
    monkeypatch.setattr(pictures, "recode", lambda *_, **__: pytest.fail("opened again"))
    again = send(driver, content, key=key, name="b.png")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(shelf_names(home)) == 1


def test_other_bytes_with_the_same_key_are_refused(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    assert send(driver, picture(), key=key).status_code == 201
    problem(send(driver, picture(color="red"), key=key), 409, "api.key_reused")
    problem(send(driver, b"not even a picture", key=key), 409, "api.key_reused")
    problem(driver.post("/requests", {"kind": "other", "text": "x"}, key), 409, "api.key_reused")
    assert len(shelf_names(home)) == 1


def test_twins_at_once_make_one_upload(app_with: Changed) -> None:
    app = app_with(uploads={"max_share": 1.0})
    driver, home, key, content = sign_in(app, "driver"), home_of(app), fresh_key(), picture()
    answers = at_once([lambda: send(driver, content, key=key) for _ in range(6)])
    made = {answer.json["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    with home.database.transaction() as session:
        assert uploads.usable(session, uuid.UUID(driver.user["id"]), map(uuid.UUID, made))
    orphans = len(shelf_names(home)) - 1
    age(home)
    assert tasks.sweep(home, range(PARTS)) == orphans
    assert len(shelf_names(home)) == 1
    assert look(app, next(a.json["url"] for a in answers if a.status_code == 201)).status_code == 200


def test_a_refused_file_does_not_use_up_the_key(driver: Somebody) -> None:
    key = fresh_key()
    assert send(driver, b"nothing", key=key).status_code == 415
    assert send(driver, picture(), key=key).status_code == 201


# --- A full disk, a crash, and what is left of them -----------------------------------------------------


def full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class OneByteShort:
    """A file on a disk that fills up while it is written."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def write(self, content: bytes) -> int:
        self._real.write(content[:-1])
        return int(full())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __enter__(self) -> "OneByteShort":
        return self

    def __exit__(self, *_: object) -> None:
        self._real.close()


@pytest.mark.parametrize(
    "where", ["receiving", "encoding", "shelving", "flushing", "renaming", "making folders"]
)
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    driver: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    sent(driver)
    lying = {file for file in home.settings.data_dir.rglob("*") if file.is_file()}
    real_fdopen, red = os.fdopen, picture(color="red")
    places: dict[str, tuple[object, str, Any]] = {
        "receiving": (Intake, "_nameless", full),
        "encoding": (Image.Image, "save", full),
        "shelving": (shelf.os, "fdopen", lambda *args: OneByteShort(real_fdopen(*args))),
        "flushing": (shelf.os, "fsync", full),
        "renaming": (Path, "rename", full),
        "making folders": (Path, "mkdir", full),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[where])
        refused = problem(send(driver, red), 507, "upload.no_space")
    assert "空间" in refused["detail"]
    assert {file for file in home.settings.data_dir.rglob("*") if file.is_file()} == lying
    assert driver.post("/requests", {"kind": "other", "text": "示例"}).status_code == 201
    assert send(driver, red).status_code == 201


def test_a_disk_that_is_really_full_is_told_from_a_picture_that_is_broken() -> None:
    noise = io.BytesIO()
    Image.effect_noise((600, 600), 90).save(noise, "PNG")
    with open("/dev/full", "wb", buffering=0) as target, pytest.raises(OSError) as stopped:
        pictures.recode(noise, "png", target, most_pixels=10**6, most_side=600)
    assert stopped.value.errno == errno.ENOSPC


def test_the_last_of_the_disk_is_left_for_the_database(app_with: Changed) -> None:
    app = app_with(uploads={"keep_free_mb": 10**9})
    problem(send(sign_in(app, "driver"), picture()), 507, "upload.no_space")


def age(home: Home) -> None:
    """As if everything on the shelf lay there for two hours."""
    then = time.time() - 7200
    for file in home.part(Workbench).shelf.folder.rglob("*"):
        os.utime(file, (then, then))


def test_a_crash_between_the_file_and_its_row_leaves_a_file_that_is_swept(
    driver: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is fixed: a row without its file there is never; a file without a row goes."""
    kept = sent(driver)

    class Killed(BaseException):
        """kill -9, as near as a test of one process comes."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    bench = home.part(Workbench)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "keep", die)
        patch.setattr(bench.shelf, "remove", lambda _: None)
        with pytest.raises(Killed):
            send(driver, picture())
    (bench.shelf.folder / "ab" / "cd").mkdir(parents=True)
    half = bench.shelf.folder / "ab" / "cd" / ".fresh-abcd0000"
    half.write_bytes(b"half")
    names = shelf_names(home)
    assert len(names) == 2
    assert not half.exists(), "reading the shelf clears what is half done and old"
    assert tasks.sweep(home, range(PARTS)) == 0, "too young: it may be about to get its row"
    age(home)
    assert tasks.sweep(home, range(PARTS)) == 1
    assert shelf_names(home) == {row(home, kept["id"]).place}
    aside = list((bench.shelf.folder.parent / "aside").iterdir())
    assert len(aside) == 1, "set aside for a week: the database may be yesterday's"
    long_ago = time.time() - 8 * 86400
    os.utime(aside[0], (long_ago, long_ago))
    tasks.sweep(home, [])
    assert not aside[0].exists()


def test_every_part_of_the_shelf_has_its_minute(home: Home) -> None:
    start = home.clock.now()
    turns = [part_of_the_minute(start + timedelta(minutes=minute)) for minute in range(PARTS)]
    assert sorted(turns) == list(range(PARTS))


def test_what_was_never_used_goes_after_a_day(
    driver: Somebody, home: Home, app: Flask, turn_clock: Callable[[str], None]
) -> None:
    loose, used = sent(driver), sent(driver)
    asked(driver, used["id"])
    turn_clock("+23h")
    tasks.sweep(home, [])
    assert row(home, loose["id"]).state == "loose"
    turn_clock("+2h")
    assert tasks.sweep(home, []) == 1
    body = {"kind": "other", "text": "示例", "upload_ids": [loose["id"]]}
    problem(driver.post("/requests", body), 422, "api.invalid")
    assert tasks.remove_gone(home) == 1
    assert row(home, loose["id"]) is None
    assert shelf_names(home) == {row(home, used["id"]).place}


def test_two_who_tidy_at_once_do_no_harm(driver: Somebody, home: Home) -> None:
    made = [sent(driver) for _ in range(6)]
    with home.database.transaction() as session:
        uploads.let_go(session, uuid.UUID(driver.user["id"]))
    assert sum(at_once([lambda: tasks.remove_gone(home) for _ in range(3)])) == len(made)
    assert shelf_names(home) == set()
    age(home)
    at_once([lambda: tasks.sweep(home, range(PARTS)) for _ in range(3)])
