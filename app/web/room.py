"""A room's endpoints and the manners that every one of them keeps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask import Response, request
from flask_openapi import APIBlueprint
from flask_openapi.models import Tag
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from app.foundation.refusals import Refusal, Refused
from app.web import idempotency, refusals
from app.web.bodies import NeverRefused, accept_body, accept_nothing, fetch_body
from app.web.callers import Access
from app.web.door import admit
from app.web.files import Intake, drain
from app.web.idempotency import AlreadyDone
from app.web.turn import Turn, current

BASE = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What a handler gives back when it is more than a 200 with a body."""

    body: BaseModel | bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manner:
    """What one endpoint promises: who may call it, and how it treats what comes in and goes out."""

    who: Access
    refuses: tuple[Refusal, ...] = ()
    idempotent: bool = False
    limited: bool = True
    in_line: bool = False
    etag: bool = False
    takes_body: bool = False
    may_be_empty: bool = False
    takes_file: bool = False
    never_refused: NeverRefused | None = None


class Room(APIBlueprint):
    """The endpoints of one room under /api/v1; each declares access, answers and refusals in one place."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name, __name__, url_prefix=BASE, abp_tags=[Tag(name=title)])
        self.manners: dict[tuple[str, str], Manner] = {}

    def call(
        self,
        method: str,
        rule: str,
        *,
        who: Access,
        answers: dict[int, type[BaseModel] | None],
        refuses: Iterable[Refusal] = (),
        **manner: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare an endpoint. `answers`: the body of each success status; the docstring's first line is
        its title; further keywords are those of `Manner`."""

        def declare(handler: Callable[..., Any]) -> Callable[..., Any]:
            body = handler.__annotations__.get("body")
            kept = Manner(
                who,
                tuple(refuses),
                takes_body=body is not None,
                may_be_empty=body is not None and _asks_for_nothing(body),
                takes_file="form" in handler.__annotations__,
                **manner,
            )
            self.manners[(method, rule)] = kept
            verb = getattr(super(Room, self), method.lower())
            declared: Callable[..., Any] = verb(
                rule,
                summary=(handler.__doc__ or handler.__name__).split("\n")[0],
                responses=dict(answers),
                security=[] if who.public else [{"bearer": []}],
                manner=kept,
            )(handler)
            return declared

        return declare

    def also_refuses(self, method: str, rule: str, refusals: Iterable[Refusal]) -> None:
        """Declare what a higher room refuses at this endpoint; saying it again changes nothing."""
        manner = self.manners[(method, rule)]
        told = tuple(dict.fromkeys([*manner.refuses, *refusals]))
        self.manners[(method, rule)] = replace(manner, refuses=told)

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Put the manners around the view before Flask learns of it."""
        manner: Manner = options.pop("manner")
        view = options.pop("view_func")
        conducted = partial(conduct, manner, view)
        super().add_url_rule(rule, view.__name__, conducted, **options)


def _asks_for_nothing(body: type[BaseModel]) -> bool:
    """Whether a step goes without a word too: no body at all is then as good as `{}`."""
    return not any(field.is_required() for field in body.model_fields.values())


def conduct(manner: Manner, view: Callable[..., Any], **path: Any) -> Response:
    """One request from admission to commit: one transaction, one answer, nothing half done."""
    turn = current()
    try:
        if manner.in_line:
            fetch_body(manner.never_refused)  # nobody's row is locked while a slow phone is still sending
        admit(turn, manner.who, limited=manner.limited, in_line=manner.in_line)
        if manner.takes_body:
            accept_body(manner.never_refused, may_be_empty=manner.may_be_empty)
        elif not manner.takes_file:
            accept_nothing()
        if manner.takes_file and (first := _take_file(turn)):
            return first
        answer = to_response(view(**path), manner)
        if manner.idempotent and (key := idempotency.sent_key(turn)):
            idempotency.keep(turn, key, answer)
        turn.commit()
        return answer
    except (Refused, AlreadyDone) as stopped:
        if manner.takes_file:
            drain()
        may_have_answered = (
            manner.idempotent and turn.known_caller and (not manner.takes_file or _whole(turn))
        )
        if may_have_answered and (first := _first_answer(turn)):
            return first
        raise stopped if isinstance(stopped, Refused) else refusals.IN_PROGRESS.now() from None
    except OperationalError as trouble:
        if manner.idempotent and idempotency.waited_too_long(turn, trouble):
            raise refusals.IN_PROGRESS.now(retry_after=1) from None
        raise
    finally:
        turn.end()
        if manner.takes_file:
            turn.home.part(Intake).leave(turn)


def _take_file(turn: Turn) -> Response | None:
    """Receive the file of an admitted caller; the first answer where this very file came with this key
    before, since opening a picture costs more than looking."""
    intake = turn.home.part(Intake)
    intake.enter(turn)
    intake.receive(turn)
    return _first_answer(turn)


def _whole(turn: Turn) -> bool:
    return turn.incoming is not None and turn.incoming.digest is not None


def _first_answer(turn: Turn) -> Response | None:
    """Our work is undone; what did the first request with this key answer?"""
    turn.rollback()
    key = idempotency.sent_key(turn)
    return idempotency.earlier(turn, turn.session, key) if key else None


def to_response(outcome: Any, manner: Manner) -> Response:
    """JSON of a model, an Answer with its status and headers, or 204 for nothing."""
    answer = outcome if isinstance(outcome, Answer) else Answer(outcome, 204 if outcome is None else 200)
    if manner.etag and (tag := answer.headers.get("ETag")) and request.headers.get("If-None-Match") == tag:
        return Response(status=304, headers={"ETag": tag})  # the common case, without parsing anything
    body = answer.body
    if isinstance(body, BaseModel):
        body = body.model_dump_json(by_alias=True).encode()
    kind = None if "Content-Type" in answer.headers else "application/json"
    response = Response(body, answer.status, answer.headers, mimetype=kind)
    if manner.etag and answer.status == 200:
        if not response.headers.get("ETag"):
            response.add_etag(weak=True)
        response.make_conditional(request)
    return response
