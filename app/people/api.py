"""Endpoints of people: sign-in and the person."""

from app.people import service
from app.people.schemas import MeChange, PhoneCode, SignedIn, SignInWechat, User
from app.web.callers import PUBLIC, SIGNED_IN
from app.web.room import Room
from app.web.turn import current
from app.wechat import WeChat
from app.wechat.refusals import BLOCKED, CODE_INVALID, UNAVAILABLE

room = Room("people", "登录与本人")


@room.call(
    "POST", "/auth/wechat", who=PUBLIC, answers={200: SignedIn}, refuses=[CODE_INVALID, BLOCKED, UNAVAILABLE]
)
def sign_in(body: SignInWechat) -> SignedIn:
    """用 wx.login 的 code 登录"""
    turn = current()
    days = turn.home.settings.web.sign_in_days
    login = turn.home.part(WeChat).login(body.code)
    token, person_id, is_new = service.sign_in_by_openid(
        turn.session, login.openid, login.unionid, turn.now, days=days
    )
    user = service.profile(turn.session, person_id)
    return SignedIn(token=token, expires_in=days * 86400, user=user, is_new=is_new)


@room.call("POST", "/auth/logout", who=SIGNED_IN, answers={204: None})
def sign_out() -> None:
    """退出登录，立即生效"""
    turn = current()
    service.sign_out(turn.session, turn.caller.sign_in)


@room.call("GET", "/me", who=SIGNED_IN, answers={200: User})
def me() -> User:
    """本人信息"""
    turn = current()
    return service.profile(turn.session, turn.caller.person_id)


@room.call("PUT", "/me", who=SIGNED_IN, answers={200: User})
def change_me(body: MeChange) -> User:
    """修改本人信息，只改送来的字段"""
    turn = current()
    return service.change_me(turn.session, turn.caller.person_id, body, turn.now)


@room.call("POST", "/me/phone", who=SIGNED_IN, answers={200: User}, refuses=[CODE_INVALID, UNAVAILABLE])
def prove_phone(body: PhoneCode) -> User:
    """用手机号按钮的 code 验证手机号"""
    turn = current()
    turn.let_go()  # no transaction is held while WeChat thinks
    number = turn.home.part(WeChat).phone_number(body.code)
    return service.prove_phone(turn.session, turn.caller.person_id, number.phone, turn.now)
