"""Alive, ready, measured: what an operator and a load balancer are told, and who may read the figures."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.home import Home
from tests.support.changed import Changed
from tests.web.conftest import problem

GONE = "postgresql://home@127.0.0.1:1/home"


def test_alive_asks_nobody(app_with: Changed) -> None:
    client = app_with(database={"url": GONE}).test_client()
    assert client.get("/healthz").json == {"status": "ok"}


def test_ready_when_the_database_answers(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json) == {"status", "degraded"}


def test_not_ready_without_the_database(app_with: Changed) -> None:
    answer = app_with(database={"url": GONE}).test_client().get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["status"], answer.json["reason"]) == ("unready", "database")
    assert "127.0.0.1" not in answer.text


def test_not_ready_while_migrations_are_missing(client: FlaskClient, home: Home) -> None:
    with home.database.transaction() as session:
        session.execute(text("DELETE FROM alembic_version"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["reason"] == "migrations"


def test_ready_but_degraded_without_redis(app_with: Changed) -> None:
    client = app_with(redis={"url": "redis://127.0.0.1:1/0"}).test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    assert "redis" in answer.json["degraded"]
    assert "redis" not in app_with().test_client().get("/readyz").json["degraded"]


def test_a_probe_that_fails_is_degraded_and_no_fault(
    client: FlaskClient, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.web.health import Probes

    def fail(_: Home) -> bool:
        raise RuntimeError("probe")

    monkeypatch.setitem(home.part(Probes).by_name, "odd", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "odd" in answer.json["degraded"]


def metrics(client: FlaskClient, address: str, forwarded: str | None = None) -> int:
    sent = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=sent).status_code


def test_the_figures_are_for_allowed_addresses_only(client: FlaskClient, app_with: Changed) -> None:
    assert metrics(client, "127.0.0.1") == 200
    assert metrics(client, "::1") == 200
    for address in ("10.0.0.9", "127.0.0.2", "::2"):
        answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
        problem(answer, 403, "auth.forbidden")
    assert metrics(app_with(web={"metrics_from": ["10.0.0.9"]}).test_client(), "10.0.0.9") == 200
    network = app_with(web={"metrics_from": ["10.0.0.0/8"]}).test_client()
    assert (metrics(network, "10.200.0.1"), metrics(network, "11.0.0.1")) == (200, 403)


def test_a_forwarded_address_is_believed_from_nobody_unless_a_proxy_is_trusted(
    client: FlaskClient, app_with: Changed
) -> None:
    assert metrics(client, "10.0.0.9", "127.0.0.1") == 403
    behind = app_with(web={"trusted_proxies": 1}).test_client()
    assert metrics(behind, "10.0.0.9", "127.0.0.1") == 200
    assert metrics(behind, "127.0.0.1", "8.8.8.8") == 403
    assert metrics(behind, "10.0.0.9", "127.0.0.1, 8.8.8.8") == 403, (
        "what the client itself wrote comes first"
    )


def test_the_figures_name_routes_never_paths_or_whatever_a_client_sends(client: FlaskClient) -> None:
    client.get("/s/SECRETKEY")
    client.get("/api/v1/nowhere/SECRETKEY")
    client.open("/api/v1/me", method="BREW")
    client.get("/api/v1/me", headers={"X-Request-Id": "SECRETKEY"})
    told = client.get("/metrics").text
    assert "SECRETKEY" not in told
    assert "BREW" not in told
    assert 'home_request_seconds_count{method="GET",route="/s/<key>",status="404"}' in told
    assert 'home_refusals_total{code="auth.required"}' in told
