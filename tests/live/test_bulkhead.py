"""WeChat hangs while forty phones sign in: everything else is served as before, thanks to the gate."""

import contextlib
import http.client
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app.wechat.standin.faults import Fault, Kind
from app.wechat.standin.server import StandIn
from tests.live.conftest import Serve
from tests.live.phone import API, Phone, Reply, crowd
from tests.live.writers import place_key

WORKERS, THREADS, SHARE = 2, 16, 0.25
INSIDE = int(WORKERS * THREADS * SHARE)  # as many sign-ins may wait for WeChat at the same time
DEADLINE_S = 2.0
SIGNING_IN = 40
PHASE_S = 5.0
READ, SCAN, CALL = "GET /stations/GS001", "POST /checkins", "POST /requests medical"


@pytest.fixture
def hang(standin: StandIn) -> Callable[[], None]:
    """From here on WeChat takes every sign-in and says nothing."""

    def begin() -> None:
        standin.world.faults.on.append(Fault("/sns/jscode2session", Kind.HANG, 600.0, times=-1))

    return begin


def keep_signing_in(stop: threading.Event, phone: Phone) -> None:
    """As somebody does who sees "请稍后再试" and presses again."""
    while not stop.is_set():
        phone.call("POST", f"{API}/auth/wechat", {"code": f"demo:late{id(phone)}"})
        stop.wait(0.5)


def keep_signing_in_until_cut(stop: threading.Event, phone: Phone) -> None:
    """The same, of a service that is killed at the end: it would answer nobody for long."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        keep_signing_in(stop, phone)


def keep_reading(stop: threading.Event, phone: Phone, _: str) -> None:
    while not stop.is_set():
        assert phone.call("GET", f"{API}/stations/GS001").status == 200
        stop.wait(0.03)


def keep_checking_in(stop: threading.Event, phone: Phone, key: str) -> None:
    number, now = 0, datetime.now(UTC)
    while not stop.is_set():
        number += 1
        body = {"code": key, "scanned_at": (now - timedelta(minutes=11 * number)).isoformat()}
        assert phone.call("POST", f"{API}/checkins", body).status == 201
        stop.wait(0.03)


def keep_calling(stop: threading.Event, phone: Phone, _: str) -> None:
    body = {"kind": "medical", "station": "GS001", "text": "胸口疼", "for_other_person": True}
    while not stop.is_set():
        assert phone.call("POST", f"{API}/requests", body).status == 201
        stop.wait(0.03)


def phase(port: int, phones: dict[str, list[Phone]], key: str) -> list[Reply]:
    """All of them for five seconds; the answers to the sign-ins. The others' lie with their phones."""
    work = {READ: keep_reading, SCAN: keep_checking_in, CALL: keep_calling}
    late = [Phone(port) for _ in range(SIGNING_IN)]
    for phone in (p for group in phones.values() for p in group):
        phone.replies.clear()
    with crowd() as clients:
        for phone in late:
            clients.add(keep_signing_in, phone)
        clients.let_run(0.5)  # the first rush is over, whatever it does is done
        for name, group in phones.items():
            for phone in group:
                clients.add(work[name], phone, key)
        clients.let_run(PHASE_S)
    for phone in late:
        phone.hang_up()
    return [reply for phone in late for reply in phone.replies]


def percentiles(phones: dict[str, list[Phone]]) -> dict[str, tuple[float, float]]:
    """p50 and p99 of each kind in ms."""
    found = {}
    for name, group in phones.items():
        taken = sorted(reply.seconds * 1000 for phone in group for reply in phone.replies)
        found[name] = (at_rank(taken, 0.5), at_rank(taken, 0.99))
    return found


def at_rank(taken: Sequence[float], share: float) -> float:
    return taken[math.ceil(len(taken) * share) - 1]


def most_at_once(replies: Sequence[Reply]) -> int:
    """How many of these were under way at the same moment."""
    steps: dict[float, int] = defaultdict(int)
    for reply in replies:
        steps[reply.began + 0.3] += 1  # what was sent before another's answer was read is not yet inside
        steps[reply.began + reply.seconds - 0.3] -= 1
    inside = most = 0
    for moment in sorted(steps):
        inside += steps[moment]
        most = max(most, inside)
    return most


def test_with_wechat_hanging_the_rest_is_as_quick_as_before_and_sign_ins_beyond_a_quarter_are_told_at_once(
    serve: Serve, database_url: str, hang: Callable[[], None], say: Callable[[str], None]
) -> None:
    service = serve(database_url, APP__WECHAT__DEADLINE_S=str(DEADLINE_S), APP__WECHAT__MAX_SHARE=str(SHARE))
    phones = {
        name: [Phone(service.port).sign_in(f"{name[-4:]}{n}{i}") for i in range(2)]
        for n, name in enumerate((READ, SCAN, CALL))
    }
    key = place_key(database_url)
    well = phase(service.port, phones, key)
    before = percentiles(phones)
    assert {reply.status for reply in well} <= {200, 503}
    for scanner in phones[SCAN]:  # the second phase scans the same minutes: as somebody else, for new rows
        scanner.sign_in(f"later{id(scanner)}")
    hang()
    hung = phase(service.port, phones, key)
    during = percentiles(phones)
    for name, (p50, p99) in during.items():
        say(f"{name}: p50 {before[name][0]:.0f} → {p50:.0f} ms, p99 {before[name][1]:.0f} → {p99:.0f} ms")
    inside = [reply for reply in hung if reply.seconds >= DEADLINE_S * 0.9]
    turned_away = [reply for reply in hung if reply.seconds < DEADLINE_S * 0.9]
    slowest = max(reply.seconds for reply in turned_away)
    say(
        f"sign-ins: {len(inside)} waited up to {max(reply.seconds for reply in inside):.2f} s, "
        f"{most_at_once(inside)} at once; {len(turned_away)} told no within {slowest * 1000:.0f} ms"
    )
    assert {(reply.status, reply.code) for reply in hung} == {(503, "wechat.unavailable")}
    assert slowest < 1
    assert max(reply.seconds for reply in inside) < DEADLINE_S + 1
    assert WORKERS <= most_at_once(inside) <= INSIDE
    for name, (_, p99) in during.items():
        assert p99 <= max(3 * before[name][1], before[name][1] + 150), name
    assert not service.said("fault")


def read_times(port: int) -> Iterator[float]:
    """How long a strange phone waits for the station's card, up to 1.5 s; four of them in turn."""
    for _ in range(4):
        began = time.monotonic()
        phone = Phone(port, timeout_s=1.5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            assert phone.call("GET", f"{API}/stations/GS001").status == 200
        phone.hang_up()
        yield time.monotonic() - began


@pytest.mark.parametrize(("share", "starves"), [("1.0", True), ("0.25", False)])
def test_without_the_gate_the_same_hang_takes_every_thread(
    serve: Serve,
    database_url: str,
    hang: Callable[[], None],
    say: Callable[[str], None],
    share: str,
    starves: bool,
) -> None:
    """The negative control: more sign-ins than threads, and nothing but the share is another."""
    service = serve(database_url, APP__WECHAT__DEADLINE_S="5", APP__WECHAT__MAX_SHARE=share)
    hang()
    with crowd() as clients:
        for _ in range(3 * WORKERS * THREADS):
            clients.add(keep_signing_in_until_cut, Phone(service.port))
        clients.let_run(1.0)
        taken = list(read_times(service.port))
        clients.stop.set()
        say(f"share {share}: the station's card took " + ", ".join(f"{s * 1000:.0f}" for s in taken) + " ms")
        service.kill_all()
    assert (max(taken) >= 1.0) is starves
