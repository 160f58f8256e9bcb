"""Refusals on the wire: one shape, whatever went wrong, and never more than whoever asked should know."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.people import service as people
from tests.support.clients import Somebody, sign_in
from tests.web.conftest import broken, problem, raw

HIDDEN = "水落石出-4711"


def test_an_unknown_path_is_a_problem(client: FlaskClient) -> None:
    for path in ("/api/v1/nowhere", "/nowhere", "/api/v2/me", "/api/v1/requests/not-an-id"):
        problem(client.get(path), 404, "api.not_found")


def test_a_method_that_is_not_offered_names_those_that_are(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/me")
    problem(answer, 405, "api.method")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PUT"


def test_a_body_that_is_no_json_is_unreadable(driver: Somebody) -> None:
    for body in (
        "{",
        '{"kind": "other"',
        "kind=other",
        "",
        "{'kind': 'other'}",
        b"\xff\xfe\x00",
        '{"a": NaN}',
    ):
        problem(raw(driver, "/requests", body), 400, "api.bad_json")


def test_a_step_that_asks_for_nothing_goes_without_a_body(app: Flask) -> None:
    editor, approver = sign_in(app, "editor"), sign_in(app, "approver")
    draft = {"title": "示例", "category": "policy", "body_markdown": "示例"}
    path = f"/staff/bulletins/{editor.post('/staff/bulletins', draft).json['id']}"
    for who, step in ((editor, "submit"), (approver, "approve"), (approver, "withdraw")):
        assert raw(who, f"{path}/{step}", "", None).status_code == 200, step
    problem(raw(approver, f"{path}/withdraw", "{"), 400, "api.bad_json")
    problem(raw(approver, f"{path}/schedule", "", None), 415, "api.media_type")  # this one asks for something


def test_a_field_that_nothing_asks_for_is_unknown_and_nothing_is_done(app: Flask) -> None:
    editor = sign_in(app, "editor")
    draft = {"title": "示例", "category": "policy", "body_markdown": "示例"}
    path = f"/staff/bulletins/{editor.post('/staff/bulletins', draft).json['id']}"
    refused = problem(editor.post(f"{path}/submit", {"title": "另一个"}), 422, "api.invalid")
    assert refused["errors"] == [{"field": "title", "message": "不认识的字段"}]
    assert editor.get(path).json["state"] == "draft"
    assert editor.post(f"{path}/submit", {}).json["state"] == "submitted"


def test_a_body_of_another_type_is_refused(driver: Somebody) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", None, "application/xml"):
        problem(raw(driver, "/requests", '{"kind": "other", "text": "x"}', kind), 415, "api.media_type")


def test_a_body_that_is_too_large_is_refused(driver: Somebody, app: Flask) -> None:
    large = '{"code": "' + "x" * app.config["MAX_CONTENT_LENGTH"] + '"}'
    problem(raw(driver, "/checkins", large), 413, "api.too_large")


def test_a_body_that_is_no_object_is_refused(driver: Somebody) -> None:
    for body in ("[]", '"text"', "7", "true", '"{\\"kind\\": \\"other\\", \\"text\\": \\"x\\"}"'):
        assert problem(raw(driver, "/requests", body), 422, "api.invalid")["errors"][0]["field"] == "body"


def test_every_bad_field_is_named_in_chinese_and_never_echoed(driver: Somebody) -> None:
    sent = {"kind": HIDDEN, "text": 7, "side": HIDDEN, "station": "x" * 50, "extra": HIDDEN}
    answer = driver.post("/requests", sent)
    body = problem(answer, 422, "api.invalid")
    told = {error["field"]: error["message"] for error in body["errors"]}
    assert set(told) == {"kind", "text", "side", "station", "extra"}
    assert told["extra"] == "不认识的字段"
    assert told["text"] == "应为文字"
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in message) for message in told.values())
    assert HIDDEN not in answer.text


def test_a_fault_tells_nothing_but_that_it_happened(
    driver: Somebody, capfd: pytest.CaptureFixture[str]
) -> None:
    with broken(people, "profile", RuntimeError(f"{HIDDEN} at 10.1.2.3")):
        answer = driver.get("/me")
    problem(answer, 500, "api.fault")
    assert HIDDEN not in answer.text
    assert "10.1.2.3" not in answer.text


def test_a_fault_undoes_everything_that_the_request_had_done(driver: Somebody) -> None:
    from app.helpdesk import views

    with broken(views, "driver_view", RuntimeError("late")):
        problem(driver.post("/requests", {"kind": "other", "text": "x"}), 500, "api.fault")
    assert driver.get("/requests").json["items"] == []


def test_a_database_in_trouble_is_unavailable_and_says_when_to_come_back(driver: Somebody) -> None:
    with broken(people, "profile", OperationalError("SELECT", {}, Exception("server closed"))):
        answer = driver.get("/me")
    problem(answer, 503, "api.unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_nul_is_refused_wherever_it_stands(driver: Somebody, client: FlaskClient) -> None:
    problem(client.get("/s/%00"), 404, "api.not_found")
    problem(driver.get("/requests?cursor=%00"), 422, "api.invalid")
    problem(driver.post("/requests", {"kind": "other", "text": "a\x00b"}), 422, "api.invalid")
    problem(driver.put("/me", {"nickname": "a\x00b"}), 422, "api.invalid")
    for unseen in ("\u200b\u200d", "\u3164", "\u202e"):
        problem(driver.put("/me", {"nickname": unseen}), 422, "api.invalid")


def test_a_lone_surrogate_is_refused_wherever_it_stands(driver: Somebody) -> None:
    for body in (
        '{"kind": "other", "text": "\\ud800"}',
        '{"kind": "insurance", "text": "x", "details": {"plate": "\\udfff"}}',
        '{"kind": "insurance", "text": "x", "details": {"\\ud800": "x"}}',
        '{"kind": "other", "text": "x", "\\ud800": 1}',
        '{"kind": "other", "text": "x", "place_text": "\\ud83d"}',
    ):
        problem(raw(driver, "/requests", body), 422, "api.invalid")


def test_depth_size_and_odd_numbers_are_no_fault(driver: Somebody) -> None:
    def nested(depth: int) -> str:
        return '{"kind": "insurance", "text": "x", "details": ' + '{"a":' * depth + "1" + "}" * depth + "}"

    for depth in (33, 300, 980, 5000):
        problem(raw(driver, "/requests", nested(depth)), 400, "api.bad_json")
    for number in ("9" * 300, "1e999", "-0", "1" + "0" * 5000):
        answer = raw(driver, "/requests", f'{{"kind": "other", "text": {number}}}')
        assert answer.status_code in (400, 422), answer.text
    rating = raw(driver, f"/requests/{_own(driver)}/rating", '{"score": 99999999999999999999999}')
    problem(rating, 422, "api.invalid")


def _own(driver: Somebody) -> str:
    made = driver.post("/requests", {"kind": "other", "text": "x"})
    return str(made.json["id"])


def test_of_a_field_sent_twice_the_last_one_counts(driver: Somebody) -> None:
    answer = raw(driver, "/requests", '{"kind": "other", "text": "first", "text": "last"}')
    assert answer.json["text"] == "last"


def test_a_body_in_pieces_is_bounded_too(app: Flask, driver: Somebody) -> None:
    """Chunked transfer has no length: what counts is what arrives."""

    def post(size: int) -> int:
        from io import BytesIO

        body = b'{"code": "' + b"x" * size + b'"}'
        answer = app.test_client().post(
            "/api/v1/checkins",
            input_stream=BytesIO(body),
            headers={"Authorization": f"Bearer {driver.token}", "Content-Type": "application/json"},
            environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        )
        return answer.status_code

    assert post(20) == 404
    assert post(app.config["MAX_CONTENT_LENGTH"]) == 413


def test_a_host_that_is_none_is_no_fault(client: FlaskClient) -> None:
    for host in ("a b", "[::1", "x" * 300, "a:b:c", "例子"):
        for path in ("/healthz", "/nowhere", "/api/v1/me"):
            assert client.get(path, headers={"Host": host}).status_code < 500
