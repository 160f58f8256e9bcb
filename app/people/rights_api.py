"""Endpoints of what a person may ask about himself: everything as one file, or to be forgotten."""

from app.foundation.clock import shanghai_day
from app.people import consents, erasure
from app.people.rights_schemas import ByPurpose, ConsentOut, ConsentWish, Erased, ErasureWish, Export
from app.people.rules import CONSENT_UNKNOWN, OPEN_MATTERS
from app.web.callers import SIGNED_IN
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("rights", "本人的数据")


@room.call("GET", "/me/export", who=SIGNED_IN, answers={200: Export})
def export_me() -> Answer:
    """导出本人的全部数据，一个 JSON 文件"""
    turn = current()
    held = erasure.export(turn.session, turn.now, turn.caller.person_id)
    name = f"drivers-home-{shanghai_day(turn.now)}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Answer(Export(exported_at=turn.now, held=held), headers=headers)


@room.call("POST", "/me/erasure", who=SIGNED_IN, answers={202: Erased}, refuses=[OPEN_MATTERS])
def erase_me(body: ErasureWish) -> Answer:
    """注销：删除本人的数据，所有登录立即失效"""
    turn = current()
    erasure.erase(turn.session, turn.now, turn.caller.person_id, force=body.force)
    return Answer(Erased(erased_at=turn.now), 202)


@room.call("GET", "/me/consents", who=SIGNED_IN, answers={200: Listed[ConsentOut]})
def my_consents() -> Listed[ConsentOut]:
    """本人的各项单独授权"""
    turn = current()
    return Listed[ConsentOut](items=consents.consents(turn.session, turn.caller.person_id))


@room.call(
    "PUT",
    "/me/consents/<purpose>",
    who=SIGNED_IN,
    answers={200: ConsentOut},
    refuses=[CONSENT_UNKNOWN],
)
def say_consent(path: ByPurpose, body: ConsentWish) -> ConsentOut:
    """同意或撤回一项授权，随时可以，立即生效"""
    turn = current()
    return consents.say(turn.session, turn.now, turn.caller.person_id, path.purpose, granted=body.granted)
