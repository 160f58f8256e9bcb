"""`/wechat/callback`: the address that WeChat pushes to; says yes only to what is WeChat's and is stored."""

from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Blueprint, Response, request

from app.foundation.refusals import Refusal
from app.settings import WechatSettings
from app.web import metrics
from app.web.refusals import TOO_LARGE
from app.web.turn import Turn, current
from app.wechat.callback import refusals, table
from app.wechat.callback.crypto import Seal, Undecipherable, WrongApp, is_signed
from app.wechat.callback.events import arrival, event_name
from app.wechat.callback.handlers import handler_of
from app.wechat.callback.reading import MOST_BYTES, Unreadable, read_message
from app.wechat.callback.rules import is_fresh

log = structlog.get_logger()
blueprint = Blueprint("wechat_callback", __name__)

PATH = "/wechat/callback"
_SUCCESS = "success"


@blueprint.get(PATH)
def check_address() -> Response:
    """WeChat asks whether this address is ours: the plain echostr is the answer, in safe mode too."""
    turn = current()
    _check_signature(turn, "signature")
    _count("address checked")
    return _plain(request.args.get("echostr", ""))


@blueprint.post(PATH)
def receive() -> Response:
    """One push. `success` means: stored, or of no interest; WeChat tries anything else three times."""
    turn = current()
    message = _open(turn)
    name = event_name(message)
    if name is None:
        _count("ordinary message")
    elif handler_of(name) is None:
        _count("unknown event")
    else:
        _keep(turn, message)
    return _plain(_SUCCESS)


def _keep(turn: Turn, message: dict[str, Any]) -> None:
    kept = table.store(turn.session, turn.now, arrival(message, turn.now), message)
    turn.commit()
    turn.end()
    _count("stored" if kept else "duplicate")


def _open(turn: Turn) -> dict[str, Any]:
    """The message, once it is proved to be WeChat's.

    WeChat docs: in safe mode `signature` is there too and right, but does not cover the body: only
    `msg_signature` counts. In compatible mode the plain fields stand beside the sealed ones: with a key only
    the sealed ones count, without one only the plain.
    """
    wechat = turn.home.settings.wechat
    if not wechat.aes_key:
        _check_signature(turn, "signature")
    outer = _read(_body())
    sealed = outer.get("Encrypt")
    if not wechat.aes_key:
        if isinstance(sealed, str) and "MsgType" not in outer:
            raise _refused(refusals.NO_KEY)
        return outer
    if not isinstance(sealed, str):
        raise _refused(refusals.PLAIN_REFUSED)
    _check_signature(turn, "msg_signature", sealed)
    return _read(_unseal(wechat, sealed))


def _check_signature(turn: Turn, name: str, *sealed: str) -> None:
    """403 unless the query is signed with our token, and within ten minutes.

    WeChat's clock is the real one, also where ours has been moved to try something out (development).
    """
    token = turn.home.settings.wechat.token
    given = {part: request.args.get(part, "") for part in (name, "timestamp", "nonce")}
    if not token or not is_signed(given[name], token, given["timestamp"], given["nonce"], *sealed):
        raise _refused(refusals.UNSIGNED)
    if not is_fresh(given["timestamp"], turn.now, datetime.now(UTC)):
        raise _refused(refusals.STALE)


def _body() -> bytes:
    """All of it, if it is no longer than any event of WeChat's."""
    if (request.content_length or 0) > MOST_BYTES:
        raise _refused(TOO_LARGE)
    request.max_content_length = MOST_BYTES + 1  # a body in chunks has no length and is cut off there
    raw = request.get_data(cache=False)
    if len(raw) > MOST_BYTES:
        raise _refused(TOO_LARGE)
    return raw


def _read(raw: bytes) -> dict[str, Any]:
    try:
        return read_message(raw)
    except Unreadable:
        raise _refused(refusals.UNREADABLE) from None


def _unseal(wechat: WechatSettings, sealed: str) -> bytes:
    try:
        return Seal(wechat.aes_key, wechat.appid).open(sealed)
    except WrongApp:
        raise _refused(refusals.WRONG_APP) from None
    except Undecipherable:
        raise _refused(refusals.UNDECIPHERABLE) from None


def _refused(refusal: Refusal) -> Exception:
    """Counted and noted by reason, for whoever is setting the push up; nothing of what was sent."""
    _count(refusal.code.partition(".")[2])
    log.warning("wechat.callback", refused=refusal.code)
    return refusal.now()


def _count(what: str) -> None:
    metrics.EVENTS.labels("callback", what).inc()


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")
