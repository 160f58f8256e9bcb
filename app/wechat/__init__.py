"""The WeChat platform: sign-in, phone number, messages, checks, codes, within a deadline; and a stand-in."""

from app.wechat.checks import Checked
from app.wechat.errors import (
    Blocked,
    Busy,
    CodeInvalid,
    Misconfigured,
    Resting,
    Unavailable,
    Unfit,
    WeChatError,
)
from app.wechat.gate import slots_for
from app.wechat.outcomes import Outcome, Sort
from app.wechat.platform import Login, PhoneNumber, WeChat

__all__ = [
    "Blocked",
    "Busy",
    "Checked",
    "CodeInvalid",
    "Login",
    "Misconfigured",
    "Outcome",
    "PhoneNumber",
    "Resting",
    "Sort",
    "Unavailable",
    "Unfit",
    "WeChat",
    "WeChatError",
    "slots_for",
]
