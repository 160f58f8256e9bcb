"""Ctrl-C ends the house at whatever moment it comes, also while a process is being started."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Starts a child again and again while a timer sends the signal at ever other moments; a signal that was
# lost would let the loop run on to its end.
CODE = """
import os, random, signal, sys, time
from contextlib import nullcontext
from pathlib import Path
from app.launcher import children
from app.launcher.supervisor import Interruption, Stop, handle_signals
if sys.argv[1] == "unprotected":
    children.undisturbed = nullcontext
lost = 0
for _ in range(120):
    handle_signals(Interruption())
    child = children.Child("x", ["sleep", "30"], dict(os.environ), Path("/"))
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.006))
        child.start()
        time.sleep(0.05)
        lost += 1
    except Stop:
        pass
    except Exception:
        lost += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if child.process is not None:
        child.process.kill()
        child.process.wait()
print(lost)
"""


def lost_signals(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", CODE, how], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


def test_a_signal_amid_the_start_of_a_process_is_not_lost() -> None:
    assert lost_signals("protected") == 0


def test_without_that_protection_it_is() -> None:
    """The control: the same, with only the holding back of signals removed."""
    assert lost_signals("unprotected") > 0
