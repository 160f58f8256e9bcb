"""Prometheus: how many, how fast, how often refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

import structlog
from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client import values as _values
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from werkzeug.exceptions import Forbidden

from app.foundation.home import Home
from app.web.turn import home

log = structlog.get_logger()

REQUESTS = Histogram(
    "home_request_seconds",
    "How long requests took",
    ["route", "method", "status"],
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 10),
)
REFUSALS = Counter("home_refusals_total", "Refusals by code", ["code"])
LIMITS_OPEN = Counter(
    "home_limits_failed_open_total", "Requests let through because limits could not be counted"
)
EVENTS = Counter("home_events_total", "What happened in the rooms", ["room", "what"])
WECHAT = Counter("home_wechat_calls_total", "Calls to WeChat by outcome", ["api", "outcome"])
WECHAT_CIRCUIT = Gauge(
    "home_wechat_circuit_open", "Processes that do not call WeChat now", multiprocess_mode="livesum"
)
WECHAT_TEMPLATES = Gauge(
    "home_wechat_templates",
    "Configured message templates by what WeChat's list says of them",
    ["state"],
    multiprocess_mode="mostrecent",
)
DELIVERY_WAIT = Histogram(
    "home_delivery_wait_seconds", "How long a due delivery waited", buckets=(0.5, 2, 10, 60, 600)
)
JOBS_SEEN = Gauge(
    "home_jobs_last_tick_seconds", "Unix time of the clockwork's last tick", multiprocess_mode="max"
)


@dataclass
class Sources:
    """Figures that stand in tables: read when somebody asks, whichever process wrote them."""

    of: list[Callable[[Home], list[Metric]]] = field(default_factory=list)


def wechat_call(api: str, outcome: str, seconds: float) -> None:
    """Told by the WeChat room after each exchange."""
    WECHAT.labels(api, outcome).inc()
    if api == "circuit" and outcome in ("opened", "closed"):
        WECHAT_CIRCUIT.set(outcome == "opened")


blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def show() -> Response:
    """The figures of all workers, for addresses that the settings allow."""
    asking = ip_address(request.remote_addr or "::")
    if not any(asking in ip_network(network) for network in home().settings.web.metrics_from):
        raise Forbidden
    shown = generate_latest(_registry()) + generate_latest(_from_tables(home()))
    return Response(shown, mimetype="text/plain; version=0.0.4")


def _from_tables(here: Home) -> CollectorRegistry:
    """A source that fails is left out: the other figures are wanted most when something is broken."""
    registry = CollectorRegistry()
    for source in here.part(Sources).of:
        try:
            found = source(here)
        except Exception as trouble:
            log.warning("figures.failed", error=type(trouble).__name__)
        else:
            registry.register(_Found(found))
    return registry


class _Found(Collector):
    """Figures that are already there."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        """As the library asks for them."""
        return self._found


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if "multiprocess" in str(_values.ValueClass).lower() or current_app.config.get("METRICS_FOLDER"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry
    from prometheus_client import REGISTRY

    return REGISTRY
