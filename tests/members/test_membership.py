"""Membership over HTTP: declared, verified, transferred, ended; its history stays, nobody else sees it."""

import uuid
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from app.people import service as people
from tests.duty.helpers import StoppedClock, counted, make_shift, member, ok, refused, sign_up, sql
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once

DECLARED = {"branch": "GS001", "kind": "mobile", "name": "示例党员", "certificate_no": "示例证001"}


def declare(who: Somebody, **changed: Any) -> Any:
    return who.post("/me/membership", DECLARED | changed)


def waiting(office: Somebody, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in ({"state": "pending"} | query).items())
    found: list[dict[str, Any]] = ok(office.get(f"/staff/members?{asked}"))["items"]
    return found


def branch_inbox(who: Somebody) -> list[str]:
    return [item["title"] for item in ok(who.get("/inbox"))["items"] if item["kind"] == "branch"]


def verified(newcomer: Somebody, secretary: Somebody, **changed: Any) -> str:
    """A member of GS001; the id of the membership."""
    ok(declare(newcomer, **changed), 201)
    found: str = waiting(secretary)[0]["id"]
    ok(secretary.post(f"/staff/members/{found}/verify"))
    return found


def test_a_declaration_waits_for_the_secretary_and_makes_a_member(
    newcomer: Somebody, secretary: Somebody
) -> None:
    refused(newcomer.get("/me/membership"), 404, "member.unknown")
    assert ok(newcomer.get("/me"))["member"] is None
    declared = ok(declare(newcomer), 201)
    assert (declared["current"], declared["pending"]["state"]) == (None, "pending")
    refused(declare(newcomer), 409, "member.already")
    refused(newcomer.get("/duty/shifts"), 403, "duty.members_only")
    assert branch_inbox(secretary) == ["有党员报到，请核实"]
    (line,) = waiting(secretary)
    assert (line["name"], line["certificate_no"], line["kind"]) == ("示例党员", "示例证001", "mobile")
    ok(secretary.post(f"/staff/members/{line['id']}/verify"))
    refused(secretary.post(f"/staff/members/{line['id']}/verify"), 409, "member.wrong_state")
    mine = ok(newcomer.get("/me"))
    assert (mine["member"]["state"], mine["member"]["branch"], mine["roles"]) == (
        "active",
        "GS001",
        ["driver", "member"],
    )
    assert branch_inbox(newcomer) == ["党员身份已核实"]
    ok(newcomer.get("/duty/shifts"))


def test_without_a_separate_consent_nothing_is_kept(app: Flask, home: Home, clock: StoppedClock) -> None:
    refused(declare(sign_in(app, "newcomer")), 409, "member.consent_needed")
    assert sql(home, "SELECT count(*) FROM membership WHERE state = 'pending'") == [(0,)]


def test_a_refused_declaration_can_be_made_again(newcomer: Somebody, secretary: Somebody) -> None:
    ok(declare(newcomer), 201)
    path = f"/staff/members/{waiting(secretary)[0]['id']}"
    ok(secretary.post(f"{path}/refuse", {"reason": "示例：不是本支部的党员"}))
    refused(secretary.post(f"{path}/verify"), 409, "member.wrong_state")
    page = ok(newcomer.get("/me/membership"))
    assert [(row["state"], row["reason"]) for row in page["history"]] == [
        ("refused", "示例：不是本支部的党员")
    ]
    ok(declare(newcomer), 201)


def take_back(who: Somebody) -> Any:
    return who.call("DELETE", "/me/membership")


def test_a_declaration_can_be_taken_back_while_nobody_has_decided(
    home: Home, newcomer: Somebody, secretary: Somebody
) -> None:
    ok(declare(newcomer), 201)
    assert take_back(newcomer).status_code == 204
    assert waiting(secretary) == []
    refused(newcomer.get("/me/membership"), 404, "member.unknown")
    refused(take_back(newcomer), 404, "member.unknown")
    assert sql(home, "SELECT count(*) FROM audit_entry WHERE action = 'member.taken_back'") == [(1,)]
    verified(newcomer, secretary)
    refused(take_back(newcomer), 404, "member.unknown")
    assert ok(newcomer.get("/me/membership"))["current"]["state"] == "active"


def test_a_transfer_is_not_the_member_s_to_take_back(newcomer: Somebody, secretary: Somebody) -> None:
    mine = verified(newcomer, secretary)
    ok(secretary.post(f"/staff/members/{mine}/transfer", {"to_branch": "GS002", "reason": "示例：搬家"}))
    refused(take_back(newcomer), 404, "member.unknown")
    assert ok(newcomer.get("/me/membership"))["pending"]["branch"] == "GS002"


def test_taken_back_and_verified_at_once_one_of_them_wins(newcomer: Somebody, secretary: Somebody) -> None:
    ok(declare(newcomer), 201)
    path = f"/staff/members/{waiting(secretary)[0]['id']}/verify"
    verifying = [lambda: secretary.post(path).status_code] * 4
    answers = at_once([*verifying, *[lambda: take_back(newcomer).status_code] * 4])
    assert sorted(answer for answer in answers if answer < 300) in ([200], [204])
    assert newcomer.get("/duty/shifts").status_code == (200 if 200 in answers else 403)


def test_a_transfer_needs_both_secretaries_and_keeps_what_was(
    newcomer: Somebody, secretary: Somebody, other_secretary: Somebody, clock: StoppedClock
) -> None:
    path = f"/staff/members/{verified(newcomer, secretary)}"
    clock.go(days=1)
    body = {"to_branch": "GS002", "kind": "fixed", "reason": "示例：工作调动"}
    refused(other_secretary.post(f"{path}/transfer", body), 404, "member.unknown")
    ok(secretary.post(f"{path}/transfer", body))
    refused(secretary.post(f"{path}/transfer", body), 409, "member.already")
    assert ok(newcomer.get("/me"))["member"]["branch"] == "GS001"
    (line,) = waiting(other_secretary)
    refused(secretary.post(f"/staff/members/{line['id']}/verify"), 404, "member.unknown")
    ok(other_secretary.post(f"/staff/members/{line['id']}/verify"))
    page = ok(newcomer.get("/me/membership"))
    assert (page["current"]["branch"], page["current"]["kind"]) == ("GS002", "fixed")
    assert [(row["branch"], row["state"]) for row in page["history"]] == [("GS001", "transferred")]
    assert page["history"][0]["ended_at"] == page["current"]["since"]


def test_a_change_of_kind_within_the_branch_is_done_at_once(newcomer: Somebody, secretary: Somebody) -> None:
    path = f"/staff/members/{verified(newcomer, secretary)}/transfer"
    same = {"to_branch": "GS001", "kind": "mobile", "reason": "示例"}
    refused(secretary.post(path, same), 409, "member.same_branch")
    ok(secretary.post(path, same | {"kind": "fixed"}))
    page = ok(newcomer.get("/me/membership"))
    assert (page["current"]["kind"], page["history"][0]["kind"]) == ("fixed", "mobile")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("transfer", {"to_branch": "GS002", "reason": "示例"}),
        ("transfer", {"to_branch": "GS001", "kind": "mobile", "reason": "示例"}),
        ("leave", {"reason": "示例"}),
    ],
)
def test_nobody_moves_himself(app: Flask, secretary: Somebody, act: str, body: dict[str, str]) -> None:
    (own,) = [row for row in waiting(secretary, state="active") if row["member"] == secretary.user["id"]]
    path = f"/staff/members/{own['id']}/{act}"
    refused(secretary.post(path, body), 403, "member.own_matter")
    ok(member(app, "superior", ("committee", "*")).post(path, body))


def test_nobody_verifies_himself_and_his_declaration_goes_to_the_superior(app: Flask) -> None:
    """The only secretary of a branch, himself a member of another, declares to his own."""
    only = member(app, "only", ("secretary", "GS003"))
    superior = member(app, "superior", ("secretary", "*"))
    (first,) = waiting(only, state="active")
    ok(superior.post(f"/staff/members/{first['id']}/transfer", {"to_branch": "GS002", "reason": "示例"}))
    (asked,) = waiting(superior, branch="GS002")
    ok(superior.post(f"/staff/members/{asked['id']}/verify"))
    assert branch_inbox(superior) == ["有党员转入，请核实"]
    grant(app, only, "secretary", "GS002")
    (moved,) = waiting(only, branch="GS002", state="active")
    back = f"/staff/members/{moved['id']}/transfer"
    refused(only.post(back, {"to_branch": "GS003", "reason": "示例"}), 403, "member.own_matter")
    ok(superior.post(back, {"to_branch": "GS003", "reason": "示例"}))
    grant(app, only, "secretary", "GS003")
    (mine,) = waiting(only, branch="GS003")
    for act, body in (("verify", None), ("refuse", {"reason": "示例"})):
        refused(only.post(f"/staff/members/{mine['id']}/{act}", body), 403, "member.own_matter")
    assert branch_inbox(superior) == ["有党员转入，请核实"] * 2
    ok(superior.post(f"/staff/members/{mine['id']}/verify"))


def grant(app: Flask, who: Somebody, role: str, place: str) -> None:
    """Roles of an office that come from the command line."""
    home: Home = app.extensions["home"]
    with home.database.transaction() as session:
        people.grant(session, uuid.UUID(who.user["id"]), role, place, home.clock.now())


def test_who_leaves_gives_up_places_and_roles(
    app: Flask, home: Home, newcomer: Somebody, secretary: Somebody
) -> None:
    membership = verified(newcomer, secretary)
    shift = make_shift(secretary)
    ok(sign_up(newcomer, shift), 201)
    second = sign_in(app, "member2")
    ok(sign_up(second, shift, waitlist=True), 201)
    ok(secretary.post(f"/staff/members/{membership}/leave", {"reason": "示例：退出"}))
    assert counted(home, shift) == (1, 1, 1, 0, 0)
    assert ok(second.get(f"/duty/shifts/{shift}"))["mine"] == "confirmed"
    assert ok(newcomer.get("/me"))["roles"] == ["driver"]
    refused(
        secretary.post(f"/staff/members/{membership}/leave", {"reason": "示例"}), 409, "member.wrong_state"
    )


def test_a_transfer_gives_up_only_posts_that_the_old_branch_keeps_for_its_own(
    home: Home, newcomer: Somebody, secretary: Somebody, other_secretary: Somebody
) -> None:
    path = f"/staff/members/{verified(newcomer, secretary)}"
    own, open_to_all = make_shift(secretary, 48, open_to="branch"), make_shift(secretary, 96)
    for shift in (own, open_to_all):
        ok(sign_up(newcomer, shift), 201)
    ok(secretary.post(f"{path}/transfer", {"to_branch": "GS002", "reason": "示例"}))
    ok(other_secretary.post(f"/staff/members/{waiting(other_secretary)[0]['id']}/verify"))
    assert [counted(home, shift)[1] for shift in (own, open_to_all)] == [0, 1]


def test_a_role_given_on_the_command_line_makes_a_fixed_member_once(app: Flask, clock: StoppedClock) -> None:
    somebody = member(app, "granted", ("member", "GS003"), ("secretary", "GS001"))
    page = ok(somebody.get("/me/membership"))
    assert (page["current"]["branch"], page["current"]["kind"], page["history"]) == ("GS003", "fixed", [])
    assert ok(sign_in(app, "member").get("/me"))["member"]["branch"] == "GS001"


def test_who_has_several_branches_says_which(app: Flask, clock: StoppedClock) -> None:
    office = member(app, "upper", ("committee", "*"))
    refused(office.get("/staff/members"), 422, "api.invalid")
    ok(office.get("/staff/members?branch=GS001"))
    of_one = member(app, "of-one", ("secretary", "GS002"))
    refused(of_one.get("/staff/members?branch=GS001"), 404, "api.not_found")


@pytest.mark.parametrize("who", ["driver", "staff", "supervisor", "admin", "auditor", "member"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/staff/members"),
        ("GET", "/staff/members/receipts?branch=GS001"),
        ("GET", "/staff/points/quarters/2026Q4"),
        ("POST", "/staff/points/quarters/2026Q4/settle"),
        ("GET", "/staff/points/objections"),
        ("GET", "/staff/points/rules"),
    ],
)
def test_to_who_has_no_office_it_is_as_if_there_were_no_members_and_no_points(
    app: Flask, clock: StoppedClock, who: str, method: str, path: str
) -> None:
    somebody = sign_in(app, who)
    told = [somebody.call(method, asked) for asked in (path, "/staff/nothing-is-here")]
    assert [answer.status_code for answer in told] == [404, 404]
    seen, nothing = ({**answer.json, "request_id": ""} for answer in told)
    assert seen == nothing


def test_who_never_was_a_member_has_no_receipts_either(app: Flask, clock: StoppedClock) -> None:
    refused(sign_in(app, "driver").get("/me/receipts"), 404, "member.unknown")
    assert ok(sign_in(app, "member").get("/me/receipts"))["items"] == []


@pytest.mark.parametrize("who", ["driver", "staff", "supervisor", "admin", "auditor", "member"])
def test_membership_is_nobody_else_s_business(
    app: Flask, newcomer: Somebody, secretary: Somebody, who: str
) -> None:
    membership = verified(newcomer, secretary)
    somebody = sign_in(app, who)
    refused(somebody.get("/staff/members"), 404, "api.not_found")
    refused(somebody.post(f"/staff/members/{membership}/verify"), 404, "api.not_found")
    newcomer.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"})
    for path in ("/staff/requests", "/staff/checkins", "/stations/GS001", "/board"):
        told = somebody.get(path).text
        assert "membership" not in told
        assert "党员" not in told, path


def test_reading_the_list_leaves_a_trace_once_a_quarter_of_an_hour(home: Home, secretary: Somebody) -> None:
    for _ in range(3):
        ok(secretary.get("/staff/members"))
    assert sql(home, "SELECT count(*) FROM audit_entry WHERE action = 'member.list_read'") == [(1,)]


def test_the_list_takes_as_many_statements_for_one_as_for_many(
    app: Flask, secretary: Somebody, statements: list[str]
) -> None:
    ok(secretary.get("/staff/members"))
    del statements[:]
    ok(secretary.get("/staff/members"))
    few = len(statements)
    for number in range(8):
        member(app, f"crowd{number}")
    del statements[:]
    assert len(ok(secretary.get("/staff/members"))["items"]) > 8
    assert len(statements) == few == 4


def test_many_secretaries_at_once_verify_a_declaration_once(
    home: Home, newcomer: Somebody, secretary: Somebody
) -> None:
    ok(declare(newcomer), 201)
    path = f"/staff/members/{waiting(secretary)[0]['id']}/verify"
    answers = at_once([lambda: secretary.post(path).status_code] * 8)
    assert sorted(answers) == [200] + [409] * 7
    person = newcomer.user["id"]
    assert sql(home, "SELECT state FROM membership WHERE person_id = :p", p=person) == [("active",)]


def test_what_is_held_is_in_the_file_and_goes_with_its_person(
    home: Home, newcomer: Somebody, secretary: Somebody
) -> None:
    verified(newcomer, secretary)
    held = ok(newcomer.get("/me/export"))["held"]["membership"]
    assert held["memberships"][0]["certificate_no"] == "示例证001"
    ok(newcomer.post("/me/erasure", {"confirm": True, "force": True}), 202)
    person = newcomer.user["id"]
    assert sql(home, "SELECT 1 FROM membership WHERE person_id = :p", p=person) == []


def test_names_and_numbers_lie_encrypted(home: Home, newcomer: Somebody, secretary: Somebody) -> None:
    verified(newcomer, secretary)
    (row,) = sql(home, "SELECT name, certificate_no FROM membership WHERE name IS NOT NULL")
    assert all("示例".encode() not in bytes(cell) for cell in row)
