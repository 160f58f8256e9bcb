"""A house with somebody of every role in it, who all try everything; used by test_permissions."""

import io
import itertools
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.console import session as console_session
from app.content.links import links
from app.foundation.home import Home
from app.notices.service import tell
from app.people import service as people
from app.wechat.standin.demo import demo_openid
from tests.content.conftest import picture
from tests.support.clients import Somebody, sign_in
from tests.web.permission_cards import a_card
from tests.web.permission_claims import ClaimRoom, WatchRoom
from tests.web.permission_duty import DutyRoom
from tests.web.permission_facilities import FacilityRoom, a_facility
from tests.web.permission_meals import Canteen
from tests.web.permission_members import make_membership
from tests.web.permission_news import Newsroom
from tests.web.permission_points import PointsRoom
from tests.web.permission_table import BODIES, NOBODY, SIGNED_IN, STATES, Outcome

_names = itertools.count()
A_PICTURE = picture()
CLAIMS = ("/api/v1/claims/", "/c/")
OF_A_CLAIM = ("/insurance", "/evidence", "/documents", "/co-driver-code", "/statement")


@dataclass
class PermissionHouse:
    """One service, everybody signed in, objects made as they are needed."""

    app: Flask
    key: str
    people: dict[str, Somebody] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    at_console: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {name: sign_in(self.app, name) for name in SIGNED_IN}
        self.author = sign_in(self.app, "author")
        with self.home.database.transaction() as session:
            found = people.find_or_make(session, demo_openid("elsewhere"), None, self.home.clock.now())
            people.grant(session, found[0], "staff", "GS002", self.home.clock.now())
        self.newsroom = Newsroom(self.home)
        self.duty = DutyRoom(self.home)
        self.canteen = Canteen(self.home)
        self.facilities = FacilityRoom(self.home)
        self.claims = ClaimRoom(self.home, self.author)
        self.watches = WatchRoom(self.home)
        self.points = PointsRoom(self.home)
        self.ended = sign_in(self.app, "driver")
        self.ended.post("/auth/logout")

    @property
    def home(self) -> Home:
        """The process's home."""
        found: Home = self.app.extensions["home"]
        return found

    def attempt(self, who: str, method: str, rule: str, thing: str, expected: Outcome) -> Outcome:
        """Let somebody try; what came of it. What is refused changes nothing, so it tries a shared object."""
        refused = expected in (401, 403, 404, "door")
        path = rule
        if "<uuid:id>" in rule:
            path = rule.replace("<uuid:id>", self._object(who, method, rule, thing, shared=refused))
        path, body = self._about(who, path, thing, method, rule)
        console = rule.startswith("/console")
        answer = (
            self._at_console(who, method, path, body)
            if console
            else self._by_phone(who, method, path, body, thing)
        )
        return self._outcome(answer)

    def _outcome(self, answer: TestResponse) -> Outcome:
        if answer.status_code == 303 and answer.headers["Location"].startswith("/console/sign-in"):
            return "door"
        return answer.status_code

    # --- who -------------------------------------------------------------------------------------------

    def _by_phone(self, who: str, method: str, path: str, body: Any, thing: str) -> TestResponse:
        headers = {}
        if who == "ended":
            headers["Authorization"] = f"Bearer {self.ended.token}"
        elif who not in NOBODY:
            somebody = sign_in(self.app, who) if path.endswith("/logout") else self.people[who]
            headers["Authorization"] = f"Bearer {somebody.token}"
        form = {"file": (io.BytesIO(A_PICTURE), "photo.jpg")} if path.endswith("/uploads") else None
        address = "10.0.0.9" if thing == "other address" else "127.0.0.1"
        return self.app.test_client().open(
            path, method=method, json=body if method in ("POST", "PUT") and not form else None, data=form,
            headers=headers, environ_base={"REMOTE_ADDR": address},
        )  # fmt: skip

    def _at_console(self, who: str, method: str, path: str, body: dict[str, Any]) -> TestResponse:
        client = self.app.test_client()
        token = self._console_token(who, fresh=path.endswith("/sign-out"))
        form = dict(body)
        if token:
            client.set_cookie(console_session.COOKIE, token, path=console_session.PATH)
            form["proof"] = console_session.form_proof(self.home, token)
        if path == "/console/sign-in" and method == "POST":
            client.set_cookie(console_session.DOOR_COOKIE, "a-visitor", path=console_session.PATH)
            form["proof"] = console_session.door_proof(self.home, "a-visitor")
        return client.open(path, method=method, data=form if method != "GET" else None)

    def _console_token(self, who: str, *, fresh: bool) -> str:
        """A session of the console, also for those whom nobody gave an account."""
        if who in NOBODY:
            return {"stranger": "", "ended": "of-yesterday"}[who]
        if fresh or who not in self.at_console:
            person = uuid.UUID(self.people[who].user["id"])
            with self.home.database.transaction() as session:
                now = self.home.clock.now()
                token = people.make_sign_in(session, person, "console", now, timedelta(hours=1))
            if fresh:
                return token
            self.at_console[who] = token
        return self.at_console[who]

    # --- about what ------------------------------------------------------------------------------------

    def _about(self, who: str, path: str, thing: str, method: str, rule: str) -> tuple[str, Any]:
        """The path with everything filled in, and the body."""
        key = self.key if thing == "live key" else "AAAAAAAA"
        name = "known" if thing == "configured" else "unknown"
        path = (
            path.replace("<key>", key)
            .replace("<name>", name)
            .replace("<code>", "GS001")
            .replace("<purpose>", "location")
            .replace("<day>", "2027-02-10" if method == "PUT" else "2027-02-11")
            .replace("<kind>", "other")
        )
        path = path.replace("<path:rest>", "no/such/page")
        path = path.replace("<path:filename>", "docs.css" if rule.startswith("/web") else "shell.css")
        body = dict(BODIES.get((method, rule), {}))
        if rule.startswith("/c/"):
            path = self.claims.address(rule, thing)
        if method == "POST" and rule.endswith(("/staff/requests/<uuid:id>/watch", "/watch/begin")):
            until = self.home.clock.now() + timedelta(hours=1)
            body = {"place": "示例", "keys": "desk", "until_at": until.isoformat()}
        if method == "POST" and rule.endswith("/staff/requests/<uuid:id>/wait"):
            body["until"] = (self.home.clock.now() + timedelta(hours=1)).isoformat()
        if rule.endswith("/documents"):
            body = self.claims.body(self.people.get(who, self.author))
        if "<quarter>" in rule:
            path = path.replace("<quarter>", thing if thing[:1] == "2" else self.points.quarter(thing))
        if rule.endswith("/rewards"):
            body["member"] = str(self.points.listed)
        if rule.startswith("/u/"):
            path = self._address(path.removeprefix("/u/"), thing)
        if rule.endswith("/checkins") and thing:
            path += f"?station={thing}"
        if rule == "/api/v1/checkins" and method == "POST":
            body["code"] = self.key
        if rule.endswith("/merge"):
            body["into"] = self._request(self.author, thing, None)
        if rule.endswith("/shifts/hand-over") or (rule == "/console/shift" and method == "POST"):
            body |= {"station": thing, "to": self.people["staff2"].user["id"]}
        if rule.endswith("/desk/heartbeat"):
            body["station"] = thing
        if rule == "/api/v1/duty/attendance":
            body["code"] = self.key
        if rule == "/api/v1/duty/task-forces/join":
            body["invite"] = self.duty.force()[1]
        if rule == "/api/v1/staff/duty/code":
            path += f"?station={thing}&side=A"
        if rule.endswith(("/staff/macros", "/console/phrases")) and method == "POST":
            body |= {"title": f"示例{next(_names)}"} | ({} if thing == "all" else {"station": thing})
        if rule.startswith("/console/clocks/"):
            path += f"?station={thing}"
        if rule == "/console/phrases/<uuid:id>":
            body["title"] = f"示例{next(_names)}"
        if rule == "/api/v1/staff/duty/posts":
            body["station"] = thing
        if rule == "/api/v1/staff/duty/shifts":
            body["post_id"] = self.duty.post()
        if (
            rule.startswith(("/api/v1/staff/meals/", "/api/v1/staff/campaigns"))
            and method == "GET"
            and thing
            and "<" not in rule
        ):
            path += f"?station={thing}"
        if rule == "/api/v1/staff/meals/offers" and method == "POST":
            body = self.canteen.offer_body()
        if rule == "/console/kitchen" and thing:
            path += f"?station={thing}"
        if rule == "/console/kitchen/offers":
            slot = self.canteen.offer_body()
            body |= {name: slot[name] for name in ("slot_starts_at", "slot_ends_at")}
        if rule.endswith(("/meals/pickup", "/kitchen/pickup")):
            body["pickup_code"] = self.canteen.code()
        if rule.endswith("/staff/cards"):
            path += f"?number={a_card(self.home).number}"
        if rule.endswith("/facilities") and method != "POST":
            path += f"?station={thing or ('' if rule.startswith('/console') else 'GS001')}"
        if rule.endswith("/staff/facilities") and method == "POST":
            body |= a_facility(thing)
        if rule.endswith(("/staff/requests", "/requests/new")) and thing:
            body |= {name: value for name, value in request_of(thing).items() if value is not None}
        return path, body

    def _object(self, who: str, method: str, rule: str, thing: str, *, shared: bool) -> str:
        if "/bulletins/" in rule or "/questions/" in rule:
            return self._news(rule, thing, shared=shared)
        if "/macros/" in rule or "/phrases/" in rule:
            return self._macro(thing)
        if "/hand-overs/" in rule or "/shift/" in rule:
            return str(uuid.uuid4())
        if "/task-forces/" in rule:
            return self.duty.force()[0]
        if "/meals/" in rule or "/campaign" in rule or "/kitchen/" in rule:
            return self.canteen.object(rule)
        if "/cards/" in rule:
            return a_card(self.home).id
        if "/facilities/" in rule or "/bookings/" in rule:
            holder = self.people.get(who, self.author) if thing == "one's own" else self.author
            return self.facilities.object(rule, holder.user["id"])
        if "/points/" in rule:
            return self.points.objection(thing)
        if "/staff/members/" in rule:
            return make_membership(self.home, thing)
        if "/duty/" in rule:
            mine = who in self.people and thing in ("one's own", "held")
            return self.duty.object(rule, thing, (self.people[who] if mine else self.author).user["id"])
        if "/uploads/" in rule or rule.startswith("/u/"):
            return self._upload("not yet used" if rule.startswith("/u/") else thing)
        if "/inbox/" in rule:
            return self._entry(
                who
                if thing == "one's own" and who in self.people
                else "driver2"
                if who != "driver2"
                else "driver"
            )
        owner = self.people.get(who, self.author) if thing == "one's own" else self.author
        if rule.startswith(CLAIMS) or (rule.startswith("/api/v1/requests/") and rule.endswith(OF_A_CLAIM)):
            name = f"{rule} of another"
            if not shared or thing == "one's own":
                return self.claims.object(rule, owner)
            if name not in self.shared:
                self.shared[name] = self.claims.object(rule, owner)
            return self.shared[name]
        if "/watch" in rule and not thing.startswith("other"):
            return self.watches.object(method, rule, owner, thing.partition(" at ")[2] or "GS001")
        if "/checkins/" in rule:
            return self._check_in(owner)
        name = f"{thing} {STATES.get(rule)}"
        if shared and thing != "one's own" and name in self.shared:
            return self.shared[name]
        made = self._request(owner, thing, STATES.get(rule))
        self.shared.setdefault(name, made)
        return made

    def _news(self, rule: str, thing: str, *, shared: bool) -> str:
        name = f"news {thing}"
        if not shared or name not in self.shared:
            room = self.newsroom
            made = room.bulletin(thing) if "/bulletins/" in rule else room.question()
            if not shared:
                return made
            self.shared[name] = made
        return self.shared[name]

    def _request(self, owner: Somebody, thing: str, state: str | None) -> str:
        about = request_of(thing) if " at " in thing else {"kind": "other"}
        sent = {**about, "text": "示例", "contact_phone": "13800001234"}
        if sent["kind"] == "medical":
            sent["for_other_person"] = True
        made = owner.post("/requests", sent)
        assert made.status_code == 201, made.text
        if state:
            with self.home.database.transaction() as session:
                change = "UPDATE help_request SET state = :state, resolved_at = now() WHERE id = :id"
                session.execute(text(change), {"state": state, "id": made.json["id"]})
        return str(made.json["id"])

    def _macro(self, thing: str) -> str:
        sent = {"title": f"示例{next(_names)}", "text": "示例", "station": None if thing == "all" else thing}
        made = self.people["admin"].post("/staff/macros", sent)
        assert made.status_code == 201, made.text
        return str(made.json["id"])

    def _upload(self, thing: str) -> str:
        """A picture of the author's, on a request for `thing`, that waits for people to decide."""
        if thing not in self.uploads:
            sent = {"file": (io.BytesIO(A_PICTURE), "photo.jpg")}
            token = {"Authorization": f"Bearer {self.author.token}"}
            made = self.app.test_client().post("/api/v1/uploads", data=sent, headers=token)
            assert made.status_code == 201, made.text
            self.uploads[thing] = str(made.json["id"])
            if " at " in thing:
                asked = self.author.post("/requests", request_of(thing) | {"upload_ids": [made.json["id"]]})
                assert asked.status_code in (200, 201), asked.text
            with self.home.database.transaction() as session:
                session.execute(text("UPDATE upload SET state = 'manual' WHERE state = 'waiting'"))
        return self.uploads[thing]

    def _address(self, upload_id: str, thing: str) -> str:
        """Signed, for its owner; changed; or of yesterday."""
        now = self.home.clock.now() - timedelta(days=1 if thing == "old address" else 0)
        url = "/u/" + links().address(uuid.UUID(upload_id), "o", now).rsplit("/", 1)[-1]
        return url.replace("v=o", "v=s") if thing == "changed address" else url

    def _check_in(self, owner: Somebody) -> str:
        made = owner.post("/checkins", {"code": self.key})
        assert made.status_code in (200, 201), made.text
        return str(made.json["id"])

    def _entry(self, owner: str) -> str:
        with self.home.database.transaction() as session:
            person = uuid.UUID(self.people[owner].user["id"])
            return str(tell(session, self.home.clock.now(), person, kind="request", title="t", text="t"))


def request_of(thing: str) -> dict[str, Any]:
    """The body of a request for "kind at place"."""
    kind, _, place = thing.partition(" at ")
    return {"kind": kind, "station": place if place.startswith("GS") else None, "text": "示例"}
