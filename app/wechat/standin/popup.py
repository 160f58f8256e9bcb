"""Plays the person at the phone: answers the subscribe dialog, switches a template off, takes data back.

WeChat docs (subscribe messages): an accept is worth one message of a one-time template; with
"总是保持以上选择" no dialog comes up and, as far as anybody knows, no event is pushed: that is `silent`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.wechat.standin import events
from app.wechat.standin.subscribe import LONG_TERM

if TYPE_CHECKING:
    from app.wechat.standin.world import World

_WORDS = ("accept", "reject")


def answer(
    world: "World", openid: str, answers: Mapping[str, str], *, silent: bool = False, scene: int = 0
) -> dict[str, int]:
    """The dialog: `{template id: accept|reject}`. What credit the person has now. ValueError."""
    _check(world, answers)
    for template_id, word in answers.items():
        if word == "accept" and not _lasting(world, openid, template_id):
            world.desk.grant(openid, template_id, 1)
    if not silent:
        items = [
            _item(template_id, word) | {"PopupScene": str(scene)} for template_id, word in answers.items()
        ]
        world.push(events.event("subscribe_msg_popup_event", openid, world.now(), List=_listed(items)))
    return credits_of(world, openid)


def switch_off(world: "World", openid: str, template_ids: list[str]) -> dict[str, int]:
    """In the message list: these no longer, and what was accepted of them is gone. ValueError."""
    answers = dict.fromkeys(template_ids, "reject")
    _check(world, answers)
    for template_id in answers:
        world.desk.credits[openid, template_id] = 0
    items = [_item(template_id, word) for template_id, word in answers.items()]
    world.push(events.event("subscribe_msg_change_event", openid, world.now(), List=_listed(items)))
    return credits_of(world, openid)


def tell(world: "World", name: str, openid: str, fields: Mapping[str, Any]) -> None:
    """Any other event. In those about authorisations the person is in `OpenID` and the sender is WeChat."""
    if name.startswith("user_"):
        fields = {"OpenID": openid, "AppID": world.appid or ""} | dict(fields)
        openid = events.PLATFORM
    world.push(events.event(name, openid, world.now(), **fields))


def credits_of(world: "World", openid: str) -> dict[str, int]:
    """What a person has left, by template id."""
    return {template_id: left for (who, template_id), left in world.desk.credits.items() if who == openid}


def _check(world: "World", answers: Mapping[str, str]) -> None:
    if not answers or set(answers) - set(world.desk.templates) or set(answers.values()) - set(_WORDS):
        raise ValueError(f"answers: {{template id: {'|'.join(_WORDS)}}}")


def _lasting(world: "World", openid: str, template_id: str) -> bool:
    """A long-term one was accepted before: it is worth any number already."""
    long_term = world.desk.templates[template_id].kind == LONG_TERM
    return long_term and world.desk.credits[openid, template_id] > 0


def _item(template_id: str, word: str) -> dict[str, str]:
    return {"TemplateId": template_id, "SubscribeStatusString": word}


def _listed(items: list[dict[str, str]]) -> Any:
    """WeChat docs: one item is an object, several are an array."""
    return items[0] if len(items) == 1 else items
