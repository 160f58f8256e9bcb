"""Finding a bulletin among ten thousand by any substring, two Chinese characters too; and what lists cost."""

import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from app import create_app
from app.bulletins import questions, reading, store
from app.bulletins.schemas import BulletinQuery, QuestionQuery, StaffBulletinQuery
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.people import service as people
from app.settings import load_settings
from app.web.callers import Caller
from tests.support.databases import Databases

MANY = 10_000
_PHRASES = (
    "前面雪大，三轴及以上先别上高速，已在路上的就近进服务区休息",
    "服务区有热水、热饭，夜里也有人值班，需要帮忙按求助键",
    "请按现场交警和标志指示绕行，注意保持车距，打开雾灯",
    "凭车辆行驶证和货物清单办理，材料不齐的先登记后补",
    "受降雪影响，相关路段入口临时管制，开通时间另行通知",
    "政策依据以发布单位公布的文件为准，过期自动失效",
)
BOUND_MS = 100
MOST_TRIES = 20
"""Where others use the machine too, one undisturbed search is enough."""
_COLUMNS = (
    "id line version state category title body_markdown body_html search_text search_keys stations changes"
    " author_id edited_by approved_by created_at updated_at send_at expires_at audience"
).split()


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[Home]:
    """Ten thousand bulletins on the air, all different, each some two hundred characters long."""
    with databases.copy() as url:
        app = create_app(
            load_settings(
                data_dir=databases.folder,
                database={"url": url, "statement_timeout_ms": 120_000},  # filling takes its time
                wechat={"standin": True},
            )
        )
        home: Home = app.extensions["home"]
        _fill(home)
        yield home
        home.close()


def _fill(home: Home) -> None:
    now = home.clock.now()
    with home.database.transaction() as session:
        author, _ = people.find_or_make(session, "author of many", None, now)
        approver, _ = people.find_or_make(session, "approver of many", None, now)
        roads = [(row, new_id()) for row in _bulletins()]
        driver: Any = session.connection().connection.driver_connection
        with driver.cursor().copy(f"COPY bulletin ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for number, ((values, rows), one) in enumerate(roads):
                derived = store.words(values, rows)
                copy.write_row(
                    [one, one, 1, "sent", values["category"], values["title"], values["body_markdown"],
                     derived["body_html"], derived["search_text"], derived["search_keys"], values["stations"],
                     "[]", author, author, approver, now, now, now - timedelta(minutes=number),
                     now + timedelta(days=1), "{}"]
                )  # fmt: skip
        with driver.cursor().copy("COPY bulletin_road (bulletin_id, position, road) FROM STDIN") as copy:
            for (_, rows), one in roads:
                copy.write_row([one, 0, rows[0]["road"]])
        asked = (
            "INSERT INTO question (id, person_id, state, text, asked_at) VALUES (:id, :by, 'open', '', :now)"
        )
        session.execute(text(asked), {"id": new_id(), "by": author, "now": now})
    with home.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE bulletin"))


def _bulletins() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """As editors write: much the same phrases, and in every one something that no other has."""
    chance = random.Random(7)
    words = ["".join(chr(chance.randrange(0x4E00, 0x4E00 + 900)) for _ in range(2)) for _ in range(3000)]
    for number in range(MANY):
        rare = "乌鞘岭隧道有暗冰" if number % 500 == 0 else ""
        phrases = "。".join(chance.choices(_PHRASES, k=6))
        body = f"{phrases}。{rare}{''.join(chance.choices(words, k=15))} 100%_全 Ab{number}"
        road = ("G30", "G22/G6", "S35")[number % 3]
        values = {
            "title": f"示例通告{number}",
            "category": ("road", "policy")[number % 2],
            "body_markdown": body,
            "source": None,
            "stations": ["GS002"] if number % 50 == 0 else [],
        }
        yield values, [{"road": road}]


QUERIES: list[tuple[dict[str, str], int]] = [
    ({}, 20),
    ({"q": "暗冰"}, 20),
    ({"q": "乌鞘岭隧道有暗冰"}, 20),
    ({"q": "冰"}, 20),
    ({"q": "服务区"}, 20),
    ({"q": "没有这几个字"}, 0),
    ({"q": "ab4321"}, 1),
    ({"q": "ＡＢ4321"}, 1),
    ({"q": "%"}, 20),
    ({"q": "0%_全"}, 20),
    ({"q": "_______"}, 0),
    ({"road": "G30"}, 20),
    ({"road": "g6"}, 20),
    ({"road": "G6/G22"}, 20),
    ({"road": "G99"}, 0),
    ({"road": "G30", "category": "road", "q": "暗冰"}, 7),
    ({"station": "GS002"}, 20),
    ({"station": "GS999"}, 0),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=lambda part: str(part))
def test_ten_thousand_bulletins_are_searched_in_time(
    house: Home, query: dict[str, str], expected: int, record_property: Callable[[str, object], None]
) -> None:
    times, wanted, now = [], BulletinQuery.model_validate(query), house.clock.now()
    with house.database.transaction() as session:
        for _ in range(MOST_TRIES):
            begun = time.perf_counter()
            found = reading.public_list(session, wanted, now)
            times.append((time.perf_counter() - begun) * 1000)
            session.expunge_all()
            if times[-1] < BOUND_MS:
                break
    record_property("ms", round(times[-1], 1))
    assert len(found.items) == expected
    assert times[-1] < BOUND_MS
    for item in found.items:
        assert (
            query.get("q", "").isascii() or query["q"] in item.body_html or "ab4321" in item.body_html.lower()
        )


def test_what_a_page_costs_does_not_rise_with_the_rows(house: Home) -> None:
    """Two statements a public page, three for the editors' (with who wrote them), one for the answers."""
    nobody, now = Caller(uuid.uuid4(), ""), house.clock.now()
    for limit in (1, 100):
        page = {"limit": limit}
        assert _cost(house, lambda s, p=page: reading.public_list(s, BulletinQuery(**p), now)) == 2
        assert _cost(house, lambda s, p=page: reading.staff_list(s, nobody, StaffBulletinQuery(**p))) == 3
        assert _cost(house, lambda s, p=page: questions.answered(s, QuestionQuery(**p), now)) == 1


def _cost(home: Home, work: Any) -> int:
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(home.database.engine, "before_cursor_execute", note)
    try:
        with home.database.transaction() as session:
            work(session)
    finally:
        event.remove(home.database.engine, "before_cursor_execute", note)
    return len(seen)


def test_pages_follow_one_another_without_a_gap(house: Home) -> None:
    now, seen, cursor = house.clock.now(), [], None
    with house.database.transaction() as session:
        while True:
            query = BulletinQuery.model_validate({"q": "暗冰", "limit": 7, "cursor": cursor})
            found = reading.public_list(session, query, now)
            seen += [item.title for item in found.items]
            cursor = found.next_cursor
            if cursor is None:
                break
    assert seen == [f"示例通告{number}" for number in range(0, MANY, 500)]
