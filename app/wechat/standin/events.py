"""Events as WeChat pushes them, in their JSON form; the pusher makes XML of them where that is wanted.

WeChat docs: `CreateTime` is in seconds; in subscribe events `List` is an object for one item and an array for
several; in `wxa_media_check` `FromUserName` is a platform account, not the uploader.
"""

from typing import Any

ACCOUNT = "gh_standin00000"
PLATFORM = "oPlatformAccount000000000000"

Event = dict[str, Any]


def event(name: str, from_user: str, now: float, **fields: Any) -> Event:
    """The part that all events share."""
    head = {"ToUserName": ACCOUNT, "FromUserName": from_user, "CreateTime": int(now)}
    return {**head, "MsgType": "event", "Event": name, **fields}


def message_sent(openid: str, template_id: str, msgid: int, now: float) -> Event:
    """`subscribe_msg_sent_event`: a message went out to the phone."""
    item = {"TemplateId": template_id, "MsgID": str(msgid), "ErrorCode": "0", "ErrorStatus": "success"}
    return event("subscribe_msg_sent_event", openid, now, List=item)


def picture_checked(appid: str, trace_id: str, verdict: tuple[str, int] | None, now: float) -> Event:
    """`wxa_media_check`: `(suggest, label)`, or None when the picture could not be fetched (-1008)."""
    fields: dict[str, Any] = {"appid": appid, "trace_id": trace_id, "version": 2}
    if verdict is None:
        return event(
            "wxa_media_check", PLATFORM, now, **fields, errcode=-1008, errmsg="download fail", detail=[]
        )
    suggest, label = verdict
    part = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
    result = {"suggest": suggest, "label": label}
    return event(
        "wxa_media_check", PLATFORM, now, **fields, errcode=0, errmsg="ok", detail=[part], result=result
    )
