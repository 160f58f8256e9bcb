"""Pictures made by the tests themselves, and somebody who sends them."""

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import create_app
from app.content.workbench import Workbench
from app.foundation.home import Home
from app.settings import Settings, load_settings
from app.wechat import Checked, Outcome, Sort, WeChat
from app.wechat.standin.server import running
from app.wechat.standin.world import World
from tests.support.changed import app_with, turn_clock
from tests.support.clients import API, Somebody
from tests.support.databases import Databases

__all__ = ["app_with", "turn_clock"]


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), color: str = "teal", **options: Any
) -> bytes:
    """A whole picture of one colour."""
    into = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), size, color).save(into, kind, **options)
    return into.getvalue()


def pdf(words: bytes = b"sample") -> bytes:
    """The smallest thing that looks like a PDF from beginning to end."""
    return b"%PDF-1.4\n" + words + b"x" * 100 + b"\nstartxref\n0\n%%EOF\n"


def send(
    who: Somebody,
    content: bytes,
    *,
    name: str = "photo.jpg",
    key: object = None,
    purpose: str | None = None,
    **fields: Any,
) -> TestResponse:
    """POST /uploads as `wx.uploadFile` does it."""
    headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
    if key is not None:
        headers["Idempotency-Key"] = str(key)
    data: dict[str, Any] = {"file": (io.BytesIO(content), name), **fields}
    if purpose is not None:
        data["purpose"] = purpose
    return who.app.test_client().post(f"{API}/uploads", data=data, headers=headers)


def sent(who: Somebody, content: bytes | None = None, **how: Any) -> dict[str, Any]:
    """What a successful upload answers."""
    answer = send(who, picture() if content is None else content, **how)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json
    return body


def look(app: Flask, url: str) -> TestResponse:
    """Open an address as an `<image>` does: without any header."""
    return app.test_client().get(url)


def asked(who: Somebody, *upload_ids: str, kind: str = "other", **more: Any) -> dict[str, Any]:
    """A request with these on it."""
    body = {"kind": kind, "station": "GS001", "text": "示例", "upload_ids": list(upload_ids), **more}
    answer = who.post("/requests", body)
    assert answer.status_code in (200, 201), answer.text
    made: dict[str, Any] = answer.json
    return made


def set_state(home: Home, upload_id: str, state: str) -> None:
    """As if WeChat or the clockwork had moved it."""
    with home.database.transaction() as session:
        session.execute(text("UPDATE upload SET state = :to WHERE id = :id"), {"to": state, "id": upload_id})


def row(home: Home, upload_id: str) -> Any:
    """The row of an upload, or None."""
    with home.database.transaction() as session:
        return session.execute(text("SELECT * FROM upload WHERE id = :id"), {"id": upload_id}).one_or_none()


def shelf_names(home: Home) -> set[str]:
    """What lies on the shelf of this house, however young."""
    shelf = home.part(Workbench).shelf
    return {name for part in range(256) for name in shelf.names(part, -60)}


class Censor:
    """A WeChat that answers what the test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, int]] = []
        self.pictures: list[tuple[str, str, int]] = []
        self.text_answer = Checked(Outcome(Sort.DONE), "pass", 100, "trace")
        self.picture_answers: list[Checked] = []
        self.before_text: Callable[..., None] = lambda *_: None
        self._lock = threading.Lock()

    def check_text(self, openid: str, content: str, *, scene: int = 2, nickname: str = "") -> Checked:
        self.before_text()
        with self._lock:
            self.texts.append((openid, content, scene))
        return self.text_answer

    def check_picture(self, openid: str, media_url: str, *, scene: int = 2) -> Checked:
        with self._lock:
            self.pictures.append((openid, media_url, scene))
            if self.picture_answers:
                return self.picture_answers.pop(0)
            return Checked(Outcome(Sort.DONE), None, None, f"trace-{len(self.pictures)}")

    def trouble(self) -> None:
        """All is well."""


def use_censor(home: Home) -> Censor:
    """Let the clockwork ask this one instead of WeChat."""
    made = home.parts[WeChat] = Censor()
    return made


@pytest.fixture(scope="module")
def shared_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One service for a whole module, in which nobody can send too much."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "secrets.toml").write_bytes((databases.folder / "secrets.toml").read_bytes())
    with databases.copy() as url, running(World()) as standin:
        settings = load_settings(
            data_dir=folder,
            database={"url": url},
            wechat={"api_base": standin.url, "standin": True},
            web={"public_url": "http://127.0.0.1:8000"},
            uploads={"per_person_day": 10_000},
        )
        app = create_app(settings)
        yield app
        app.extensions["home"].close()


@pytest.fixture
def settings(settings: Settings, tmp_path: Any) -> Settings:
    """A folder of its own, with the secrets of the others."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "secrets.toml").write_bytes((settings.data_dir / "secrets.toml").read_bytes())
    return settings.model_copy(update={"data_dir": folder})
