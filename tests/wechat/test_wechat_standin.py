"""The stand-in behaves as WeChat's documents say, seen with a plain HTTP client."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from app.settings import TemplateSettings
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.server import StandIn, running
from app.wechat.standin.subscribe import Template
from app.wechat.standin.world import World
from tests.wechat.helpers import APPID, DATA, DRIVER, LOGIN, PHONE, SECRET, SEND, TEMPLATE, TOKEN, at_once

RID = re.compile(r"rid: ([0-9a-f]{8})-[0-9a-f]{8}-[0-9a-f]{8}$")


class Phone:
    """Talks to a stand-in as any client would."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self.session.get(self.url + path, params=query, timeout=5).json()

    def post(self, path: str, body: Any, **query: str) -> dict[str, Any]:
        return self.session.post(self.url + path, json=body, params=query, timeout=5).json()

    def sign_in(self, code: str, **changed: str) -> dict[str, Any]:
        query = {"appid": APPID, "secret": SECRET, "js_code": code, "grant_type": "authorization_code"}
        return self.get(LOGIN, **(query | changed))

    def stable(self, **changed: Any) -> dict[str, Any]:
        return self.post(
            TOKEN, {"grant_type": "client_credential", "appid": APPID, "secret": SECRET} | changed
        )

    def send(self, token: str, **changed: Any) -> dict[str, Any]:
        data = {key: {"value": value} for key, value in DATA.items()}
        body = {"touser": DRIVER, "template_id": TEMPLATE, "data": data} | changed
        return self.post(SEND, {k: v for k, v in body.items() if v is not None}, access_token=token)


@pytest.fixture
def phone(standin: StandIn) -> Phone:
    return Phone(standin.url)


@pytest.fixture
def token(phone: Phone) -> str:
    return str(phone.stable()["access_token"])


@pytest.fixture
def hours(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> "Hours":
    """The stand-in's own clock, to be turned."""
    clock = Hours()
    monkeypatch.setattr(standin.world, "now", clock)
    return clock


class Hours:
    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at


def test_sign_in_answers_as_text_without_an_errcode(standin: StandIn) -> None:
    query = {"appid": APPID, "secret": SECRET, "js_code": "demo:x", "grant_type": "authorization_code"}
    answer = requests.get(standin.url + LOGIN, params=query, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain"
    assert set(answer.json()) == {"openid", "session_key"}


def test_an_error_is_a_200_with_a_request_id_whose_first_part_is_the_time(phone: Phone) -> None:
    answer = phone.sign_in("made-up")
    assert answer["errcode"] == 40029
    found = RID.search(answer["errmsg"])
    assert found
    assert abs(int(found[1], 16) - time.time()) < 5


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"js_code": ""}, 41008),
        ({"grant_type": "x"}, 40002),
        ({"appid": "wx-other"}, 40013),
        ({"secret": "other"}, 40125),
    ],
)
def test_each_wrong_parameter_of_sign_in_has_its_code(
    phone: Phone, changed: dict[str, str], errcode: int
) -> None:
    assert phone.sign_in("demo:x", **changed)["errcode"] == errcode


def test_a_code_works_once_and_for_five_minutes(standin: StandIn, phone: Phone, hours: Hours) -> None:
    code, late = (phone.post("/_standin/codes", {"openid": DRIVER})["code"] for _ in range(2))
    assert phone.sign_in(code)["openid"] == DRIVER
    assert phone.sign_in(code)["errcode"] == 40163
    hours.at += 300
    assert phone.sign_in(late)["errcode"] == 40029


def test_one_code_and_many_hands_is_one_sign_in(standin: StandIn, phone: Phone) -> None:
    code = phone.post("/_standin/codes", {"name": "driver"})["code"]
    answers = at_once(8, lambda _: Phone(standin.url).sign_in(code))
    assert sum("openid" in answer for answer in answers if isinstance(answer, dict)) == 1


def test_the_session_key_changes_with_each_sign_in(phone: Phone) -> None:
    assert phone.sign_in("demo:x")["session_key"] != phone.sign_in("demo:x")["session_key"]


def test_a_demo_code_is_always_fresh_and_always_the_same_person(phone: Phone) -> None:
    assert [phone.sign_in("demo:driver")["openid"] for _ in range(3)] == [demo_openid("driver")] * 3
    assert phone.sign_in("demo:示例司机")["openid"] == demo_openid("示例司机")
    assert phone.sign_in("demo:")["errcode"] == 40029


def test_a_demo_openid_looks_like_a_real_one_and_never_changes() -> None:
    assert demo_openid("driver") == "o67WpLfDr1zMOWF6n2npVSEgX9qy"
    assert re.fullmatch(r"o[0-9A-Za-z_-]{27}", demo_openid("任何人"))
    assert demo_openid("driver2") != demo_openid("driver")


def test_with_demo_off_demo_codes_mean_nothing(standin: StandIn, phone: Phone, token: str) -> None:
    standin.world.demo = False
    assert phone.sign_in("demo:driver")["errcode"] == 40029
    assert phone.post(PHONE, {"code": "demo:13800001234"}, access_token=token)["errcode"] == 40029


@pytest.mark.parametrize(
    ("code", "errcode"),
    [
        ("demo:13800001234", 0),
        ("demo:19900009999", 0),
        ("demo:13912345678", 40029),
        ("demo:123", 40029),
        ("nonsense", 40029),
        ("", 40029),
    ],
)
def test_demo_phone_codes_reach_only_test_numbers(phone: Phone, token: str, code: str, errcode: int) -> None:
    answer = phone.post(PHONE, {"code": code}, access_token=token)
    assert answer["errcode"] == errcode
    if not errcode:
        assert answer["phone_info"]["purePhoneNumber"] == code.removeprefix("demo:")
        assert answer["phone_info"]["watermark"]["appid"] == APPID


def test_sign_in_codes_and_phone_codes_are_not_interchangeable(phone: Phone, token: str) -> None:
    sign_in = phone.post("/_standin/codes", {"name": "a"})["code"]
    number = phone.post("/_standin/codes", {"phone": "13800001234"})["code"]
    assert phone.sign_in(number)["errcode"] == 40029
    assert phone.post(PHONE, {"code": sign_in}, access_token=token)["errcode"] == 40029
    assert phone.post(PHONE, {"code": number}, access_token=token)["errcode"] == 0
    assert phone.post(PHONE, {"code": number}, access_token=token)["errcode"] == 40163


def test_stable_gives_the_same_token_with_what_remains_of_it(phone: Phone, hours: Hours) -> None:
    first = phone.stable()
    assert first["expires_in"] == 7200
    assert "errcode" not in first
    hours.at += 6800
    assert phone.stable() == {"access_token": first["access_token"], "expires_in": 400}
    hours.at += 101  # the last five minutes
    renewed = phone.stable()
    assert renewed["access_token"] != first["access_token"]
    assert renewed["expires_in"] == 7200
    assert phone.send(first["access_token"])["errcode"] == 43101  # the old one lives on to its end
    hours.at += 300
    assert phone.send(first["access_token"])["errcode"] == 42001


def test_force_voids_the_token_and_is_bounded(phone: Phone, hours: Hours) -> None:
    first = phone.stable()["access_token"]
    assert phone.stable(force_refresh=True)["access_token"] != first
    assert phone.send(first)["errcode"] == 40001
    assert phone.stable(force_refresh=True)["errcode"] == 45011  # not within 30 s
    for _ in range(19):
        hours.at += 31
        assert "access_token" in phone.stable(force_refresh=True)
    hours.at += 31
    assert phone.stable(force_refresh=True)["errcode"] == 45009


def test_the_old_token_api_is_a_family_of_its_own(phone: Phone, hours: Hours) -> None:
    query = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
    stable = phone.stable()["access_token"]
    first, second = (phone.get("/cgi-bin/token", **query)["access_token"] for _ in range(2))
    assert len({stable, first, second}) == 3
    assert [phone.send(t)["errcode"] for t in (stable, first, second)] == [43101] * 3
    hours.at += 301
    assert [phone.send(t)["errcode"] for t in (stable, first, second)] == [43101, 42001, 43101]


@pytest.mark.parametrize(("token", "errcode"), [("", 41001), ("nonsense", 40014), ("99_" + "x" * 133, 40001)])
def test_each_wrong_token_has_its_code(phone: Phone, token: str, errcode: int) -> None:
    assert phone.send(token)["errcode"] == errcode


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"grant_type": "x", "appid": APPID, "secret": SECRET}, 40002),
        ({"grant_type": "client_credential", "appid": "", "secret": SECRET}, 41002),
        ({"grant_type": "client_credential", "appid": APPID, "secret": ""}, 41004),
        ({"grant_type": "client_credential", "appid": APPID, "secret": "x"}, 40125),
        ([], 47001),
    ],
)
def test_each_wrong_parameter_of_the_token_api_has_its_code(phone: Phone, body: object, errcode: int) -> None:
    assert phone.post(TOKEN, body)["errcode"] == errcode


def test_the_method_matters_and_unknown_paths_are_told_so(phone: Phone) -> None:
    assert phone.get(TOKEN)["errcode"] == 43002
    assert phone.post(LOGIN, {})["errcode"] == 43001
    assert phone.get("/cgi-bin/nothing")["errcode"] == 40066


def test_each_accept_is_worth_one_message(phone: Phone, token: str) -> None:
    assert phone.send(token)["errcode"] == 43101
    for _ in range(2):
        phone.post("/_standin/credits", {"openid": DRIVER, "template_id": TEMPLATE})
    answers = [phone.send(token) for _ in range(3)]
    assert [answer["errcode"] for answer in answers] == [0, 0, 43101]
    assert answers[0]["msgid"] > 2**53
    assert answers[0]["msgid"] != answers[1]["msgid"]
    assert "user refuse to accept the msg rid: " in answers[2]["errmsg"]


def test_one_credit_and_many_hands_is_one_message(standin: StandIn, phone: Phone, token: str) -> None:
    standin.world.desk.grant(DRIVER, TEMPLATE, 1)
    codes = [answer["errcode"] for answer in at_once(8, lambda _: Phone(standin.url).send(token))]
    assert sorted(codes) == [0] + [43101] * 7


def test_a_long_term_template_needs_one_accept_only(standin: StandIn, phone: Phone, token: str) -> None:
    wanted = {"id": "long", "title": "长期", "keys": {"thing1": "事项"}, "kind": 3}
    phone.post("/_standin/templates", wanted)
    phone.post("/_standin/credits", {"openid": DRIVER, "template_id": "long"})
    assert [phone.send(token, template_id="long")["errcode"] for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("changed", "errcode", "errmsg"),
    [
        ({"touser": "not-an-openid"}, 40003, "invalid openid"),
        ({"touser": None}, 40003, "invalid openid"),
        ({"template_id": "unknown"}, 40037, "invalid template_id"),
        ({"page": "/pages/index"}, 41030, "invalid page"),
        ({"page": "pages/other?x=1"}, 41030, "invalid page"),
        ({"data": None}, 47001, "data format error"),
        ({"data": {}}, 47003, "argument invalid! data.thing1.value is empty"),
        ({"miniprogram_state": "wrong"}, 40097, "invalid args"),
    ],
)
def test_each_wrong_part_of_a_message_has_its_code(
    phone: Phone, token: str, changed: dict[str, Any], errcode: int, errmsg: str
) -> None:
    phone.post("/_standin/pages", {"pages": ["pages/index"]})
    answer = phone.send(token, **changed)
    assert (answer["errcode"], answer["errmsg"].split(" rid: ")[0]) == (errcode, errmsg)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("phrase2", "too long a phrase", "data.phrase2.value invalid"),
        ("phrase2", "六个汉字太长", "data.phrase2.value invalid"),
        ("thing1", "", "data.thing1.value is empty"),
        ("thing1", "两\n行", "data.thing1.value invalid"),
        ("thing1", "长" * 21, "data.thing1.value invalid"),
        ("time4", "tomorrow", "data.time4.value invalid"),
        ("time4", "2026年11月22日 15:01～16:00", "data.time4.value invalid"),
        ("thing3", 7, "data.thing3.value invalid"),
    ],
)
def test_a_value_against_its_rule_is_named(
    phone: Phone, token: str, key: str, value: object, says: str
) -> None:
    data = {k: {"value": v} for k, v in (DATA | {key: value}).items()}
    answer = phone.send(token, data=data)
    assert answer["errcode"] == 47003
    assert answer["errmsg"].split(" rid: ")[0] == f"argument invalid! {says}"


def test_a_published_page_may_carry_a_query(phone: Phone, token: str) -> None:
    phone.post("/_standin/pages", {"pages": ["pages/index"]})
    assert phone.send(token, page="pages/index?id=7")["errcode"] == 43101


def test_two_sends_to_one_person_at_once_collide_and_others_do_not(standin: StandIn, token: str) -> None:
    other = demo_openid("driver2")
    for openid in (DRIVER, other):
        standin.world.desk.grant(openid, TEMPLATE, 5)
    standin.world.latency_s[SEND] = 0.1
    people = [DRIVER, DRIVER, other]
    codes = [a["errcode"] for a in at_once(3, lambda i: Phone(standin.url).send(token, touser=people[i]))]
    assert sorted(codes[:2]) == [0, 43108]
    assert codes[2] == 0


def test_a_template_from_the_settings_is_known(standin: StandIn) -> None:
    own = TemplateSettings(id="own-id", title="自己的", purpose="p", scene="duty", keys={"thing1": "事项"})
    with running(World(templates=[Template.of(own)])) as server:
        known = Phone(server.url).get("/_standin/templates")
    assert "own-id" in {template["id"] for template in known}


def test_answers_are_quick_on_a_kept_connection(phone: Phone) -> None:
    """40 ms a call would mean that Nagle's algorithm is on."""
    took = []
    for _ in range(20):
        started = time.perf_counter()
        phone.sign_in("demo:x")
        took.append(time.perf_counter() - started)
    assert min(took) < 0.03


@contextmanager
def unheard() -> Iterator[None]:
    """The connection ends without an answer."""
    with pytest.raises(requests.RequestException):
        yield


def test_faults_strike_as_often_as_told_and_then_stop(phone: Phone) -> None:
    phone.post("/_standin/faults", {"path": LOGIN, "kind": "busy", "times": 2})
    assert [phone.sign_in("demo:x").get("errcode") for _ in range(3)] == [-1, -1, None]


def test_a_fault_for_one_path_leaves_the_others_alone(phone: Phone) -> None:
    phone.post("/_standin/faults", {"path": SEND, "kind": "reset", "times": -1})
    assert "openid" in phone.sign_in("demo:x")


def test_faults_can_be_cleared(phone: Phone) -> None:
    phone.post("/_standin/faults", {"path": "*", "kind": "errcode", "value": 40164, "times": -1})
    assert phone.sign_in("demo:x")["errcode"] == 40164
    phone.session.delete(phone.url + "/_standin/faults", timeout=5)
    assert "openid" in phone.sign_in("demo:x")


@pytest.mark.parametrize("kind", ["reset", "cut", "garbage"])
def test_broken_answers_are_broken(phone: Phone, kind: str) -> None:
    phone.post("/_standin/faults", {"path": LOGIN, "kind": kind})
    with unheard():
        phone.sign_in("demo:x")
    assert "openid" in phone.sign_in("demo:x")


def test_a_gateway_s_error_is_a_page(standin: StandIn, phone: Phone) -> None:
    phone.post("/_standin/faults", {"path": LOGIN, "kind": "status", "value": 504})
    answer = requests.get(standin.url + LOGIN, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html")


def test_nonsense_for_the_control_face_is_a_400_with_a_sentence(standin: StandIn) -> None:
    for path, body in (("faults", {"kind": "x"}), ("codes", {}), ("credits", {"openid": DRIVER})):
        answer = requests.post(f"{standin.url}/_standin/{path}", json=body, timeout=5)
        assert answer.status_code == 400
        assert answer.json()["problem"]
    unknown = requests.get(f"{standin.url}/_standin/nothing", timeout=5)
    assert unknown.status_code == 404
    assert "POST /_standin/codes" in unknown.json()["offered"]


def test_calls_are_counted_by_path(phone: Phone) -> None:
    phone.sign_in("demo:x")
    phone.sign_in("made-up")
    assert phone.get("/_standin/calls") == {LOGIN: 2}


def test_what_arrived_can_be_listed_by_person_and_seen_on_the_page(
    standin: StandIn, phone: Phone, token: str
) -> None:
    standin.world.desk.grant(DRIVER, TEMPLATE, 1)
    harmless = {"value": "<b>热水</b>"}
    data = {key: {"value": value} for key, value in DATA.items()} | {"thing1": harmless}
    assert phone.send(token, data=data, page="pages/index?id=7")["errcode"] == 0
    listed = phone.get("/_standin/messages", openid=DRIVER)
    assert listed["count"] == 1
    assert listed["items"][0]["values"]["phrase2"] == "已解决"
    assert phone.get("/_standin/messages", name="somebody-else")["items"] == []
    page = requests.get(standin.url + "/", timeout=5)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for shown in (
        "诉求进度通知",
        "回复摘要",
        "热水已恢复",
        "&lt;b&gt;热水&lt;/b&gt;",
        "示例",
        "pages/index?id=7",
    ):
        assert shown in page.text
    assert "<b>热水" not in page.text


def test_the_control_face_is_for_this_machine_only(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "app.wechat.standin.server._Handler._for_people",
        _seen_from("203.0.113.9", standin),
    )
    assert requests.get(f"{standin.url}/_standin/calls", timeout=5).status_code == 403
    assert requests.get(f"{standin.url}/", timeout=5).status_code == 403


def _seen_from(address: str, standin: StandIn) -> Any:
    handler = standin.RequestHandlerClass
    real = handler._for_people

    def from_there(self: Any, request: Any) -> Any:
        self.client_address = (address, 1)
        return real(self, request)

    return from_there


def test_a_stand_in_stops_at_once_though_calls_hang(phone: Phone) -> None:
    with running(World()) as server:
        Phone(server.url).post("/_standin/faults", {"path": LOGIN, "kind": "hang"})
        hanging = requests.Session()
        with pytest.raises(requests.ReadTimeout):
            hanging.get(server.url + LOGIN, timeout=0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 20
