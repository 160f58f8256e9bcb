"""Content checks: what is asked of WeChat about a text or a picture, and what its answer means.

WeChat docs (msg_sec_check v2, media_check_async v2): a risky text comes back with errcode 0, so the verdict
is `result.suggest`; a text has 2500 characters at most; the person must have opened the app within two hours
(else 61010), so checks are made when something is written and never in a late batch; the verdict on a
picture comes later, as the event `wxa_media_check` with the same `trace_id`.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.wechat.outcomes import Outcome, Sort, outcome_of
from app.wechat.replies import Reply

MOST_CHARACTERS = 2500
MOST_PIECES = 4
OVERLAP = 50
"""Pieces of a long text share so many characters: no word is cut in two in both of them."""

_RISKY_OF_OLD = 87014
_PICTURE = 2
_BADNESS = {"pass": 0, "review": 1, "risky": 2}


@dataclass(frozen=True)
class Checked:
    """What came of a check. `suggest`: pass, review or risky; None while nothing is known.

    Whoever asked holds what he wrote for unchecked unless `outcome.sort` is DONE; asking again does no harm.
    `label`: 100 normal, 10001 advertisement, 20001 politics, 20002 pornography, 20003 abuse, 20006 crime,
    20008 fraud, 20012 vulgar, 20013 copyright, 21000 other.
    """

    outcome: Outcome
    suggest: str | None = None
    label: int | None = None
    trace_id: str | None = None


NOTHING_TO_CHECK = Checked(Outcome(Sort.DONE), "pass")
NO_OPENID = Checked(Outcome(Sort.FAILED, errmsg="nobody's openid is known"))


def tidy(text: str) -> str:
    """The text as it can be sent: no control characters (40033), no half of a surrogate pair."""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" else c for c in text
    ).strip()


def pieces(text: str) -> list[str]:
    """The text in pieces that WeChat takes, at most `MOST_PIECES`; see `reads_all`."""
    return list(_pieces(text))[:MOST_PIECES]


def reads_all(text: str) -> bool:
    """Whether the pieces cover the whole text; of a longer one a person must read the rest."""
    return len(text) <= MOST_CHARACTERS + (MOST_PIECES - 1) * (MOST_CHARACTERS - OVERLAP)


def _pieces(text: str) -> Iterator[str]:
    begin = 0
    while True:
        yield text[begin : begin + MOST_CHARACTERS]
        if begin + MOST_CHARACTERS >= len(text):
            return
        begin += MOST_CHARACTERS - OVERLAP


def text_body(openid: str, content: str, scene: int, nickname: str) -> dict[str, Any]:
    """What `msg_sec_check` is asked. `scene`: 1 profile, 2 comment, 3 forum, 4 log."""
    body: dict[str, Any] = {"version": 2, "scene": scene, "openid": openid, "content": content}
    return body | ({"nickname": nickname} if nickname else {})


def picture_body(openid: str, media_url: str, scene: int) -> dict[str, Any]:
    """What `media_check_async` is asked about a picture (10 MB at most; WeChat must be able to fetch it)."""
    return {"media_url": media_url, "media_type": _PICTURE, "version": 2, "scene": scene, "openid": openid}


def read_text_verdict(reply: Reply) -> Checked:
    """The verdict on one piece; an answer without one, or with an unknown one, is for a person to judge."""
    outcome = outcome_of(reply, repeatable=True)
    trace_id = _text(reply.body.get("trace_id"))
    if reply.errcode == _RISKY_OF_OLD:
        return Checked(Outcome(Sort.DONE, reply.errcode, reply.errmsg, reply.rid), "risky")
    if outcome.sort is not Sort.DONE:
        return Checked(outcome, trace_id=trace_id)
    result = reply.body.get("result")
    verdict = result if isinstance(result, dict) else {}
    suggest, label = verdict.get("suggest"), verdict.get("label")
    return Checked(
        outcome,
        suggest if isinstance(suggest, str) and suggest in _BADNESS else "review",
        label if isinstance(label, int) else None,
        trace_id,
    )


def read_picture_receipt(reply: Reply) -> Checked:
    """Whether the picture is being looked at; without a `trace_id` no verdict could be told to be ours."""
    outcome = outcome_of(reply, repeatable=True)
    trace_id = _text(reply.body.get("trace_id"))
    if outcome.sort is Sort.DONE and trace_id is None:
        return Checked(Outcome(Sort.TRY_LATER, outcome.errcode, "the answer lacks trace_id"))
    return Checked(outcome, trace_id=trace_id)


def worse(one: Checked, other: Checked) -> Checked:
    """Of two pieces' verdicts the one that counts; a piece without a verdict leaves the whole without one."""
    for checked in (one, other):
        if checked.outcome.sort is not Sort.DONE:
            return checked
    return max(other, one, key=lambda checked: _BADNESS.get(checked.suggest or "", 1))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
