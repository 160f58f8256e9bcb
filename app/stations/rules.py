"""Decisions about stations as pure functions: keys and what a scan may give, roads, the spoken address."""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from app.foundation.refusals import Refusal

STATION_UNKNOWN: Final = Refusal("station.unknown", 404, "没有这个站点，请核对站点编号。")
KEY_NOT_ACTIVE: Final = Refusal("station.key_not_active", 409, "没有这个在用的码，可能已经停用。")

SIDES: Final = ("A", "B")
BASICS: Final = ("parking", "hot_water", "meal_heating", "shower", "laundry")
BASIC_TITLES: Final = {
    "parking": "停车休息",
    "hot_water": "热水供应",
    "meal_heating": "饭菜加热",
    "shower": "淋浴",
    "laundry": "洗衣",
}
BASIC_STATES: Final = ("ok", "limited", "out", "unknown")
STATUSES: Final = ("open", "limited", "closed", "draft")
CONFIDENCES: Final = ("high", "medium", "low")

# Digits and capital letters without those that are taken for one another (0 O, 1 I L, U V). All of them are
# inside WeChat's alphabet for a code's scene (getwxacodeunlimit: 0-9 a-z A-Z !#$&'()*+,/:;=?@-._~, at most 32
# characters in all).
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY_LENGTH: Final = 8

_KEY = re.compile(f"[{ALPHABET}]{{{KEY_LENGTH}}}")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−]+")
_URL = re.compile(r"https?://[^/?#\s]+(?P<path>/[^?#]*)", re.IGNORECASE)
_LAYERS = 2  # percent-encoded once by WeChat (options.q, options.scene), once more by whoever passed it on


def normalise_key(text: str) -> str | None:
    """The key that somebody typed: small letters, blanks, dashes, full-width forms are fine; else None."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if not plain.isascii():
        return None
    key = plain.upper()
    return key if _KEY.fullmatch(key) else None


def parse_code(raw: str) -> str | None:
    """The key in whatever a scan gave, or None.

    Understood are the bare key, the scene string `s=<key>`, and a whole URL of any host whose path has
    `/s/<key>`; each also percent-encoded once or twice, with blanks around it.
    """
    text = raw.strip()
    for _ in range(_LAYERS + 1):
        if key := _read_plain(text):
            return key
        decoded = unquote(text).strip()
        if decoded == text:
            break
        text = decoded
    return None


def _read_plain(text: str) -> str | None:
    if match := _URL.match(text):
        return _read_path(match["path"])
    if text[:2] in ("s=", "S="):
        return normalise_key(text[2:])
    return normalise_key(text)


def _read_path(path: str) -> str | None:
    """The key in the segment after the first `/s/` of a URL's path."""
    _, found, rest = path.partition("/s/")
    return normalise_key(rest.partition("/")[0]) if found else None


def show_key(key: str) -> str:
    """A key as people read it: `7KQ9-M2XD`."""
    return f"{key[:4]}-{key[4:]}"


def code_url(public_url: str, key: str) -> str:
    """What the printed code holds: the landing page of the key on the operator's own host."""
    return f"{public_url.rstrip('/')}/s/{key}"


# Names of national expressways that pass Gansu (国家公路网规划, 2022). Provincial ones go by their number,
# since their names change from section to section.
ROAD_NAMES: Final = {
    "G6": "京藏高速",
    "G7": "京新高速",
    "G22": "青兰高速",
    "G30": "连霍高速",
    "G69": "银百高速",
    "G70": "福银高速",
    "G75": "兰海高速",
    "G85": "银昆高速",
    "G0611": "张汶高速",
    "G1816": "乌玛高速",
    "G2012": "定武高速",
    "G2201": "兰州绕城高速",
    "G3011": "柳格高速",
    "G7011": "十天高速",
    "G8513": "平绵高速",
}
_NATIONAL_HIGHWAY = re.compile(r"G\d{3}")


def roads_of(road: str) -> list[str]:
    """The parts of a road that runs under two numbers: `G22/G30` is `["G22", "G30"]`."""
    return [part for part in road.split("/") if part]


def on_road(road: str, wanted: str) -> bool:
    """Whether a station's road is, or runs together with, the wanted one (`G22/G30` is on `G30`)."""
    parts = roads_of(road)
    return all(part in parts for part in roads_of(wanted.strip().upper()))


def road_name(number: str) -> str:
    """What people call one road: `连霍高速`, `国道`; empty where only its number is sure."""
    if number in ROAD_NAMES:
        return ROAD_NAMES[number]
    return "国道" if _NATIONAL_HIGHWAY.fullmatch(number) else ""


def road_title(road: str) -> str:
    """A road with its name, as it is spoken: `G22 青兰高速、G30 连霍高速`."""
    return "、".join(f"{number} {road_name(number)}".rstrip() for number in roads_of(road))


def kilometre_phrase(km_post: str) -> str:
    """The K-post as it is spoken; a span or an estimate is said as one."""
    if not km_post:
        return ""
    if km_post.startswith("~"):
        return f"{km_post[1:]} 附近"
    start, dash, end = km_post.partition("-")
    return f"{start} 到 {end} 之间" if dash else km_post


def spoken_address(road: str, km_post: str, name: str, side: str, heading: str | None) -> str:
    """How to say where one is: road, K-post, station, side, and the direction where it is confirmed."""
    place = " ".join(part for part in (road_title(road), kilometre_phrase(km_post), name) if part)
    return f"{place} {side} 侧" + (f"，{heading}方向" if heading else "")


def matches(wanted: str, *texts: str) -> bool:
    """Whether the wanted words occur in one of the texts, whatever the case."""
    needle = wanted.strip().casefold()
    return any(needle in text.casefold() for text in texts)


_EXAMPLE_PHONE = re.compile(r"0\d{2,3}-?0000\d{3}")


def is_example_phone(phone: str | None) -> bool:
    """Whether a number only stands for one: no subscriber's number in China begins with 0."""
    return bool(phone and _EXAMPLE_PHONE.fullmatch(phone))
