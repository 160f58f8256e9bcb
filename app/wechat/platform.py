"""WeChat as the house sees it: sign-in, phone number, messages, checks, codes; typed, in time, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.settings import WechatSettings
from app.wechat import checks
from app.wechat.checks import Checked
from app.wechat.client import Request
from app.wechat.codes import USUAL_WIDTH, code_body
from app.wechat.deadline import Deadline
from app.wechat.errors import CodeInvalid, WeChatError, error_for
from app.wechat.line import Line, Observe, body_of, part_of, text_in
from app.wechat.lookups import Call, ListedTemplate, Quota, read_call, read_quota, read_templates
from app.wechat.outcomes import Outcome, Sort, outcome_before_sending, outcome_of
from app.wechat.templates import fit_all
from app.wechat.tokens import Shared

_LONGEST_CODE = 256


@dataclass(frozen=True)
class Login:
    """Who signed in. The session key stays behind: nothing here needs it, and a new sign-in voids it."""

    openid: str
    unionid: str | None


@dataclass(frozen=True)
class PhoneNumber:
    """A number that WeChat vouches for: without the area code, which stands beside it."""

    phone: str = field(repr=False)
    country_code: str


class WeChat:
    """The platform, one for a process. Safe for many threads; holds at most `slots` of them."""

    def __init__(
        self,
        settings: WechatSettings,
        shared: Shared,
        *,
        slots: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        observe: Observe = lambda path, result, seconds: None,
    ) -> None:
        """`slots`: see `gate.slots_for`; the jobs processes bring a number of their own."""
        self._settings = settings
        self._now = now
        self._line = Line(settings, shared, slots=slots, observe=observe)

    def login(self, code: str) -> Login:
        """Whose `wx.login` code this is. CodeInvalid, Blocked, Unavailable, Misconfigured.

        WeChat docs: a code lives five minutes and works once; no access token is involved; `unionid` comes
        only when the app is bound to an open-platform account.
        """
        _plausible(code)
        query = {
            "appid": self._settings.appid,
            "secret": self._settings.secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        body = body_of(self._line.ask(Request("sns/jscode2session", query)))
        unionid = body.get("unionid")
        return Login(text_in(body, "openid"), unionid if isinstance(unionid, str) else None)

    def phone_number(self, code: str) -> PhoneNumber:
        """The number behind a `getPhoneNumber` code. CodeInvalid, Unavailable, Misconfigured.

        WeChat docs: another kind of code than sign-in's; the watermark names the app it was given to and
        must be checked.
        """
        _plausible(code)
        request = Request("wxa/business/getuserphonenumber", body={"code": code})
        info = part_of(body_of(self._line.ask_with_token(request)), "phone_info")
        if part_of(info, "watermark").get("appid") != self._settings.appid:
            raise CodeInvalid("the phone number was given to another app")
        return PhoneNumber(text_in(info, "purePhoneNumber"), str(info.get("countryCode", "")))

    def send_subscribe(
        self, openid: str, template_id: str, data: Mapping[str, str], page: str | None = None
    ) -> Outcome:
        """Send one subscribe message; never raises for what WeChat does. `page` may carry a query.

        The values are fitted to their keywords' rules on the way, so that none is refused for its form.
        """
        fitted = fit_all(data, self._now())
        message: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": {key: {"value": value} for key, value in fitted.items()},
            "miniprogram_state": self._settings.miniprogram_state,
            "lang": "zh_CN",
        }
        if page:
            message["page"] = page
        request = Request("cgi-bin/message/subscribe/send", body=message)
        try:
            return outcome_of(self._line.ask_with_token(request))
        except WeChatError as error:
            return outcome_before_sending(error)

    def check_text(self, openid: str, content: str, *, scene: int = 2, nickname: str = "") -> Checked:
        """What WeChat thinks of a text; never raises for what WeChat does. `scene`: see `checks.text_body`.

        A text of more than 2500 characters is checked in pieces, the worst verdict counts; of more than four
        pieces the rest is for a person: then `pass` becomes `review`. All within `check_deadline_s`.
        """
        clean = checks.tidy(content)
        if not openid:
            return checks.NO_OPENID
        if not clean:
            return checks.NOTHING_TO_CHECK
        deadline = self._line.deadline(self._settings.check_deadline_s)
        found = Checked(Outcome(Sort.DONE), "pass" if checks.reads_all(clean) else "review")
        for piece in checks.pieces(clean):
            body = checks.text_body(openid, piece, scene, checks.tidy(nickname))
            found = checks.worse(found, self._check_piece(body, deadline))
            if found.outcome.sort is not Sort.DONE or found.suggest == "risky":
                break
        return found

    def check_picture(self, openid: str, media_url: str, *, scene: int = 2) -> Checked:
        """Hand a picture to WeChat's check; never raises for what WeChat does. DONE: it is being checked.

        The verdict comes as `wxa_media_check` with this `trace_id` within half an hour; until then the
        address must serve.
        """
        if not openid:
            return checks.NO_OPENID
        request = Request("wxa/media_check_async", body=checks.picture_body(openid, media_url, scene))
        try:
            deadline = self._line.deadline(self._settings.check_deadline_s)
            return checks.read_picture_receipt(self._line.ask_with_token(request, deadline))
        except WeChatError as error:
            return Checked(outcome_before_sending(error))

    def code_image(self, scene: str, page: str, *, width: int = USUAL_WIDTH) -> bytes:
        """A mini-program code (PNG or JPEG) that opens `page` with `scene`. Any WeChatError.

        Unfit before or after the call for what WeChat refuses: scene, width, a page that is not published.
        """
        body = code_body(self._settings, scene, page, width)
        reply = self._line.ask_with_token(Request("wxa/getwxacodeunlimit", body=body, picture=True))
        if error := error_for(reply):
            raise error
        return reply.picture

    def quota(self, cgi_path: str) -> Quota:
        """How much of an API's calls is left today; `cgi_path` such as `/cgi-bin/...`. Any WeChatError."""
        return read_quota(self._look_up("cgi-bin/openapi/quota/get", {"cgi_path": cgi_path}))

    def rid(self, rid: str) -> Call:
        """What WeChat remembers of a failed call, for seven days; it holds secrets. Any WeChatError."""
        return read_call(self._look_up("cgi-bin/openapi/rid/get", {"rid": rid}))

    def templates(self) -> list[ListedTemplate]:
        """The subscribe-message templates of the account, as WeChat lists them. Any WeChatError."""
        return read_templates(self._look_up("wxaapi/newtmpl/gettemplate", None))

    def trouble(self) -> str | None:
        """What is wrong with WeChat, as this process or another last saw it; None when nothing is known."""
        return self._line.trouble()

    def close(self) -> None:
        """Let go of idle connections."""
        self._line.close()

    def _check_piece(self, body: dict[str, Any], deadline: Deadline) -> Checked:
        try:
            request = Request("wxa/msg_sec_check", body=body)
            return checks.read_text_verdict(self._line.ask_with_token(request, deadline))
        except WeChatError as error:
            return Checked(outcome_before_sending(error))

    def _look_up(self, path: str, body: dict[str, Any] | None) -> Mapping[str, Any]:
        return body_of(self._line.ask_with_token(Request(path, body=body, aside=True)))


def _plausible(code: str) -> None:
    """Refuse what no code can be, before a call is spent on it (lone surrogates cannot even be sent)."""
    if not code or len(code) > _LONGEST_CODE or not code.isprintable():
        raise CodeInvalid("not a code")
