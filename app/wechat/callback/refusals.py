"""What a push is told that is not WeChat's, or cannot be read."""

from app.foundation.refusals import Refusal

UNSIGNED = Refusal("callback.signature", 403, "签名不对。")
STALE = Refusal("callback.stale", 403, "时间相差超过 10 分钟。")
PLAIN_REFUSED = Refusal("callback.plain_refused", 403, "已配置消息加密密钥，只收安全模式的消息。")
NO_KEY = Refusal("callback.no_key", 403, "消息已加密，但没有配置消息加密密钥。")
UNDECIPHERABLE = Refusal("callback.undecipherable", 400, "消息解不开。")
WRONG_APP = Refusal("callback.wrong_app", 403, "消息不是发给本小程序的。")
UNREADABLE = Refusal("callback.unreadable", 400, "消息读不懂。")
