"""The way back from mailings: what people were told stays readable, unused credits come back."""

import pytest
from sqlalchemy import create_engine, text

from app.foundation import migrate
from app.foundation.columns import vault
from app.foundation.database import driver_url
from app.foundation.home import Home
from app.wechat import Outcome, Sort
from tests.notices.helpers import Scripted, courier, crowd
from tests.notices.mail import make, plan


@pytest.mark.parametrize("sent", [0, 2])
def test_before_mailings_everybody_has_the_text_and_the_credit_of_what_was_not_sent(
    home: Home, database_url: str, sent: int
) -> None:
    crowd(home, 5)
    plan(home, make(home))
    stop = Outcome(Sort.STOP, 45009)
    if sent:
        courier(home, Scripted(*[Outcome(Sort.DONE, 0)] * sent, stop)).run()
    home.database.close()
    migrate.downgrade(database_url, "0003")
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        entries = connection.execute(text("SELECT title, text, ref FROM inbox_entry")).all()
        states = connection.execute(text("SELECT state, count(*) FROM delivery GROUP BY 1")).all()
        balance = connection.scalar(text("SELECT sum(change) FROM credit_entry"))
    engine.dispose()
    assert {entry.title for entry in entries} == {"道路封闭"}
    assert {vault().open(bytes(entry.text)).decode() for entry in entries} == {"G30 封闭"}
    assert dict(states).get("sent", 0) >= sent
    assert dict(states)["expired"] == balance == 5 - dict(states).get("sent", 0)
    migrate.upgrade(database_url)
