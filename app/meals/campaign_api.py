"""Endpoints of campaigns."""

from app.meals import campaigns, rules
from app.meals.campaign_schemas import (
    ByCampaign,
    CampaignIn,
    CampaignOut,
    CampaignQuery,
    EntryIn,
    EntryOut,
    SettleIn,
)
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import only
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("campaigns", "暖心活动")

_LEADERS = only(*rules.LEADERS)
_COUNTING = only(*rules.ROLES)


@room.call("GET", "/staff/campaigns", who=_COUNTING, answers={200: Listed[CampaignOut]}, etag=True)
def listing(query: CampaignQuery) -> Listed[CampaignOut]:
    """本站的活动和已发份数，新的在前"""
    turn = current()
    return campaigns.listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/campaigns",
    who=_LEADERS,
    answers={201: CampaignOut},
    refuses=[STATION_UNKNOWN],
    idempotent=True,
)
def make_campaign(body: CampaignIn) -> Answer:
    """办一次活动：雪天送热饭、端午送粽子、义诊"""
    turn = current()
    return Answer(campaigns.make(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "GET",
    "/staff/campaigns/<uuid:id>",
    who=_COUNTING,
    answers={200: CampaignOut},
    refuses=[rules.CAMPAIGN_UNKNOWN],
    etag=True,
)
def one_campaign(path: ByCampaign) -> CampaignOut:
    """一次活动：各站、各类人各发了多少"""
    turn = current()
    return campaigns.one(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/campaigns/<uuid:id>/entries",
    who=_COUNTING,
    answers={201: EntryOut},
    refuses=[rules.CAMPAIGN_UNKNOWN, rules.CAMPAIGN_CLOSED],
    idempotent=True,
)
def enter(path: ByCampaign, body: EntryIn) -> Answer:
    """记一笔：扫码发的，或手工数的"""
    turn = current()
    return Answer(campaigns.enter(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call(
    "POST",
    "/staff/campaign-entries/<uuid:id>/reverse",
    who=_COUNTING,
    answers={201: EntryOut},
    refuses=[rules.ENTRY_UNKNOWN, rules.ENTRY_REVERSED, rules.CAMPAIGN_UNKNOWN, rules.CAMPAIGN_CLOSED],
    idempotent=True,
)
def reverse(path: ByCampaign) -> Answer:
    """记错了，冲销这一笔"""
    turn = current()
    return Answer(campaigns.reverse(turn.session, turn.caller, path.id, turn.now), 201)


@room.call(
    "POST",
    "/staff/campaigns/<uuid:id>/settle",
    who=_LEADERS,
    answers={200: CampaignOut},
    refuses=[rules.CAMPAIGN_UNKNOWN, rules.CAMPAIGN_CLOSED, rules.NOT_BALANCED],
    idempotent=True,
)
def settle(path: ByCampaign, body: SettleIn) -> CampaignOut:
    """结算：扫码数 + 手工数 = 发出数，之后不能再改"""
    turn = current()
    return campaigns.settle(turn.session, turn.caller, path.id, body, turn.now)
