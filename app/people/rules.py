"""Decisions about people; no database, no clock."""

import re
from datetime import datetime, timedelta

from app.foundation.refusals import Refusal

PERSON_UNKNOWN = Refusal("person.unknown", 404, "没有找到这个人。")
OPEN_MATTERS = Refusal("me.open_matters", 409, "您还有没办完的诉求；确定要注销的话，诉求会一并撤回。")
CONSENT_UNKNOWN = Refusal("consent.unknown", 404, "没有这一项授权。")
CONSOLE_WRONG = Refusal("console.wrong", 401, "账号或密码不对。")
CONSOLE_LOCKED = Refusal("console.locked", 429, "试错次数太多，账号暂时锁定，请过一会儿再试或找管理员。")
PASSWORD_WEAK = Refusal("console.password_weak", 422, "新密码至少 10 个字，且不能和登录名或旧密码相同。")

MOST_NAME = 30
_OPENID = re.compile(r"[0-9A-Za-z_-]{6,64}")
_LOGIN = re.compile(r"[0-9A-Za-z._-]{2,32}")


def is_openid(value: str) -> bool:
    """Whether it may be one: WeChat promises no length; the real ones are 28 letters, digits, `_` and `-`."""
    return _OPENID.fullmatch(value) is not None


def is_login(value: str) -> bool:
    """Whether somebody can type it at the console: 2 to 32 letters, digits, dots, `_` and `-`."""
    return _LOGIN.fullmatch(value.strip()) is not None


PURPOSES = {
    "medical": "医疗求助办结一天后，值班员还能看到当时填的健康情况",
    "location": "签到时核对您是不是在站里",
    "documents": "理赔时上传的证件和单据",
    "membership": "党员身份和组织关系",
}
"""What is asked for separately, and what it is called."""

STAFF_ROLES = ("staff", "kitchen", "responder", "supervisor")
CONSOLE_ROLES = (*STAFF_ROLES, "editor", "approver", "admin", "auditor", "viewer", "secretary", "committee")
PLACED_ROLES = frozenset({"staff", "kitchen", "responder", "member", "secretary"})

_PHONE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^0\d{2,3}-?\d{7,8}$")
_PLATE = re.compile(r"^[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}[A-Z0-9\u4e00-\u9fff]$")
_PASSWORD_LEAST = 10


def mask_phone(phone: str | None) -> str | None:
    """First three and last two digits, as WeChat's own safety guide masks numbers: `138******00`."""
    if not phone:
        return None
    return phone[:3] + "*" * max(0, len(phone) - 5) + phone[-2:]


def clean_phone(written: str) -> str | None:
    """A mainland mobile or landline number without blanks and +86; None when it is neither."""
    bare = re.sub(r"[\s-]", "", written).removeprefix("+86").removeprefix("0086")
    if _PHONE.match(bare):
        return bare
    return bare if _LANDLINE.match(bare) else None


def clean_plate(written: str) -> str | None:
    """A mainland plate in capitals, without dots and blanks (`甘A12345`); else None."""
    bare = re.sub(r"[\s·.•-]", "", written).upper()
    return bare if _PLATE.match(bare) else None


def new_expiry(now: datetime, expires_at: datetime, days: int) -> datetime | None:
    """The later end of a sliding sign-in; None while it would move by less than a day."""
    fresh = now + timedelta(days=days)
    return fresh if fresh - expires_at >= timedelta(days=1) else None


def password_refusal(password: str, login: str, old: str | None) -> Refusal | None:
    """Whether a new password is too easy."""
    weak = len(password) < _PASSWORD_LEAST or password == old or login.lower() in password.lower()
    return PASSWORD_WEAK if weak else None


def home_place(grants: frozenset[tuple[str, str]]) -> str | None:
    """The station of somebody's desk: the first place of a working role, None when bound to none."""
    return min((place for role, place in grants if role in STAFF_ROLES and place != "*"), default=None)
