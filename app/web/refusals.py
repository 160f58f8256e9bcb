"""The refusals that every endpoint shares."""

from app.foundation.refusals import Refusal

AUTH_REQUIRED = Refusal("auth.required", 401, "请先登录。")
AUTH_EXPIRED = Refusal("auth.expired", 401, "登录已失效，请重新登录。")
FORBIDDEN = Refusal("auth.forbidden", 403, "您没有办理这件事的权限。")
BAD_JSON = Refusal("api.bad_json", 400, "提交的内容读不懂，请更新小程序后再试。")
NOT_FOUND = Refusal("api.not_found", 404, "没有找到您要的内容。")
METHOD = Refusal("api.method", 405, "不支持这种操作。")
TOO_LARGE = Refusal("api.too_large", 413, "内容太大，请精简后再试。")
MEDIA_TYPE = Refusal("api.media_type", 415, "不支持这种格式的内容。")
TOO_MANY = Refusal("api.too_many", 429, "操作太频繁，请稍后再试。")
KEY_REUSED = Refusal("api.key_reused", 409, "这个操作编号已经用过，请重新操作一次。")
IN_PROGRESS = Refusal("api.in_progress", 409, "同一个操作正在办理，请稍候。")
FAULT = Refusal("api.fault", 500, "系统出了点问题，我们已经记下。急事请拨打服务区值班电话或 120。")
UNAVAILABLE = Refusal(
    "api.unavailable", 503, "系统正忙或正在维护，请稍后再试。急事请拨打服务区值班电话或 120。"
)
HTTP_OTHER = Refusal("api.http", 400, "请求有误。")
