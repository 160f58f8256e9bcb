"""What scripts/run does: database, migrations, demonstration data; then all processes until Ctrl-C."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.foundation import migrate
from app.launcher import embedded, metrics_folder
from app.launcher.children import Child, end_all
from app.launcher.greeting import Addresses, greeting
from app.launcher.orphans import child_setup, undisturbed
from app.launcher.ports import accepts, listen, reachable_host, shown_host, wait_until_free
from app.launcher.problems import LaunchProblem, in_plain_words
from app.launcher.push import push_secrets
from app.launcher.state import make_private, take_alone
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
log = structlog.get_logger()
_READY_S = 90.0
# Together less than the 10 s in which all has to be over.
_CHILDREN_END_S = 4.0
_DATABASE_END_S = 4.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Wishes:
    """What the command line asked for."""

    port: int
    host: str
    data_dir: Path
    demo_on_network: bool


class Stop(BaseException):
    """SIGINT, SIGTERM or SIGHUP came; not an Exception, so that nothing on the way swallows it."""


@dataclass
class Interruption:
    """The signal handler: raises Stop, and remembers it where somebody's clean-up code swallowed that."""

    came: bool = False

    def __call__(self, number: int, frame: FrameType | None) -> NoReturn:
        """A first signal ends the house; a second must not leave half of it running."""
        handle_signals(signal.SIG_IGN)
        self.came = True
        raise Stop

    def check(self) -> None:
        """Raise Stop if the signal has come."""
        if self.came:
            raise Stop


@dataclass
class Supervisor:
    """One run of the house on this machine."""

    wishes: Wishes
    settings: Settings
    cluster: embedded.Cluster | None = None
    listening: socket.socket | None = None
    running: int | None = None
    seeding: subprocess.Popen[bytes] | None = None
    preview: subprocess.Popen[bytes] | None = None
    metrics: Path | None = None
    children: list[Child] = field(default_factory=list)
    interruption: Interruption = field(default_factory=Interruption)

    def run(self) -> None:
        """Start everything, serve until a signal, end everything. LaunchProblem when it cannot start."""
        handle_signals(self.interruption)
        try:
            self._start()
            self._serve()
        except Stop:
            say("正在结束…… / Ending ...")
        finally:
            handle_signals(signal.SIG_IGN)
            self._end()

    def _start(self) -> None:
        if self.settings.production:
            raise LaunchProblem(
                "生产环境请用 python -m app serve 和 python -m app jobs，见 README。",
                "In production use python -m app serve and python -m app jobs; see README.",
            )
        make_private(self.wishes.data_dir)
        # Taken before anything else is done, and kept: a service that starts again finds its port.
        self.listening = listen(self.wishes.host, self.wishes.port)
        self.running = take_alone(self.wishes.data_dir)
        environment = self._environment()
        if self._has_standin:
            wait_until_free("127.0.0.1", self._standin_port)
            self._start_child("standin", self._standin_argv(), dict(environment))
        environment["APP__DATABASE__URL"] = self._database_url()
        upgrade(environment["APP__DATABASE__URL"])
        if not self._seeded.exists():
            self._seed_first(environment)
        port_fd = self.listening.fileno()
        service = self._start_child("service", self._gunicorn_argv(port_fd), environment, port_fd)
        self._start_child("jobs", self._python("-m", "app", "jobs"), environment)
        self._wait_until_ready(service)
        with in_plain_words(self.wishes.data_dir):
            (self.wishes.data_dir / "public-url").write_text(self._addresses().service)
            (self.wishes.data_dir / "standin-url").write_text(self._addresses().standin)
        say(greeting(self._addresses(), self.wishes.data_dir, ROOT))
        if self.seeding is None:
            self._seed(environment)  # a newer tree may have more; nobody has to wait for it
        if self._demo_codes:
            self._build_preview(environment)

    def _serve(self) -> NoReturn:
        beat = 0
        while True:
            time.sleep(0.2)
            self.interruption.check()
            for child in self.children:
                child.watch()
            beat += 1
            if self.cluster is not None and beat % 10 == 0:
                revive(self.cluster)

    def _end(self) -> None:
        if self.listening is not None:
            self.listening.close()
        end_all(self.children, _CHILDREN_END_S)
        for helper in filter(None, (self.seeding, self.preview)):
            helper.kill()
            helper.wait()
        if self.metrics is not None:
            metrics_folder.clear_away(self.metrics)
        if self.cluster is not None and not self.cluster.stop_if_unused(_DATABASE_END_S):
            log.warning("database.left_running", why="another process uses it")

    def _database_url(self) -> str:
        if self.settings.database.url:
            return self.settings.database.url
        say("正在准备数据库…… / Preparing the database ...")
        self.cluster = embedded.ensure(self.wishes.data_dir)
        return self.cluster.url

    def _seed_first(self, environment: dict[str, str]) -> None:
        """Wait for the demonstration data: whoever finds the service ready finds them too."""
        if self._seed(environment).wait() != 0:
            raise LaunchProblem(
                "演示数据没有写入，原因见上。", "Demonstration data were not written; see above."
            )
        if self.cluster is not None:
            with in_plain_words(self._seeded):
                self._seeded.touch()

    def _seed(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        argv = self._python("-m", "app", "demo", "--base")
        with undisturbed():
            self.seeding = start_helper(argv, environment, subprocess.DEVNULL)
        return self.seeding

    def _build_preview(self, environment: dict[str, str]) -> None:
        """The mini-program in a browser; it comes when it is ready, and says so itself."""
        argv = self._python("-m", "app.launcher.preview", str(self.wishes.data_dir))
        with undisturbed():
            self.preview = start_helper(argv, environment, None)

    def _environment(self) -> dict[str, str]:
        """The settings that all children share; the database's address comes later."""
        with in_plain_words(self.wishes.data_dir):
            self.metrics = metrics_folder.prepare(self.wishes.data_dir)
        given = {
            "APP__DATA_DIR": str(self.wishes.data_dir),
            "APP__DEMO__DATA": "true",
            "APP__WEB__PUBLIC_URL": self.settings.web.public_url or self._addresses().service,
            metrics_folder.VARIABLE: str(self.metrics),
        }
        if self._has_standin:
            given |= {
                "APP__WECHAT__API_BASE": self._addresses().standin,
                "APP__WECHAT__STANDIN": "true",
                "APP__DEMO__PREVIEW": "true" if self._demo_codes else "false",
            }
            given |= push_secrets(self.settings.wechat, self.wishes.data_dir)
        return os.environ | given

    def _start_child(self, name: str, argv: list[str], environment: dict[str, str], *keep_open: int) -> Child:
        child = Child(name, argv, environment, ROOT, keep_open)
        self.children.append(child)
        child.start()
        return child

    def _gunicorn_argv(self, port_fd: int) -> list[str]:
        argv = self._python("-m", "gunicorn", "-c", "python:app.launcher.gunicorn_conf")
        return [*argv, "--bind", f"fd://{port_fd}", "--graceful-timeout", "3"]

    def _standin_argv(self) -> list[str]:
        argv = self._python("-m", "app", "standin", "--port", str(self._standin_port))
        argv += ["--callback", self._callback()]
        return argv if self._demo_codes else [*argv, "--no-demo"]

    def _callback(self) -> str:
        """Where this machine reaches the service, whatever address it listens on; WeChat's path in it."""
        host = reachable_host(self.wishes.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.wishes.port}/wechat/callback"

    def _wait_until_ready(self, service: Child) -> None:
        until = time.monotonic() + _READY_S
        while not self._is_ready():
            self.interruption.check()
            if service.ended() is not None:
                raise LaunchProblem("服务启动后立即退出，原因见上。", "The service ended at once; see above.")
            if time.monotonic() > until:
                raise LaunchProblem(
                    f"服务 {_READY_S:.0f} 秒内没有就绪，原因见上。",
                    f"The service was not ready within {_READY_S:.0f} s; see above.",
                )
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        standin = not self._has_standin or accepts("127.0.0.1", self._standin_port)
        return standin and is_ready(reachable_host(self.wishes.host), self.wishes.port)

    def _addresses(self) -> Addresses:
        host = shown_host(self.wishes.host)
        shown = f"[{host}]" if ":" in host else host
        standin = f"http://127.0.0.1:{self._standin_port}" if self._has_standin else ""
        return Addresses(f"http://{shown}:{self.wishes.port}", standin, self._demo_codes)

    @property
    def _seeded(self) -> Path:
        return self.wishes.data_dir / "demo-seeded"

    @property
    def _has_standin(self) -> bool:
        return not self.settings.wechat.api_base

    @property
    def _standin_port(self) -> int:
        return self.wishes.port + 1

    @property
    def _demo_codes(self) -> bool:
        return self._has_standin and (self.wishes.host in _LOOPBACK or self.wishes.demo_on_network)

    @staticmethod
    def _python(*arguments: str) -> list[str]:
        return [sys.executable, *arguments]


def start_helper(argv: list[str], environment: dict[str, str], out: int | None) -> subprocess.Popen[bytes]:
    """Something that is done once, beside the service; to be called undisturbed until it is remembered."""
    return subprocess.Popen(  # noqa: S603 - argv is ours, no shell
        argv,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=out,
        preexec_fn=child_setup(),  # safe: there is one thread here
    )


def upgrade(url: str) -> None:
    """Bring the tables to where this code expects them; LaunchProblem when the database does not let us."""
    try:
        migrate.upgrade(url)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        reason = str(cause).strip().partition("\n")[0]
        raise LaunchProblem(
            f"数据库无法使用（{reason}）。", f"The database cannot be used ({reason})."
        ) from error


def revive(cluster: embedded.Cluster) -> None:
    """Start a killed database again; one that does not start is tried again with the next beat."""
    try:
        if cluster.revive():
            log.error("database.started_again")
    except LaunchProblem as problem:
        log.error("database.does_not_start", why=str(problem))


def is_ready(host: str, port: int) -> bool:
    """Whether /readyz answers 200 there."""
    connection = http.client.HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def handle_signals(how: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Ctrl-C, a polite kill and a closed terminal all end the house; nohup keeps it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, how)


def say(text: str) -> None:
    """Plain words for the person at the terminal; a closed pipe is no reason to stop serving."""
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
