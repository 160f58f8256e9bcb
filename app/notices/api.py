"""Endpoints of notices: the inbox, the templates to ask for, the credits earned."""

from functools import partial

from flask import Response, after_this_request

from app.notices import service
from app.notices.rules import MOST_TEMPLATES_AT_ONCE
from app.notices.schemas import (
    ByEntry,
    ByScene,
    InboxItem,
    InboxQuery,
    SubscriptionAnswers,
    TemplateItem,
    TemplateList,
    Unread,
)
from app.notices.templates import catalogue
from app.web.callers import SIGNED_IN
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import NOT_FOUND
from app.web.room import Room
from app.web.turn import current
from app.wechat.standin.remote import report_accept

room = Room("notices", "消息")


@room.call("GET", "/inbox", who=SIGNED_IN, answers={200: Listed[InboxItem]})
def inbox(query: InboxQuery) -> Listed[InboxItem]:
    """本人收到的消息，新的在前；全部，或只要一类"""
    turn = current()
    after = read_cursor(query.cursor)
    rows = service.inbox_page(turn.session, turn.caller.person_id, query.limit, after, query.kind)
    shown = rows[: query.limit]
    more = write_cursor(shown[-1].at, shown[-1].id) if len(rows) > query.limit else None
    return Listed(items=[InboxItem.model_validate(row) for row in shown], next_cursor=more)


@room.call("POST", "/inbox/<uuid:id>/read", who=SIGNED_IN, answers={204: None}, refuses=[NOT_FOUND])
def mark_read(path: ByEntry) -> None:
    """标为已读，重复也行"""
    turn = current()
    service.mark_read(turn.session, turn.now, turn.caller.person_id, path.id)


@room.call("GET", "/inbox/unread", who=SIGNED_IN, answers={200: Unread})
def unread() -> Unread:
    """还有几条未读"""
    turn = current()
    return Unread(unread=service.count_unread(turn.session, turn.caller.person_id))


@room.call("GET", "/message-templates", who=SIGNED_IN, answers={200: TemplateList}, etag=True)
def message_templates(query: ByScene) -> TemplateList:
    """在这个位置请用户订阅哪些消息模板"""
    found = catalogue().of_scene(query.scene)[:MOST_TEMPLATES_AT_ONCE]
    return TemplateList(items=[TemplateItem.model_validate(template) for template in found])


@room.call("POST", "/subscriptions", who=SIGNED_IN, answers={204: None}, idempotent=True)
def subscribe(body: SubscriptionAnswers) -> None:
    """用户答复了订阅弹窗：每个同意记一次额度"""
    turn = current()
    person_id = turn.caller.person_id
    earned = service.earn(turn.session, turn.now, person_id, body.results)
    wechat = turn.home.settings.wechat
    if wechat.standin and earned and (openid := service.openid_of(turn.session, person_id)):
        after_this_request(partial(_rehearse, wechat.api_base, openid, earned))


def _rehearse(standin: str, openid: str, earned: list[str], answer: Response) -> Response:
    """No phone told the stand-in of the accept, so we do, once it is committed and for the first try only."""
    if answer.status_code == 204 and "Idempotency-Replayed" not in answer.headers:
        for template_id in earned:
            report_accept(standin, openid, template_id)
    return answer
