"""The people of the demonstration: a name is enough to be somebody."""

import hashlib
import re
from base64 import urlsafe_b64encode

PREFIX = "demo:"

TEST_NUMBER = re.compile(r"1[3-9][0-9]0000[0-9]{4}")
"""Numbers that `demo:<number>` may stand for, such as 13800001234."""


NAMES = {
    "driver": "司机",
    "driver2": "司机二",
    "member": "党员",
    "member2": "党员二",
    "staff": "值班员",
    "staff2": "同站值班员",
    "supervisor": "值班主管",
    "secretary": "支部书记",
    "committee": "支部委员",
    "kitchen": "后厨",
    "responder": "医疗应答员",
    "editor": "编辑",
    "approver": "审核",
    "auditor": "审计员",
    "viewer": "查看员",
    "admin": "管理员",
}
"""Who is there from the start, by the name in `demo:<name>`."""


def demo_openid(name: str) -> str:
    """The openid of whoever signs in as `demo:<name>`: the same everywhere, 28 characters, `o` first."""
    digest = hashlib.sha256(f"openid of {PREFIX}{name}".encode()).digest()
    return "o" + urlsafe_b64encode(digest).decode()[:27]
