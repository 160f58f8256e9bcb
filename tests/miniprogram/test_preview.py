"""The preview that scripts/run serves: only in a demonstration, with people and codes to try it with."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.launcher import preview
from app.preview import pages
from app.settings import Settings, load_settings, unsafe_for_production
from tests.miniprogram import node
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone

WIDE = {"width": 1200, "height": 900}


def test_somebody_without_wechat_sees_the_product(phone: Callable[..., Phone], house: House) -> None:
    newcomer = phone("driver", WIDE)
    newcomer.page.goto(f"{house.base}/preview")
    newcomer.see("还没到站")
    panel = newcomer.page.locator("#panel")
    panel.get_by_role("button", name="接驾嘴服务区 A 侧").click()
    newcomer.see("签到成功")
    panel.get_by_role("button", name="值班员", exact=True).click()
    newcomer.tap("我的", role="tab", exact=True)
    newcomer.see("值班台")
    assert panel.get_by_role("button", name="值班员", exact=True).get_attribute("aria-pressed") == "true"
    newcomer.page.get_by_placeholder("贴一个码或它的网址").fill("NOTACODE")
    newcomer.tap("首页", role="tab")
    newcomer.tap("扫码签到")
    newcomer.see("这个码不是司机之家的站点码")


def test_it_is_there_only_where_it_is_asked_for(
    settings: Settings, make_app: Callable[[Settings], Flask]
) -> None:
    off = settings.model_copy(update={"demo": settings.demo.model_copy(update={"preview": False})})
    assert make_app(off).test_client().get("/preview/").status_code == 404
    assert not pages.wanted(settings.model_copy(update={"env": "production"}))
    real = settings.wechat.model_copy(update={"standin": False})
    assert not pages.wanted(settings.model_copy(update={"wechat": real}))
    assert any("demo.preview" in fault for fault in unsafe_for_production(settings))


def test_before_it_is_built_the_page_says_why(app: Flask, settings: Settings) -> None:
    place = pages.folder(settings.data_dir)
    place.unlink()
    client = app.test_client()
    answer = client.get("/preview/")
    assert (answer.status_code, "正在准备" in answer.text) == (503, True)
    place.mkdir()
    (place / "why.txt").write_text("没有安装 Node。", encoding="utf-8")
    assert "没有安装 Node。" in client.get("/preview/").text
    assert client.get("/preview/bundle.js").status_code == 404
    assert client.get("/preview/..%2fclock.offset").status_code == 404
    assert client.get("/preview/why.txt").status_code == 200


def test_a_missing_or_old_node_is_said_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    preview.main(tmp_path)
    assert "没有安装 Node（需要 20 或更新）" in capsys.readouterr().out
    assert "没有安装 Node" in (tmp_path / "preview" / "why.txt").read_text("utf-8")
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.19.0\n")
    old.chmod(0o755)
    with pytest.raises(preview.NoPreview, match=r"Node 是 v18\.19\.0"):
        preview.find_node()


def test_it_is_built_anew_only_when_a_source_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.packages()
    place = tmp_path / "preview"
    preview.build_if_stale(place)
    first = (place / "bundle.js").stat().st_mtime_ns
    preview.build_if_stale(place)
    assert (place / "bundle.js").stat().st_mtime_ns == first
    monkeypatch.setattr(preview, "fingerprint", lambda: "another")
    preview.build_if_stale(place)
    assert (place / "bundle.js").stat().st_mtime_ns > first
    shutil.rmtree(place)


def test_settings_know_it() -> None:
    assert load_settings().demo.preview is False
