"""Every knob of the service, typed: config.toml first, then APP__SECTION__KEY from the environment."""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

MADE_UP = "development"
MADE_UP_APPID = "wx0000000000000000"


_AES_KEY = re.compile(r"^[A-Za-z0-9+/]{43}$")
_DATA_KEY = re.compile(r"^[A-Za-z0-9_.-]{1,40}:[A-Za-z0-9+/]{43}=$")


def _address(*schemes: str) -> AfterValidator:
    """Empty, or an address that begins with one of these."""

    def check(value: str) -> str:
        if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"must be empty or begin with {' or '.join(f'{s}://' for s in schemes)}")
        return value

    return AfterValidator(check)


def _data_keys(value: str) -> str:
    if not all(_DATA_KEY.match(part.strip()) for part in value.split(",") if part.strip()):
        raise ValueError("must be name:base64 of 32 bytes, several separated by commas")
    return value


def _aes_key(value: str) -> str:
    if value and not _AES_KEY.match(value):
        raise ValueError("must be empty or the 43 characters of an EncodingAESKey")
    return value


def _networks(value: list[str]) -> list[str]:
    for network in value:
        ip_network(network)  # ValueError says which one and why
    return value


Web = Annotated[str, _address("http", "https")]


class Section(BaseModel):
    """A table of config.toml; a misspelt key is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    """PostgreSQL; an empty url means the embedded server in the data folder."""

    url: Annotated[str, _address("postgresql", "postgres", "postgresql+psycopg")] = ""
    pool_size: int = Field(20, ge=1, le=200)
    lock_timeout_ms: int = Field(5000, ge=100)
    statement_timeout_ms: int = Field(15000, ge=1000)


class RedisSettings(Section):
    """Redis or Valkey; an empty url means none: then limits count per process."""

    url: Annotated[str, _address("redis", "rediss", "unix")] = ""
    timeout_s: float = Field(0.2, gt=0)
    retry_after_s: float = Field(2.0, gt=0)


class WebSettings(Section):
    """How the service faces the network."""

    public_url: Web = ""
    trusted_proxies: int = Field(0, ge=0, le=5)
    metrics_from: Annotated[list[str], AfterValidator(_networks)] = ["127.0.0.1", "::1"]
    max_body_bytes: int = Field(256 * 1024, ge=1024)
    workers: int = Field(2, ge=1)
    threads: int = Field(16, ge=1)
    verification_files: dict[str, str] = {}
    sign_in_days: int = Field(30, ge=1)
    console_hours: int = Field(12, ge=1)


class TemplateSettings(Section):
    """One subscribe-message template as the platform's console shows it."""

    id: str
    title: str
    purpose: str
    scene: Literal["request", "duty", "bulletin"]
    keys: dict[str, str]


class WechatSettings(Section):
    """The mini-program's account at WeChat; an empty api_base means api.weixin.qq.com."""

    api_base: Web = ""
    appid: str = MADE_UP_APPID
    secret: str = MADE_UP
    token: str = ""
    aes_key: Annotated[str, AfterValidator(_aes_key)] = ""
    event_days: int = Field(14, ge=1)
    proxy: Web = ""
    deadline_s: float = Field(5.0, gt=0)
    connect_timeout_s: float = Field(2.0, gt=0)
    max_share: float = Field(0.25, gt=0, le=1)
    check_deadline_s: float = Field(3.0, gt=0)
    circuit_after: int = Field(5, ge=1)
    circuit_pause_s: float = Field(10.0, gt=0)
    standin: bool = False
    miniprogram_state: Literal["formal", "trial", "developer"] = "formal"
    code_page: str = "pages/scan/index"
    code_env: Literal["release", "trial", "develop"] = "release"
    code_check_path: bool = True
    templates: list[TemplateSettings] = []


class SecretSettings(Section):
    """Keys of the house; made in the data folder in development, required in production."""

    data_keys: Annotated[str, AfterValidator(_data_keys)] = ""
    index_key: str = ""
    signing_key: str = ""


class LimitSettings(Section):
    """How often; people and codes are counted, addresses only before sign-in."""

    enabled: bool = True
    per_person_minute: int = Field(600, ge=1)
    per_address_minute: int = Field(6000, ge=1)
    console_failures: int = Field(5, ge=1)
    console_lock_minutes: int = Field(15, ge=1)


class CheckinSettings(Section):
    """The rules of scanning a station's code."""

    repeat_window_s: int = Field(600, ge=0)
    too_old_days: int = Field(7, ge=1)
    clock_tolerance_s: int = Field(120, ge=0)
    near_m: int = Field(3000, ge=100)


class HelpdeskSettings(Section):
    """Phones every screen shows, and who answers where no station is named."""

    centre_phone: str = ""
    reopen_days: int = Field(7, ge=1)
    auto_close_workdays: int = Field(2, ge=1)
    warn_share: float = Field(0.75, gt=0, lt=1)
    urgent_to: int = Field(2, ge=0, le=9)
    night_from_hour: int = Field(22, ge=0, le=23)
    night_to_hour: int = Field(7, ge=0, le=23)


AlarmStep = Literal["station", "supervisor", "centre"]


class AlarmChannelSettings(Section):
    """One way to ring people outside the mini-program; the address is a secret, it lets anybody ring."""

    name: str = Field(pattern=r"^[a-z0-9_-]{1,20}$")
    kind: Literal["wecom", "sms", "voice"]
    url: Annotated[Web, Field(min_length=1)]
    token: str = ""
    steps: list[AlarmStep] = ["station", "supervisor", "centre"]


def _rising(value: list[int]) -> list[int]:
    if len(value) != 3 or value[0] < 0 or sorted(value) != value:
        raise ValueError("must be three numbers of minutes, none smaller than the one before")
    return value


def _named_once(value: list[AlarmChannelSettings]) -> list[AlarmChannelSettings]:
    if len({channel.name for channel in value}) < len(value):
        raise ValueError("two channels have the same name")
    return value


class EmergencySettings(Section):
    """How a medical call climbs while nobody takes it, and whom it reaches outside the mini-program."""

    step_minutes: Annotated[list[int], AfterValidator(_rising)] = [0, 1, 2]
    again_minutes: int = Field(5, ge=1, le=60)
    desk_alive_s: int = Field(60, ge=20)
    channel_deadline_s: float = Field(5.0, gt=0, le=60)
    channel_tries: int = Field(5, ge=1, le=100)
    channels: Annotated[list[AlarmChannelSettings], AfterValidator(_named_once)] = []


class NoticeSettings(Section):
    """How subscribe messages leave the house."""

    lease_s: int = Field(60, ge=5)
    retry_after_s: list[int] = [1, 5, 30, 300, 1800]
    rate_per_s: float = Field(50, gt=0)
    daily_cap: int = Field(0, ge=0)
    batch: int = Field(50, ge=1)


class UploadSettings(Section):
    """What may be sent as a picture or document, and how long it is looked after."""

    max_bytes: int = Field(10 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    max_pixels: int = Field(50_331_648, ge=10_000)
    max_side_px: int = Field(4096, ge=320, le=16_384)
    per_person_day: int = Field(60, ge=1)
    per_person_mb: int = Field(300, ge=1)
    keep_free_mb: int = Field(512, ge=0)
    max_share: float = Field(0.5, gt=0, le=1)
    decoders: int = Field(1, ge=1, le=16)
    decode_wait_s: float = Field(15.0, gt=0)
    receive_s: int = Field(180, ge=5)
    loose_hours: int = Field(24, ge=1)
    link_minutes: int = Field(10, ge=1, le=1440)
    review_after_minutes: int = Field(30, ge=1)


class FacilitySettings(Section):
    """Beds, machines and cabins that can be held."""

    hold_minutes: int = Field(15, ge=1, le=120)


class CardSettings(Section):
    """会员之家: what a driver's card brings, and for how long."""

    valid_days: int = Field(365, ge=1, le=3650)
    benefits: list[str] = ["停车休息、热水、饭菜加热、淋浴、洗衣免费", "保险理赔有人陪着办"]
    verified_benefits: list[str] = []


class ClaimSettings(Section):
    """How soon footage should be secured, how long papers of a claim are kept, how long a code is good."""

    footage_minutes: int = Field(30, ge=1)
    keep_days_after_close: int = Field(60, ge=1)
    keep_days_at_most: int = Field(365, ge=1)
    code_minutes: int = Field(30, ge=1, le=1440)


class PointsSettings(Section):
    """Points of members: what may be switched off, and how long a list is public."""

    enabled: bool = True
    ranking: bool = True
    public_days: int = Field(7, ge=5, le=7)


class OperatorSettings(Section):
    """Who runs this house; shown on pages and posters."""

    name: str = "示例高速公路服务区"
    miniprogram_name: str = "司机之家"


class DemoSettings(Section):
    """What only exists to try the product; refused in production."""

    data: bool = False
    preview: bool = False


class Settings(BaseSettings):
    """All sections together."""

    model_config = SettingsConfigDict(
        env_prefix="APP__", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    env: Literal["development", "production"] = "development"
    data_dir: Path = Path("var")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    web: WebSettings = WebSettings()
    wechat: WechatSettings = WechatSettings()
    secrets: SecretSettings = SecretSettings()
    limits: LimitSettings = LimitSettings()
    checkins: CheckinSettings = CheckinSettings()
    helpdesk: HelpdeskSettings = HelpdeskSettings()
    emergencies: EmergencySettings = EmergencySettings()
    notices: NoticeSettings = NoticeSettings()
    uploads: UploadSettings = UploadSettings()
    facilities: FacilitySettings = FacilitySettings()
    cards: CardSettings = CardSettings()
    claims: ClaimSettings = ClaimSettings()
    points: PointsSettings = PointsSettings()
    operator: OperatorSettings = OperatorSettings()
    demo: DemoSettings = DemoSettings()

    @property
    def production(self) -> bool:
        """Whether unsafe settings must be refused."""
        return self.env == "production"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code wins over the environment, that over config.toml."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _config_file()))


class SettingsProblem(Exception):
    """The configuration cannot be used; the message says which key and why, never a secret's value."""


def _config_file() -> Path | None:
    named = os.environ.get("APP_CONFIG")
    if named:
        if not Path(named).is_file():
            raise SettingsProblem(f"配置文件不存在 / no such config file: {named} (APP_CONFIG)")
        return Path(named)
    return Path("config.toml") if Path("config.toml").is_file() else None


def _refuse_misspelt_sections() -> None:
    """pydantic-settings notices a misspelt key of a section, but passes over a misspelt section."""
    for name in os.environ:
        if name.startswith("APP__") and name.split("__")[1].lower() not in Settings.model_fields:
            raise SettingsProblem(f"没有这一项配置 / no such setting: {name}")


def load_settings(**given: object) -> Settings:
    """Read and check the settings; `given` overrides single keys (tests, commands)."""
    _refuse_misspelt_sections()
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as problem:
        lines = [
            ".".join(str(p) for p in e["loc"]) + ": " + e["msg"].removeprefix("Value error, ")
            for e in problem.errors()
        ]
        raise SettingsProblem("配置有误 / bad settings: " + "; ".join(lines)) from None
    except ValueError as problem:
        raise SettingsProblem(f"配置读不懂 / unreadable settings: {problem}") from None
    if settings.production and (faults := unsafe_for_production(settings)):
        raise SettingsProblem("生产环境拒绝启动 / refusing to start in production: " + "; ".join(faults))
    return settings


def unsafe_for_production(settings: Settings) -> list[str]:
    """Everything that production must not run with, one sentence each; empty when all is well."""
    checks = [
        (not settings.database.url, "database.url: embedded database"),
        (not settings.limits.enabled, "limits.enabled: off"),
        (not settings.web.public_url.startswith("https://"), "web.public_url: no https address"),
        (settings.wechat.standin or bool(settings.wechat.api_base), "wechat.api_base: not WeChat itself"),
        (
            any(not channel.url.startswith("https://") for channel in settings.emergencies.channels),
            "emergencies.channels: an address without https",
        ),
        (settings.demo.data, "demo.data: demonstration data"),
        (settings.demo.preview, "demo.preview: the mini-program's preview"),
        (settings.wechat.appid in ("", MADE_UP_APPID), "wechat.appid: missing"),
        (settings.wechat.secret in ("", MADE_UP), "wechat.secret: missing"),
        (not settings.secrets.data_keys, "secrets.data_keys: missing"),
        ("dev1:" in settings.secrets.data_keys, "secrets.data_keys: made up by a first start, not given"),
        (len(settings.secrets.index_key) < 32, "secrets.index_key: missing or too short"),
        (len(settings.secrets.signing_key) < 32, "secrets.signing_key: missing or too short"),
    ]
    return [sentence for unsafe, sentence in checks if unsafe]
