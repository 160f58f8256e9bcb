"""Settings: explained in the example file, overridable from the environment, refused in one sentence."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.settings import Settings, SettingsProblem, load_settings

KEY = "k1:" + "Zm9v" * 10 + "Zm8="
SAFE: dict[str, Any] = {
    "env": "production",
    "database": {"url": "postgresql://home@db/home"},
    "web": {"public_url": "https://home.example.com"},
    "wechat": {"appid": "wx1234567890abcdef", "secret": "given-by-the-platform"},
    "secrets": {"data_keys": KEY, "index_key": "i" * 32, "signing_key": "s" * 32},
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file and no variable of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("APP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def leaves(given: Mapping[str, Any] | BaseModel, before: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names of all keys with their values."""
    items = given if isinstance(given, Mapping) else {n: getattr(given, n) for n in type(given).model_fields}
    for name, value in items.items():
        if isinstance(value, BaseModel) or (isinstance(value, Mapping) and value and not before):
            yield from leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value) if isinstance(value, Path) else value


@pytest.fixture
def example(project: Path) -> Path:
    return project / "config.example.toml"


def test_the_example_holds_every_key_with_its_default_and_no_other(example: Path) -> None:
    assert dict(leaves(tomllib.loads(example.read_text()))) == dict(leaves(Settings()))


def test_every_key_of_the_example_is_explained_in_chinese_and_in_english(example: Path) -> None:
    silent = []
    for above, name in re.findall(r"((?:^#.*\n)*)^(\w+) = ", example.read_text(), re.MULTILINE):
        if not (re.search(r"[\u4e00-\u9fff]{3}", above) and re.search(r"[A-Za-z]{3,} [a-z]{2,}", above)):
            silent.append(name)
    assert silent == []


def test_the_example_can_be_used_as_it_stands(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_CONFIG", str(example))
    assert load_settings() == Settings()


def test_the_template_shown_in_the_example_is_one(example: Path) -> None:
    shown = re.findall(r"^#   (.*)$", example.read_text(), re.MULTILINE)
    given = tomllib.loads("\n".join(shown))
    assert load_settings(**given).wechat.templates[0].scene == "request"


def test_every_knob_turns_something(project: Path) -> None:
    """A setting that no code reads would be a promise that nobody keeps."""
    code = "\n".join(
        file.read_text() for file in (project / "app").rglob("*.py") if file.name != "settings.py"
    )
    idle = {name for name, _ in leaves(Settings()) if not re.search(rf"\.{name.split('.')[-1]}\b", code)}
    assert idle - {"env", "demo.data"} == set(), "env and demo.data are read in settings.py itself"


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("APP__ENV", "development", "env", "development"),
        ("APP__DATA_DIR", "elsewhere", "data_dir", "elsewhere"),
        ("APP__DATABASE__URL", "postgresql://x@y/z", "database.url", "postgresql://x@y/z"),
        ("APP__REDIS__URL", "redis://y:6379/0", "redis.url", "redis://y:6379/0"),
        ("APP__WEB__PUBLIC_URL", "https://h.test", "web.public_url", "https://h.test"),
        ("APP__WEB__TRUSTED_PROXIES", "2", "web.trusted_proxies", 2),
        ("APP__WEB__METRICS_FROM", '["10.0.0.1"]', "web.metrics_from", ["10.0.0.1"]),
        ("APP__WEB__VERIFICATION_FILES", '{"a.txt": "b"}', "web.verification_files", {"a.txt": "b"}),
        ("APP__WECHAT__API_BASE", "http://127.0.0.1:9", "wechat.api_base", "http://127.0.0.1:9"),
        ("APP__WECHAT__AES_KEY", "k" * 43, "wechat.aes_key", "k" * 43),
        ("APP__SECRETS__DATA_KEYS", KEY, "secrets.data_keys", KEY),
        ("APP__LIMITS__ENABLED", "false", "limits.enabled", False),
    ],
)
def test_the_environment_overrides_the_file(
    example: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, name: str, expected: object
) -> None:
    monkeypatch.setenv("APP_CONFIG", str(example))
    monkeypatch.setenv(variable, value)
    assert dict(leaves(load_settings()))[name] == expected


def test_a_file_that_is_named_wins_over_the_one_that_lies_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text('log_level = "error"')
    assert load_settings().log_level == "error"
    (tmp_path / "other.toml").write_text('log_level = "debug"')
    monkeypatch.setenv("APP_CONFIG", str(tmp_path / "other.toml"))
    assert load_settings().log_level == "debug"


BAD = {
    "APP__ENV=staging": "env",
    "APP__LOG_LEVEL=loud": "log_level",
    "APP__DATABASE__URL=mysql://x/y": "database.url",
    "APP__DATABASE__POOL_SIZE=0": "database.pool_size",
    "APP__REDIS__URL=localhost:6379": "redis.url",
    "APP__WEB__TRUSTED_PROXIES=one": "web.trusted_proxies",
    "APP__WEB__TRUSTED_PROXIES=-1": "web.trusted_proxies",
    "APP__WEB__PUBLIC_URL=home.example.com": "web.public_url",
    "APP__WEB__METRICS_FROM=10.0.0.1": "web",
    'APP__WEB__METRICS_FROM=["10.0.0.0/99"]': "web.metrics_from",
    "APP__WEB__TRUSTED_PROXYS=1": "web.trusted_proxys",
    "APP__WEBB__WORKERS=2": "APP__WEBB__WORKERS",
    "APP__WECHAT__MAX_SHARE=2": "wechat.max_share",
    "APP__WECHAT__DEADLINE_S=0": "wechat.deadline_s",
    "APP__WECHAT__AES_KEY=too-short": "wechat.aes_key",
    "APP__SECRETS__DATA_KEYS=k1:short": "secrets.data_keys",
    "APP_CONFIG=nowhere.toml": "nowhere.toml",
}


@pytest.mark.parametrize("setting", BAD)
def test_a_bad_value_gives_one_sentence_that_names_the_key(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable, _, value = setting.partition("=")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsProblem) as stopped:
        load_settings()
    told = str(stopped.value)
    assert BAD[setting] in told
    assert "\n" not in told
    assert re.search(r"[\u4e00-\u9fff]", told)


@pytest.mark.parametrize("content", ["[web", "web = 1", "[web]\nworkerz = 2", "\udcff"])
def test_a_file_that_cannot_be_read_gives_one_sentence(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content.encode(errors="surrogateescape"))
    monkeypatch.setenv("APP_CONFIG", str(file))
    with pytest.raises(SettingsProblem, match="配置"):
        load_settings()


def test_the_sentence_never_shows_the_value_of_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP__SECRETS__DATA_KEYS", "k1:a-secret-with-a-typo")
    monkeypatch.setenv(
        "APP__DATABASE__URL", "mysql://home:hunter-two@db/home".replace("hunter-two", "pass" + "word")
    )
    with pytest.raises(SettingsProblem) as stopped:
        load_settings()
    assert "typo" not in str(stopped.value)
    assert "pass" + "word" not in str(stopped.value)


def test_a_command_shows_that_sentence_and_no_trace(project: Path, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "APP__DATABASE__URL": "mysql://x",
        "APP__DATA_DIR": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-m", "app", "check"], cwd=project, env=environment, capture_output=True, text=True
    )
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    assert "database.url" in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_production_starts_with_settings_that_are_safe() -> None:
    assert load_settings(**SAFE).production


UNSAFE: dict[str, dict[str, Any]] = {
    "database.url: embedded": {"database": {"url": ""}},
    "limits.enabled": {"limits": {"enabled": False}},
    "web.public_url: no": {"web": {"public_url": ""}},
    "web.public_url: no https": {"web": {"public_url": "http://home.example.com"}},
    "wechat.api_base: a base": {"wechat": {"api_base": "http://127.0.0.1:9001"}},
    "wechat.api_base: stand-in": {"wechat": {"standin": True}},
    "demo.data": {"demo": {"data": True}},
    "wechat.appid: none": {"wechat": {"appid": ""}},
    "wechat.appid: made up": {"wechat": {"appid": "wx0000000000000000"}},
    "wechat.secret: none": {"wechat": {"secret": ""}},
    "wechat.secret: made up": {"wechat": {"secret": "development"}},
    "secrets.data_keys: none": {"secrets": {"data_keys": ""}},
    "secrets.data_keys: made up": {"secrets": {"data_keys": KEY.replace("k1", "dev1")}},
    "secrets.index_key: none": {"secrets": {"index_key": ""}},
    "secrets.index_key: short": {"secrets": {"index_key": "short"}},
    "secrets.signing_key: none": {"secrets": {"signing_key": ""}},
    "secrets.signing_key: short": {"secrets": {"signing_key": "short"}},
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAFE)
def test_production_refuses(name: str) -> None:
    given = {key: value if isinstance(value, str) else dict(value) for key, value in SAFE.items()}
    for section, changed in UNSAFE[name].items():
        given[section] = {**given.get(section, {}), **changed}
    with pytest.raises(SettingsProblem) as stopped:
        load_settings(**given)
    assert name.split(":")[0] in str(stopped.value)
    assert load_settings(**{**given, "env": "development"}), "development starts all the same"


def test_production_names_everything_that_is_unsafe_at_once() -> None:
    with pytest.raises(SettingsProblem) as stopped:
        load_settings(env="production")
    for name in ("database.url", "web.public_url", "wechat.appid", "wechat.secret", "secrets.data_keys"):
        assert name in str(stopped.value)
