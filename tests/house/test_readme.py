"""What is written for people is true: links, commands, settings, files, the four calls as printed."""

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from flask import Flask
from pydantic import BaseModel
from werkzeug.serving import make_server

from app.commands.main import main as commands
from app.settings import Settings
from tests.support.programs import require

READMES = ("README.md", "README.zh.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
_LINK = re.compile(r"(?<!`)!?\[[^\]\n]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_VARIABLE = re.compile(r"\bAPP__[A-Z0-9_]+\b")
_KEY = re.compile(r"`([a-z]+)\.([a-z_]+)`")
_FILE = re.compile(r"`((?:scripts|deploy|docs|app|tests|bench|\.ci)/[\w./-]+)`")


def written_for_people(project: Path) -> dict[str, str]:
    files = [*project.glob("*.md"), *project.glob("docs/**/*.md")]
    return {str(file.relative_to(project)): file.read_text(encoding="utf-8") for file in files}


@pytest.fixture
def texts(project: Path) -> dict[str, str]:
    return written_for_people(project)


def fenced(text: str, language: str) -> list[str]:
    return [body for name, body in _FENCE.findall(text) if name == language]


def anchors(text: str) -> set[str]:
    """The anchors that a forge makes of the headings: small letters, blanks as dashes, no punctuation."""
    prose = _FENCE.sub("", text)
    heads = re.findall(r"^#+ (.+)$", prose, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_link_leads_somewhere(project: Path, texts: dict[str, str]) -> None:
    dead = []
    for name, text in texts.items():
        for link, picture in _LINK.findall(_FENCE.sub("", text)):
            path, _, anchor = unquote(link or picture).partition("#")
            if "://" in path:
                continue
            file = (project / name).parent / path if path else project / name
            if not file.exists():
                dead.append(f"{name}: {path}")
            elif anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
                dead.append(f"{name}: #{anchor}")
    assert dead == []


def command_lines(text: str) -> Iterator[list[str]]:
    """The words of every command line of ours, in blocks and in the running text."""
    groups = "|".join(commands.commands)
    line = rf"(?:-m app |(?:^|`)drivers-home |`(?=(?:{groups}) ))([a-z]+\b[^\n`#;|)]*)"
    for found in re.findall(line, text, re.M):
        yield [word.strip("\"'，。、") for word in found.split()]


def wrong(words: list[str]) -> str | None:
    """What is wrong with a command line; the words after the command's name are options and arguments."""
    command: click.Command = commands
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word not in command.commands:
            return f"no command {word}"
        command = command.commands[word]
    known = {name for parameter in command.params for name in parameter.opts}
    strange = [word for word in words if word.startswith("--") and word not in known]
    return f"no option {strange}" if strange else None


def test_every_command_and_option_exists(texts: dict[str, str], project: Path) -> None:
    units = {str(file): file.read_text() for file in (project / "deploy").glob("*.service")}
    faults = [
        f"{name}: {' '.join(words)}: {fault}"
        for name, text in (texts | units).items()
        for words in command_lines(text)
        if (fault := wrong(words))
    ]
    assert faults == []


def test_a_wrong_command_would_be_noticed() -> None:
    assert wrong(["stations", "codes", "--station", "GS001"]) is None
    assert wrong(["serve", "--hots", "127.0.0.1"])
    assert wrong(["stations", "exprot"])
    assert wrong(["no-such-command"])


def setting(path: list[str]) -> bool:
    model: object = Settings
    for name in path:
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
        if name not in fields:
            return False
        model = fields[name].annotation
    return True


def test_every_setting_exists(texts: dict[str, str], project: Path) -> None:
    deployed = {str(file): file.read_text() for file in (project / "deploy").iterdir() if file.is_file()}
    sections = set(Settings.model_fields)
    no_settings = [["section", "key"], ["secrets", "env"], ["points", "changed"]]  # pattern, file, refusal
    strange = []
    for name, text in (texts | deployed).items():
        variables = [
            word.rstrip("_").removeprefix("APP__").lower().split("__") for word in _VARIABLE.findall(text)
        ]
        keys = [list(key) for key in _KEY.findall(text) if key[0] in sections]
        strange += [
            f"{name}: {'.'.join(path)}"
            for path in (*variables, *keys)
            if path not in no_settings and not setting(path)
        ]
    assert strange == []


@pytest.mark.parametrize("name", READMES)
def test_the_configuration_that_is_shown_can_be_read(project: Path, name: str) -> None:
    (shown,) = fenced((project / name).read_text(encoding="utf-8"), "toml")
    assert Settings(**tomllib.loads(shown)).web.trusted_proxies == 1


def test_every_file_that_is_named_exists(project: Path, texts: dict[str, str]) -> None:
    missing = [f"{name}: {file}" for name, text in texts.items() for file in _FILE.findall(text)
               if not (project / file).exists()]  # fmt: skip
    assert missing == []


def test_the_proxy_lets_through_what_the_service_takes(project: Path) -> None:
    proxy = (project / "deploy" / "nginx.conf").read_text()
    megabytes = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert megabytes is not None
    assert int(megabytes[1]) * 2**20 > Settings().web.max_body_bytes
    for header in ("X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "X-Forwarded-Host $host"):
        assert f"proxy_set_header {header};" in proxy
    assert "Strict-Transport-Security" not in proxy


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"127.0.0.1:{server.port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("name", READMES)
def test_the_four_calls_work_as_they_are_printed(
    project: Path, name: str, address: str, database_url: str, databases: object, tmp_path: Path
) -> None:
    require("curl", why="the calls of the README")
    (calls,) = [b for b in fenced((project / name).read_text(encoding="utf-8"), "sh") if "demo:driver" in b]
    assert ".venv/bin/python" in calls
    script = calls.replace("127.0.0.1:8000", address).replace(".venv/bin/python", sys.executable)
    environment = os.environ | {
        "APP__DATABASE__URL": database_url,
        "APP__DATA_DIR": str(databases.folder),
        "no_proxy": "*",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    checked_in, claimed, replied, read = (json.loads(line) for line in done.stdout.splitlines())
    assert (checked_in["station"], checked_in["side"], checked_in["repeat"]) == ("GS001", "A", False)
    assert claimed["state"] == "acknowledged"
    assert read["state"] == "handling"
    assert [message["text"] for message in read["messages"]] == [replied["text"]]
    assert replied["text"] in (project / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_the_output_that_is_shown_is_what_is_printed(project: Path, name: str) -> None:
    from app.launcher.greeting import Addresses, greeting

    text = (project / name).read_text(encoding="utf-8")
    (shown,) = [block for block in fenced(text, "") if "console accounts" in block]
    folder = project / "tests"  # holds no accounts
    addresses = Addresses("http://127.0.0.1:8000", "http://127.0.0.1:8001", True)
    printed = greeting(addresses, folder, project).splitlines()
    for line in shown.splitlines():
        if line and not line.startswith(("工作台演示", "  staff\t", "数据目录")) and line != "  …":
            assert line in printed
