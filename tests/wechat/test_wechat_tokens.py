"""One token for everybody, fetched once; a refused one replaced once; and then an end."""

import contextlib
import threading
from collections.abc import Iterator

import pytest

from app.wechat import Sort, Unavailable, WeChat
from app.wechat.deadline import Deadline
from app.wechat.standin.server import StandIn
from app.wechat.tokens import Grant, Ticket, TokenKeeper
from tests.support.meeting import Meeting
from tests.wechat.helpers import (
    APPID,
    DATA,
    DRIVER,
    PHONE,
    SEND,
    TEMPLATE,
    TOKEN,
    MemoryShared,
    at_once,
    break_it,
    calls,
    wechat,
)

THREADS = 16


def _two_processes(standin: StandIn, shared: MemoryShared) -> list[WeChat]:
    """Two clients with locks of their own, as two worker processes have them."""
    return [wechat(standin.url, shared=shared, deadline_s=10) for _ in range(2)]


def _stampede(standin: StandIn, clients: list[WeChat]) -> int:
    brought = at_once(THREADS, lambda i: clients[i % len(clients)].phone_number(f"demo:1380000{i:04}").phone)
    assert brought == [f"1380000{i:04}" for i in range(THREADS)]
    return calls(standin, TOKEN)


def test_sixteen_threads_of_two_processes_with_a_cold_cache_fetch_once(standin: StandIn) -> None:
    assert _stampede(standin, _two_processes(standin, MemoryShared())) == 1


def test_without_the_shared_lock_each_process_fetches(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the test above proves something. None keeps what it fetched before both have."""
    monkeypatch.setattr(TokenKeeper, "_keep", Meeting().before(TokenKeeper._keep))
    assert _stampede(standin, _two_processes(standin, MemoryShared(locking=False))) == 2


def test_without_any_lock_many_fetch(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: nor is it an accident within one process."""

    @contextlib.contextmanager
    def no_turn(self: TokenKeeper, deadline: Deadline) -> Iterator[None]:
        yield

    monkeypatch.setattr(TokenKeeper, "_my_turn", no_turn)
    monkeypatch.setattr(TokenKeeper, "_keep", Meeting(3).before(TokenKeeper._keep))
    assert _stampede(standin, _two_processes(standin, MemoryShared(locking=False))) > 2


def test_the_token_is_kept_and_used_again(standin: StandIn, wechat: WeChat) -> None:
    for _ in range(3):
        wechat.phone_number("demo:13800001234")
    assert (calls(standin, TOKEN), calls(standin, PHONE)) == (1, 3)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_that_stays_refused_costs_three_requests_and_ends(
    standin: StandIn, wechat: WeChat, errcode: int
) -> None:
    """wechatpy by itself made 975 requests in 0.8 s here."""
    break_it(standin, SEND, "errcode", errcode)
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    assert (outcome.sort, outcome.errcode) == (Sort.TRY_LATER, errcode)
    assert calls(standin, SEND) == 2
    assert calls(standin, TOKEN) == 2  # the first token, and the one refresh


def test_a_phone_number_gives_up_on_a_token_that_stays_refused(standin: StandIn, wechat: WeChat) -> None:
    break_it(standin, PHONE, "errcode", 40001)
    with pytest.raises(Unavailable):
        wechat.phone_number("demo:13800001234")
    assert (calls(standin, PHONE), calls(standin, TOKEN)) == (2, 2)


def test_many_threads_whose_token_is_refused_together_refresh_it_once(standin: StandIn) -> None:
    """Also though stable_token gives the very same token back: what counts is who has asked again."""
    client = wechat(standin.url, deadline_s=10)
    client.phone_number("demo:13800001234")
    release = threading.Barrier(THREADS)
    ask = client._line._exchange

    def all_refused_before_any_refresh(request, deadline):
        reply = ask(request, deadline)
        if request.path in PHONE and reply.errcode == 40001 and not getattr(seen, "once", False):
            seen.once = True
            release.wait(10)
        return reply

    seen = threading.local()
    client._line._exchange = all_refused_before_any_refresh
    break_it(standin, PHONE, "errcode", 40001, times=THREADS)
    before = calls(standin, TOKEN)
    brought = at_once(THREADS, lambda i: client.phone_number(f"demo:1380000{i:04}").phone)
    assert brought == [f"1380000{i:04}" for i in range(THREADS)]
    assert calls(standin, TOKEN) - before == 1


def test_a_token_that_somebody_else_renewed_is_not_dropped() -> None:
    shared = MemoryShared()
    keeper = TokenKeeper(shared, APPID, 5, lambda deadline: pytest.fail("nothing to fetch"))
    newer = Ticket("fetch-2", "token-2")
    shared.set(f"wechat:token:{APPID}", newer.packed(), 100)
    assert keeper.renew(Ticket("fetch-1", "token-1"), Deadline.after(1)) == newer
    assert shared.get(f"wechat:token:{APPID}") == newer.packed()


@pytest.mark.parametrize(("expires_in", "kept"), [(7200, 6900), (345, 60), (61, 60), (30, 30), (0, 1)])
def test_a_token_is_kept_until_five_minutes_before_its_end(expires_in: int, kept: float) -> None:
    lives: list[float] = []

    class Noting(MemoryShared):
        def set(self, key: str, value: str, ttl_s: float) -> None:
            lives.append(ttl_s)

    TokenKeeper(Noting(), APPID, 5, lambda deadline: Grant("t", expires_in)).current(Deadline.after(1))
    assert lives == [kept]


def test_waiting_for_another_process_ends_at_the_deadline(standin: StandIn) -> None:
    shared = MemoryShared()
    client = wechat(standin.url, shared=shared, deadline_s=0.3)
    with shared.lock(f"wechat:token:{APPID}", 10, 0), pytest.raises(Unavailable):
        client.phone_number("demo:13800001234")
    assert calls(standin, TOKEN) == 0


def test_the_token_never_goes_to_the_sign_in_address(standin: StandIn, wechat: WeChat) -> None:
    wechat.phone_number("demo:13800001234")
    wechat.login("demo:driver")
    assert calls(standin, TOKEN) == 1


def test_the_token_is_looked_up_once_a_second_not_once_a_call(standin: StandIn) -> None:
    looks: list[str] = []

    class Noting(MemoryShared):
        def get(self, key: str) -> str | None:
            looks.append(key)
            return super().get(key)

    client = wechat(standin.url, shared=Noting())
    client.phone_number("demo:13800000000")
    client._line._tokens._remembered = (client._line._tokens._remembered[0], float("inf"))
    before = looks.count(f"wechat:token:{APPID}")
    for number in range(9):
        client.phone_number(f"demo:1380000000{number}")
    assert looks.count(f"wechat:token:{APPID}") == before


def test_a_remembered_token_that_is_refused_is_looked_up_at_once(standin: StandIn) -> None:
    """Another process has renewed it since: its token is used, and no third one is fetched."""
    shared = MemoryShared()
    here, there = wechat(standin.url, shared=shared), wechat(standin.url, shared=shared)
    here.phone_number("demo:13800000000")
    break_it(standin, PHONE, "errcode", 40001, times=1)
    there.phone_number("demo:13800000001")
    here._line._tokens._remembered = (here._line._tokens._remembered[0], float("inf"))
    break_it(standin, PHONE, "errcode", 40001, times=1)
    assert here.phone_number("demo:13800000002").phone == "13800000002"
    assert calls(standin, TOKEN) == 2
