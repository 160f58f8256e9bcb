"""kill -9 of the whole service under load: what was acknowledged is there, once."""

import random
import time
from collections import Counter
from collections.abc import Callable

from tests.live.conftest import Serve
from tests.live.phone import crowd
from tests.live.writers import check, sixteen

ROUNDS = 3


def test_killed_three_times_under_load_nothing_acknowledged_is_lost_or_doubled(
    serve: Serve, database_url: str, say: Callable[[str], None]
) -> None:
    service = serve(database_url)
    writers = sixteen(service.port, database_url)
    with crowd() as clients:
        for writer in writers:
            clients.add(writer.work)
        for _ in range(ROUNDS):
            clients.let_run(random.uniform(0.5, 1.5))
            cut = sum(writer.phone.cut for writer in writers)
            assert service.kill_all() == 3, "the master and two workers"
            time.sleep(0.3)
            assert sum(writer.phone.cut for writer in writers) > cut, "the kill met nobody's request"
            service.start()
        clients.let_run(0.5)
    assert not service.said("fault")
    phones = [writer.phone for writer in writers]
    replayed = sum(reply.replayed for phone in phones for reply in phone.replies)
    say(f"kill -9 × {ROUNDS}: {check(writers, database_url)}")
    put_off = dict(sum((phone.put_off for phone in phones), Counter()))
    cut = sum(phone.cut for phone in phones)
    say(f"{cut} requests cut amid work, {replayed} were there already and got the kept answer; {put_off=}")
