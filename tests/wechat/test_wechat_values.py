"""Any text becomes a value that WeChat takes; a value that it takes already stays as it is."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.settings import TemplateSettings, WechatSettings
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.rules import _FITTERS, fit, time_text
from app.wechat.standin.keywords import complaint
from app.wechat.templates import filled, fit_all, templates_in_force

AT = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
KINDS = [*_FITTERS, "enum", "const"]
KEYS = [f"{kind}{number}" for number, kind in enumerate(KINDS, 1)]

ANY_TEXT = st.text(st.characters()) | st.text("0123456789:~年月日 -/.¥元甘A挂…～：", max_size=40)


@pytest.mark.parametrize("key", KEYS)
@given(text=ANY_TEXT)
@example(text="")
@example(text="\n\t\u200b\ufe0f")
@example(text="\ud800")
@example(text="𠮷" * 30)
@example(text="😀" * 30)
@example(text="2026年2月31日 15:01")
@example(text="0000年1月1日 15:01")
@example(text="1:11:111:11")
@example(text="0001-01-01T00:00+14:00")
def test_any_text_becomes_a_value_that_is_taken_and_stays(key: str, text: str) -> None:
    value = fit(key, text, AT)
    assert complaint(key, value) is None
    assert fit(key, value, AT) == value
    assert len(value.encode("utf-16-le")) // 2 <= 40


@given(text=st.text("汉字abcXYZ019，。！?（）-—", min_size=1, max_size=20))
def test_a_valid_thing_is_left_alone(text: str) -> None:
    assert fit("thing1", text, AT) == text


WISHES = [
    (
        "thing1",
        "永登服务区\n兰州方向的热水器坏了，请尽快维修一下谢谢",
        "永登服务区 兰州方向的热水器坏了，请尽…",
    ),
    ("thing1", "  ", "无"),
    ("thing2", "司机🚚你好", "司机你好"),
    ("phrase2", "已解决（完成）", "已解决完成"),
    ("phrase2", "done", "请查看"),
    ("time4", "2026年11月22日 15:01", "2026年11月22日 15:01"),
    ("time4", "2026-11-22T15:01:00+08:00", "2026年11月22日 15:01"),
    ("time4", "2026-11-22T07:01:00Z", "2026年11月22日 15:01"),
    ("time4", "明天 8:30 开始", "8:30"),
    ("time4", "15:01～16:30", "15:01~16:30"),
    ("time4", "尽快", "2026年11月23日 00:05"),
    ("time4", "2026年2月31日 15:01", "2026年11月23日 00:05"),
    ("date5", "2026-11-22", "2026年11月22日"),
    ("date5", "2026年11月22日~2026年11月25日", "2026年11月22日~2026年11月25日"),
    ("character_string3", "K100+500 上行", "K100+500"),
    ("character_string3", "ＮＯ．１２ 34", "NO.12-34"),
    ("character_string3", "没有", "-"),
    ("number6", "共 12.5 升", "12.5"),
    ("number6", "无", "0"),
    ("amount7", "￥35.50元", "¥35.50元"),
    ("amount7", "123456789012", "0"),
    ("phone_number8", "0931-1234567 转 8", "0931-12345678"),
    ("car_number9", "甘A·12345", "甘A"),
    ("car_number9", "甘A12345", "甘A12345"),
    ("name10", "示例师傅", "示例师傅"),
    ("name10", "Ann Example", "Ann·Example"),
    ("name10", "", "用户"),
]


@pytest.mark.parametrize(("key", "text", "value"), WISHES)
def test_values_come_out_as_a_person_would_write_them(key: str, text: str, value: str) -> None:
    assert fit(key, text, AT) == value


def test_a_moment_is_written_in_shanghai() -> None:
    assert time_text(AT) == "2026年11月23日 00:05"


@pytest.mark.parametrize("template", DEFAULT_TEMPLATES, ids=lambda t: t.scene)
def test_a_template_filled_with_too_little_and_too_much_is_whole(template: TemplateSettings) -> None:
    values = filled(template, {"thing1": "热水", "thing99": "foreign"}, AT)
    assert list(values) == list(template.keys)
    assert [complaint(key, value) for key, value in values.items()] == [None] * len(values)


def test_fitting_keeps_the_keys() -> None:
    assert fit_all({"thing1": "a\nb", "phrase2": "好"}, AT) == {"thing1": "a b", "phrase2": "好"}


@pytest.mark.parametrize("template", DEFAULT_TEMPLATES, ids=lambda t: t.scene)
def test_a_default_template_looks_like_a_real_one(template: TemplateSettings) -> None:
    assert len(template.id) == 43
    assert set(template.keys) == {key for key in template.keys if key.rstrip("0123456789") in KINDS}


def test_every_scene_has_a_template_outside_production() -> None:
    own = TemplateSettings(id="own", title="t", purpose="p", scene="duty", keys={"thing1": "x"})
    settings = WechatSettings(templates=[own])
    found = templates_in_force(settings, production=False)
    assert {t.scene: t.id for t in found}["duty"] == "own"
    assert sorted(t.scene for t in found) == ["bulletin", "duty", "request"]
    assert templates_in_force(settings, production=True) == [own]
