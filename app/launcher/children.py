"""The processes of the house: started, watched, started again, ended."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from app.launcher.orphans import child_setup, undisturbed

log = structlog.get_logger()
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 60.0  # one that ran for so long starts again without a pause


@dataclass
class Child:
    """One process that shall always run; a death is answered by a new start, ever later."""

    name: str
    argv: Sequence[str]
    environment: dict[str, str]
    folder: Path
    keep_open: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    _pause_s: float = 0.0
    _began: float = 0.0
    _again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it now."""
        self._began = time.monotonic()
        with undisturbed():
            self.process = subprocess.Popen(  # noqa: S603 - argv is ours, no shell
                self.argv,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                pass_fds=self.keep_open,
                preexec_fn=child_setup(),  # safe: there is one thread here
            )

    def ended(self) -> int | None:
        """The exit status once it has ended (negative: by that signal), else None."""
        return self.process.poll() if self.process else None

    def watch(self) -> None:
        """Called again and again: notices a death, says so, and starts anew when the pause is over."""
        now = time.monotonic()
        status = self.ended()
        if self.process is not None and status is not None:
            lived = now - self._began
            self._pause_s = 0.5 if lived > _STEADY_S or not self._pause_s else self._pause_s * 2
            self._pause_s = min(self._pause_s, _LONGEST_PAUSE_S)
            log.error("child.ended", child=self.name, status=status, again_in_s=self._pause_s)
            self.process, self._again_at = None, now + self._pause_s
        if self.process is None and now >= self._again_at:
            self.start()
            log.warning("child.started_again", child=self.name)


def end_all(children: Sequence[Child], patience_s: float) -> None:
    """Ask all to end, wait, then kill what is left."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + patience_s
    for process in running:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()  # its own children have asked the kernel to die with it
            process.wait()
