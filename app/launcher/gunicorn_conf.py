"""How gunicorn serves the house; every name here is a setting that gunicorn reads."""

import logging
import os
import sys
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from app.foundation.logs import configure_logs
from app.launcher.metrics_folder import forget
from app.launcher.orphans import die_with_parent
from app.settings import load_settings

_settings = load_settings()


class HouseLogger(Logger):  # type: ignore[misc]
    """gunicorn's own words as the same scrubbed JSON lines that everything else writes."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn with its settings."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(getattr(logging, _settings.log_level.upper()))
        configure_logs(_settings.log_level)


wsgi_app = "app:create_app()"
worker_class = "gthread"
workers = _settings.web.workers
threads = _settings.web.threads
keepalive = 75  # longer than a proxy in front keeps its idle connections (nginx: 60 s)
limit_request_line = 8190  # a query that is too long is then ours to refuse, in our own words
timeout = 60  # a worker that says nothing for so long is replaced
graceful_timeout = 30  # what a service manager waits for; scripts/run asks for less
control_socket_disable = True  # it would be made under $HOME
forwarded_allow_ips = ""  # web.trusted_proxies decides whom to believe, nothing else
accesslog = None  # the house writes its own line a request
logger_class = HouseLogger
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - heartbeat off the disk


def post_fork(server: Any, worker: Any) -> None:
    """A worker whose master was killed would hold on to the port: it dies with it."""
    die_with_parent(server.pid)


def worker_exit(server: Any, worker: Any) -> None:
    """All requests are answered: leave now; Python would first wait for threads that hang in WeChat."""
    if worker.booted:
        sys.stderr.flush()
        os._exit(0)


def on_exit(server: Any) -> None:
    """The master leaves at once as well; what made it end early (an app that does not load) is its status."""
    sys.stderr.flush()
    os._exit(getattr(sys.exc_info()[1], "exit_status", 0))


def child_exit(server: Any, worker: Any) -> None:
    """The gauges of a worker that has ended no longer count."""
    forget(worker.pid)
