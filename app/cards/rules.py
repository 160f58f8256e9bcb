"""Decisions about cards of the home: what a card is worth at a moment, what staff see of its holder."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.foundation.refusals import Refusal

CARD_EXISTS = Refusal("card.exists", 409, "您已经有会员卡，或申请还在等核验。")
CARD_UNKNOWN = Refusal("card.unknown", 404, "没有找到这张会员卡，请核对卡号。")
CARD_OVER = Refusal("card.over", 409, "这张卡已经结束，请本人重新申请。")
CARD_OWN = Refusal("card.own", 409, "不能核验自己的卡，请同事来办。")

DESK_ROLES: Final = ("staff", "supervisor")
LIVE: Final = ("applied", "verified")
STATES: Final = (*LIVE, "refused", "expired", "left")
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are taken for one another
NUMBER_LENGTH: Final = 8


@dataclass(frozen=True)
class Benefit:
    """What a card brings; `usable` says whether it does so already."""

    title: str
    usable: bool


def shown_state(state: str, valid_until: datetime | None, now: datetime) -> str:
    """The state by the clock: a verified card ends by itself."""
    over = state == "verified" and valid_until is not None and now >= valid_until
    return "expired" if over else state


def benefits(state: str, for_all: Iterable[str], for_verified: Iterable[str]) -> list[Benefit]:
    """All of them, so that who waits sees for what. Only where money is involved a card must be verified."""
    return [Benefit(title, state in LIVE) for title in for_all] + [
        Benefit(title, state == "verified") for title in for_verified
    ]


def clean_number(written: str) -> str:
    """A number as it was typed: small letters, blanks and dashes are fine."""
    return "".join(letter for letter in written.upper() if letter.isalnum())


def mask_plate(plate: str | None) -> str | None:
    """Enough to compare with the lorry outside: `甘A****5`."""
    return plate[:2] + "*" * (len(plate) - 3) + plate[-1] if plate else None
