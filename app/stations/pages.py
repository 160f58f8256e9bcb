"""What scanners other than WeChat see: the landing page of a code; and WeChat's verification file."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, render_template, request

from app.foundation.clock import SHANGHAI
from app.stations.api import book
from app.stations.book import StationView
from app.stations.rules import BASIC_TITLES, is_example_phone, normalise_key, road_name, roads_of, show_key
from app.stations.service import FoundKey, find_key
from app.web.limits import Limits
from app.web.turn import current, home

blueprint = Blueprint("station_pages", __name__, template_folder="templates")

# The style travels inside the page: one bar of signal carries one request better than two.
_STYLE: Final = (Path(__file__).parent / "static" / "landing.css").read_text("utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)

_WORDS: Final = {"ok": "能用", "limited": "部分能用", "out": "停用", "unknown": "说不准"}
_STATUS_WORDS: Final = {"limited": "部分服务", "closed": "暂停服务"}

# Lines that are the same everywhere (110 police, 122 traffic accidents, 12122 help on expressways, 12328 the
# ministry's service line). 120 is not among them: it has its own place on the page.
PUBLIC_LINES: Final = (
    ("110", "报警"),
    ("122", "交通事故报警"),
    ("12122", "高速公路救援"),
    ("12328", "交通运输服务监督"),
)


@dataclass(frozen=True)
class BasicLine:
    """One of the five basics as a reader is told: a word, how fresh it is, and when it was known."""

    title: str
    word: str
    freshness: str
    when: str


@blueprint.get("/s/<name>.txt")
@blueprint.get("/<name>.txt")
def verification_file(name: str) -> Response:
    """The file by which WeChat proves who owns the host of the printed codes (扫普通链接二维码打开小程序)."""
    files = home().settings.web.verification_files
    content = files.get(f"{name}.txt", files.get(name))
    if content is None:
        abort(404)
    return Response(content, mimetype="text/plain")


@blueprint.get("/s/<key>")
def landing(key: str) -> Response:
    """The page of a code: where this is, whom to call, how to open the mini-program; 404 if unknown."""
    turn = current()
    turn.home.part(Limits).address(request.remote_addr)
    plain = normalise_key(key) if len(key) <= 64 else None
    found = find_key(turn.session, plain) if plain else None
    station = book().station(lambda: turn.session, found.station) if found else None
    if found is None or station is None:
        return _page("stations/unknown.html", 404)
    return _landing(found, station, turn.now)


def _landing(found: FoundKey, station: StationView, now: datetime) -> Response:
    return _page(
        "stations/landing.html",
        200,
        station=station,
        side=found.side,
        other_side="B" if found.side == "A" else "A",
        heading=station.headings[found.side],
        revoked=found.state == "revoked",
        key=show_key(found.key),
        roads=[(number, road_name(number)) for number in roads_of(station.road)],
        spoken=station.spoken(found.side),
        phones=_own_phones(station),
        service=_STATUS_WORDS.get(station.status, ""),
        basics=[
            basic_line(BASIC_TITLES[name], state, as_of, now)
            for name, (state, as_of) in station.basics.items()
        ],
        added=book().page_lines(lambda: current().session, station.code, found.side, now),
    )


def _own_phones(station: StationView) -> list[tuple[str, str, bool]]:
    """Number, label, whether it is only an example; what the station has not told is left out."""
    numbers = ((station.duty_phone, "本站值班电话"), (station.medical_phone, "本站医疗窗口"))
    return [(number, label, is_example_phone(number)) for number, label in numbers if number]


def basic_line(title: str, state: str, as_of: datetime | None, now: datetime) -> BasicLine:
    """What may still be said: within the hour and within the Shanghai day the state, later only 说不准."""
    if as_of is None or state == "unknown":
        return BasicLine(title, _WORDS["unknown"], "old", "还没有人报过")
    known, today = as_of.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    if known.date() != today.date():
        return BasicLine(title, _WORDS["unknown"], "old", f"上次是 {known:%m-%d %H:%M}")
    freshness = "fresh" if (today - known).total_seconds() <= 3600 else "today"
    return BasicLine(title, _WORDS[state], freshness, f"今天 {known:%H:%M}")


def _page(template: str, status: int, **values: object) -> Response:
    settings = home().settings
    html = render_template(
        template,
        style=_STYLE,
        operator=settings.operator.name,
        miniprogram=settings.operator.miniprogram_name,
        centre_phone=settings.helpdesk.centre_phone,
        lines=PUBLIC_LINES,
        **values,
    )
    return Response(html, status, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})
