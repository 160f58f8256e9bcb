"""The service fuzzed from its own contract: no fault, every answer as declared; the same cases every time."""

import contextlib
import io
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app import create_app
from app.foundation.home import Home
from app.helpdesk.kinds import all_kinds
from app.people import service as people
from app.people.schemas import User
from app.settings import load_settings
from app.wechat.standin.server import running
from app.wechat.standin.world import World
from tests.bulletins.helpers import bring_to, grant
from tests.conftest import find_key
from tests.content.conftest import picture
from tests.support.clients import Somebody, sign_in, stranger
from tests.support.databases import Databases
from tests.web.conftest import broken
from tests.web.permission_cards import a_card
from tests.web.permission_claims import ClaimRoom, WatchRoom
from tests.web.permission_duty import DutyRoom
from tests.web.permission_facilities import FacilityRoom
from tests.web.permission_meals import Canteen
from tests.web.permission_members import make_membership
from tests.web.permission_points import PointsRoom

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EXAMPLES = {"driver": 6, "staff": 6, "both": 6, "stranger": 2}
WHERE = {"both": ("/staff/bulletins", "/staff/questions")}  # a person's paths; all where nothing is said
_OWN_KINDS = ("/duty/", "/workdays/", "/staff/facilities")  # where a kind is not one of a request
OF_A_CLAIM = ("}/insurance", "}/documents", "}/co-driver-code", "}/statement", "}/footage")
FUZZ = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # no time for a smaller example: the case is printed as a curl command
)


@dataclass
class Fuzzed:
    """A service with something in it to meet: requests in every state, a check-in, a message."""

    app: Flask
    people: dict[str, Somebody]
    ids: dict[str, Iterator[str]]
    key: str
    post: str
    canteen: Canteen
    seen: set[tuple[str, str, int]] = field(default_factory=set)

    def headers(self, who: str, path: str) -> dict[str, str]:
        """The token; a fresh one where it is about to be thrown away."""
        if who == "stranger":
            return {}
        if path.endswith("/me/erasure"):  # somebody who only passes by: the others are needed afterwards
            return {"Authorization": f"Bearer {sign_in(self.app, f'passing {who}').token}"}
        somebody = sign_in(self.app, who) if path.endswith("/logout") else self.people[who]
        return {"Authorization": f"Bearer {somebody.token}"}


@pytest.fixture(scope="module")
def fuzzed(databases: Databases) -> Iterator[Fuzzed]:
    with databases.copy() as url, running(World()) as standin:
        app = create_app(
            load_settings(
                data_dir=databases.folder,
                database={"url": url},
                wechat={"api_base": standin.url, "standin": True},
                limits={"enabled": False},
            )
        )
        home: Home = app.extensions["home"]
        grant(home, "both", ("editor", "*"), ("approver", "*"))
        known = {name: sign_in(app, name) for name in EXAMPLES if name != "stranger"}
        known["stranger"] = stranger(app)
        key = find_key(home, "GS001", "A")
        duty = DutyRoom(home)
        ids = _published(known, home) | _duties(known["driver"], duty) | _meals(home)
        ids |= _places(known["driver"], home) | _something(known, key)
        ids |= _claims(known["driver"], home)
        yield Fuzzed(app, known, ids, key, duty.post(), Canteen(home))
        home.close()


def _published(people: dict[str, Somebody], home: Home) -> dict[str, Iterator[str]]:
    """Ids of bulletins of somebody else, in the state from which a step goes; and of questions."""
    editor, approver = sign_in(people["driver"].app, "editor"), sign_in(people["driver"].app, "approver")
    from_state = {
        "/submit": "draft",
        "/approve": "submitted",
        "/return": "submitted",
        "/schedule": "approved",
        "/unschedule": "scheduled",
        "/staff/bulletins/": "draft",
        "/bulletins/": "sent",
    }
    pools = {
        part: [bring_to(editor, approver, state, home) for _ in range(2)]
        for part, state in from_state.items()
    }
    asked = [people["driver"].post("/questions", {"text": f"示例问题{n}"}).json["id"] for n in range(2)]
    return {part: itertools.cycle(ids) for part, ids in {**pools, "/questions/": asked}.items()}


def _something(people: dict[str, Somebody], key: str) -> dict[str, Iterator[str]]:
    """Ids of what there is: requests of the driver at the desk of staff, inbox entries, a check-in."""
    driver, staff = people["driver"], people["staff"]
    driver.post("/me/phone", {"code": "demo:13800001234"})
    made = [
        driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"}).json["id"]
        for kind in ("other", "meal", "insurance", "medical", "praise")
    ]
    staff.post(f"/staff/requests/{made[0]}/claim")
    staff.post(f"/staff/requests/{made[1]}/replies", {"text": "示例"})
    staff.post(f"/staff/requests/{made[2]}/resolve", {"text": "示例"})
    second = sign_in(staff.app, "staff2")
    entries = [item["id"] for item in driver.get("/inbox").json["items"]]
    scans = [driver.post("/checkins", {"code": key}).json["id"]]
    headers = {"Authorization": f"Bearer {driver.token}"}
    hung = []
    for _ in range(3):
        form = {"file": (io.BytesIO(picture()), "photo.jpg")}
        sent = driver.app.test_client().post("/api/v1/uploads", data=form, headers=headers).json["id"]
        driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例", "upload_ids": [sent]})
        hung.append(sent)
    shifts = [staff.post("/staff/shifts/hand-over", {"station": "GS001", "to": second.user["id"]}).json["id"]]
    words = [
        staff.post("/staff/macros", {"station": "GS001", "title": f"示例{n}", "text": "示例"}).json["id"]
        for n in range(9)
    ]
    pools = {
        "/macros/": words,
        "/hand-overs/": shifts,
        "/staff/uploads/": hung,
        "/requests/": made,
        "/inbox/": entries,
        "/checkins/": scans,
    }
    return {part: itertools.cycle(ids) for part, ids in pools.items()}


def _claims(driver: Somebody, home: Home) -> dict[str, Iterator[str]]:
    """Claims of the driver with papers and co-drivers, and lorries that are watched."""
    room, watches = ClaimRoom(home, sign_in(driver.app, "driver2")), WatchRoom(home)
    cases = [room.case(driver) for _ in range(2)]
    made = {
        "/claims/documents/": [room.document(driver) for _ in range(6)],
        "/claims/co-drivers/": [room.object("/co-drivers/", driver) for _ in range(6)],
        **dict.fromkeys(OF_A_CLAIM, cases),
        "}/watch/received": [watches.object("POST", "/received", driver) for _ in range(2)],
        "}/watch": [watches.object("GET", "/watch", driver) for _ in range(6)]
        + [watches.object("POST", "/watch", driver) for _ in range(6)],
    }
    return {part: itertools.cycle(ids) for part, ids in made.items()}


def _duties(driver: Somebody, duty: DutyRoom) -> dict[str, Iterator[str]]:
    """The driver is a member and secretary too; shifts, attendances and wishes of his and of another's."""
    me = driver.user["id"]
    with duty.home.database.transaction() as session:
        for role in ("member", "secretary"):
            people.grant(session, uuid.UUID(me), role, "GS001", duty.home.clock.now())
    other = str(duty.secretary.person_id)
    made = {
        "/duty/shifts/": [duty.object("", "free", me) for _ in range(4)] + [duty.object("", "held", me)],
        "/duty/attendance/": [duty.object("/attendance/", "", me) for _ in range(3)],
        "/branch/task-forces/": [duty.force()[0] for _ in range(4)],
        "/duty/stand-ins/": [duty.object("/stand-ins/", "", who) for who in (other, me, other, me)],
    }
    memberships = itertools.cycle([make_membership(duty.home, state) for state in ("pending", "active") * 4])
    others = {"/staff/members/": memberships, "/staff/points/": _objections(duty.home)}
    return {part: itertools.cycle(ids) for part, ids in made.items()} | others


def _objections(home: Home) -> Iterator[str]:
    room = PointsRoom(home)
    return itertools.cycle([room.objection() for _ in range(4)])


def _meals(home: Home) -> dict[str, Iterator[str]]:
    """Offers, orders and campaigns of somebody else at the desk of staff."""
    canteen = Canteen(home)
    parts = ("/meals/offers/", "/meals/orders/", "/meals/walk-ins/", "/campaigns/", "/campaign-entries/")
    return {part: itertools.cycle([canteen.object(part) for _ in range(6)]) for part in parts}


def _places(driver: Somebody, home: Home) -> dict[str, Iterator[str]]:
    """Showers, a hold of the driver's, and cards of others."""
    room, me = FacilityRoom(home), driver.user["id"]
    showers = [room.object("/facilities/", me) for _ in range(6)]
    return {
        "/facilities/": itertools.cycle(showers),
        "/bookings/": itertools.cycle([room.object("/bookings/", me)]),
        "/cards/": itertools.cycle([a_card(home).id for _ in range(4)]),
    }


def test_nothing_that_the_contract_allows_or_forbids_is_a_fault(fuzzed: Fuzzed) -> None:
    """Every endpoint by a driver, by staff and by a stranger, with what it takes and what it does not."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", fuzzed.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        for who, mode in itertools.product(EXAMPLES, GenerationMode):
            if any(part in operation.full_path for part in WHERE.get(who, ("",))):
                _fuzz(fuzzed, operation, who, mode)
    reached = {(method, path) for method, path, status in fuzzed.seen if status < 300}
    operations = {(found.ok().method.upper(), found.ok().full_path) for found in schema.get_all_operations()}
    assert len(reached) > 0.7 * len(operations), f"only refused: {sorted(operations - reached)}"


def test_a_planted_fault_is_found(fuzzed: Fuzzed) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", fuzzed.app)
    with broken(people, "profile", RuntimeError("planted")), pytest.raises(AssertionError, match="500"):
        _fuzz(fuzzed, schema["/api/v1/me"]["GET"], "driver", GenerationMode.POSITIVE)


def test_a_planted_breach_of_the_contract_is_found(fuzzed: Fuzzed, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", fuzzed.app)
    odd = User.model_construct(id="x", nickname="x", phone_masked=None, roles=7)
    monkeypatch.setattr(people, "profile", lambda *_: odd)
    with pytest.raises(FailureGroup, match="schema"), pytest.warns(UserWarning, match="roles"):
        _fuzz(fuzzed, schema["/api/v1/me"]["GET"], "driver", GenerationMode.POSITIVE)


def _fuzz(fuzzed: Fuzzed, operation: Any, who: str, mode: GenerationMode) -> None:
    cases = operation.as_strategy(generation_mode=mode)

    @settings(FUZZ, max_examples=EXAMPLES[who])
    @given(case=cases, kind=st.sampled_from([kind.kind for kind in all_kinds()]), real=st.booleans())
    def run(case: Any, kind: str, real: bool) -> None:
        _aim(fuzzed, case, kind, real or mode is GenerationMode.POSITIVE)
        answer = case.call(headers=fuzzed.headers(who, case.operation.full_path))
        fuzzed.seen.add((case.method, case.operation.full_path, answer.status_code))
        if answer.status_code >= 500:
            assert (answer.status_code, answer.json()["code"]) == (503, "wechat.unavailable"), (
                case.as_curl_command()
            )
        case.validate_response(answer, checks=CHECKS)

    wrong = mode is GenerationMode.NEGATIVE
    with contextlib.suppress(Unsatisfiable) if wrong else contextlib.nullcontext():
        run()  # an operation that takes nothing has no wrong cases


def _aim(fuzzed: Fuzzed, case: Any, kind: str, real: bool) -> None:
    """Chance alone finds no id, no key and no kind: put those that there are where they belong."""
    if real and case.path_parameters:
        if "id" in case.path_parameters:
            pools = [ids for part, ids in fuzzed.ids.items() if part in case.operation.full_path]
            case.path_parameters["id"] = next(pools[0])
        if isinstance(case.body, dict):
            for branch in {"branch", "to_branch"} & case.body.keys():
                case.body[branch] = "GS001"
        if "quarter" in case.path_parameters:
            case.path_parameters["quarter"] = "2026Q3"
        if "code" in case.path_parameters:
            case.path_parameters["code"] = "GS001"
        if "kind" in case.path_parameters:
            case.path_parameters["kind"] = "other"
    if real and case.query and "station" in case.query:
        case.query["station"] = "GS001"
    if real and isinstance(case.body, dict) and "file" in case.body:
        case.body["file"] = picture()
    if real and isinstance(case.body, dict):
        if "post_id" in case.body:
            case.body["post_id"] = fuzzed.post
        if "slot_starts_at" in case.body:  # chance finds no two moments that make a slot
            slot = fuzzed.canteen.offer_body()
            case.body |= {name: slot[name] for name in ("slot_starts_at", "slot_ends_at")}
        if "planned" in case.body:
            case.body |= fuzzed.canteen.campaign_body()
        if "pickup_code" in case.body:
            case.body |= {"pickup_code": fuzzed.canteen.code(), "station": None}
        if "kind" in case.body and not any(part in case.operation.full_path for part in _OWN_KINDS):
            case.body["kind"] = kind
        if case.body.get("station") is not None:
            case.body["station"] = "GS001"
        codes = {
            "/checkins": fuzzed.key,
            "/duty/attendance": fuzzed.key,
            "/auth/wechat": "demo:driver2",
            "/me/phone": "demo:13800001234",
        }
        for path, code in codes.items():
            if "code" in case.body and case.operation.full_path.endswith(path):
                case.body["code"] = code
