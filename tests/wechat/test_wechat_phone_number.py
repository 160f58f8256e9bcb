"""Proving a phone number by a one-time code."""

import pytest

from app.wechat import CodeInvalid, Misconfigured, Unavailable, WeChat
from app.wechat.standin.server import StandIn
from tests.wechat.helpers import PHONE, TOKEN, break_it, calls

NUMBER = "13800001234"


def test_a_code_is_a_number(standin: StandIn, wechat: WeChat) -> None:
    code = standin.world.phone_codes.issue(NUMBER, standin.world.now())
    proved = wechat.phone_number(code)
    assert (proved.phone, proved.country_code) == (NUMBER, "86")
    assert NUMBER not in repr(proved)


def test_a_code_works_once(standin: StandIn, wechat: WeChat) -> None:
    code = standin.world.phone_codes.issue(NUMBER, standin.world.now())
    wechat.phone_number(code)
    with pytest.raises(CodeInvalid):
        wechat.phone_number(code)


def test_a_number_marked_for_another_app_is_refused(standin: StandIn, wechat: WeChat) -> None:
    standin.world.watermark_appid = "wxffffffffffffffff"
    with pytest.raises(CodeInvalid):
        wechat.phone_number(f"demo:{NUMBER}")


def test_an_expired_token_is_replaced_and_the_call_tried_once_more(standin: StandIn, wechat: WeChat) -> None:
    wechat.phone_number(f"demo:{NUMBER}")
    standin.world.tokens.void_all()
    assert wechat.phone_number(f"demo:{NUMBER}").phone == NUMBER
    assert (calls(standin, PHONE), calls(standin, TOKEN)) == (3, 2)


@pytest.mark.parametrize(
    ("errcode", "kind"), [(40013, Misconfigured), (-1, Unavailable), (40029, CodeInvalid)]
)
def test_errcodes_have_their_errors(
    standin: StandIn, wechat: WeChat, errcode: int, kind: type[Exception]
) -> None:
    break_it(standin, PHONE, "errcode", errcode)
    with pytest.raises(kind):
        wechat.phone_number(f"demo:{NUMBER}")
