"""From paper to a check-in: what a camera reads off a printed poster is what the service takes."""

import zxingcpp
from pypdfium2 import PdfDocument

from app.foundation.home import Home
from app.stations.exchange import PosterHouse, poster_pages
from app.stations.posters import make_posters
from app.stations.service import find_key, revoke_key
from tests.support.clients import Somebody


def read_off_the_wall(home: Home, *stations: str) -> list[str]:
    """What a decoder of another make reads off the posters, drawn as pixels, in their order."""
    now = home.clock.now()
    house = PosterHouse("示例高速公路服务区", "司机之家", now.date())
    with home.database.transaction() as session:
        pages = poster_pages(session, home.settings.web.public_url, stations)
    return [
        zxingcpp.read_barcodes(page.render(scale=1).to_pil())[0].text
        for page in PdfDocument(make_posters(pages, house))
    ]


def test_a_driver_checks_in_with_what_was_read_off_every_one_of_the_110_posters(
    home: Home, driver: Somebody
) -> None:
    seen = []
    for read in read_off_the_wall(home):
        answer = driver.post("/checkins", {"code": read})
        assert answer.status_code == 201, answer.text
        seen.append((answer.get_json()["station"], answer.get_json()["side"]))
    assert seen == [(f"GS{number:03d}", side) for number in range(1, 56) for side in "AB"]


def test_a_revoked_poster_still_names_its_place_and_the_new_one_checks_in(
    home: Home, driver: Somebody
) -> None:
    old, _ = read_off_the_wall(home, "GS002")
    with home.database.transaction() as session:
        revoke_key(session, old.rpartition("/")[2], home.clock.now())
    refused = driver.post("/checkins", {"code": old})
    assert (refused.status_code, refused.get_json()["code"]) == (410, "checkin.code_revoked")
    assert refused.get_json()["side"] == "A"
    fresh, _ = read_off_the_wall(home, "GS002")
    assert driver.post("/checkins", {"code": fresh}).status_code == 201
    with home.database.transaction() as session:
        found = find_key(session, fresh.rpartition("/")[2])
    assert found is not None
    assert found.version == 2
