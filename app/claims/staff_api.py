"""Endpoints of the desk for claims."""

from app.claims import service
from app.claims.rules import MILESTONE_EXISTS
from app.claims.schemas import MilestoneIn
from app.helpdesk.rules import REQUEST_UNKNOWN, WRONG_STATE
from app.helpdesk.schemas import ById, StaffRequestOut
from app.people.rules import STAFF_ROLES
from app.web.callers import only
from app.web.room import Room
from app.web.turn import current

room = Room("claims", "保险理赔")


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/milestones",
    who=only(*STAFF_ROLES),
    answers={200: StaffRequestOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, MILESTONE_EXISTS],
    idempotent=True,
)
def milestone(path: ById, body: MilestoneIn) -> StaffRequestOut:
    """记一步理赔进度：报警、报案、查勘、定损、交材料、赔付"""
    turn = current()
    return service.note(turn.session, turn.caller, path.id, body, turn.now)
