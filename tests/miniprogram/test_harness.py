"""The harness itself: what it lacks throws by name, so that no test passes on silence."""

from collections.abc import Callable

import pytest

from tests.miniprogram.phone import Phone


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("wx.startAccelerometer()", "wx.startAccelerometer is not in the harness"),
        ("wx.showActionSheet({itemList: ['1','2','3','4','5','6','7']})", "six items"),
        ("wx.showModal({title: '', confirmText: '五个字太长'})", "4 characters"),
        ("wx.navigateTo({url: '/pages/me/index'})", "can not navigateTo a tabbar page"),
        ("wx.requestSubscribeMessage({tmplIds: ['1','2','3','4']})", "too many templates"),
        ("wx.openDocument({filePath: 'wxfile://tmp_9', fileType: 'pdf'})", "no such file"),
        ("wx.openDocument({filePath: 'wxfile://tmp_9'})", "without fileType is not in the harness"),
        ("wx.openDocument({filePath: 'data:text/plain,no', fileType: 'pdf'})", "not a pdf"),
        ("harness.launch('/pages/nowhere/index')", "no page pages/nowhere/index"),
    ],
)
def test_what_is_missing_or_forbidden_throws_by_name(
    phone: Callable[..., Phone], what: str, says: str
) -> None:
    opened = phone().open("/pages/privacy/index")
    opened.see("微信登录标识")
    trial = f"try {{ await {what} }} catch (e) {{ return e.errMsg ?? e.message }} return ''"
    assert says in opened.page.evaluate(f"(async () => {{ {trial} }})()")
