"""`wxa/business/getuserphonenumber`: one-time codes for somebody's number; another kind than sign-in's.

WeChat docs: a code lives five minutes and works once; the answer carries the appid in a watermark.
"""

from typing import TYPE_CHECKING

from app.wechat.standin import demo, wire
from app.wechat.standin.login import Code

if TYPE_CHECKING:
    from app.wechat.standin.world import World

_CHINA = "86"


def phone_number(world: "World", request: wire.Request) -> wire.Answer:
    """Which number is it?"""
    token = world.tokens.check(request.query.get("access_token", ""), world.now())
    number = _number(world, str(request.json().get("code") or "")).value
    watermark = {"timestamp": int(world.now()), "appid": world.watermark_appid or token.appid}
    info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": _CHINA, "watermark": watermark}
    return wire.ok(request.path, {"errcode": 0, "errmsg": "ok", "phone_info": info})


def _number(world: "World", text: str) -> Code:
    number = text.removeprefix(demo.PREFIX)
    if world.demo and text.startswith(demo.PREFIX) and demo.TEST_NUMBER.fullmatch(number):
        return Code(number, until=0)
    return world.phone_codes.redeem(text, world.now())
