"""Stations over HTTP: the list and the card, each with a tag that makes asking again cheap."""

from app.stations.book import Page, StationBook
from app.stations.rules import STATION_UNKNOWN
from app.stations.schemas import StationCard, StationList, StationPath, StationsQuery
from app.web.callers import PUBLIC
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("stations", "站点")


def book() -> StationBook:
    """The book of this process."""
    return current().home.part(StationBook)


@room.call("GET", "/stations", who=PUBLIC, answers={200: StationList}, etag=True)
def list_stations(query: StationsQuery) -> Answer:
    """全部站点，可按路号或字词找"""
    turn = current()
    return _answer(book().listing(lambda: turn.session, query.road, query.q))


@room.call(
    "GET", "/stations/<code>", who=PUBLIC, answers={200: StationCard}, refuses=[STATION_UNKNOWN], etag=True
)
def show_station(path: StationPath) -> Answer:
    """一个站点的卡片：两侧、五项、电话和别处添上的内容"""
    turn = current()
    card = book().card(lambda: turn.session, path.code, turn.now)
    if card is None:
        raise STATION_UNKNOWN.now()
    return _answer(card)


def _answer(page: Page) -> Answer:
    return Answer(page.body, headers={"ETag": page.etag})
