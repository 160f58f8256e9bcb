"""The TCP ports of the service: taken early, and waited for after a kill -9."""

import errno
import socket
import time
from contextlib import suppress

from app.launcher.problems import LaunchProblem

PATIENCE_S = 5.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket for the service; waits 5 s for a port that is just being let go."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _bound(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise _problem(error, host, port) from error
        time.sleep(0.1)


def wait_until_free(host: str, port: int) -> None:
    """Come back once another process may take the port; LaunchProblem after 5 s."""
    listen(host, port).close()


def accepts(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def reachable_host(host: str) -> str:
    """Where this machine itself reaches a service that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared only


def shown_host(host: str) -> str:
    """What to tell people: `host`, or this machine's own address where it listens on every one."""
    here = reachable_host(host)
    if here == host or here == "::1":
        return here
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # RFC 5737, nobody's address; a UDP connect sends nothing
        return str(probe.getsockname()[0])
    return here


def _bound(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)
    except BaseException:
        made.close()
        raise
    return made


def _problem(error: OSError, host: str, port: int) -> LaunchProblem:
    if error.errno == errno.EADDRINUSE:
        return LaunchProblem(
            f"端口 {port} 已被占用，请用 --port 换一个。",
            f"Port {port} is in use; choose another with --port.",
        )
    if error.errno == errno.EACCES:
        return LaunchProblem(
            f"没有权限使用端口 {port}，请用 --port 换一个大于 1023 的。",
            f"Port {port} is not allowed; choose one above 1023 with --port.",
        )
    return LaunchProblem(
        f"无法在 {host}:{port} 上监听（{error.strerror}）。",
        f"Cannot listen on {host}:{port} ({error.strerror}).",
    )
