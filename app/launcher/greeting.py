"""What the person at the terminal reads once everything runs."""

import shlex
from dataclasses import dataclass
from pathlib import Path

# One demonstration person a role: (name in `demo:<name>`, who that is).
DEMO_PEOPLE = (
    ("driver", "司机"),
    ("driver2", "司机二"),
    ("member", "党员"),
    ("member2", "党员二"),
    ("staff", "值班员"),
    ("staff2", "同站值班员"),
    ("supervisor", "值班主管"),
    ("secretary", "支部书记"),
    ("committee", "支部委员"),
    ("kitchen", "后厨"),
    ("responder", "医疗应答员"),
    ("editor", "编辑"),
    ("approver", "审核"),
    ("auditor", "审计员"),
    ("viewer", "查看员"),
    ("admin", "管理员"),
)


@dataclass(frozen=True)
class Addresses:
    """Where things are: `service` and `standin` as URLs, the latter empty without a stand-in."""

    service: str
    standin: str
    demo_codes: bool


def greeting(addresses: Addresses, data_dir: Path, root: Path) -> str:
    """The whole text, Chinese and English; `root` is where the commands shown are run."""
    parts = [_addresses(addresses), _people(addresses), _console_accounts(data_dir), _more(data_dir, root)]
    parts.append(f"数据目录 / data: {data_dir}\n按 Ctrl-C 结束 / press Ctrl-C to end")
    return "\n" + "\n\n".join(part for part in parts if part) + "\n"


def _addresses(addresses: Addresses) -> str:
    lines = [
        "司机之家已启动 / Driver's Home is running",
        f"  服务    service   {addresses.service}/",
        f"  工作台  console   {addresses.service}/console/",
        f"  接口    API docs  {addresses.service}/api/docs",
    ]
    if addresses.demo_codes:
        lines.append(f"  小程序  preview   {addresses.service}/preview/  （稍后就绪 / ready in a moment）")
    if addresses.standin:
        lines.append(f"  微信替身 stand-in WeChat  {addresses.standin}/")
    return "\n".join(lines)


def _people(addresses: Addresses) -> str:
    if not addresses.standin:
        return "使用外部微信服务器，demo: 登录码无效 / An outside WeChat server: demo: codes mean nothing"
    if not addresses.demo_codes:
        return (
            "服务对网络开放，demo: 登录码已关闭（--demo-on-network 打开） / "
            "Open to the network: demo: codes are off (--demo-on-network turns them on)"
        )
    codes = "\n".join(f"  demo:{name:<12}{role}" for name, role in DEMO_PEOPLE)
    return (
        f"演示登录码（可反复使用） / demonstration sign-in codes:\n{codes}\n"
        f"  curl -s -H 'Content-Type: application/json' -d '{{\"code\":\"demo:driver\"}}' "
        f"{addresses.service}/api/v1/auth/wechat"
    )


def _console_accounts(data_dir: Path) -> str:
    """The table that seeding left; only there while the accounts are the demonstration's."""
    try:
        lines = (data_dir / "demo-accounts.txt").read_text(encoding="utf-8").strip().splitlines()
    except OSError:
        return ""
    table = "\n".join(f"  {line}".expandtabs(16) for line in lines)
    return f"工作台演示账号：登录名、密码 / console accounts: login, password\n{table}"


def _more(data_dir: Path, root: Path) -> str:
    """The next thing one wants: the codes that are printed on the posters."""
    command = ".venv/bin/python -m app stations codes"
    if data_dir != root / "var":
        command = f"APP__DATA_DIR={shlex.quote(str(data_dir))} {command}"
    return f"海报上的站点码 / codes on the posters:\n  {command}"
