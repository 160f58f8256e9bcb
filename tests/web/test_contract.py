"""The machine-readable contract: valid, complete, and the page to read it calls no outside host."""

import re
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from app.web.fields import In, Out
from tests.web.conftest import problem

BASE = "/api/v1"
SHARED = {"api.not_found", "api.method", "api.invalid", "api.too_many", "api.fault", "api.unavailable"}
STAFF = f"{BASE}/staff/"
HIDDEN = (f"{BASE}/staff/members", f"{BASE}/staff/points/")  # to who has no office there they are not there
SIGNED_IN = {"auth.required", "auth.expired"}


@pytest.fixture
def contract(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = answer.json
    return found


def operations(contract: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and what is declared of it."""
    return [
        (method.upper(), path, operation)
        for path, methods in contract["paths"].items()
        for method, operation in methods.items()
    ]


def codes(operation: dict[str, Any]) -> set[str]:
    """The refusal codes that an operation declares."""
    told = " ".join(answer["description"] for answer in operation["responses"].values())
    return set(re.findall(r"`([a-z_]+\.[a-z_]+)`", told))


def test_it_is_valid_openapi_3_1(contract: dict[str, Any]) -> None:
    assert contract["openapi"].startswith("3.1")
    assert [str(fault) for fault in OpenAPIV31SpecValidator(contract).iter_errors()] == []


def test_a_broken_contract_would_be_noticed(contract: dict[str, Any]) -> None:
    del contract["info"]["title"]
    assert list(OpenAPIV31SpecValidator(contract).iter_errors())


def test_no_two_bodies_have_the_same_name(app: Flask) -> None:
    """One would stand for both in the document, where bodies are known by name alone."""
    names = Counter(body.__name__ for kind in (In, Out) for body in kinds_of(kind))
    assert [name for name, number in names.items() if number > 1] == []


def kinds_of(body: type[BaseModel]) -> set[type[BaseModel]]:
    """It and whatever is made from it."""
    return {body}.union(*(kinds_of(one) for one in body.__subclasses__()))


def test_it_names_every_endpoint_that_is_served_and_no_other(app: Flask, contract: dict[str, Any]) -> None:
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BASE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(contract)} == served


def test_every_endpoint_has_a_name_of_its_own_a_title_and_a_room(contract: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(contract)]
    assert len(set(names)) == len(names)
    for method, path, operation in operations(contract):
        assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), (method, path)
        assert operation["tags"], (method, path)


def test_every_endpoint_says_whether_one_must_be_signed_in(contract: dict[str, Any]) -> None:
    assert contract["components"]["securitySchemes"]["bearer"] == {"type": "http", "scheme": "bearer"}
    public = {
        (method, path) for method, path, operation in operations(contract) if operation["security"] == []
    }
    assert public == {
        ("POST", f"{BASE}/auth/wechat"),
        ("GET", f"{BASE}/stations"),
        ("GET", f"{BASE}/stations/{{code}}"),
        ("GET", f"{BASE}/request-kinds"),
        ("GET", f"{BASE}/board"),
        ("GET", f"{BASE}/bulletins"),
        ("GET", f"{BASE}/bulletins/{{id}}"),
        ("GET", f"{BASE}/questions"),
    }
    for method, path, operation in operations(contract):
        if (method, path) not in public:
            assert operation["security"] == [{"bearer": []}], (method, path)


def test_every_endpoint_declares_its_refusals(contract: dict[str, Any]) -> None:
    for method, path, operation in operations(contract):
        told = codes(operation)
        assert told >= SHARED, (method, path)
        assert (told >= SIGNED_IN) == bool(operation["security"]), (method, path)
        assert ("auth.forbidden" in told) == (path.startswith(STAFF) and not path.startswith(HIDDEN)), (
            method,
            path,
        )
        if "requestBody" in operation:
            assert told >= {"api.bad_json", "api.too_large", "api.media_type"}, (method, path)
        keyed = any(given["name"] == "Idempotency-Key" for given in operation["parameters"])
        assert keyed == ({"api.key_reused", "api.in_progress"} <= told), (method, path)


def test_every_refusal_is_a_problem(contract: dict[str, Any]) -> None:
    for method, path, operation in operations(contract):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                (media,) = answer["content"]
                assert media == "application/problem+json", (method, path, status)
                assert answer["content"][media]["schema"]["$ref"].endswith("/Problem")


def test_every_post_that_makes_something_takes_a_key_and_no_sign_in_does(contract: dict[str, Any]) -> None:
    for method, path, operation in operations(contract):
        keyed = any(given["name"] == "Idempotency-Key" for given in operation["parameters"])
        if "201" in operation["responses"]:
            assert keyed, (method, path)
        if "/auth/" in path or method != "POST":
            assert not keyed, (method, path)


def test_inputs_refuse_unknown_fields(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    for method, path, operation in operations(contract):
        if "requestBody" in operation:
            (media,) = operation["requestBody"]["content"].values()
            name = media["schema"]["$ref"].rsplit("/", 1)[-1]
            assert schemas[name]["additionalProperties"] is False, (method, path)


def test_the_page_has_every_endpoint_and_calls_no_outside_host(
    client: FlaskClient, contract: dict[str, Any]
) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    for method, path, _ in operations(contract):
        assert f"<code>{path}</code>" in page.text, (method, path)
    assert re.findall(r"https?://|//\w+\.\w+", page.text) == []
    loaded = re.findall(r"(?:src|href)=\"([^\"#]+)", page.text)
    assert loaded
    for address in loaded:
        assert address.startswith("/")
        assert client.get(address).status_code == 200, address
    assert "<script" not in page.text
    assert " style=" not in page.text


def test_what_a_problem_calls_its_type_is_a_place_on_the_page(
    client: FlaskClient, contract: dict[str, Any]
) -> None:
    page = client.get("/api/docs").text
    declared = {code for _, _, operation in operations(contract) for code in codes(operation)}
    assert declared == {refusal["code"] for refusal in contract["x-refusals"]} - {"api.http"}
    for code in declared:
        assert f'id="{code}"' in page
    asked = problem(client.get("/api/v1/me"), 401, "auth.required")
    path, _, place = asked["type"].partition("#")
    assert client.get(path).status_code == 200
    assert f'id="{place}"' in page
