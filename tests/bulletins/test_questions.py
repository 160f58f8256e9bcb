"""政策解答: asked by drivers, answered once, read by everybody, and nobody learns who asked."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.bulletins import questions
from app.bulletins.book import BulletinBook
from app.commands.demo import seed_news
from app.content import checks
from app.foundation.clock import iso
from app.foundation.home import Home
from tests.bulletins.helpers import MovedClock, draft, grant, ok
from tests.support.clients import Somebody, sign_in, stranger
from tests.support.crowd import at_once

ASKED = "混装的鲜百合和冻羊肉能走绿通吗，我电话 13800001234，车 甘A12345"


def ask(driver: Somebody, text: str = ASKED) -> str:
    return str(ok(driver.post("/questions", {"text": text}), 201)["id"])


def answer(who: Somebody, asked: str, /, **given: Any) -> Any:
    return who.post(f"/staff/questions/{asked}/answer", {"text": "能，先预约", **given})


@pytest.fixture
def fresh_book(home: Home) -> None:
    """A book that always looks."""
    home.parts[BulletinBook] = BulletinBook(look_every_s=0)


def test_the_whole_way(app: Flask, home: Home, fresh_book: None, driver: Somebody, editor: Somebody) -> None:
    question = ask(driver)
    assert ok(stranger(app).get("/questions"))["items"] == []
    (waiting,) = ok(editor.get("/staff/questions"))["items"]
    assert waiting["text"] == ASKED
    assert waiting["shown_text"] == "混装的鲜百合和冻羊肉能走绿通吗，我电话 138******34，车 甘A****"
    shown = ok(answer(editor, question, source="示例文号", expires_at="2099-01-01T00:00:00+08:00"))
    assert (shown["state"], shown["answered_by"]) == ("answered", "示例编辑")
    (read,) = ok(stranger(app).get("/questions?q=绿通"))["items"]
    assert (read["text"], read["answer"], read["source"]) == (waiting["shown_text"], "能，先预约", "示例文号")
    assert ok(stranger(app).get("/questions?q=没有"))["items"] == []
    (entry,) = ok(driver.get("/inbox"))["items"]
    assert entry["ref"] == {"kind": "question", "id": question}
    assert "能，先预约" in entry["text"]
    assert ok(editor.get("/staff/questions"))["items"] == []


def test_nothing_that_anybody_reads_says_who_asked(
    app: Flask, home: Home, fresh_book: None, driver: Somebody, editor: Somebody
) -> None:
    ok(driver.put("/me", {"nickname": "老陈"}))
    question = ask(driver)
    seen = editor.get("/staff/questions").text
    seen += answer(editor, question).text + stranger(app).get("/questions").text
    for secret in (driver.user["id"], "老陈"):
        assert secret not in seen
    assert "13800001234" not in stranger(app).get("/questions").text


def test_it_is_answered_once_and_again_when_the_answer_has_expired(
    app: Flask, home: Home, clock: MovedClock, fresh_book: None, driver: Somebody, editor: Somebody
) -> None:
    question = ask(driver)
    end = iso(clock.now() + timedelta(days=1))
    ok(answer(editor, question, expires_at=end))
    late = answer(editor, question, text="别的")
    assert (late.status_code, late.json["code"]) == (409, "question.already_answered")
    assert len(ok(stranger(app).get("/questions"))["items"]) == 1
    clock.ahead += timedelta(days=1, seconds=1)
    assert ok(stranger(app).get("/questions"))["items"] == []
    ok(answer(editor, question, text="新的规定"))
    assert [item["answer"] for item in ok(stranger(app).get("/questions"))["items"]] == ["新的规定"]


def test_of_eight_who_answer_at_once_one_does(
    app: Flask, home: Home, driver: Somebody, editor: Somebody
) -> None:
    for number in range(8):
        grant(home, f"answerer{number}", ("editor", "*"))
    staff = [sign_in(app, f"answerer{number}") for number in range(8)]
    question = ask(driver)
    answers = at_once([lambda s=s: answer(s, question) for s in staff])
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 7}
    assert len(ok(driver.get("/inbox"))["items"]) == 1


def test_a_private_answer_goes_to_the_asker_alone(
    app: Flask, fresh_book: None, driver: Somebody, editor: Somebody
) -> None:
    ok(answer(editor, ask(driver), public=False))
    assert ok(stranger(app).get("/questions"))["items"] == []
    assert len(ok(driver.get("/inbox"))["items"]) == 1


def test_how_a_question_is_shown_is_the_editor_s(
    app: Flask, fresh_book: None, driver: Somebody, editor: Somebody
) -> None:
    ok(answer(editor, ask(driver), question="混装能走绿通吗"))
    assert [item["text"] for item in ok(stranger(app).get("/questions"))["items"]] == ["混装能走绿通吗"]


@pytest.mark.parametrize(
    "given", [{"text": ""}, {"expires_at": "2020-01-01T00:00:00+08:00"}, {"public": "yes"}], ids=str
)
def test_a_faulty_answer_is_refused(driver: Somebody, editor: Somebody, given: dict[str, Any]) -> None:
    assert answer(editor, ask(driver), **given).status_code == 422


def test_an_unknown_question_is_404(editor: Somebody) -> None:
    refused = answer(editor, "01a20000-0000-7000-8000-000000000000")
    assert (refused.status_code, refused.json["code"]) == (404, "question.unknown")


def test_wechat_s_doubt_marks_it_for_the_editors(home: Home, driver: Somebody, editor: Somebody) -> None:
    question = ask(driver)
    handler = checks._handlers[questions.SUBJECT]
    for suggest, marked in (("pass", False), ("review", True)):
        with home.database.transaction() as session:
            handler(session, uuid.UUID(question), suggest, home.clock.now())
        assert ok(editor.get("/staff/questions"))["items"][0]["suspect"] is marked


def test_somebody_erased_leaves_what_everybody_reads_and_nothing_else(
    app: Flask, home: Home, fresh_book: None, driver: Somebody, editor: Somebody
) -> None:
    ok(answer(editor, ask(driver)))
    ok(answer(editor, ask(driver, "只答给我"), public=False))
    ask(driver, "还没人答")
    told = ok(driver.get("/me/export"))["held"]
    assert [one["text"] for one in told["questions"]] == [ASKED, "只答给我", "还没人答"]
    ok(driver.post("/me/erasure", {"confirm": True}), 202)
    assert len(ok(stranger(app).get("/questions"))["items"]) == 1
    assert ok(editor.get("/staff/questions"))["items"] == []
    (left,) = ok(editor.get("/staff/questions?state=answered"))["items"]
    assert "13800001234" not in left["text"]


def test_an_editor_erased_leaves_his_steps_without_a_name(
    home: Home, editor: Somebody, approver: Somebody
) -> None:
    bulletin = draft(editor)
    assert ok(editor.get("/me/export"))["held"]["bulletin_steps"][0]["what"] == "create"
    ok(editor.post("/me/erasure", {"confirm": True}), 202)
    (step,) = ok(approver.get(f"/staff/bulletins/{bulletin}"))["timeline"]
    assert step["by"] == "已注销"


def test_demonstration_data_is_made_once_and_rings_no_phone(app: Flask, home: Home, fresh_book: None) -> None:
    with home.database.transaction() as session:
        assert seed_news(session, home.clock.now()) > 3
        assert seed_news(session, home.clock.now()) == 0
    shown = ok(stranger(app).get("/bulletins"))["items"]
    assert len(shown) == 4
    for item in shown:
        assert "示例" in item["title"] + item["source"]
        assert item["expires_at"] is not None
        if item["category"] in ("policy", "benefit"):
            assert "20" in item["source"], "a source without a date"
    assert len(ok(stranger(app).get("/questions"))["items"]) == 1
    assert ok(sign_in(app, "driver").get("/inbox"))["items"][0]["title"] == "您问的政策有答复了"
