"""The code on the staff's screen: a new one every 30 s, signed, and usable by as many as stand before it."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from app.duty.rules import CODE_EXPIRED
from app.duty.schemas import CodeOut
from app.foundation.refusals import Refusal
from app.settings import Settings

SPAN_S: Final = 30
_ROAD: Final = timedelta(seconds=3)  # the scan of the last moment is still on its way
_CODE = re.compile(r"(GS\d{3})([AB])-(\d{6,12})-([0-9A-F]{10})")


@dataclass(frozen=True)
class ScreenPlace:
    """Where a good code hangs."""

    station: str
    side: str


@dataclass(frozen=True)
class Screens:
    """The key of this house; nothing is stored, so any process knows every code."""

    key: bytes

    def show(self, station: str, side: str, now: datetime) -> CodeOut:
        """The code of this moment, and the one at which the next follows."""
        turn = int(now.timestamp()) // SPAN_S
        until = datetime.fromtimestamp((turn + 1) * SPAN_S, UTC)
        code = f"{station}{side}-{turn}-{self._mark(station, side, turn)}"
        return CodeOut(code=code, valid_until=until)

    def read(self, code: str, now: datetime) -> ScreenPlace | Refusal | None:
        """Where a code hangs, or that its time is over; None when it is no code of a screen of ours."""
        found = _CODE.fullmatch(code.strip().upper())
        if found is None:
            return None
        station, side, turn, mark = found.groups()
        if not hmac.compare_digest(self._mark(station, side, int(turn)), mark):
            return None
        first = datetime.fromtimestamp(int(turn) * SPAN_S, UTC)
        over = now >= first + timedelta(seconds=SPAN_S) + _ROAD
        return CODE_EXPIRED if over or now < first else ScreenPlace(station, side)

    def _mark(self, station: str, side: str, turn: int) -> str:
        said = f"duty screen {station} {side} {turn}".encode()
        return hmac.new(self.key, said, hashlib.sha256).hexdigest()[:10].upper()


def use_screens(settings: Settings) -> Screens:
    """The screens of a house with these secrets."""
    return Screens(settings.secrets.signing_key.encode())
