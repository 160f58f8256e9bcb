"""Decisions about check-ins; no database, no clock."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import unquote

from app.foundation.clock import shanghai_day
from app.foundation.refusals import Refusal

CODE_UNKNOWN = Refusal(
    "checkin.code_unknown", 404, "这个码不是司机之家的站点码，请扫墙上的站点码，或输入码下的短码。"
)
CODE_REVOKED = Refusal(
    "checkin.code_revoked", 410, "这个码已经停用，请扫新的站点码。求助不受影响，可以直接提。"
)
TOO_OLD = Refusal("checkin.too_old", 422, "这次扫码已超过 7 天，不能再补签。")
CHECKIN_UNKNOWN = Refusal("checkin.unknown", 404, "没有找到这次签到。")

PURPOSES = ("rest", "meal", "medical", "duty", "event", "other")
PERSON_KINDS = ("truck_driver", "traveller", "staff", "unknown")
SOURCES = ("url", "scene", "key")
LOCATION_CHECKS = ("near", "far", "none")

_EARTH_M = 6_371_000


@dataclass(frozen=True)
class Times:
    """When a scan happened: by the phone, and by which moment and day it counts."""

    scanned_at: datetime
    counted_at: datetime
    day: date
    clock_suspect: bool


def times(
    scanned_at: datetime | None, now: datetime, too_old: timedelta, tolerance: timedelta
) -> Times | Refusal:
    """A late upload counts when it was scanned, a phone from the future when it reached us.

    A few minutes of skew (`tolerance`) are not worth a mark. `checkin.too_old` beyond `too_old`.
    """
    said = scanned_at or now
    if now - said > too_old:
        return TOO_OLD
    counted = min(said, now)
    return Times(said, counted, shanghai_day(counted), said - now > tolerance)


def source_of(raw: str) -> str:
    """How the code came: a page's address, WeChat's scene, or the bare key typed or scanned."""
    plain = unquote(unquote(raw)).strip().lower()  # twice encoded when somebody passed WeChat's own on
    if "/s/" in plain:
        return "url"
    return "scene" if plain.startswith("s=") else "key"


def location_check(lat: float, lon: float, here: tuple[float, float, float], near_m: int) -> str:
    """`near` or `far`; only this word is kept, never the position.

    `here` is (lat, lon, accuracy in metres); the station's own point is only known to town scale.
    """
    away = distance_m(lat, lon, here[0], here[1])
    return "near" if away <= near_m + min(here[2], 5_000) else "far"


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in metres."""
    p, q = math.radians(lat), math.radians(other_lat)
    half = math.sin((q - p) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))
