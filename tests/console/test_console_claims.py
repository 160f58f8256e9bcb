"""A claim at the console: footage first, milestones, papers only for who holds it, faults in their place."""

import re
from typing import Any

from flask import Flask

from tests.claims.helpers import claim, consent, ok, paper
from tests.console.desk_client import Desk
from tests.support.clients import Somebody
from tests.support.days import DAY

HOURS = {"from_at": f"{DAY}T02:00", "until_at": f"{DAY}T05:00"}


def shown(desk: Desk, number: str) -> str:
    answer = desk.get(f"/requests/{number}/insurance")
    assert answer.status_code == 200, answer.text
    return answer.text


def step(desk: Desk, number: str, what: str, **fields: Any) -> Any:
    page = f"/requests/{number}/insurance"
    return desk.post(f"{page}/{what}", page, **fields)


def test_footage_comes_first_and_then_the_steps(driver: Somebody, jia: Desk) -> None:
    number = claim(driver)
    assert f"/console/requests/{number}/insurance" in jia.get(f"/requests/{number}").text
    page = shown(jia, number)
    assert "<b>轮到我们</b>：服务区先保全" in page
    assert "95500" in page
    kept = step(jia, number, "footage", outcome="secured", camera="示例枪机", kept_where="示例机房", **HOURS)
    assert (kept.status_code, kept.location) == (303, f"/console/requests/{number}/insurance")
    page = shown(jia, number)
    assert "示例机房" in page
    assert "<b>轮到司机</b>：报警" in page
    assert step(jia, number, "milestone", kind="police", at=f"{DAY}T08:00").status_code == 303
    seen = ok(driver.get(f"/requests/{number}/insurance"))
    assert (seen["reports"][0]["done_at"], seen["footage"]["title"]) == (
        f"{DAY}T08:00:00+08:00",
        "录像已保全",
    )


def test_a_fault_is_shown_where_it_happened_with_what_was_typed(driver: Somebody, jia: Desk) -> None:
    number = claim(driver)
    wrong = step(jia, number, "footage", outcome="secured", camera="示例枪机")
    assert wrong.status_code == 422
    assert "要写明从几点到几点" in wrong.text
    assert 'value="示例枪机"' in wrong.text
    assert step(jia, number, "milestone", kind="police", at="soon").status_code == 422
    for expected in (303, 409):
        again = step(jia, number, "milestone", kind="insurer", at=f"{DAY}T08:00")
        assert again.status_code == expected
    assert "claim.milestone_exists" in again.text


def test_a_wrong_time_is_corrected_at_the_console(driver: Somebody, jia: Desk) -> None:
    number = claim(driver)
    assert 'id="correct"' not in shown(jia, number), "nothing was noted yet"
    assert step(jia, number, "milestone", kind="police", at=f"{DAY}T08:00").status_code == 303
    assert 'id="correct"' in shown(jia, number)
    wrong = step(jia, number, "milestone", kind="police", at="1900-01-01T08:00", correct="1")
    assert wrong.status_code == 422
    assert '<details id="correct" open>' in wrong.text
    assert 'value="1900-01-01T08:00"' in wrong.text
    assert step(jia, number, "milestone", kind="police", at=f"{DAY}T05:00", correct="1").status_code == 303
    seen = ok(driver.get(f"/requests/{number}/insurance"))
    assert seen["reports"][0]["done_at"] == f"{DAY}T05:00:00+08:00"
    assert "改为" in jia.get(f"/requests/{number}").text


def test_only_who_holds_it_finds_links_to_papers(
    app: Flask, driver: Somebody, jia: Desk, yi: Desk, elsewhere: Desk
) -> None:
    number = claim(driver)
    consent(driver)
    ok(paper(driver, number))
    jia.post(f"/requests/{number}/claim", f"/requests/{number}")
    links = re.findall(r'href="([^"]*/c/documents/[^"]*)"', shown(jia, number))
    assert len(links) == 1
    assert app.test_client().get(links[0].replace("&amp;", "&")).status_code == 200
    assert "/c/documents/" not in shown(yi, number)
    assert elsewhere.get(f"/requests/{number}/insurance").status_code == 404


def test_the_statement_opens_from_the_page(app: Flask, driver: Somebody, jia: Desk) -> None:
    (link,) = re.findall(r'href="([^"]*/c/statements/[^"]*)"', shown(jia, claim(driver)))
    answer = app.test_client().get(link.replace("&amp;", "&"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_what_is_no_claim_has_no_such_page(driver: Somebody, jia: Desk) -> None:
    other = ok(driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}))["id"]
    assert jia.get(f"/requests/{other}/insurance").status_code == 404
    assert "理赔：录像" not in jia.get(f"/requests/{other}").text
