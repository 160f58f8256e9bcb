"""Alive, and ready: what an operator or a load balancer asks."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.foundation import migrate
from app.foundation.home import Home
from app.web.turn import home

log = structlog.get_logger()
blueprint = Blueprint("health", __name__)


@dataclass
class Probes:
    """Things that may be out of order while the service still serves; each answers whether all is well."""

    by_name: dict[str, Callable[[Home], bool]] = field(default_factory=dict)
    many: list[Callable[[Home], list[str]]] = field(default_factory=list)
    """Each looks at many things of one kind and answers the names of those that are out of order."""


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 only when the database cannot be reached or lacks migrations; else 200, naming what is degraded."""
    here = home()
    try:
        here.database.alive()
        behind = migrate.behind(here.database.engine)
    except SQLAlchemyError as trouble:
        log.warning("database.unreachable", error=type(trouble).__name__)
        return jsonify(status="unready", reason="database", degraded=[]), 503
    if behind:
        return jsonify(status="unready", reason="migrations", degraded=[]), 503
    degraded = [name for name, well in here.part(Probes).by_name.items() if not _well(well, here)]
    degraded += more_troubles(here)
    return jsonify(status="degraded" if degraded else "ok", degraded=degraded), 200


def more_troubles(here: Home) -> list[str]:
    """What those probes have found that look at many things."""
    found = []
    for look in here.part(Probes).many:
        try:
            found += look(here)
        except Exception as trouble:  # a probe that fails is an answer too
            log.warning("probe.failed", error=type(trouble).__name__)
            found.append(look.__module__.removeprefix("app."))
    return found


def _well(probe: Callable[[Home], bool], here: Home) -> bool:
    try:
        return probe(here)
    except Exception as trouble:  # a probe that fails is an answer too
        log.warning("probe.failed", error=type(trouble).__name__)
        return False
