"""What WeChat would not forget over night: credits and the last messages, in a file of the data folder.

Without it, whoever starts the house again would find every accept forgotten by the stand-in and remembered by
the service: all that still waits would be refused with 43101.
"""

import json
import os
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from app.wechat.standin.subscribe import Message
from app.wechat.standin.world import World

log = structlog.get_logger()

_EVERY_S = 0.2
_MESSAGES = 500


class Memory:
    """Keeps a world in a file: read at the start, written a moment after each change; a kill -9 loses what
    happened in the last fifth of a second."""

    def __init__(self, world: World, file: Path) -> None:
        self._world = world
        self._file = file
        self._kept = (0, 0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_on, daemon=True)

    def start(self) -> None:
        """Remember, then keep."""
        with suppress(FileNotFoundError):
            self._remember(self._file.read_text("utf-8"))
        self._thread.start()

    def stop(self) -> None:
        """Write the last of it."""
        self._ended.set()
        self._thread.join(5)

    def _keep_on(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self._keep()
        self._keep()

    def _keep(self) -> None:
        with self._world.lock:
            now = (self._world.desk.count, self._world.desk.credits.total())
        if now == self._kept:
            return
        beside = self._file.with_suffix(".new")
        try:
            beside.touch(0o600)
            beside.write_text(json.dumps(self._told(), ensure_ascii=False), "utf-8")
            os.replace(beside, self._file)
            self._kept = now
        except OSError as trouble:  # a full disk must not end a rehearsal
            log.warning("standin.not_kept", error=trouble.strerror)

    def _told(self) -> dict[str, Any]:
        with self._world.lock:
            desk = self._world.desk
            return {
                "credits": [[*key, number] for key, number in desk.credits.items() if number],
                "count": desk.count,
                "sent": [asdict(message) for message in list(desk.sent)[-_MESSAGES:]],
            }

    def _remember(self, told: str) -> None:
        """A file that nobody can read any more is as good as none."""
        try:
            known = json.loads(told)
            credits = {(openid, template): int(number) for openid, template, number in known["credits"]}
            sent = [Message(**message) for message in known["sent"]]
            count = int(known["count"])
        except (ValueError, TypeError, KeyError):
            log.warning("standin.memory_unreadable", file=str(self._file))
            return
        with self._world.lock:
            self._world.desk.credits.update(credits)
            self._world.desk.sent.extend(sent)
            self._world.desk.count = count
