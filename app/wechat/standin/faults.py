"""Ways to go wrong, switched on for a path at run time."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What happens instead of the answer, or to it."""

    HANG = "hang"  # nothing comes for `value` seconds (600), then the connection is closed
    SLOW = "slow"  # the answer comes after `value` seconds (1)
    DRIP = "drip"  # the answer comes byte by byte from the status line on, `value` seconds apart (0.05)
    DRIP_BODY = "drip_body"  # head at once, body byte by byte
    RESET = "reset"  # the connection is reset
    CUT = "cut"  # half of the answer, then the connection is closed
    GARBAGE = "garbage"  # a 200 that is no JSON
    BUSY = "busy"  # errcode -1
    ERRCODE = "errcode"  # errcode `value`
    STATUS = "status"  # HTTP status `value` with a gateway's page


_DEFAULT_VALUES = {
    Kind.HANG: 600.0,
    Kind.SLOW: 1.0,
    Kind.DRIP: 0.05,
    Kind.DRIP_BODY: 0.05,
    Kind.ERRCODE: -1,
    Kind.STATUS: 502,
}
EVERY_PATH = "*"


@dataclass
class Fault:
    """`times`: how many calls it meets, below zero all. `after`: the call has its effect, then this."""

    path: str
    kind: Kind
    value: float
    times: int = 1
    after: bool = False

    @classmethod
    def of(cls, wanted: dict[str, Any]) -> "Fault":
        """From JSON. ValueError when it makes no sense."""
        kind = Kind(str(wanted.get("kind")))
        value = wanted.get("value")
        path = str(wanted.get("path") or EVERY_PATH)
        return cls(
            path=path if path == EVERY_PATH or path.startswith("/") else f"/{path}",
            kind=kind,
            value=float(_DEFAULT_VALUES.get(kind, 0) if value is None else value),
            times=int(wanted.get("times", 1)),
            after=bool(wanted.get("after", False)),
        )


@dataclass
class Faults:
    """Those that are on, in the order in which they were switched on."""

    on: list[Fault] = field(default_factory=list)

    def next_for(self, path: str) -> Fault | None:
        """The first that meets this call; it is used up once."""
        for fault in self.on:
            if fault.path in (path, EVERY_PATH):
                fault.times -= 1
                if fault.times == 0:
                    self.on.remove(fault)
                return fault
        return None
