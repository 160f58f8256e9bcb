"""The stand-in remembers over a restart what WeChat would: credits and what arrived."""

import stat
import time
from pathlib import Path

from app.wechat.standin.memory import Memory
from app.wechat.standin.subscribe import Message
from app.wechat.standin.world import World

WHO = "o" + "示例".encode().hex().ljust(27, "0")


def message(n: int) -> Message:
    return Message(n, 1.0, WHO, "template", "示例", None, "formal", {"thing1": "示例"})


def test_a_new_process_knows_what_the_old_one_knew(tmp_path: Path) -> None:
    file = tmp_path / "standin.json"
    old = World()
    memory = Memory(old, file)
    memory.start()
    with old.lock:
        old.desk.grant(WHO, "template", 3)
        old.desk.keep(message(1))
    until = time.monotonic() + 10
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    new = World()
    again = Memory(new, file)
    again.start()  # the old one was killed: it never stopped
    assert new.desk.credits[WHO, "template"] == 3
    assert list(new.desk.sent) == [message(1)]
    assert new.desk.count == 1
    memory.stop()
    again.stop()


def test_what_cannot_be_read_is_forgotten_and_nothing_is_lost_by_it(tmp_path: Path) -> None:
    file = tmp_path / "standin.json"
    for broken in ("", "{", "[]", '{"credits": 7, "sent": [], "count": 0}', '{"credits": [], "sent": [{}]}'):
        file.write_text(broken)
        world = World()
        memory = Memory(world, file)
        memory.start()
        assert not world.desk.credits
        memory.stop()
