"""Pushes as WeChat makes them, written from its documentation alone: signed, plain or sealed, XML or JSON."""

import base64
import hashlib
import json
import secrets
import struct
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.foundation.home import Home
from app.settings import Settings
from app.wechat.callback.work import work_off
from app.wechat.standin.demo import demo_openid

PATH = "/wechat/callback"
TOKEN = "a-token-for-tests"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
DRIVER = demo_openid("driver")


def with_push(settings: Settings, *, token: str = TOKEN, aes_key: str = "", appid: str = "") -> Settings:
    """The same settings with a message push set up."""
    given = {"token": token, "aes_key": aes_key} | ({"appid": appid} if appid else {})
    return settings.model_copy(update={"wechat": settings.wechat.model_copy(update=given)})


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def seal(plain: bytes, appid: str, key: str = AES_KEY) -> str:
    """As the documentation's own sample does it: PKCS#7 to blocks of 32."""
    raw_key = base64.b64decode(key + "=")
    padder = padding.PKCS7(256).padder()
    raw = secrets.token_bytes(16) + struct.pack(">I", len(plain)) + plain + appid.encode()
    encryptor = Cipher(algorithms.AES(raw_key), modes.CBC(raw_key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padder.update(raw) + padder.finalize())).decode()


@dataclass
class WeChatServer:
    """Pushes to a service. `app` has to be made with `with_push`."""

    app: Flask
    token: str = TOKEN

    def query(self, *sealed: str, at: float | None = None) -> dict[str, str]:
        timestamp, nonce = str(int(time.time() if at is None else at)), str(secrets.randbelow(10**9))
        query = {"timestamp": timestamp, "nonce": nonce, "signature": sign(self.token, timestamp, nonce)}
        if sealed:
            query |= {
                "encrypt_type": "aes",
                "msg_signature": sign(self.token, timestamp, nonce, *sealed),
            }
        return query

    def check(self, echostr: str = "4375120948345356249", **changed: str) -> TestResponse:
        return self.app.test_client().get(PATH, query_string=self.query() | {"echostr": echostr} | changed)

    def push_raw(self, body: bytes | str, query: dict[str, str] | None = None) -> TestResponse:
        raw = body.encode() if isinstance(body, str) else body
        return self.app.test_client().post(
            PATH, data=raw, query_string=self.query() if query is None else query, content_type="text/xml"
        )

    def push(self, message: dict[str, Any], **changed: str) -> TestResponse:
        """Plain, as JSON."""
        return self.push_raw(json.dumps(message), self.query() | changed)

    def push_sealed(
        self, body: str, *, xml: bool = False, key: str = AES_KEY, appid: str = ""
    ) -> TestResponse:
        """Safe mode: `body` sealed within an envelope of its own kind."""
        settings: Settings = self.app.extensions["home"].settings
        sealed = seal(body.encode(), appid or settings.wechat.appid, key)
        return self.push_raw(envelope(sealed, xml=xml), self.query(sealed))


def envelope(sealed: str, *, xml: bool) -> str:
    if xml:
        return f"<xml><ToUserName><![CDATA[gh_x]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return json.dumps({"ToUserName": "gh_x", "Encrypt": sealed})


def event(name: str, *, openid: str = DRIVER, at: float | None = None, **fields: Any) -> dict[str, Any]:
    """An event in JSON's form."""
    return {
        "ToUserName": "gh_x",
        "FromUserName": openid,
        "CreateTime": int(time.time() if at is None else at),
        "MsgType": "event",
        "Event": name,
        **fields,
    }


def popup(template_id: str, word: str = "accept", **more: Any) -> dict[str, Any]:
    """One template in a dialog; `List` is an object."""
    item = {"PopupScene": "0", "SubscribeStatusString": word, "TemplateId": template_id}
    return event("subscribe_msg_popup_event", List=item, **more)


def switched(template_id: str, word: str = "reject", **more: Any) -> dict[str, Any]:
    """Switched off in the message list."""
    item = {"SubscribeStatusString": word, "TemplateId": template_id}
    return event("subscribe_msg_change_event", List=item, **more)


def sent_event(template_id: str, msgid: object, errorcode: str = "0", **more: Any) -> dict[str, Any]:
    """What became of a send."""
    status = "success" if errorcode == "0" else "system error"
    item = {"TemplateId": template_id, "MsgID": str(msgid), "ErrorCode": errorcode, "ErrorStatus": status}
    return event("subscribe_msg_sent_event", List=item, **more)


def stored(home: Home) -> list[tuple[str, str]]:
    """Name and state of every event, in the order in which they came."""
    with home.database.transaction() as session:
        rows = session.execute(text("SELECT name, state FROM wechat_event ORDER BY received_at, id"))
        return [(row.name, row.state) for row in rows]


def work(home: Home) -> int:
    """Work off what is due."""
    return work_off(home)


class Recorder:
    """In a module's logger's place: what it was told, as one text."""

    def __init__(self) -> None:
        self.told = ""

    def _note(self, event: str, **more: Any) -> None:
        self.told += f"{event} {more}\n"

    debug = info = warning = error = _note
