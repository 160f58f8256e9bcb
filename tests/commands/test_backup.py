"""A backup holds everything but the keys, and leads back to what was."""

import io
import json
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app import furnish
from app.commands import backup as commands
from app.content.workbench import uploads_folder
from app.foundation import migrate
from app.foundation.database import Base
from app.foundation.home import Home, open_home
from app.settings import Settings
from tests.content.conftest import picture
from tests.support.clients import Somebody, sign_in
from tests.support.databases import Databases

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings) -> Run:
    """Runs a command as a process of its own would; `url`: on another database, `data`: another folder."""

    def command(name: str, *words: object, url: str = "", data: Path | None = None) -> Result:
        @contextmanager
        def opened() -> Iterator[Home]:
            database = settings.database.model_copy(update={"url": url or settings.database.url})
            where = {"database": database, "data_dir": data or settings.data_dir}
            home = furnish(open_home(settings.model_copy(update=where)), 8)
            yield home
            home.close()

        return CliRunner().invoke(getattr(commands, name), [str(word) for word in words], obj=opened)

    return command


@pytest.fixture
def sent(app: Flask) -> tuple[Somebody, str, str]:
    """A driver with a request that has a picture, and their ids."""
    driver = sign_in(app, "driver")
    form = {"file": (io.BytesIO(picture()), "photo.jpg")}
    headers = {"Authorization": f"Bearer {driver.token}"}
    upload = app.test_client().post("/api/v1/uploads", data=form, headers=headers).json["id"]
    body = {"kind": "other", "station": "GS001", "text": "示例诉求", "upload_ids": [upload]}
    return driver, driver.post("/requests", body).json["id"], upload


def test_it_leads_back_to_what_was(
    app: Flask, home: Home, run: Run, sent: tuple[Somebody, str, str], databases: Databases, tmp_path: Path
) -> None:
    driver, request, _ = sent
    file = tmp_path / "kept.tar"
    made = run("backup", "--out", file)
    assert (made.exit_code, made.stdout.strip()) == (0, str(file)), made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert driver.post(f"/requests/{request}/withdraw").json["state"] == "withdrawn"

    refused = run("restore", file)
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    assert driver.get(f"/requests/{request}").json["state"] == "withdrawn"

    assert run("restore", file, "--replace").exit_code == 0
    assert driver.get(f"/requests/{request}").json["state"] == "new"


def test_it_leads_to_an_empty_house_elsewhere_uploads_too(
    home: Home, run: Run, sent: tuple[Somebody, str, str], databases: Databases, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "kept.tar", tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / "secrets.toml").write_bytes((home.settings.data_dir / "secrets.toml").read_bytes())
    (elsewhere / "secrets.toml").chmod(0o600)
    assert run("backup", "--out", file).exit_code == 0
    with databases.empty() as url:
        done = run("restore", file, url=url, data=elsewhere)
        assert done.exit_code == 0, done.output
        with psycopg.connect(url) as there:
            counted = there.execute("SELECT count(*) FROM help_request").fetchone()
    assert counted == (1,)
    here = uploads_folder(home.settings)
    assert files(elsewhere / "uploads") == files(here)
    assert files(here)


def files(folder: Path) -> set[Path]:
    """The files kept in it."""
    return {
        name.relative_to(folder)
        for name in folder.rglob("*")
        if name.is_file() and "incoming" not in name.relative_to(folder).parts
    }


def test_a_backup_of_an_earlier_release_is_brought_up_to_this_one(
    home: Home, run: Run, databases: Databases, tmp_path: Path
) -> None:
    """Over a database of today: what an earlier release did not know is not left lying about."""
    file = tmp_path / "kept.tar"
    with databases.copy() as earlier:
        migrate.downgrade(earlier, "0005")
        assert run("backup", "--out", file, url=earlier).exit_code == 0
    done = run("restore", file, "--replace")
    assert done.exit_code == 0, done.output
    migrate.check(home.settings.database.url, Base.metadata)
    with psycopg.connect(home.settings.database.url) as here:
        assert here.execute("SELECT count(*) FROM station").fetchone() == (55,)


def test_a_restore_that_fails_half_way_changes_nothing(
    run: Run, sent: tuple[Somebody, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.tar"
    run("backup", "--out", file)
    monkeypatch.setattr(commands, "_EMPTY", commands._EMPTY + "SELECT 1 / 0;")
    assert run("restore", file, "--replace").exit_code == 1
    driver, request, _ = sent
    assert driver.get(f"/requests/{request}").json["state"] == "new"


def test_with_other_keys_it_is_refused_before_anything_is_touched(
    run: Run, sent: object, databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.tar"
    run("backup", "--out", file)
    monkeypatch.setattr(commands, "_keys", lambda: "of another house")
    with databases.empty() as url:
        done = run("restore", file, url=url)
        assert done.exit_code == 1
        assert "密钥" in done.stderr
        with psycopg.connect(url) as there:
            assert there.execute("SELECT to_regclass('help_request')").fetchone() == (None,)


def test_the_keys_are_not_in_it(home: Home, run: Run, sent: object, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar"
    run("backup", "--out", file)
    with tarfile.open(file) as archive:
        names = archive.getnames()
        archive.extract("about.json", tmp_path, filter="data")
    about = json.loads((tmp_path / "about.json").read_text())
    assert {name.split("/")[0] for name in names} == {"about.json", "database.dump", "uploads"}
    assert about.keys() == {"made_at", "migration", "keys"}
    assert "示例诉求".encode() not in file.read_bytes(), "what is private is sealed"


def test_nothing_is_overwritten_and_what_is_no_backup_changes_nothing(
    home: Home, run: Run, sent: tuple[Somebody, str, str], tmp_path: Path
) -> None:
    file = tmp_path / "kept.tar"
    file.write_bytes(b"something else")
    assert "不覆盖" in run("backup", "--out", file).stderr
    assert file.read_bytes() == b"something else"
    assert "不是完整的备份" in run("restore", file, "--replace").stderr
    run("backup", "--out", tmp_path / "whole.tar")
    whole = (tmp_path / "whole.tar").read_bytes()
    with tarfile.open(tmp_path / "whole.tar") as archive:
        last = archive.getmembers()[-1]
    # In the midst, between two files, and within the head of one: which tarfile takes for the end.
    for end in (len(whole) - 40_000, last.offset, last.offset + 100):
        file.write_bytes(whole[:end])
        assert run("restore", file, "--replace").exit_code == 1
    driver, request, _ = sent
    assert driver.get(f"/requests/{request}").json["state"] == "new"
