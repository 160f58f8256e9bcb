"""Mailings: everybody once, credits spent once, and parts that add up."""

import json
import threading
import uuid

import pytest
from sqlalchemy import func, select, text, union_all, update
from sqlalchemy.exc import IntegrityError

from app.foundation.columns import vault
from app.foundation.home import Home
from app.notices import credits, mailings
from app.notices.models import CreditEntry, Delivery, InboxEntry
from app.notices.service import Message, count_unread, inbox_page, mark_read
from app.people.models import Person
from app.wechat.default_templates import DEFAULT_TEMPLATES
from tests.notices.helpers import TEMPLATE, Scripted, at_once, courier, credit_of, crowd, somebody
from tests.notices.mail import EVERYBODY, make, people, plan, plan_one, tally

OTHER = next(template for template in DEFAULT_TEMPLATES if template.scene == "duty").id


def test_everybody_has_it_in_the_inbox_and_whoever_has_credit_is_sent_it(home: Home) -> None:
    with_credit = crowd(home, 10)
    without = [somebody(home, f"without{n}") for n in range(5)]
    everybody, mailing_id = people(home), make(home)
    batches = plan(home, mailing_id)
    assert sum(batches) == everybody
    assert batches[-1] == 0
    assert max(batches) == 7
    counted = tally(home, mailing_id)
    assert (counted.inbox, counted.inbox_only, counted.total) == (everybody, everybody - 10, 10)
    assert counted.queued == 10
    platform = Scripted()
    courier(home, platform).run()
    assert tally(home, mailing_id).sent == 10
    assert len({openid for openid, *_ in platform.asked}) == 10
    assert platform.asked[0][2]["thing1"] == "道路封闭"
    assert platform.asked[0][3] == "pages/b?id=1"
    assert {credit_of(home, person_id) for person_id in with_credit} == {0}
    with home.database.transaction() as session:
        entry = inbox_page(session, without[0], 10, None)[0]
    assert (entry.kind, entry.title, entry.text) == ("bulletin", "道路封闭", "G30 封闭")
    assert entry.ref == {"bulletin_id": "1"}


def test_an_entry_of_a_mailing_is_read_like_any_other(home: Home) -> None:
    person_id = somebody(home, "wang")
    plan(home, make(home))
    with home.database.transaction() as session:
        assert count_unread(session, person_id) == 1
        mark_read(session, home.clock.now(), person_id, inbox_page(session, person_id, 1, None)[0].id)
        assert count_unread(session, person_id) == 0


def test_what_it_says_is_kept_once_and_sealed(home: Home) -> None:
    crowd(home, 3)
    plan(home, make(home, text="谁也不该在磁盘上读到"))
    with home.database.transaction() as session:
        kept = session.execute(text("SELECT text, messages FROM mailing")).all()
        rows = session.execute(text("SELECT title, text FROM inbox_entry WHERE mailing_id IS NOT NULL")).all()
        sent = session.execute(text("SELECT data, page FROM delivery WHERE mailing_id IS NOT NULL")).all()
    assert len(kept) == 1
    assert "谁也不该".encode() not in bytes(kept[0].text)
    assert {tuple(row) for row in [*rows, *sent]} == {(None, None)}


def test_somebody_disabled_or_unknown_to_wechat_has_it_in_the_inbox_only(home: Home) -> None:
    disabled, nameless, known = crowd(home, 3)
    with home.database.transaction() as session:
        session.execute(update(Person).where(Person.id == disabled).values(state="disabled"))
        session.execute(update(Person).where(Person.id == nameless).values(openid=None))
    mailing_id = make(home)
    plan(home, mailing_id)
    with home.database.transaction() as session:
        assert session.scalars(select(Delivery.person_id)).all() == [known]
        told = session.scalars(select(InboxEntry.person_id)).all()
    assert {disabled, nameless, known} <= set(told)
    assert (credit_of(home, disabled), credit_of(home, nameless)) == (1, 1)


def test_people_who_stand_in_the_audience_twice_have_it_once(home: Home) -> None:
    crowd(home, 5)
    mailing_id = make(home)
    twice = select(union_all(EVERYBODY, EVERYBODY).subquery().c.id)
    assert sum(plan(home, mailing_id, 3, twice)) == people(home)
    assert tally(home, mailing_id).inbox == people(home)


def test_without_a_template_for_its_place_it_reaches_the_inbox_only(home: Home) -> None:
    crowd(home, 3)
    for message in (None, Message("no such scene", {}, "")):
        mailing_id = make(home, message=message)
        plan(home, mailing_id)
        counted = tally(home, mailing_id)
        assert (counted.total, counted.inbox_only) == (0, counted.inbox)


def test_a_batch_that_was_cut_off_is_planned_anew_and_nobody_is_lost_or_doubled(home: Home) -> None:
    crowd(home, 20)
    mailing_id = make(home)
    plan_one(home, mailing_id, 7)
    cut_off = home.database.session()
    assert mailings.plan_batch(cut_off, home.clock.now(), mailing_id, EVERYBODY, 7) == 7
    cut_off.close()  # killed before it was committed
    assert tally(home, mailing_id).inbox == 7
    plan(home, mailing_id)
    assert tally(home, mailing_id).inbox == people(home)
    with home.database.transaction() as session:
        spent = session.scalar(select(func.count()).where(CreditEntry.reason == "spent"))
    assert (tally(home, mailing_id).total, spent) == (20, 20)


def test_four_who_plan_the_same_mailing_together_tell_everybody_once(home: Home) -> None:
    crowd(home, 30)
    mailing_id = make(home)
    batches = at_once(4, lambda _: plan(home, mailing_id, 4))
    assert sum(sum(each) for each in batches) == people(home)
    counted = tally(home, mailing_id)
    assert (counted.inbox, counted.total) == (people(home), 30)


def test_the_table_refuses_to_tell_anybody_the_same_mailing_twice(home: Home) -> None:
    """What the cursor promises, the unique keys keep."""
    crowd(home, 1)
    plan(home, make(home))
    for table in ("inbox_entry", "delivery"):
        row = "jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))"
        again = text(f"INSERT INTO {table} SELECT ({row}).* FROM {table} t WHERE mailing_id IS NOT NULL")
        with (
            pytest.raises(IntegrityError, match=f"uq_{table}_mailing"),
            home.database.transaction() as session,
        ):
            session.execute(again)


def test_a_credit_that_is_being_spent_elsewhere_is_lost_cleanly_and_another_one_is_found(home: Home) -> None:
    one, two = somebody(home, "one", credit=1), somebody(home, "two", credit=2)
    mailing_id = make(home)
    with home.database.transaction() as elsewhere:
        for person_id in (one, two):
            assert credits.spend(elsewhere, home.clock.now(), person_id, TEMPLATE, "elsewhere")
        planning = threading.Thread(target=plan, args=(home, mailing_id, 100))
        planning.start()
        planning.join(0.5)
        assert planning.is_alive(), "it waits to see what becomes of the credit"
    planning.join(10)
    assert tally(home, mailing_id).total == 1
    assert (credit_of(home, one), credit_of(home, two)) == (0, 0)


def test_of_several_templates_the_first_for_which_there_is_credit_is_used(home: Home) -> None:
    person_id = somebody(home, "wang")
    with home.database.transaction() as session:
        credits.give(session, home.clock.now(), person_id, OTHER, reason="accepted", source="test")
        mailing_id = mailings.create(session, home.clock.now(), kind="duty", title="一", text="二")
        session.execute(
            text("UPDATE mailing SET messages = :sealed WHERE id = :id"),
            {"id": mailing_id, "sealed": sealed({TEMPLATE: {"thing1": "一"}, OTHER: {"thing1": "二"}})},
        )
    plan(home, mailing_id)
    platform = Scripted()
    courier(home, platform).run()
    assert [(template, data) for _, template, data, _ in platform.asked] == [(OTHER, {"thing1": "二"})]


def sealed(messages: dict[str, dict[str, str]]) -> bytes:
    return vault().seal(json.dumps(messages).encode())


def test_planning_is_a_handful_of_statements_however_many_people(home: Home, statements: list[str]) -> None:
    crowd(home, 40)
    mailing_id = make(home)
    counted = []
    for most in (10, 20):
        statements.clear()
        plan_one(home, mailing_id, most)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 5


def test_how_many_a_message_would_reach(home: Home) -> None:
    crowd(home, 4)
    somebody(home, "without")
    nameless = somebody(home, "nameless", credit=1)
    with home.database.transaction() as session:
        session.execute(update(Person).where(Person.id == nameless).values(openid=None))
        known = session.scalar(select(func.count()).where(Person.openid.is_not(None))) or 0
        alone = EVERYBODY.where(Person.id == nameless)
        assert mailings.reach(session, EVERYBODY, "request") == (people(home), 4, known - 4)
        assert mailings.reach(session, alone, "request") == (1, 0, 0)
        assert mailings.reach(session, EVERYBODY, "duty")[1] == 0, "nobody has credit for that one"


def test_nobody_counts_a_mailing_that_is_not(home: Home) -> None:
    with pytest.raises(KeyError), home.database.transaction() as session:
        mailings.tally(session, uuid.uuid4())
    with pytest.raises(ValueError, match="no such kind"):
        make(home, kind="rumour")
