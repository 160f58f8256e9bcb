"""Decisions of the help desk: which step is possible when, and what a cry for help is turned into."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.foundation.plain import in_words, mend, mend_json, too_deep
from app.foundation.refusals import Refusal
from app.people.rules import clean_phone

REQUEST_UNKNOWN = Refusal("request.unknown", 404, "没有找到这条诉求。")
WRONG_STATE = Refusal("request.wrong_state", 409, "这条诉求现在不能这样办理，请刷新后再看。")
CLOSED = Refusal("request.closed", 409, "这条诉求已经办结，需要的话可以重新打开或另提一条。")
ALREADY_CLAIMED = Refusal("request.already_claimed", 409, "已经有人接手了。")
WAIT_TOO_LONG = Refusal("request.wait_too_long", 422, "一次最多等 30 天。要等更久，请到时再看，或先办结。")
WAIT_TOO_LONG_URGENT = Refusal(
    "request.wait_too_long", 422, "救命的事一次最多等 24 小时。要等更久，请到时再看，或先办结。"
)
REOPEN_OVER = Refusal("request.reopen_over", 409, "办结已超过 7 天，请另提一条诉求。")
NEEDS_SUPERVISOR = Refusal("request.needs_supervisor", 409, "这条诉求两次不满意，要由值班主管接手。")
SAME_HANDLER = Refusal(
    "request.same_handler", 409, "司机对您上次的办理不满意，有别的同事在班，这一件要换人接手。"
)
NO_PHONE = Refusal("request.no_phone", 404, "这条诉求没有留回拨电话。")
TARGET_UNKNOWN = Refusal("request.target_unknown", 422, "没有这个转办对象，或他不在这个站点。")

WORKDAY_UNKNOWN = Refusal("workday.unknown", 404, "这一天没有另行规定。")
CLOCKS_UNKNOWN = Refusal("clocks.unknown", 404, "没有这类诉求，或这个站点没有另定时限。")
CLOCKS_FIXED = Refusal("clocks.fixed", 409, "救命的事，时限处处一样，不能另定。")
MACRO_UNKNOWN = Refusal("macro.unknown", 404, "没有找到这条常用语。")
MACRO_EXISTS = Refusal("macro.exists", 409, "这里已经有一条同名的常用语。")

HAND_OVER_TARGET = Refusal("shift.wrong_target", 409, "对方在这个站点没有岗位，或就是您自己。")
HAND_OVER_NONE = Refusal(
    "shift.none_taken", 409, "您手上没办结的，对方的岗位一件也办不了。请选别的同事接班，或先逐件转办。"
)
HAND_OVER_UNKNOWN = Refusal("shift.unknown", 404, "没有找到这次交接。")
HAND_OVER_SIGNED = Refusal("shift.signed", 409, "这次交接已经签收过了。")

ERASED = "（已按本人要求删除）"
SOMEBODY = "工作人员"
"""What stands for a colleague who is gone."""

BOARD_LEAST = 5
LOW_SCORE = 2
STATES = ("new", "acknowledged", "handling", "waiting", "answered", "closed", "withdrawn")
OPEN = ("new", "acknowledged", "handling", "waiting", "answered")
UNANSWERED = ("new", "acknowledged", "handling", "waiting")
CENTRE = "CENTRE"


def handed_on(desk: str, station: str | None) -> bool:
    """Whether another station than the one that was named has it now."""
    return station is not None and desk not in (station, CENTRE)


_ALLOWED: dict[str, tuple[str, ...]] = {
    "claim": UNANSWERED,
    "reply": OPEN,
    "wait": ("acknowledged", "handling", "waiting"),
    "resolve": UNANSWERED,
    "transfer": UNANSWERED,
    "message": OPEN,
    "confirm": ("answered",),
    "withdraw": OPEN,
    "reopen": ("answered", "closed"),
    "rate": ("answered", "closed"),
}


def step_refusal(step: str, state: str) -> Refusal | None:
    """Why a step cannot be taken in this state; None when it can."""
    if state in _ALLOWED[step]:
        return None
    return CLOSED if step in ("message", "reply") else WRONG_STATE


def reopen_refusal(ended_at: datetime | None, now: datetime, days: int) -> Refusal | None:
    """An answered or closed request may be reopened for some days."""
    return REOPEN_OVER if ended_at is not None and now - ended_at > timedelta(days=days) else None


HEALTH_SHOWN_AFTER = timedelta(hours=24)
"""How long after its end the desk still reads what was told of somebody's health, without his own consent."""


def hides_health(ended_at: datetime | None, now: datetime) -> bool:
    """Whether a medical call is over for so long that its details are the desk's with a consent only."""
    return ended_at is not None and now - ended_at >= HEALTH_SHOWN_AFTER


LONGEST_WAIT = timedelta(days=30)
"""Whoever needs longer than a month to send what is missing asks again: a wait stops every clock."""


LONGEST_URGENT_WAIT = timedelta(hours=24)
"""A life is not left alone for days because somebody is to send something."""


def wait_refusal(until: datetime, now: datetime, urgency: int) -> Refusal | None:
    """A wait has an end, and not in years; of the most urgent (0) not in days."""
    if urgency == 0:
        return WAIT_TOO_LONG_URGENT if until > now + LONGEST_URGENT_WAIT else None
    return WAIT_TOO_LONG if until > now + LONGEST_WAIT else None


def rate_refusal(state: str, into: str | None, resolved_at: datetime | None, now: datetime) -> Refusal | None:
    """Nobody can say how it was before it was done. `into`: the state of what it was merged into; a meal that
    was ordered is answered at once, and done when it is fetched or its slot is over."""
    ahead = state == "answered" and resolved_at is not None and resolved_at > now
    return WRONG_STATE if ahead or into in UNANSWERED else None


SUPERVISED_FROM = 2


def claim_refusal(reopened: int, *, is_supervisor: bool, urgent: bool) -> Refusal | None:
    """A request that left somebody unsatisfied twice is a supervisor's; a call for help is anybody's."""
    needs_one = reopened >= SUPERVISED_FROM and not urgent
    return NEEDS_SUPERVISOR if needs_one and not is_supervisor else None


def returns_to_same(reopened: int, last_handler: UUID | None, taker: UUID, *, urgent: bool) -> bool:
    """Whether it would go back to whom its driver was not satisfied with."""
    return reopened > 0 and last_handler == taker and not urgent


def merge_refusal(state: str, into: str, *, urgent: bool, same: bool) -> Refusal | None:
    """Two that are one must both be under way; a call for help never ends inside something ordinary."""
    possible = state in UNANSWERED and into in UNANSWERED and (same or not urgent)
    return None if possible else WRONG_STATE


def shown_share(part: int, whole: int) -> int | None:
    """A share in per cent; None where so few would tell of single people."""
    return round(100 * part / whole) if whole >= BOARD_LEAST else None


def state_after_claim(state: str) -> str:
    """Taking a new request acknowledges it; one already under way stays what it is."""
    return "acknowledged" if state == "new" else state


def state_after_reply(state: str) -> str:
    """The first public answer begins the handling; one that was resolved stays so."""
    return "handling" if state in UNANSWERED else state


def next_due(
    state: str, *, ack_by: datetime, answer_by: datetime, close_by: datetime, wait_until: datetime | None
) -> datetime:
    """The clock that runs now: it orders the queue. `answer_by` is `close_by` once somebody has answered."""
    if state == "new":
        return ack_by
    if state == "waiting" and wait_until:
        return max(wait_until, answer_by)
    return close_by if state == "answered" else answer_by


def breached(
    now: datetime,
    *,
    ack_by: datetime,
    answer_by: datetime,
    close_by: datetime,
    acknowledged_at: datetime | None,
    answered_at: datetime | None,
    closed_at: datetime | None,
) -> list[str]:
    """Which clocks were missed, whether or not the step came later."""
    pairs = (
        ("ack", ack_by, acknowledged_at),
        ("answer", answer_by, answered_at),
        ("close", close_by, closed_at),
    )
    return [name for name, by, done in pairs if (done or now) > by]


LONGEST_UNSENT = timedelta(days=30)
"""A phone may have been without signal; not for longer than this."""


def believed(written_at: datetime | None, received_at: datetime) -> datetime | None:
    """When something was written, as people are told: what cannot be is a wrong clock's, and counts
    from when it reached us. The row keeps what the phone said."""
    if written_at is None or received_at - LONGEST_UNSENT <= written_at <= received_at:
        return written_at
    return received_at


# --- Help is never refused: what cannot be understood is kept as text -----------------------------------

MOST_TEXT = 2000
_MOST_TOLD = 500
_DETAILS_DEEPEST = 5
_STATION = re.compile(r"^GS\d{3}\Z")
_UUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)
_MOST_UPLOADS = 9
_PHONE = re.compile(r"^\+?[0-9][0-9 \-]{2,19}\Z")


def soften(sent: dict[str, Any]) -> dict[str, Any]:
    """A body that is always acceptable, made of whatever a frightened person or a broken phone sent.

    Known fields that fit are kept; everything else is told in the text, which is cut to 2,000 characters;
    NUL and lone surrogates become U+FFFD. Without a side both sides ring.
    """
    left = dict(sent)
    kept: dict[str, Any] = {"kind": left.pop("kind"), "side": "unknown"}
    extra: list[str] = []
    for name, fits in _SOFT_FIELDS.items():
        value = left.pop(name, None)
        good = fits(value)
        if good is not None:
            kept[name] = good
        elif value not in (None, "", [], {}):
            extra.append(_told(name, value))
    text = left.pop("text", "")
    extra += [_told(name, value) for name, value in left.items()]
    kept["text"] = _cut(mend(text if isinstance(text, str) else in_words(text)).strip(), "\n".join(extra))
    return kept


def soften_caller(sent: Any) -> tuple[dict[str, str], Any]:
    """Of a caller what fits a name and a number; and everything else, None if nothing is left."""
    if not isinstance(sent, dict):
        return {}, sent
    left, kept = dict(sent), {}
    for name, fits in (("name", _name), ("phone", clean_phone)):
        value = left.pop(name, None)
        if isinstance(value, str) and (good := fits(value)):
            kept[name] = good
        elif value not in (None, ""):
            left[name] = value
    return kept, left or None


def with_words(text: str, extra: str) -> str:
    """A text with something more that has to be told, within the limit; the end of the text gives way."""
    extra = extra[: MOST_TEXT // 2]
    return "\n".join(filter(None, [text[: MOST_TEXT - len(extra) - 1], extra]))


def _cut(words: str, extra: str) -> str:
    """Both within the limit; neither may crowd the other out."""
    extra = extra[: MOST_TEXT - min(len(words), MOST_TEXT // 2) - 1]
    return "\n".join(filter(None, [words[: MOST_TEXT - len(extra) - 1], extra])).strip()


def _told(name: str, value: Any) -> str:
    return mend(f"{name}：{in_words(value)}")[:_MOST_TOLD]


def _name(value: str) -> str | None:
    name = mend(value).strip()
    return name if 1 <= len(name) <= 20 else None


def _station(value: Any) -> str | None:
    written = value.strip().upper() if isinstance(value, str) else ""
    return written if _STATION.match(written) else None


def _side(value: Any) -> str | None:
    written = value.strip() if isinstance(value, str) else ""
    return written.upper() if written.upper() in ("A", "B") else "unknown" if written == "unknown" else None


def _place(value: Any) -> str | None:
    written = mend(value).strip() if isinstance(value, str) else ""
    return written if 1 <= len(written) <= 200 else None


def _uploads(value: Any) -> list[str] | None:
    """Ids that may be uploads; anything else is told in words."""
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_UPLOADS:
        return None
    good = all(isinstance(entry, str) and _UUID.match(entry) for entry in value)
    return value if good else None


def _details(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict) or too_deep(value, _DETAILS_DEEPEST) or len(json.dumps(value)) > 4000:
        return None
    mended: dict[str, Any] = mend_json(value)
    return mended


def _phone(value: Any) -> str | None:
    written = value.strip() if isinstance(value, str) else ""
    return written if _PHONE.match(written) else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _yes(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_SOFT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "station": _station,
    "side": _side,
    "place_text": _place,
    "details": _details,
    "upload_ids": _uploads,
    "contact_phone": _phone,
    "written_at": _moment,
    "for_other_person": _yes,
}
