"""One accept, one credit, whoever tells of it first; a template switched off empties what came before."""

import itertools
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from app.foundation.home import Home
from app.notices import accepts, credits
from app.notices import events as notices_events
from app.notices.service import earn
from app.settings import Settings
from app.wechat.callback import Event
from app.wechat.callback.work import work_off
from app.wechat.standin.demo import demo_openid
from tests.notices.helpers import TEMPLATE, at_once, credit_of, somebody
from tests.support.clients import Somebody
from tests.support.meeting import Meeting
from tests.wechat.pushes import DRIVER, WeChatServer, event, popup, switched, with_push

_names = itertools.count()


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(with_push(settings))


@pytest.fixture
def wechat(app: Flask, home: Home) -> "Tapping":
    return Tapping(app)


class Tapping(WeChatServer):
    """Pushes, and works off what was pushed at once."""

    def tell(self, *messages: dict[str, object]) -> None:
        for message in messages:
            answer = self.push(message)
            assert answer.text == "success", answer.text
        work_off(self.app.extensions["home"])


def tap(driver: Somebody, word: str = "accept") -> None:
    """The phone reports a tap."""
    assert driver.post("/subscriptions", {"results": {TEMPLATE: word}}).status_code == 204


def credit(home: Home, driver: Somebody) -> int:
    return credit_of(home, uuid.UUID(driver.user["id"]))


def test_the_phone_first_and_then_the_event_are_one(home: Home, driver: Somebody, wechat: Tapping) -> None:
    tap(driver)
    wechat.tell(popup(TEMPLATE))
    assert credit(home, driver) == 1


def test_the_event_first_and_then_the_phone_are_one(home: Home, driver: Somebody, wechat: Tapping) -> None:
    wechat.tell(popup(TEMPLATE))
    assert credit(home, driver) == 1
    tap(driver)
    assert credit(home, driver) == 1


def test_each_alone_is_one(home: Home, driver: Somebody, wechat: Tapping) -> None:
    """A silent accept has no event; a report that was lost leaves only the event."""
    tap(driver)
    assert credit(home, driver) == 1
    wechat.tell(popup(TEMPLATE, at=time.time() + 3600))  # another tap, an hour later
    assert credit(home, driver) == 2


def test_two_taps_told_of_by_both_in_any_order_are_two(home: Home, driver: Somebody, wechat: Tapping) -> None:
    now = time.time()
    tap(driver)
    tap(driver)
    wechat.tell(popup(TEMPLATE, at=now + 2), popup(TEMPLATE, at=now))
    assert credit(home, driver) == 2


def test_an_event_delivered_again_is_no_second_witness(home: Home, driver: Somebody, wechat: Tapping) -> None:
    once = popup(TEMPLATE)
    wechat.tell(once, once)
    wechat.tell(once)
    tap(driver)
    assert credit(home, driver) == 1
    tap(driver)
    assert credit(home, driver) == 2


def test_a_phone_that_reports_days_later_is_another_tap(
    home: Home, driver: Somebody, wechat: Tapping
) -> None:
    wechat.tell(popup(TEMPLATE, at=time.time() - 47 * 3600))
    tap(driver)
    assert credit(home, driver) == 1
    wechat.tell(popup(TEMPLATE, at=time.time() - 49 * 3600))
    tap(driver)
    assert credit(home, driver) == 3


def test_several_templates_come_as_a_list_and_each_counts_for_itself(
    home: Home, driver: Somebody, wechat: Tapping
) -> None:
    other = "ShiLiMoBan-GongGaoTuiSong-00000000000000003"
    items = [
        {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0"},
        {"TemplateId": other, "SubscribeStatusString": "reject", "PopupScene": "0"},
        {"TemplateId": "not-ours", "SubscribeStatusString": "accept", "PopupScene": "0"},
    ]
    wechat.tell(event("subscribe_msg_popup_event", List=items))
    person = uuid.UUID(driver.user["id"])
    with home.database.transaction() as session:
        have = [credits.balance(session, person, t) for t in (TEMPLATE, other, "not-ours")]
    assert have == [1, 0, 0]


def test_a_refused_dialog_takes_nothing_away(home: Home, driver: Somebody, wechat: Tapping) -> None:
    tap(driver)
    wechat.tell(popup(TEMPLATE, "reject", at=time.time() + 5))
    assert credit(home, driver) == 1


def test_switching_off_empties_and_switching_on_earns_nothing(
    home: Home, driver: Somebody, wechat: Tapping
) -> None:
    tap(driver)
    tap(driver)
    wechat.tell(switched(TEMPLATE))  # within the same second, as WeChat counts them
    assert credit(home, driver) == 0
    wechat.tell(switched(TEMPLATE, "accept", at=time.time() + 2))
    assert credit(home, driver) == 0
    tap(driver)
    assert credit(home, driver) == 1


def test_what_was_accepted_after_switching_off_stays_in_whatever_order_it_is_told(
    home: Home, driver: Somebody, wechat: Tapping
) -> None:
    now = int(time.time())
    wechat.tell(popup(TEMPLATE, at=now - 30))
    wechat.tell(popup(TEMPLATE, at=now - 10))
    wechat.tell(switched(TEMPLATE, at=now - 20))  # late: between the two
    assert credit(home, driver) == 1
    wechat.tell(popup(TEMPLATE, at=now - 25))  # later still, and void: it came before the switch
    assert credit(home, driver) == 1


def test_events_that_wait_together_are_worked_off_in_the_order_of_their_times(
    home: Home, driver: Somebody, wechat: Tapping
) -> None:
    now = int(time.time())
    wechat.tell(switched(TEMPLATE, at=now - 5), popup(TEMPLATE, at=now - 9), popup(TEMPLATE, at=now - 1))
    assert credit(home, driver) == 1


def test_somebody_unknown_earns_nothing_and_harms_nothing(home: Home, wechat: Tapping) -> None:
    wechat.tell(popup(TEMPLATE, openid="oNobodyEverSignedInAsThis000"), switched(TEMPLATE, openid="oNobody"))
    with home.database.transaction() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM credit_entry").scalar() == 0


def test_sixteen_reports_of_eight_taps_at_once_are_eight(home: Home) -> None:
    """Eight phones' reports and eight events at the same moment, for one person."""
    person = somebody(home, "tapping")
    assert _race(home, person) == 8


def test_without_the_lock_they_would_be_more(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: only the anchor taken away, both reports of a tap find that nobody has told of it."""
    monkeypatch.setattr(accepts, "lock", lambda *_: None)
    monkeypatch.setattr(accepts, "_earn", Meeting().after(accepts._earn))
    assert _race(home, somebody(home, "tapping"), reports=2) == 2


def _race(home: Home, person: uuid.UUID, reports: int = 16) -> int:
    now = home.clock.now()

    def report(n: int) -> None:
        with home.database.transaction() as session:
            if n % 2:
                earn(session, now, person, {TEMPLATE: "accept"})
            else:
                accepts.lock(session, person)
                accepts.from_event(session, now + timedelta(seconds=n), person, TEMPLATE)

    at_once(reports, report)
    return credit_of(home, person)


Told = tuple[str, int]
TOLD = st.lists(
    st.tuples(st.sampled_from(["phone", "event", "off", "spend"]), st.integers(0, 20)), max_size=14
)


@hypothesis(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=TOLD)
def test_whatever_is_told_in_whatever_order_there_is_never_a_credit_without_an_accept(
    home: Home, told: list[Told]
) -> None:
    """Balance = sum of the ledger, never below zero, never more than both told of."""
    name = f"told{next(_names)}"
    person = somebody(home, name)
    start = home.clock.now()
    phone = event_count = 0
    for number, (what, minute) in enumerate(told):
        now = start + timedelta(minutes=number)
        at = start + timedelta(minutes=minute)
        with home.database.transaction() as session:
            if what == "phone":
                earn(session, now, person, {TEMPLATE: "accept"})
                phone += 1
            elif what == "event":
                item = {"TemplateId": TEMPLATE, "SubscribeStatusString": "accept"}
                notices_events.answered(session, Event("x", demo_openid(name), at, (item,), {}), now)
                event_count += 1
            elif what == "off":
                item = {"TemplateId": TEMPLATE, "SubscribeStatusString": "reject"}
                notices_events.changed(session, Event("x", demo_openid(name), at, (item,), {}), now)
            else:
                credits.spend(session, now, person, TEMPLATE, "test")
        assert 0 <= credit_of(home, person) <= phone + event_count


def test_the_driver_of_these_tests_is_who_the_events_are_about(driver: Somebody) -> None:
    assert demo_openid("driver") == DRIVER
