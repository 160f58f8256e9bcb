"""The service on a port of its own that can go away and come back, as a line does."""

import socket
import threading
from collections.abc import Callable

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server


class House:
    """`app` served by threads on 127.0.0.1, always at the same address."""

    def __init__(self, app: Flask, port: int) -> None:
        self.app = app
        self.port = port
        self._server: BaseWSGIServer | None = None
        self.come_back()

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def come_back(self) -> None:
        """Listen (again)."""
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def go_away(self) -> None:
        """Stop listening: whoever calls finds nobody."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def lose_answer(self, when: Callable[[str, str], bool]) -> list[str]:
        """Do what is asked once, but let the answer be lost on the way; the paths where that happened."""
        lost: list[str] = []
        inner = self.app.wsgi_app

        def cut(environ, start):
            path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
            if lost or not when(method, path):
                return inner(environ, start)
            for _ in inner(environ, lambda *_: None):
                pass  # worked off to its end, committed
            lost.append(path)
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError("the line broke before the answer")

        self.app.wsgi_app = cut
        return lost


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
