"""What there is to eat, for whoever is signed in; a meal is ordered and given up as a request is."""

from app.meals import offers
from app.meals.schemas import OfferOut, OffersQuery
from app.web.callers import SIGNED_IN
from app.web.paging import Listed
from app.web.room import Room
from app.web.turn import current

room = Room("meals", "用餐")


@room.call("GET", "/meals", who=SIGNED_IN, answers={200: Listed[OfferOut]}, etag=True)
def offers_of_a_day(query: OffersQuery) -> Listed[OfferOut]:
    """某站某天有什么餐、还剩几份；订餐是一条 `meal` 诉求"""
    turn = current()
    return offers.listing(turn.session, turn.caller, query, turn.now)
