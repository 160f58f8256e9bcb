"""What a person is told when WeChat says no or says nothing."""

from app.foundation.refusals import Refusal

CODE_INVALID = Refusal("auth.code_invalid", 401, "微信授权已失效，请重新操作一次。")
BLOCKED = Refusal("auth.blocked", 403, "该微信账号暂时无法登录，请联系服务区工作人员。")
UNAVAILABLE = Refusal("wechat.unavailable", 503, "微信服务暂时没有响应，请稍后再试；其他功能不受影响。")
