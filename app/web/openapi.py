"""The machine-readable contract that the service emits, and a page to read it without any outside host."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from flask_openapi import OpenAPI
from flask_openapi.models import Info, SecurityScheme

from app.foundation.refusals import INVALID, Refusal
from app.web import refusals
from app.web.files import RECEIVING
from app.web.problems import Problem, answer_invalid
from app.web.room import BASE, Manner, Room

blueprint = Blueprint(
    "docs", __name__, template_folder="templates", static_folder="static", static_url_path="/web"
)

_SHARED = (refusals.FAULT, refusals.UNAVAILABLE, refusals.NOT_FOUND, refusals.METHOD)


def make_app(name: str) -> OpenAPI:
    """A Flask app that collects the contract of the rooms registered with it."""
    app = OpenAPI(
        name,
        info=Info(
            title="司机之家",
            version="1",
            description="甘肃高速公路服务区“司机之家”小程序后端。时间一律带时区；“天”按北京时间。",
        ),
        security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")},
        validation_error_model=Problem,
        validation_error_callback=answer_invalid,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = "3.1.0"
    app.extensions["manners"] = {}
    app.register_blueprint(blueprint)
    return app


def open_room(app: OpenAPI, room: Room) -> None:
    """Let a room's endpoints be called, and remember their manners by method and full path."""
    app.register_api(room)
    known: dict[tuple[str, str], Manner] = app.extensions["manners"]
    known.update({(method, BASE + rule): manner for (method, rule), manner in room.manners.items()})


def contract(app: OpenAPI) -> dict[str, Any]:
    """The whole OpenAPI 3.1 document; built once, on first use."""
    if "contract" not in app.extensions:
        spec = app.api_doc
        for (method, rule), manner in app.extensions["manners"].items():
            path = rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}")
            _declare(spec["paths"][path][method.lower()], manner)
        spec["x-refusals"] = _all_refusals(app.extensions["manners"].values())
        app.extensions["contract"] = spec
    found: dict[str, Any] = app.extensions["contract"]
    return found


def _declare(operation: dict[str, Any], manner: Manner) -> None:
    """Add what our manners promise: every refusal, the retry key, the matching tag."""
    operation.setdefault("security", [])  # said aloud: no sign-in needed
    by_status: dict[int, list[Refusal]] = {}
    for refusal in _refusals(manner):
        by_status.setdefault(refusal.status, []).append(refusal)
    schema = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, said in sorted(by_status.items()):
        told = "；".join(f"`{r.code}` {r.detail}" for r in said)
        operation["responses"][str(status)] = {"description": told, "content": schema}
    if manner.etag:
        operation["responses"]["304"] = {"description": HTTPStatus(304).phrase}
    parameters = operation.setdefault("parameters", [])
    if manner.idempotent:
        parameters.append(_header("Idempotency-Key", {"type": "string", "format": "uuid"}))
    if manner.etag:
        parameters.append(_header("If-None-Match", {"type": "string"}))


def _refusals(manner: Manner) -> list[Refusal]:
    shared = [*_SHARED, refusals.TOO_MANY, INVALID, *manner.refuses]
    if not manner.who.public:
        shared += [refusals.AUTH_REQUIRED, refusals.AUTH_EXPIRED]
    if manner.who.roles and not manner.who.hidden:
        shared.append(refusals.FORBIDDEN)
    if manner.takes_file:
        shared += RECEIVING
    if manner.takes_body or manner.takes_file:
        shared += [refusals.BAD_JSON, refusals.TOO_LARGE, refusals.MEDIA_TYPE]
    if manner.idempotent:
        shared += [refusals.KEY_REUSED, refusals.IN_PROGRESS]
    return list(dict.fromkeys(shared))


def _all_refusals(manners: Iterable[Manner]) -> list[dict[str, Any]]:
    """Every code with its status and sentence; a problem's `type` leads to its place on the page."""
    said = {refusal.code: refusal for manner in manners for refusal in _refusals(manner)}
    said[refusals.HTTP_OTHER.code] = refusals.HTTP_OTHER
    return [vars(said[code]) for code in sorted(said)]


def _header(name: str, schema: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema}


@blueprint.get("/api/openapi.json")
def document() -> Response:
    """The contract as JSON."""
    return jsonify(contract(_this_app()))


@blueprint.get("/api/docs")
def page() -> str:
    """The contract as a page."""
    return render_template("docs.html", spec=contract(_this_app()))


def _this_app() -> OpenAPI:
    from flask import current_app

    app: OpenAPI = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
