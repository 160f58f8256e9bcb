"""The refusals that only the console knows."""

from app.foundation.refusals import Refusal

NO_CONSOLE = Refusal("console.no_role", 403, "您的账号没有工作台的权限，请找管理员。")
NO_DESK = Refusal("console.no_desk", 403, "您的账号没有值班台。")
FORGED = Refusal(
    "console.form_expired", 403, "这个页面放得太久，或不是从工作台打开的，没有提交。请返回刷新后再试。"
)
SIGN_IN_FAILED = Refusal("console.sign_in_failed", 401, "账号或密码不对。")
