"""The part of `/_standin/` that plays the phone and steers the pushes to the service."""

from typing import Any

from app.wechat.standin import demo, popup
from app.wechat.standin.world import World

Body = dict[str, Any]


def _openid(body: Body) -> str:
    return str(body["openid"]) if "openid" in body else demo.demo_openid(str(body["name"]))


def _popup(world: World, body: Body) -> Body:
    """`{"openid"|"name", "answers": {"<template id>": "accept"|"reject"}, "silent": false, "scene": 0}`."""
    answers = {str(key): str(word) for key, word in dict(body["answers"]).items()}
    silent, scene = body.get("silent") is True, int(body.get("scene", 0))
    return {"credits": popup.answer(world, _openid(body), answers, silent=silent, scene=scene)}


def _change(world: World, body: Body) -> Body:
    """`{"openid"|"name", "template_ids": [...]}`: switched off in the message list."""
    return {"credits": popup.switch_off(world, _openid(body), [str(each) for each in body["template_ids"]])}


def _push(world: World, body: Body) -> Body:
    """`{"event", "openid"|"name", "fields": {...}}`: any event, such as user_authorization_revoke."""
    popup.tell(world, str(body["event"]), _openid(body), dict(body.get("fields", {})))
    return {}


def _pusher(world: World, body: Body) -> Body:
    return world.pusher.told()


def _use(world: World, body: Body) -> Body:
    """The fields of `Plan`: url, token, aes_key, appid, mode, form, twice, reorder, sent_after_s, …"""
    world.pusher.use(world.pusher.plan.changed(body))
    return world.pusher.told()


def _forget(world: World, body: Body) -> Body:
    world.pusher.log.clear()
    return {}


WORK = {
    ("POST", "popup"): _popup,
    ("POST", "change"): _change,
    ("POST", "push"): _push,
    ("GET", "pusher"): _pusher,
    ("POST", "pusher"): _use,
    ("DELETE", "pusher"): _forget,
}
