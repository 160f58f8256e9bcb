"""`wxa/msg_sec_check` and `wxa/media_check_async`: a censor with a list of words, who also looks at pictures.

WeChat docs: a risky text is an errcode 0 with `result.suggest`; 61010 when the person has not opened the app
within two hours. A picture is fetched from its address later, and the verdict pushed as `wxa_media_check`; an
address that cannot be fetched is -1008. The stand-in fetches from this machine only.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from app.wechat.standin import events, wire
from app.wechat.standin.subscribe import OPENID

if TYPE_CHECKING:
    from app.wechat.standin.world import World

SEEN_S = 2 * 3600
_LONGEST_TEXT = 2500
_LARGEST_PICTURE = 10 * 1024 * 1024
_TIMEOUT_S = (1.0, 5.0)
_MOST_KEPT = 1000
_SUGGESTS = ("pass", "review", "risky")
_SEVERITY = {suggest: grade for grade, suggest in enumerate(_SUGGESTS)}
NORMAL = ("pass", 100)
_FAMILIES = (1, 2, 3, 4)

EXAMPLE_WORDS = {"示例违规词": ("risky", 20006), "示例可疑词": ("review", 21000)}


@dataclass
class Censor:
    """The word list, the verdicts of the next pictures (`pass` when there is none), and who was seen."""

    words: dict[str, tuple[str, int]] = field(default_factory=lambda: dict(EXAMPLE_WORDS))
    pictures: deque[tuple[str, int]] = field(default_factory=deque)
    delay_s: float = 1.0
    seen_at: dict[str, float] = field(default_factory=dict)
    asked: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))

    def see(self, openid: str, now: float) -> None:
        """Somebody opened the app."""
        self.seen_at[openid] = now

    def forbid(self, word: str, suggest: str, label: int) -> None:
        """From now on; `pass` takes the word off the list. ValueError for another suggest."""
        if suggest not in _SUGGESTS or not word:
            raise ValueError(f"suggest: one of {', '.join(_SUGGESTS)}; word: not empty")
        if suggest == "pass":
            self.words.pop(word, None)
        else:
            self.words[word] = (suggest, label)

    def expect(self, suggest: str, label: int, times: int) -> None:
        """What the next pictures are found to be. ValueError for another suggest."""
        if suggest not in _SUGGESTS:
            raise ValueError(f"suggest: one of {', '.join(_SUGGESTS)}")
        self.pictures.extend([(suggest, label)] * times)

    def judge(self, text: str) -> tuple[str, int, str | None]:
        """Suggest, label, and the word that decided; the worst counts."""
        found = [(*verdict, word) for word, verdict in self.words.items() if word in text]
        return max(found, key=lambda one: _SEVERITY[one[0]], default=(*NORMAL, None))


def check_text(world: "World", request: wire.Request) -> wire.Answer:
    """`POST /wxa/msg_sec_check`."""
    world.tokens.check(request.query.get("access_token", ""), world.now())
    body = request.json()
    content = body.get("content")
    if not isinstance(content, str) or not content or len(content) > _LONGEST_TEXT:
        raise wire.ApiError(47001, "data format error")
    suggest, label, word = world.censor.judge(f"{body.get('nickname') or ''} {content}")
    if body.get("version") != 2:
        return _of_old(request, suggest)
    openid = _asking(world, body)
    trace_id = wire.new_rid()
    world.censor.asked.append({"openid": openid, "content": content, "suggest": suggest})
    detail: list[dict[str, Any]] = [
        {"strategy": "content_model", "errcode": 0, "suggest": "pass", "label": 100, "prob": 90}
    ]
    if word is not None:
        hit = {"suggest": suggest, "label": label, "level": 90, "keyword": word}
        detail.append({"strategy": "keyword", "errcode": 0, **hit})
    result = {"suggest": suggest, "label": label}
    answer = {"errcode": 0, "errmsg": "ok", "detail": detail, "trace_id": trace_id, "result": result}
    return wire.ok(request.path, answer)


def check_media(world: "World", request: wire.Request) -> wire.Answer:
    """`POST /wxa/media_check_async`: the answer at once, the verdict after `delay_s`."""
    token = world.tokens.check(request.query.get("access_token", ""), world.now())
    body = request.json()
    if body.get("media_type") not in (1, 2):
        raise wire.ApiError(40004, "invalid media type")
    url = body.get("media_url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or body.get("version") != 2:
        raise wire.ApiError(47001, "data format error")
    openid = _asking(world, body)
    trace_id = wire.new_rid()
    world.censor.asked.append({"openid": openid, "media_url": url, "trace_id": trace_id})
    later = threading.Timer(world.censor.delay_s, _look, (world, token.appid, url, trace_id))
    later.daemon = True
    later.start()
    return wire.ok(request.path, {"errcode": 0, "errmsg": "ok", "trace_id": trace_id})


def _asking(world: "World", body: dict[str, Any]) -> str:
    openid, scene = body.get("openid"), body.get("scene")
    if not isinstance(openid, str) or not OPENID.fullmatch(openid):
        raise wire.ApiError(40003, "invalid openid")
    if scene not in _FAMILIES:
        raise wire.ApiError(40129, "invalid scene")
    if world.now() - world.censor.seen_at.get(openid, 0.0) > SEEN_S:
        raise wire.ApiError(61010, "code is expired")
    return openid


def _of_old(request: wire.Request, suggest: str) -> wire.Answer:
    """The API before version 2, which had an errcode for it."""
    if suggest == "risky":
        raise wire.ApiError(87014, "risky content")
    return wire.ok(request.path, {"errcode": 0, "errmsg": "ok"})


def _look(world: "World", appid: str, url: str, trace_id: str) -> None:
    fetched = _fetch(url)
    with world.lock:
        pictures = world.censor.pictures
        verdict = (pictures.popleft() if pictures else NORMAL) if fetched else None
        world.push(events.picture_checked(appid, trace_id, verdict, world.now()))


def _fetch(url: str) -> bool:
    """Whether there is something of at most 10 MB at this address of this machine."""
    try:
        host = urlsplit(url).hostname or ""
        if host != "localhost" and not ip_address(host).is_loopback:
            return False
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, timeout=_TIMEOUT_S, stream=True, allow_redirects=False) as answer:
                if answer.status_code != 200:
                    return False
                size = 0
                for piece in answer.iter_content(64 * 1024):
                    size += len(piece)
                    if size > _LARGEST_PICTURE:
                        return False
                return size > 0
    except (requests.RequestException, ValueError, OSError):
        return False
