"""A process shall not outlive the one that started it, not even when that is killed with -9."""

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1  # prctl(2)
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_libc = ctypes.CDLL(None)  # looked up here: between fork and exec is no time for it


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, of that number, ends; Linux only."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def child_setup() -> Callable[[], None]:
    """For `preexec_fn`: dies with us, and leaves Ctrl-C, which the terminal sends to all, to us."""
    parent = os.getpid()

    def setup() -> None:
        die_with_parent(parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    return setup


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals wait while a process is being started.

    What a handler raises amid a fork is swallowed by Python's fork hooks, or loses us the new process.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
