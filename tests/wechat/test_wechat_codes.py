"""Mini-program codes: what may be in them, what is a picture and what is an error in disguise."""

import io
import json

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.settings import WechatSettings
from app.wechat import Misconfigured, Unavailable, Unfit, WeChat
from app.wechat.codes import code_body
from app.wechat.standin import codes as standin_codes
from app.wechat.standin import wire
from app.wechat.standin.server import StandIn
from app.wechat.standin.world import World
from tests.wechat.helpers import bare_server, break_it, calls, http_answer, settings, wechat, with_token

CODE = "/wxa/getwxacodeunlimit"
PAGE = "pages/scan/index"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$&'()*+,/:;=?@-._~"
PNG = b"\x89PNG\r\n\x1a\n and so on"


def decoded(picture: bytes) -> str:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert len(found) == 1
    return str(found[0].text)


@pytest.mark.parametrize("scene", ["s=7KQ9M2XD", "a", "z" * 32, "!#$&'()*+,/:;=?@-._~"])
def test_a_code_holds_its_scene(standin: StandIn, wechat: WeChat, scene: str) -> None:
    picture = wechat.code_image(scene, PAGE)
    assert picture.startswith(b"\x89PNG")
    assert Image.open(io.BytesIO(picture)).size == (430, 430)
    assert decoded(picture) == scene


def test_what_is_asked_comes_from_the_settings(standin: StandIn) -> None:
    with bare_server(http_answer(PNG, "image/jpeg")) as (base, received):
        client = wechat(base, shared=with_token(), code_env="trial", code_check_path=False)
        assert client.code_image("s=1", PAGE, width=280) == PNG
    body = json.loads(bytes(received).partition(b"\r\n\r\n")[2])
    assert body == {"scene": "s=1", "page": PAGE, "check_path": False, "env_version": "trial", "width": 280}


UNFIT = [
    ("", PAGE, 430),
    ("x" * 33, PAGE, 430),
    ("a b", PAGE, 430),
    ("50%", PAGE, 430),
    ("站", PAGE, 430),
    ("a\n", PAGE, 430),
    ("scancode_time=1", PAGE, 430),
    ("s=1", "/pages/scan/index", 430),
    ("s=1", "pages/scan/index?a=1", 430),
    ("s=1", "", 430),
    ("s=1", PAGE, 279),
    ("s=1", PAGE, 1281),
]


@pytest.mark.parametrize(("scene", "page", "width"), UNFIT)
def test_what_wechat_would_refuse_is_not_even_asked(
    standin: StandIn, wechat: WeChat, scene: str, page: str, width: int
) -> None:
    with pytest.raises(Unfit) as refused:
        wechat.code_image(scene, page, width=width)
    assert refused.value.errcode in (40129, 41030, 40097)
    assert not standin.world.calls


def _taken(scene: str, page: str, width: int) -> bool:
    """Whether the stand-in takes it, which was written from WeChat's table on its own."""
    world = World()
    token = world.tokens.give_stable("wx1", world.now(), force=False).text
    raw = json.dumps({"scene": scene, "page": page, "width": width}).encode()
    try:
        standin_codes.code(world, wire.Request("POST", CODE, {"access_token": token}, raw))
    except wire.ApiError:
        return False
    return True


@given(
    st.one_of(st.text(ALPHABET, max_size=34), st.text(max_size=34)),
    st.sampled_from([PAGE, "/" + PAGE, PAGE + "?a=1", ""]),
    st.sampled_from([430, 279, 280, 1280, 1281]),
)
def test_what_we_let_through_is_what_the_stand_in_takes(scene: str, page: str, width: int) -> None:
    try:
        code_body(WechatSettings(), scene, page, width)
        ours = True
    except Unfit:
        ours = False
    if not scene.isascii() and not ours:
        return  # a lone surrogate could not even be written down for the other side
    assert ours == _taken(scene, page, width)


def test_an_error_comes_with_status_200_and_is_no_picture(standin: StandIn, wechat: WeChat) -> None:
    standin.world.desk.pages = frozenset({"pages/other"})
    with pytest.raises(Unfit) as refused:
        wechat.code_image("s=1", PAGE)
    assert (refused.value.errcode, bool(refused.value.rid)) == (41030, True)
    assert wechat.trouble() is None
    unpublished = {"code_check_path": False}
    assert client_with(standin, unpublished).code_image("s=1", PAGE)


def client_with(standin: StandIn, changed: dict[str, object]) -> WeChat:
    return wechat(standin.url, **changed)


@pytest.mark.parametrize(
    "answer",
    [
        b'{"errcode":0,"errmsg":"ok"}',
        b'{"errcode":0,"buffer":"x"}',
        b"",
        b"<html>a proxy's page</html>",
        b"null",
        b'"\\u0089PNG"',
    ],
)
def test_what_is_neither_picture_nor_error_is_no_code(answer: bytes) -> None:
    with bare_server(http_answer(answer, "image/png")) as (base, _), pytest.raises(Unavailable):
        wechat(base, shared=with_token()).code_image("s=1", PAGE)


def test_a_picture_that_is_cut_off_is_no_code(standin: StandIn, wechat: WeChat) -> None:
    break_it(standin, CODE, "cut")
    with pytest.raises(Unavailable):
        wechat.code_image("s=1", PAGE)


def test_an_error_that_calls_itself_a_picture_is_an_error() -> None:
    body = b'{"errcode":45009,"errmsg":"reach max api daily quota limit rid: 64b79592-1db719b6-187cfe77"}'
    with bare_server(http_answer(body, "image/jpeg")) as (base, _), pytest.raises(Misconfigured) as refused:
        wechat(base, shared=with_token()).code_image("s=1", PAGE)
    assert refused.value.errcode == 45009


def test_a_refused_token_is_renewed_once_for_codes_too(standin: StandIn, wechat: WeChat) -> None:
    wechat.code_image("s=1", PAGE)
    standin.world.tokens.void_all()
    assert decoded(wechat.code_image("s=2", PAGE)) == "s=2"
    assert calls(standin, CODE) == 3


def test_the_settings_of_codes_are_the_defaults_of_wechat() -> None:
    given = settings("http://127.0.0.1:1")
    assert (given.code_env, given.code_check_path) == ("release", True)
