"""Every errcode of WeChat's that this house may meet: what it says, what is done about it, in one table.

The sorting of outcomes, the operator's commands and the manual's page are all made from it (`python -m app
wechat errors`). Texts are for the operator, so they are Chinese.
"""

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """The few things an errcode can mean; the values are metric labels."""

    OK = "ok"
    BUSY = "busy"  # again after a while
    TOKEN = "token"  # noqa: S105 - a label; another token, once
    CODE = "code"  # the person's one-time code
    BLOCKED = "blocked"  # the person
    NO_CREDIT = "no_credit"  # the person's credit
    MESSAGE = "message"  # this one call can never succeed, the next one may
    OPERATOR = "operator"  # no call of this kind succeeds until somebody acts
    OTHER = "other"  # in no table


@dataclass(frozen=True)
class Known:
    """One errcode. `says`: what WeChat means; `does`: what this house does, or what the operator must do."""

    errcode: int
    meaning: Meaning
    says: str
    does: str


_AGAIN = "隔一会儿自动再试；试完还不行，消息只留在消息箱里"
_ONE = "这一条不再发，额度退还，消息箱里有；其余照发"
_STOPS = "停止发送并报警，每分钟用一条试探，通了自动恢复"
_RETURN = "请用户重新操作一次"
_COMMAND = "命令报错，不重试"

TABLE: tuple[Known, ...] = (
    Known(0, Meaning.OK, "成功", "完成"),
    Known(-1, Meaning.BUSY, "系统繁忙", _AGAIN),
    Known(44990, Meaning.BUSY, "每秒调用超限", _AGAIN + "；可调低 notices.rate_per_s"),
    Known(44991, Meaning.BUSY, "每分钟调用超限", _AGAIN + "；可调低 notices.rate_per_s"),
    Known(45011, Meaning.BUSY, "每分钟调用超限", _AGAIN),
    Known(43108, Meaning.BUSY, "同一用户有另一条正在发送", _AGAIN + "；本系统对同一人本就一条一条发"),
    Known(87020, Meaning.BUSY, "同一图片短时间内重复送检", "隔一会儿自动再试；到时转人工审核"),
    Known(40001, Meaning.TOKEN, "access_token 无效或不是最新（取 token 时：AppSecret 错）",
          "换一次 token 再试一次；取 token 时出现则停止发送并报警，请核对 wechat.secret"),
    Known(40014, Meaning.TOKEN, "access_token 不合法", "换一次 token 再试一次"),
    Known(41001, Meaning.TOKEN, "缺少 access_token", "换一次 token 再试一次"),
    Known(42001, Meaning.TOKEN, "access_token 过期", "换一次 token 再试一次"),
    Known(40029, Meaning.CODE, "code 无效或过期", _RETURN),
    Known(40163, Meaning.CODE, "code 已被使用", _RETURN),
    Known(41008, Meaning.CODE, "缺少 code", _RETURN),
    Known(40226, Meaning.BLOCKED, "高风险用户，被微信拦截登录", "拒绝登录，提示联系工作人员"),
    Known(43101, Meaning.NO_CREDIT, "用户未订阅、次数用完或已退订（微信不区分）",
          "记为“被拒”，该模板的额度清零，消息箱里有；不算故障"),
    Known(40003, Meaning.MESSAGE, "openid 不对，或属于别的小程序", _ONE + "；若人人如此请核对 wechat.appid"),
    Known(40004, Meaning.MESSAGE, "媒体类型不合法", "这一张转人工审核"),
    Known(40033, Meaning.MESSAGE, "含有非法字符", _ONE),
    Known(40037, Meaning.MESSAGE, "模板不存在或已删除",
          _ONE + "；错误过多会自动暂停，请用 wechat templates 核对模板"),
    Known(40097, Meaning.MESSAGE, "参数不对", _ONE),
    Known(40129, Meaning.MESSAGE, "scene 不合法", _COMMAND),
    Known(40159, Meaning.MESSAGE, "路径为空或过长", _COMMAND),
    Known(40169, Meaning.MESSAGE, "scene 过长或正文不是 JSON", _COMMAND),
    Known(41030, Meaning.MESSAGE, "页面不在已发布的版本里",
          _ONE + "；取小程序码时请核对 wechat.code_page，发布前可设 wechat.code_check_path = false"),
    Known(43104, Meaning.MESSAGE, "openid 与 appid 不匹配", _ONE),
    Known(45168, Meaning.MESSAGE, "内容含敏感词", _ONE + "；请改写内容后另发"),
    Known(47001, Meaning.MESSAGE, "正文格式不对或缺参数", _ONE),
    Known(47003, Meaning.MESSAGE, "某个关键词的值不合规（错误信息里有字段名）",
          _ONE + "；请用 wechat templates 核对关键词"),
    Known(61010, Meaning.MESSAGE, "该用户两小时内没有打开过小程序，不能检测", "这一条转人工审核"),
    Known(76001, Meaning.MESSAGE, "没有这个 rid，或已超过七天", _COMMAND),
    Known(76021, Meaning.MESSAGE, "没有这个接口路径", _COMMAND),
    Known(76022, Meaning.MESSAGE, "这个接口路径不支持查询", _COMMAND),
    Known(85096, Meaning.MESSAGE, "scancode_time 是微信保留的参数名", _COMMAND),
    Known(87014, Meaning.MESSAGE, "内容违规（旧版检测接口的说法）", "按违规处理"),
    Known(40002, Meaning.OPERATOR, "grant_type 不对", _STOPS),
    Known(40013, Meaning.OPERATOR, "AppID 不对", _STOPS + "；请核对 wechat.appid"),
    Known(40066, Meaning.OPERATOR, "接口地址不存在", _STOPS + "；请核对 wechat.api_base 和 wechat.proxy"),
    Known(40125, Meaning.OPERATOR, "AppSecret 不对", _STOPS + "；请核对 wechat.secret"),
    Known(40164, Meaning.OPERATOR, "本机出口 IP 不在白名单",
          _STOPS + "；请在公众平台把错误信息里的 IP 加入白名单"),
    Known(40243, Meaning.OPERATOR, "AppSecret 被冻结", _STOPS + "；请在公众平台解冻"),
    Known(41002, Meaning.OPERATOR, "缺少 AppID", _STOPS),
    Known(41004, Meaning.OPERATOR, "缺少 AppSecret", _STOPS),
    Known(43001, Meaning.OPERATOR, "应当用 GET", _STOPS + "；多半是代理改写了请求"),
    Known(43002, Meaning.OPERATOR, "应当用 POST", _STOPS + "；多半是代理改写了请求"),
    Known(44002, Meaning.OPERATOR, "POST 正文为空", _STOPS + "；多半是代理丢了正文"),
    Known(43107, Meaning.OPERATOR, "订阅消息能力或模板被封禁", _STOPS + "；请看公众平台的违规通知"),
    Known(45009, Meaning.OPERATOR, "当日调用次数用完",
          _STOPS + "；一般次日零点恢复，也可用 wechat quota 查看用量"),
    Known(48001, Meaning.OPERATOR, "没有这个接口的权限", _STOPS + "；请在公众平台开通"),
    Known(50001, Meaning.OPERATOR, "账号未获得该接口授权", _STOPS + "；请在公众平台开通"),
    Known(50002, Meaning.OPERATOR, "账号接口被限制", _STOPS + "；请看公众平台的违规通知"),
    Known(50004, Meaning.OPERATOR, "禁止使用 token 接口", _STOPS),
    Known(50007, Meaning.OPERATOR, "账号被冻结", _STOPS + "；请看公众平台的违规通知"),
    Known(89503, Meaning.OPERATOR, "这个 IP 的调用要管理员确认", _STOPS + "；请管理员在微信里确认"),
    Known(89506, Meaning.OPERATOR, "管理员拒绝了这个 IP，24 小时内不能再请求", _STOPS),
    Known(89507, Meaning.OPERATOR, "管理员拒绝了这个 IP，1 小时内不能再请求", _STOPS),
)  # fmt: skip

BY_ERRCODE = {known.errcode: known for known in TABLE}
