"""Refusals on the wire: RFC 9457 problem+json, whatever went wrong."""

from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, abort, g, request
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from app.foundation.refusals import INVALID, Refusal, Refused
from app.web import metrics, refusals
from app.web.fields import in_chinese

log = structlog.get_logger()

_BY_STATUS = {
    400: refusals.BAD_JSON,
    403: refusals.FORBIDDEN,
    404: refusals.NOT_FOUND,
    405: refusals.METHOD,
    413: refusals.TOO_LARGE,
    415: refusals.MEDIA_TYPE,
    429: refusals.TOO_MANY,
}


class FieldError(BaseModel):
    """One field that cannot be accepted."""

    field: str
    message: str


class Problem(BaseModel):
    """The body of every refusal."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | None = None


def problem(refused: Refused) -> Response:
    """The answer to a refusal."""
    refusal = refused.refusal
    metrics.REFUSALS.labels(refusal.code).inc()
    body: dict[str, Any] = {
        "type": f"/api/docs#{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "request_id": g.get("request_id", ""),
        **refused.extra,
    }
    answer = Response(orjson.dumps(body), refusal.status, mimetype="application/problem+json")
    if refused.retry_after is not None:
        answer.headers["Retry-After"] = str(refused.retry_after)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def validation_faults(error: ValidationError) -> Refused:
    """A 422 with one entry a field, in Chinese, without the values that were sent."""
    entries = [
        {"field": ".".join(str(part) for part in e["loc"]) or "body", "message": in_chinese(e["type"])}
        for e in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return INVALID.now(errors=entries)


def answer_invalid(error: ValidationError) -> Response:
    """What flask-openapi calls when an input does not fit its model; never returns."""
    raise validation_faults(error)


def from_http(error: HTTPException) -> Refused:
    """Our refusal for what Werkzeug or Flask raised."""
    status = error.code or 500
    known = _BY_STATUS.get(status)
    if known is None:
        known = refusals.FAULT if status >= 500 else Refusal("api.http", status, refusals.HTTP_OTHER.detail)
    return known.now()


def from_fault(error: Exception) -> Refused:
    """Our refusal for an exception that nobody expected, which is logged with its trace here."""
    if isinstance(error, OperationalError | TimeoutError):
        log.error("database.unavailable", error=type(error).__name__)
        return refusals.UNAVAILABLE.now(retry_after=5)
    if isinstance(error, DataError):
        log.warning("database.refused_data", exc_info=error)
        return INVALID.now(errors=[])
    log.error("fault", exc_info=error)
    return refusals.FAULT.now()


def register(app: Flask) -> None:
    """Answer refusals, HTTP errors and faults of every path as problem+json."""
    app.register_error_handler(Refused, problem)
    app.register_error_handler(HTTPException, lambda error: _http(error))
    app.register_error_handler(Exception, lambda error: problem(from_fault(error)))


def _http(error: HTTPException) -> Response:
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    answer = problem(from_http(error))
    if error.code == 405:
        answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
    return answer


def refuse_control_characters() -> None:
    """A NUL in a path or query can reach no table: refuse it before anything else looks at it."""
    if "\x00" in request.path:
        abort(404)
    if "%00" in request.query_string.decode("latin-1"):
        raise INVALID.now(errors=[{"field": "query", "message": "含有不允许的字符"}])
