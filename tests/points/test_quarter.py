"""The quarter over HTTP: settled, public for some days, objected to, final, rewarded; who sees it when."""

import io
import uuid
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.foundation.home import Home
from app.points import quarters
from app.points.models import PointsSettlement
from tests.duty.helpers import StoppedClock, member, ok, refused, sql
from tests.points.helpers import Q4, correct, ledger, published, quarter, serve, shanghai, step
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once


@pytest.fixture
def served(home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str) -> str:
    """The first member has served five hours; the id of the attendance."""
    return serve(home, clock, secretary, first, key, hours=5)


def line_of(page: dict[str, Any], who: Somebody) -> dict[str, Any]:
    (found,) = [line for line in page["lines"] if line["member"] == who.user["id"]]
    return dict(found)


def office(who: Somebody, code: str = Q4) -> dict[str, Any]:
    found: dict[str, Any] = ok(who.get(f"/staff/points/quarters/{code}"))
    return found


def objected(who: Somebody, **body: Any) -> Any:
    return who.post(f"/points/quarters/{Q4}/objections", {"text": "示例：少记了一次", **body})


def decided(who: Somebody, objection: str, accept: bool, **body: Any) -> Any:
    return who.post(
        f"/staff/points/objections/{objection}/decide", {"accept": accept, "text": "示例", **body}
    )


def test_a_quarter_goes_its_way_and_no_other(
    clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    assert quarter(first)["state"] == "open"
    refused(step(secretary, "settle"), 409, "points.wrong_state")  # it is not over
    for too_soon in ("publish", "finalize"):
        refused(step(secretary, too_soon), 409, "points.wrong_state")
    clock.at = shanghai(2027, 1, 1, 0)
    settled = ok(step(secretary, "settle"))
    assert (settled["state"], settled["revision"], settled["reproduced"]) == ("settled", 1, True)
    assert ok(step(secretary, "settle"))["revision"] == 2  # again, as long as it is not public
    refused(step(secretary, "finalize"), 409, "points.wrong_state")
    public = ok(step(secretary, "publish", days=5))
    assert (public["state"], public["public_until"]) == ("published", "2027-01-06T00:00:00+08:00")
    for again in ("settle", "publish", "finalize"):
        refused(step(secretary, again), 409, "points.wrong_state")
    clock.at = shanghai(2027, 1, 5, 23, 59)
    refused(step(secretary, "finalize"), 409, "points.wrong_state")
    clock.at = shanghai(2027, 1, 6, 0)
    assert ok(step(secretary, "finalize"))["state"] == "final"
    for never in ("settle", "publish", "finalize"):
        refused(step(secretary, never), 409, "points.wrong_state")


@pytest.mark.parametrize("days", [0, 4, 8, "7"])
def test_a_list_is_public_for_five_to_seven_days(secretary: Somebody, days: object) -> None:
    refused(step(secretary, "publish", days=days), 422, "api.invalid")


def test_scores_are_base_and_what_was_earned_and_ties_share_a_rank(
    app: Flask,
    home: Home,
    clock: StoppedClock,
    secretary: Somebody,
    first: Somebody,
    second: Somebody,
    key: str,
) -> None:
    serve(home, clock, secretary, first, key, hours=5)
    serve(home, clock, secretary, second, key, hours=5, at=shanghai(2026, 11, 23, 9))
    page = published(clock, secretary)
    assert [(line["rank"], line["points"]) for line in page["lines"]] == [(1, 65), (1, 65), (3, 60), (3, 60)]
    assert line_of(page, first)["by_item"] == {"duty": 5}
    assert line_of(page, first)["minutes"] == 300


def test_with_equal_points_whoever_served_longer_comes_first(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, key: str
) -> None:
    serve(home, clock, secretary, first, key, hours=2)
    serve(home, clock, secretary, second, key, hours=2.75)
    page = published(clock, secretary)
    assert [line_of(page, who)["points"] for who in (first, second)] == [62, 62]
    assert [line_of(page, who)["rank"] for who in (first, second)] == [2, 1]


def test_the_ranking_is_seen_in_the_window_and_only_in_the_branch(
    app: Flask, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, served: str
) -> None:
    elsewhere = member(app, "elsewhere", ("member", "GS002"))
    clock.at = shanghai(2027, 1, 1, 9)
    ok(step(secretary, "settle"))
    draft = quarter(second)
    assert (draft["state"], draft["ranking"], draft["mine"], draft["hash"]) == ("settled", None, None, None)
    page = ok(step(secretary, "publish"))
    shown = quarter(second)
    assert [(line["rank"], line["points"]) for line in shown["ranking"]] == [(1, 65)] + [(2, 60)] * 3
    assert [line["mine"] for line in shown["ranking"]].count(True) == 1
    assert (shown["hash"], shown["mine"]["rank"], shown["mine"]["points"]) == (page["hash"], 2, 60)
    assert "积分公示" in [item["title"] for item in ok(second.get("/inbox"))["items"]]
    of_theirs = quarter(elsewhere)
    assert (of_theirs["branch"], of_theirs["state"], of_theirs["ranking"]) == ("GS002", "open", None)
    clock.at = shanghai(2027, 1, 8, 9)
    over = quarter(second)
    assert (over["state"], over["ranking"], over["mine"]["rank"]) == ("published", None, None)
    ok(step(secretary, "finalize"))
    assert (quarter(second)["ranking"], quarter(second)["mine"]["points"]) == (None, 60)


def test_an_objection_is_handled_on_a_record_before_the_quarter_is_final(
    clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, served: str
) -> None:
    refused(objected(second), 409, "points.wrong_state")
    published(clock, secretary)
    refused(objected(second, entry_id=str(uuid.uuid4())), 404, "points.entry_unknown")
    (theirs,) = ok(first.get("/points"))["entries"]
    refused(objected(second, entry_id=theirs["id"]), 404, "points.entry_unknown")
    made = ok(objected(second), 201)
    assert (made["state"], quarter(second)["state"], office(secretary)["open_objections"]) == (
        "open",
        "objection",
        1,
    )
    refused(objected(second), 409, "points.objection_open")
    assert quarter(first)["ranking"] is not None  # still in the window
    (waits,) = ok(secretary.get("/staff/points/objections?state=open"))["items"]
    assert (waits["id"], waits["text"]) == (made["id"], "示例：少记了一次")
    clock.at = shanghai(2027, 1, 9, 9)
    refused(step(secretary, "finalize"), 409, "points.wrong_state")
    refused(decided(secretary, made["id"], False, points=5), 422, "api.invalid")
    told = ok(decided(secretary, made["id"], False))
    assert (told["state"], told["answer"]) == ("rejected", "示例")
    refused(decided(secretary, made["id"], True), 409, "points.wrong_state")
    assert ok(second.get(f"/points/quarters/{Q4}/objections"))["items"][0]["state"] == "rejected"
    assert "积分异议已处理" in [item["title"] for item in ok(second.get("/inbox"))["items"]]
    ok(step(secretary, "finalize"))
    refused(objected(second), 409, "points.wrong_state")


def test_an_accepted_objection_puts_the_ledger_right_and_the_list_is_public_anew(
    clock: StoppedClock, secretary: Somebody, second: Somebody, served: str
) -> None:
    before = published(clock, secretary)
    made = ok(objected(second), 201)
    clock.at = shanghai(2027, 1, 4, 9)
    ok(decided(secretary, made["id"], True, points=7))
    assert ledger(second) == [7]
    page = office(secretary)
    assert (line_of(page, second)["points"], line_of(page, second)["rank"]) == (67, 1)
    assert page["hash"] != before["hash"]
    assert (page["revision"], page["reproduced"], page["state"]) == (2, True, "published")
    book = load_workbook(io.BytesIO(secretary.get(f"/staff/points/quarters/{Q4}/list?format=xlsx").data))
    assert [cell.value for cell in book[Q4][3]][2:] == [67, 0, 0, 0, 7, 0], "on the wall the columns add up"
    assert page["public_until"] == "2027-01-11T09:00:00+08:00"


def test_an_accepted_objection_takes_up_what_duty_corrected_meanwhile(
    clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    published(clock, secretary)
    (entry,) = ok(first.get("/points"))["entries"]
    made = ok(objected(first, entry_id=entry["id"]), 201)
    ok(correct(secretary, served, minutes=240))
    assert line_of(office(secretary), first)["points"] == 65, "the list stands until it is decided about"
    ok(decided(secretary, made["id"], True))
    assert line_of(office(secretary), first)["points"] == 64
    assert ledger(first) == [5, -5, 4]


def test_who_is_not_scored_gets_no_points_by_an_objection_either(
    app: Flask, clock: StoppedClock, secretary: Somebody, served: str
) -> None:
    mobile = member(app, "mobile")
    rows = ok(secretary.get("/staff/members?state=active"))["items"]
    (row,) = [row for row in rows if row["member"] == mobile.user["id"]]
    changed = {"to_branch": "GS001", "kind": "mobile", "reason": "示例"}
    ok(secretary.post(f"/staff/members/{row['id']}/transfer", changed))
    published(clock, secretary)
    made = ok(objected(mobile), 201)["id"]
    refused(decided(secretary, made, True, points=7), 422, "api.invalid")
    ok(decided(secretary, made, True))
    assert ledger(mobile) == []


def test_nobody_decides_about_his_own_objection(
    clock: StoppedClock, secretary: Somebody, committee: Somebody, served: str
) -> None:
    published(clock, secretary)
    made = ok(objected(secretary), 201)["id"]
    refused(decided(secretary, made, True, points=50), 403, "points.own_objection")
    assert "积分公示有异议" not in titles(secretary)
    assert "积分公示有异议" in titles(committee)
    ok(decided(committee, made, False))


def test_nobody_notes_a_reward_of_his_own(
    clock: StoppedClock, secretary: Somebody, committee: Somebody, served: str
) -> None:
    published(clock, secretary)
    clock.at = shanghai(2027, 1, 8, 9)
    ok(step(secretary, "finalize"))
    body = {"member": secretary.user["id"], "text": "示例：季度先锋"}
    refused(step(secretary, "rewards", **body), 403, "points.own_reward")
    ok(step(committee, "rewards", **body), 201)


def titles(who: Somebody) -> list[str]:
    return [item["title"] for item in ok(who.get("/inbox"))["items"]]


def test_another_branch_s_office_sees_none_of_it(
    app: Flask, clock: StoppedClock, secretary: Somebody, second: Somebody, served: str
) -> None:
    published(clock, secretary)
    made = ok(objected(second), 201)["id"]
    other = member(app, "other-secretary", ("secretary", "GS002"))
    refused(decided(other, made, True), 404, "points.objection_unknown")
    refused(other.get(f"/staff/points/quarters/{Q4}?branch=GS001"), 404, "api.not_found")
    refused(step(other, "settle", branch="GS001"), 404, "api.not_found")
    assert ok(other.get("/staff/points/objections"))["items"] == []
    upper = member(app, "upper", ("committee", "*"))
    refused(upper.get(f"/staff/points/quarters/{Q4}"), 422, "api.invalid")
    assert ok(upper.get(f"/staff/points/quarters/{Q4}?branch=GS001"))["state"] == "objection"


def test_rewards_follow_once_the_quarter_is_final(
    app: Flask, clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    body = {"member": first.user["id"], "text": "示例：季度先锋"}
    page = published(clock, secretary)
    refused(step(secretary, "rewards", **body), 409, "points.wrong_state")
    clock.at = shanghai(2027, 1, 8, 9)
    ok(step(secretary, "finalize"))
    ok(step(secretary, "rewards", **body), 201)
    refused(step(secretary, "rewards", **body), 409, "points.rewarded")
    refused(step(secretary, "rewards", member=str(uuid.uuid4()), text="示例"), 404, "points.unknown")
    assert quarter(first)["mine"]["reward"] == "示例：季度先锋"
    assert line_of(office(secretary), first)["reward"] == "示例：季度先锋"
    assert page["reproduced"]


def test_a_member_who_moved_in_mid_quarter_appears_once_with_all_he_earned(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, key: str
) -> None:
    mover = member(app, "mover", ("member", "GS003"))
    old, upper = member(app, "old", ("secretary", "GS003")), member(app, "upper", ("committee", "*"))
    serve(home, clock, secretary, mover, key, hours=2)
    listed = ok(old.get("/staff/members"))["items"]
    (line,) = [each for each in listed if each["member"] == mover.user["id"]]
    ok(old.post(f"/staff/members/{line['id']}/transfer", {"to_branch": "GS001", "reason": "示例"}))
    (wish,) = ok(secretary.get("/staff/members?state=pending"))["items"]
    ok(secretary.post(f"/staff/members/{wish['id']}/verify"))
    serve(home, clock, secretary, mover, key, hours=3)
    assert [entry["branch"] for entry in ok(mover.get("/points"))["entries"]] == ["GS001", "GS003"]
    clock.at = shanghai(2027, 1, 1, 9)
    pages = [ok(step(upper, "settle", branch=branch)) for branch in ("GS001", "GS003")]
    assert [mover.user["id"] in [line["member"] for line in page["lines"]] for page in pages] == [True, False]
    assert line_of(pages[0], mover)["points"] == 65


def test_who_left_before_the_end_and_who_is_mobile_is_not_in_the_list(
    app: Flask, clock: StoppedClock, secretary: Somebody
) -> None:
    gone, mobile = member(app, "gone"), member(app, "mobile")
    lines = {line["member"]: line["id"] for line in ok(secretary.get("/staff/members"))["items"]}
    ok(secretary.post(f"/staff/members/{lines[gone.user['id']]}/leave", {"reason": "示例"}))
    change = {"to_branch": "GS001", "kind": "mobile", "reason": "示例"}
    ok(secretary.post(f"/staff/members/{lines[mobile.user['id']]}/transfer", change))
    listed = {line["member"] for line in published(clock, secretary)["lines"]}
    assert not listed & {gone.user["id"], mobile.user["id"]}
    refused(gone.get(f"/points/quarters/{Q4}"), 404, "points.unknown")
    assert quarter(mobile)["mine"] is None


def test_the_snapshot_is_the_same_again_whatever_comes_later(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    page = published(clock, secretary)
    ok(correct(secretary, served, minutes=60))
    again = office(secretary)
    assert (again["hash"], again["reproduced"]) == (page["hash"], True)
    with home.database.transaction() as session:
        session.execute(PointsSettlement.__table__.update().values(hash="0" * 64))
    assert office(secretary)["reproduced"] is False


def test_a_list_stays_whole_when_somebody_of_it_is_erased(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, served: str
) -> None:
    published(clock, secretary)
    ok(objected(first), 201)
    held = ok(first.get("/me/export"))["held"]["points"]
    assert (held["entries"][0]["points"], held["quarters"][0]["points"]) == (5, 65)
    assert held["objections"][0]["text"] == "示例：少记了一次"
    before = len(office(secretary)["lines"])
    ok(first.post("/me/erasure", {"confirm": True, "force": True}), 202)
    page = office(secretary)
    assert len(page["lines"]) == before
    assert [line["name"] for line in page["lines"] if line["member"] is None] == ["已注销"]
    assert page["open_objections"] == 0
    for table in ("entry", "objection", "score"):
        found = sql(home, f"SELECT 1 FROM points_{table} WHERE person_id = :p", p=first.user["id"])
        assert found == [], table


def test_the_list_is_a_pdf_and_a_spreadsheet_once_it_is_published(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    path = f"/staff/points/quarters/{Q4}/list"
    refused(secretary.get(path), 409, "points.wrong_state")
    with home.database.transaction() as session:
        session.execute(quarters.Person.__table__.update().where(
            quarters.Person.id == uuid.UUID(first.user["id"])).values(name="=1+1"))  # fmt: skip
    page = published(clock, secretary)
    pdf = secretary.get(path)
    assert (pdf.status_code, pdf.mimetype, pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert 'filename="points-2026Q4.pdf"' in pdf.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(secretary.get(f"{path}?format=xlsx").data))
    rows = [[cell.value for cell in row] for row in book[Q4].iter_rows()]
    assert "2026 年第 4 季度党员积分公示" in rows[0][0]
    assert rows[1] == ["名次", "姓名", "得分", "值守", "组织生活", "教育培训", "异议更正", "往季更正"]
    assert rows[2] == [1, "=1+1", 65, 5, 0, 0, 0, 0]
    assert book[Q4].cell(3, 2).data_type == "s"
    assert any(page["hash"] in str(row[0]) for row in rows)
    refused(first.get(path), 404, "api.not_found")


def test_many_who_settle_publish_and_finalize_at_once_do_it_once(
    home: Home, clock: StoppedClock, secretary: Somebody, committee: Somebody, served: str
) -> None:
    clock.at = shanghai(2027, 1, 1, 9)
    both = [secretary, committee] * 4
    answers = at_once([lambda who=who: step(who, "settle").status_code for who in both])
    assert set(answers) == {200}
    assert office(secretary)["revision"] == 8
    answers = at_once([lambda who=who: step(who, "publish").status_code for who in both])
    assert sorted(answers) == [200] + [409] * 7
    clock.at = shanghai(2027, 1, 8, 9)
    answers = at_once([lambda who=who: step(who, "finalize").status_code for who in both])
    assert sorted(answers) == [200] + [409] * 7


def test_decisions_at_once_count_once(
    clock: StoppedClock, secretary: Somebody, committee: Somebody, second: Somebody, served: str
) -> None:
    published(clock, secretary)
    made = ok(objected(second), 201)["id"]
    acts = [
        lambda who=who: decided(who, made, True, points=3).status_code for who in [secretary, committee] * 4
    ]
    assert sorted(at_once(acts)) == [200] + [409] * 7
    assert ledger(second) == [3]


def test_an_unknown_quarter_is_not_there(secretary: Somebody, first: Somebody) -> None:
    for code in ("2026Q5", "x", "2026Q44"):
        refused(first.get(f"/points/quarters/{code}"), 404, "points.unknown")
        refused(step(secretary, "settle", code), 404, "points.unknown")


def test_the_quarter_takes_as_many_statements_for_few_members_as_for_many(
    app: Flask, clock: StoppedClock, secretary: Somebody, first: Somebody, statements: list[str]
) -> None:
    published(clock, secretary)

    def count(act: Any) -> int:
        del statements[:]
        act()
        return len(statements)

    office(secretary)  # that it was read is written down once
    quarter(first)  # and a sign-in is prolonged once a day
    looks = (lambda: quarter(first), lambda: office(secretary))
    few = [count(look) for look in looks]
    sql_many(app)
    assert [count(look) for look in looks] == few == [7, 10]


def sql_many(app: Flask) -> None:
    """Twenty more members of the branch, with a line each in the list that is public."""
    home: Home = app.extensions["home"]
    for number in range(20):
        sign_in(app, f"many{number}")
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO points_score"
            " (quarter, mark, branch, person_id, rank, points, earned, minutes, by_item)"
            " SELECT '2026Q4', p.id::text, 'GS001', p.id, 9, 60, 0, 0, '{}' FROM person p"
            " LEFT JOIN points_score s ON s.person_id = p.id WHERE s.mark IS NULL"
        )
