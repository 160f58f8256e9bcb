"""After a reopening: not back to the same hands while others are there; the second time a supervisor's."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.helpdesk import store
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import SAME_HANDLER, SUPERVISED_FROM, claim_refusal, returns_to_same
from app.people.models import Person, RoleGrant
from app.web.callers import EVERYWHERE, Caller

OnShift = Callable[[Sequence[str], datetime], Select[uuid.UUID]]
"""Whose desks at these places listen at that moment: a statement of one column, the persons' ids."""


class _Current:
    """Who can tell that a colleague is on shift; a higher room knows."""

    on_shift: OnShift | None = None


def use_on_shift(tell: OnShift) -> None:
    """Let a room tell whose desks listen; once, when the process is put together."""
    _Current.on_shift = tell


def may_take(session: Session, request: HelpRequest, caller: Caller, now: datetime) -> None:
    """409 `request.needs_supervisor` after two reopenings, `request.same_handler` after his own answer."""
    kind = get_kind(request.kind)
    supervisor = caller.has("supervisor")
    store.stop(claim_refusal(request.reopened, is_supervisor=supervisor, urgent=kind.never_refused))
    not_back_to(session, request, caller.person_id, now)


def not_back_to(session: Session, request: HelpRequest, taker: uuid.UUID, now: datetime) -> None:
    """409 `request.same_handler` where somebody else could take it at this moment."""
    kind = get_kind(request.kind)
    back = returns_to_same(request.reopened, request.last_handler_id, taker, urgent=kind.never_refused)
    if back and another_on_shift(session, request.desk, roles_for(request), now, taker):
        raise SAME_HANDLER.now()


def roles_for(request: HelpRequest) -> Sequence[str]:
    """The roles that may take it: after two reopenings a supervisor's, but for what is urgent."""
    kind = get_kind(request.kind)
    return ("supervisor",) if request.reopened >= SUPERVISED_FROM and not kind.never_refused else kind.roles


def another_on_shift(
    session: Session, desk: str, roles: Sequence[str], now: datetime, *but: uuid.UUID
) -> bool:
    """Whether anybody but these, with one of the roles at this desk, sits at a desk that listens."""
    if _Current.on_shift is None:
        return False
    places = [desk, EVERYWHERE]
    there = _Current.on_shift([desk], now)
    holds = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.role.in_(roles), RoleGrant.place.in_(places)
    )
    found = select(Person.id).where(
        Person.id.in_(there), Person.id.not_in(but), Person.state == "active", holds
    )
    return session.scalar(found.limit(1)) is not None
