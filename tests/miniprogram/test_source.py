"""The source by itself: types against today's contract, style, size, nothing from outside, parts left out."""

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.miniprogram import node
from tests.miniprogram.node import HARNESS, MINIPROGRAM

PACKAGES = ("pages/desk", "pages/duty")
MOST_MAIN_BYTES = 1_500_000
COMPILERS = {".wxml": "wcc", ".wxss": "wcsc"}
SHOWN = (".wxml", ".wxss", ".ts", ".json")
PERSONAL = (
    "getLocation", "getFuzzyLocation", "chooseLocation", "chooseMedia", "chooseImage", "getClipboardData",
    "chooseContact", "getUserProfile", "getUserInfo", "startRecord", "getRecorderManager", "getWeRunData",
)  # fmt: skip


@pytest.fixture
def contract(app: Flask) -> dict[str, object]:
    """What the service says of itself today."""
    found: dict[str, object] = app.test_client().get("/api/openapi.json").json
    return found


def checked_against(contract: object, folder: Path) -> str:
    """What tsc complains of when the types come from that contract."""
    for name in ("src", "typings"):
        shutil.copytree(MINIPROGRAM / name, folder / name)
    (folder / "node_modules").symlink_to(node.packages())
    config = json.loads((MINIPROGRAM / "tsconfig.json").read_text())
    (folder / "tsconfig.json").write_text(json.dumps(config))
    spec = folder / "openapi.json"
    spec.write_text(json.dumps(contract))
    made = node.run(MINIPROGRAM / "tools" / "contract.mjs", spec)
    assert made.returncode == 0, made.stderr
    (folder / "typings" / "contract.d.ts").write_text(made.stdout)
    return node.run(node.packages() / "typescript" / "bin" / "tsc", "-p", folder).stdout


def test_the_pages_fit_the_contract_of_today(contract: dict[str, object], tmp_path: Path) -> None:
    assert checked_against(contract, tmp_path) == ""


def test_a_renamed_field_fails_the_build(contract: dict[str, object], tmp_path: Path) -> None:
    renamed = json.loads(json.dumps(contract).replace('"scanned_at"', '"scanned_on"'))
    assert "'scanned_at' does not exist" in checked_against(renamed, tmp_path)


def test_style() -> None:
    done = node.run(node.packages() / "eslint" / "bin" / "eslint.js", ".")
    assert done.returncode == 0, done.stdout


def test_logic(tmp_path: Path) -> None:
    files = sorted((Path(__file__).parent / "unit").glob("*.test.ts"))
    done = node.run(HARNESS / "unit.mjs", tmp_path, *files)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_the_package_is_small_and_says_its_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node.build(tmp_path)
    sizes = json.loads((tmp_path / "built.json").read_text())["sizes"]
    with capsys.disabled():
        told = ", ".join(f"{name} {size / 1000:.0f} kB" for name, size in sizes.items())
        print(f"\nmini-program: {told}")  # noqa: T201 - so that it is seen growing
    assert all(size < MOST_MAIN_BYTES for size in sizes.values()), sizes


def test_nothing_comes_from_outside() -> None:
    """Icons, letters and scripts are shipped; the one host is the service's own."""
    allowed = ("http://127.0.0.1:8000", "http://www.w3.org/2000/svg")
    found = [
        f"{file.name}: {address}"
        for file in (MINIPROGRAM / "src").rglob("*")
        if file.suffix in SHOWN
        for address in re.findall(r"(?:https?:)?//[a-zA-Z0-9][\w.:-]*\.[\w.:/-]+", file.read_text("utf-8"))
        if not address.startswith(allowed)
    ]
    assert found == []


def test_icons_are_those_of_their_tool() -> None:
    written = (MINIPROGRAM / "src" / "styles" / "icons.wxss").read_text("utf-8")
    tool = json.dumps(str(MINIPROGRAM / "tools" / "icons.mjs"))
    program = f"import {{ text }} from {tool}; process.stdout.write(text)"
    assert node.run("--input-type=module", "-e", program).stdout == written


def test_every_icon_that_a_page_names_is_there() -> None:
    drawn = set(
        re.findall(r"\.i-([\w]+) ", (MINIPROGRAM / "src" / "styles" / "icons.wxss").read_text("utf-8"))
    )
    named = {
        name
        for file in (MINIPROGRAM / "src").rglob("*.wxml")
        for name in re.findall(r"\bi-(\w+)(?![\w{])", file.read_text("utf-8"))
        if name not in ("side",)
    }
    assert named <= drawn, named - drawn


@pytest.mark.parametrize("left", PACKAGES)
def test_a_sub_package_can_be_left_out(left: str, tmp_path: Path) -> None:
    node.build(tmp_path, "--without", left)
    told = json.loads((tmp_path / "built.json").read_text())
    assert [page for page in told["pages"] if page.startswith(f"{left}/")] == []
    assert left not in told["sizes"]


def test_no_page_imports_from_a_sub_package() -> None:
    """Else a build without it would break; a sub-package may use the main package, never another."""
    crossing = [
        f"{file.relative_to(MINIPROGRAM)}: {target}"
        for file in (MINIPROGRAM / "src").rglob("*.ts")
        for target in re.findall(r"from '(\.[^']+)'", file.read_text("utf-8"))
        if (package := _package((file.parent / target).resolve())) and package != _package(file)
    ]
    assert crossing == []


def _package(file: Path) -> str:
    inside = str(file.relative_to(MINIPROGRAM / "src"))
    return next((root for root in PACKAGES if inside.startswith(f"{root}/")), "")


def wechat_compiles(suffix: str, source: Path) -> str:
    """What the compiler inside WeChat's DevTools complains of; nothing, when it takes every file."""
    if platform.machine() != "x86_64":
        pytest.skip(f"WeChat publishes its compilers for x86-64, not for {platform.machine()}")
    compiler = node.packages() / "miniprogram-compiler" / "bin" / "linux" / COMPILERS[suffix]
    compiler.chmod(0o755)
    files = sorted(file.relative_to(source) for file in source.rglob(f"*{suffix}"))
    assert files
    done = subprocess.run([compiler, "-d", *files], cwd=source, capture_output=True, text=True, timeout=60)
    return f"{done.returncode}: {done.stderr}" if done.returncode else done.stderr


@pytest.mark.parametrize("suffix", COMPILERS)
def test_wechats_own_compiler_takes_every_file(suffix: str) -> None:
    assert wechat_compiles(suffix, MINIPROGRAM / "src") == ""


@pytest.mark.parametrize(
    ("suffix", "wrong"), [(".wxml", '<view wx:if="{{a b}}"><text></view>'), (".wxss", ".a { color: red; } }")]
)
def test_wechats_own_compiler_refuses_what_is_none(suffix: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / f"page{suffix}").write_text(wrong)
    assert wechat_compiles(suffix, tmp_path) != ""


def faults(template: str) -> list[str]:
    """What is against the rules of our templates; the compiler knows only what is no WXML at all."""
    found = []
    for tag, name, inside in re.findall(r"(<([\w-]+)((?:\s+[\w:-]+(?:=\"[^\"]*\")?)*)\s*/?>)", template):
        given = dict(re.findall(r"([\w:-]+)=\"([^\"]*)\"", inside))
        if "bind:tap" in given and name == "view":
            if "aria-role" not in given:
                found.append(f"a tap without a role: {tag}")
            if "hover-class" not in given and given.get("aria-label") is None:
                found.append(f"a tap that one neither sees nor hears: {tag}")
        if "wx:for" in given and "wx:key" not in given:
            found.append(f"a list without a key: {tag}")
        if name == "image" and "mode" not in given:
            found.append(f"a picture that is stretched: {tag}")
        if name in ("input", "textarea", "switch", "picker") and "aria-label" not in given:
            found.append(f"a field without a name: {tag}")
        if "placeholder" in given and "placeholder-class" not in given:
            found.append(f"a hint that nobody can read at night: {tag}")
        if re.search(r"\b(?:bind|catch)(?!:)\w+$", " ".join(given)):
            found.append(f"an event without its colon: {tag}")
        if any(re.search(r"[^=!<>]==[^=]|!=[^=]", value) for value in given.values()):
            found.append(f"a loose comparison: {tag}")
        if "style" in given and "{{" not in given["style"]:
            found.append(f"a style that belongs into WXSS: {tag}")
    return found


def test_templates_keep_the_rules() -> None:
    found = {
        str(file.relative_to(MINIPROGRAM)): wrong
        for file in (MINIPROGRAM / "src").rglob("*.wxml")
        if (wrong := faults(file.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "wrong",
    [
        '<view bind:tap="go">x</view>',
        '<view wx:for="{{all}}">x</view>',
        '<image src="{{one}}" />',
        '<input value="{{one}}" bind:input="write" />',
        '<input value="{{one}}" placeholder="x" aria-label="x" />',
        '<view bindtap="go">x</view>',
        '<view class="{{a == b}}">x</view>',
        '<view style="color: red">x</view>',
    ],
)
def test_a_template_against_the_rules_is_noticed(wrong: str) -> None:
    assert faults(wrong)


def test_a_page_that_can_be_in_trouble_has_the_way_out() -> None:
    """One button for all of them: the frame's, which asks the page to load again."""
    without = []
    for template in sorted((MINIPROGRAM / "src" / "pages").rglob("*.wxml")):
        frame = template.read_text("utf-8").split(">\n", 1)[0]
        told = re.search(r"\btrouble: ''", template.with_suffix(".ts").read_text("utf-8"))
        way = "bind:again=" in frame and ("trouble=" in frame or "old=" in frame)
        if told and not way:
            without.append(str(template.relative_to(MINIPROGRAM)))
    assert without == []


def test_no_lock_file_names_a_registry() -> None:
    lock = json.loads((MINIPROGRAM / "package-lock.json").read_text())
    assert [name for name, one in lock["packages"].items() if "resolved" in one] == []


def test_the_privacy_page_and_the_settings_name_what_is_used() -> None:
    """Every call of WeChat that touches personal data is one that the page or the settings declare."""
    source = "\n".join(file.read_text("utf-8") for file in (MINIPROGRAM / "src").rglob("*.ts"))
    used = set(
        re.findall(
            r"wx\.(getLocation|getFuzzyLocation|chooseLocation|chooseMedia|getClipboardData|chooseContact|getUserProfile|startRecord|getRecorderManager)\b",
            source,
        )
    )
    assert used == {"getLocation", "chooseMedia"}
    app = json.loads((MINIPROGRAM / "src" / "app.json").read_text())
    assert app["requiredPrivateInfos"] == ["getLocation"]
    told = (MINIPROGRAM / "src" / "pages" / "privacy" / "index.ts").read_text("utf-8")
    for word in ("照片", "位置", "手机号", "车牌", "签到", "急救时勾的情况", "请人代看"):
        assert word in told


def test_every_page_that_the_service_leads_to_is_there() -> None:
    """A subscribe message or a printed code with a page that is not there would be refused by WeChat."""
    app = json.loads((MINIPROGRAM / "src" / "app.json").read_text())
    pages = {*app["pages"], *(f"{one['root']}/{page}" for one in app["subPackages"] for page in one["pages"])}
    product = "\n".join(file.read_text("utf-8") for file in (MINIPROGRAM.parent / "app").rglob("*.py"))
    named = set(re.findall(r"\"(pages/[\w/]+)[\"?]", product))
    assert {"pages/scan/index", "pages/request/index"} <= named
    assert named <= pages, named - pages
