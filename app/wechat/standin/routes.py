"""Which path is answered by whom; a new API family is a module and its lines here."""

from collections.abc import Callable

from app.wechat.standin import checks, codes, login, lookups, phone, subscribe, tokens, wire
from app.wechat.standin.world import World

Handler = Callable[[World, wire.Request], wire.Answer]

ROUTES: dict[str, tuple[str, Handler]] = {
    "/sns/jscode2session": ("GET", login.code_to_session),
    "/cgi-bin/token": ("GET", tokens.classic_token),
    "/cgi-bin/stable_token": ("POST", tokens.stable_token),
    "/wxa/business/getuserphonenumber": ("POST", phone.phone_number),
    "/cgi-bin/message/subscribe/send": ("POST", subscribe.send),
    "/wxa/msg_sec_check": ("POST", checks.check_text),
    "/wxa/media_check_async": ("POST", checks.check_media),
    "/wxa/getwxacodeunlimit": ("POST", codes.code),
    "/wxaapi/newtmpl/gettemplate": ("GET", lookups.templates),
    "/cgi-bin/openapi/quota/get": ("POST", lookups.quota),
    "/cgi-bin/openapi/rid/get": ("POST", lookups.rid),
    "/cgi-bin/getcallbackip": ("GET", lookups.callback_ips),
}


def answer(world: World, request: wire.Request) -> wire.Answer:
    """The platform's answer, an error being one too."""
    try:
        with world.lock:
            handler = _handler(request)
            world.ledger.count(request.path, world.calls[request.path], world.now())
            return handler(world, request)
    except wire.ApiError as trouble:
        return error(world, request, trouble)


def error(world: World, request: wire.Request, trouble: wire.ApiError) -> wire.Answer:
    """The error, remembered under its rid."""
    rid = wire.new_rid()
    answer = wire.error(request.path, trouble, rid)
    with world.lock:
        world.ledger.remember(rid, request, answer.body, world.now())
    return answer


def _handler(request: wire.Request) -> Handler:
    method, handler = ROUTES.get(request.path, (request.method, _unknown))
    if request.method != method:
        wrong = wire.ApiError(43002, "require POST method")
        raise wrong if method == "POST" else wire.ApiError(43001, "require GET method")
    return handler


def _unknown(world: World, request: wire.Request) -> wire.Answer:
    raise wire.ApiError(40066, "invalid url")
