"""What the clockwork calls: send what is due, end what is over; and whether it flows."""

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from app.foundation.home import Home
from app.notices import lane, leases, mailings, outbox
from app.notices.courier import Courier
from app.notices.rules import lease_span, longest_wait
from app.web import metrics

log = structlog.get_logger()

_MOST_BATCHES = 50
_LONGEST_RUN_S = 20.0  # so that whoever watches the clockwork can tell work from a hang


def deliver(home: Home) -> int:
    """Send what is due, for a while; answers how many messages were taken up: after 0 nothing is due."""
    return home.part(Courier).run(_LONGEST_RUN_S)


def reclaim_leases(home: Home) -> int:
    """What a dead process left: queued again where nothing was sent, `unknown` where it may have been.

    And what a clock left that was set back since: rows that would wait for it to catch up.
    """
    now, lease = home.clock.now(), lease_span(home.settings)
    with home.database.transaction() as session:
        given_up = outbox.give_up(session, now, lease)
        freed = leases.reclaim(session, now, lease)
        outbox.bring_near(session, now, longest_wait(home.settings.notices.retry_after_s))
    if given_up:
        metrics.EVENTS.labels("notices", "unknown").inc(given_up)
        log.error("deliveries.unknown", count=given_up)
    return given_up + freed


def expire_deliveries(home: Home) -> int:
    """End what is too late to be of use."""
    with home.database.transaction() as session:
        ended = outbox.expire(session, home.clock.now(), lease_span(home.settings))
    if ended:
        metrics.EVENTS.labels("notices", "expired").inc(ended)
    return ended


def wind_up_mailings(home: Home) -> int:
    """End what mailings that were withdrawn or came too late still have queued, some thousands at a time."""
    total = 0
    for _ in range(_MOST_BATCHES):
        with home.database.transaction() as session:
            ended = mailings.wind_up(session, home.clock.now())
        if not ended:
            break
        total += ended
        metrics.EVENTS.labels("notices", "expired").inc(ended)
    return total


def figures(home: Home) -> list[Metric]:
    """For Prometheus: whether the lane is closed, and how much of the day's cap has been used."""
    now = home.clock.now()
    with home.database.transaction() as session:
        state = lane.look(session, now)
    closed = GaugeMetricFamily("home_deliveries_paused", "1 while the lane to WeChat is closed")
    closed.add_metric([], state.paused_at is not None)
    taken = GaugeMetricFamily("home_deliveries_taken_today", "Messages that left on this Shanghai day")
    taken.add_metric([], state.taken_today(now))
    return [closed, taken]


def deliveries_flow(home: Home) -> bool:
    """For the readiness page: False while the lane is closed, or the day's cap is used up."""
    now = home.clock.now()
    with home.database.transaction() as session:
        state = lane.look(session, now)
    return state.paused_at is None and state.left_today(now, home.settings.notices.daily_cap) > 0
