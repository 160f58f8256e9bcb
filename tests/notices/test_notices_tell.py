"""Telling somebody: the inbox has it in any case, a message goes out where there is credit."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.foundation.home import Home
from app.notices import credits
from app.notices.models import Delivery, InboxEntry
from app.notices.rules import meaning_of
from app.notices.service import tell
from app.notices.templates import message_data
from app.people.models import Person
from app.settings import Settings, TemplateSettings
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.standin.keywords import complaint
from tests.notices.helpers import (
    MESSAGE,
    TEMPLATE,
    at_once,
    credit_of,
    somebody,
    states,
    tell_one,
    the_delivery,
)
from tests.support.meeting import Meeting


def test_what_is_told_stands_in_the_inbox(home: Home) -> None:
    person_id = somebody(home, "wang")
    entry_id = tell_one(home, person_id)
    with home.database.transaction() as session:
        entry = session.scalars(select(InboxEntry)).one()
    assert (entry.id, entry.person_id, entry.kind, entry.text) == (
        entry_id,
        person_id,
        "request",
        "热水已恢复",
    )
    assert entry.ref == {"kind": "request", "id": "7"}
    assert entry.read_at is None


def test_it_is_told_only_if_what_happened_is_committed(home: Home) -> None:
    person_id = somebody(home, "wang", credit=1)
    session = home.database.session()
    tell(session, home.clock.now(), person_id, kind="request", title="题", text="文", message=MESSAGE)
    session.close()  # what happened was refused after all
    with home.database.transaction() as session:
        assert session.scalars(select(InboxEntry)).all() == []
    assert states(home) == {}
    assert credit_of(home, person_id) == 1


def test_nothing_in_the_tables_can_be_read_without_the_key(home: Home) -> None:
    tell_one(home, somebody(home, "wang", credit=1))
    with home.database.transaction() as session:
        sealed = session.execute(text("SELECT i.text, d.data FROM inbox_entry i, delivery d")).one()
    for piece in sealed:
        assert "热水".encode() not in bytes(piece)


def test_without_credit_only_the_inbox_has_it(home: Home) -> None:
    tell_one(home, somebody(home, "wang"))
    assert states(home) == {}


def test_with_credit_one_message_waits_and_the_credit_is_spent(home: Home) -> None:
    person_id = somebody(home, "wang", credit=2)
    entry_id = tell_one(home, person_id)
    delivery = the_delivery(home)
    assert (delivery.state, delivery.inbox_id, delivery.template_id) == ("queued", entry_id, TEMPLATE)
    assert delivery.page == "pages/request/index?id=7"
    assert credit_of(home, person_id) == 1


def test_an_entry_without_a_message_leaves_the_credit_alone(home: Home) -> None:
    person_id = somebody(home, "wang", credit=1)
    with home.database.transaction() as session:
        tell(session, home.clock.now(), person_id, kind="medical", title="题", text="文")
    assert credit_of(home, person_id) == 1


def test_a_kind_that_the_inbox_does_not_know_is_a_fault(home: Home) -> None:
    with pytest.raises(ValueError), home.database.transaction() as session:
        tell(session, home.clock.now(), uuid.uuid4(), kind="rumour", title="题", text="文")


def test_the_values_stand_at_the_template_s_keywords(home: Home) -> None:
    tell_one(home, somebody(home, "wang", credit=1))
    assert the_delivery(home).data == {
        "thing1": "热水供应",
        "phrase2": "有新答复",
        "thing3": "热水已恢复，二楼开水间可以打水。",
        "time4": "2026年11月22日 15:01",
    }


def test_every_keyword_of_the_default_templates_has_a_meaning() -> None:
    labels = [label for template in DEFAULT_TEMPLATES for label in template.keys.values()]
    assert [label for label in labels if meaning_of(label) is None] == []


def test_the_settings_may_name_the_meaning_itself(settings: Settings) -> None:
    keys = {"thing7": "title", "character_string1": "number", "car_number4": "something else"}
    template = TemplateSettings(id="T", title="题", purpose="用", scene="request", keys=keys)
    now = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)
    data = message_data(template, {"title": "加餐", "number": "GS001-0007"}, now)
    assert data["thing7"] == "加餐"
    assert data["character_string1"] == "GS001-0007"
    assert data["car_number4"]  # a neutral word: an empty value would refuse the whole message


_KEYWORDS = st.sampled_from(
    "thing1 number2 letter3 symbol4 character_string5 time6 date7 amount8 phone_number9 car_number10 name11"
    " phrase12".split()
)


@given(
    st.dictionaries(_KEYWORDS, st.sampled_from(["title", "text", "time"]), min_size=1), st.text(), st.text()
)
def test_whatever_is_told_no_invalid_value_leaves_the_house(
    keys: dict[str, str], title: str, told: str
) -> None:
    template = TemplateSettings(id="T", title="题", purpose="用", scene="request", keys=keys)
    data = message_data(template, {"title": title, "text": told}, datetime(2026, 11, 22, tzinfo=UTC))
    assert data.keys() == keys.keys()
    assert {key: complaint(key, value) for key, value in data.items()} == dict.fromkeys(keys)
    assert json.loads(json.dumps(data)) == data


def tell_many_times_at_once(home: Home, name: str, times: int = 8) -> int:
    """One credit, so many who tell the same person at the same moment; how many messages that makes."""
    person_id = somebody(home, name, credit=1)
    at_once(times, lambda _: tell_one(home, person_id))
    with home.database.transaction() as session:
        mine = InboxEntry.person_id == person_id
        assert len(session.scalars(select(InboxEntry.id).where(mine)).all()) == times
        return len(session.scalars(select(Delivery.id).where(Delivery.person_id == person_id)).all())


def test_eight_tells_at_once_for_one_credit_make_one_delivery(home: Home) -> None:
    assert [tell_many_times_at_once(home, f"p{n}") for n in range(5)] == [1] * 5


def test_without_the_unique_key_they_would_make_several(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: neither commits before both have taken the credit."""
    with home.database.transaction() as session:
        session.execute(text("DROP INDEX uq_credit_entry_takes"))
    monkeypatch.setattr(credits, "spend", Meeting().after(credits.spend))
    assert tell_many_times_at_once(home, "p", times=2) == 2


def test_telling_does_not_wait_for_whoever_holds_the_person(home: Home) -> None:
    """A medical call holds the person and then the request; an answer holds the request and then tells."""
    person_id = somebody(home, "wang", credit=1)
    with home.database.transaction() as holder:
        holder.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
        with home.database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            tell(session, home.clock.now(), person_id, kind="request", title="题", text="文", message=MESSAGE)
    assert states(home) == {"queued": 1}


def test_eight_tells_at_once_for_three_credits_make_three_deliveries(home: Home) -> None:
    person_id = somebody(home, "wang", credit=3)
    at_once(8, lambda _: tell_one(home, person_id))
    assert states(home) == {"queued": 3}
    assert credit_of(home, person_id) == 0
