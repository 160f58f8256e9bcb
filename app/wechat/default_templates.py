"""The subscribe-message templates of development: what the stand-in knows and the service falls back on.

An account's own templates come from WeChat's console and go into the settings; these ids mean nothing to
WeChat. All are one-time ones (type 2): each accept is worth one message.
"""

from app.settings import TemplateSettings

ONE_TIME = 2

DEFAULT_TEMPLATES: tuple[TemplateSettings, ...] = (
    TemplateSettings(
        id="ShiLiMoBan-QingQiuJinDu-0000000000000000001",
        title="诉求进度通知",
        purpose="有人接手或答复您的诉求时告诉您",
        scene="request",
        keys={"thing1": "事项", "phrase2": "状态", "thing3": "回复摘要", "time4": "时间"},
    ),
    TemplateSettings(
        id="ShiLiMoBan-ZhiBanTiXing-0000000000000000002",
        title="值班提醒",
        purpose="您报名的班次开始前提醒您",
        scene="duty",
        keys={"thing1": "班次", "time2": "时间", "thing3": "地点", "thing4": "备注"},
    ),
    TemplateSettings(
        id="ShiLiMoBan-GongGaoTuiSong-00000000000000003",
        title="路况与政策公告",
        purpose="封路、限行和政策变化时告诉您",
        scene="bulletin",
        keys={"thing1": "标题", "thing2": "路段", "time3": "时间", "thing4": "摘要"},
    ),
)
