"""The entries of the main navigation: which a caller has, in which order, and which one he is at."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.console.edge import NEWS_ROLES
from app.people.rules import STAFF_ROLES
from app.web.callers import Caller

ON_A_PHONE = 4
"""So many have room for their names on the tab bar of a phone, beside the one that opens the others."""

_DESK = tuple(STAFF_ROLES)
_HOUSE = ("staff", "supervisor")


@dataclass(frozen=True)
class Entry:
    """A line of the navigation: where it leads, for whom, and the pages that belong to it."""

    page: str
    title: str
    roles: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


ENTRIES = (
    Entry(
        "desk",
        "值班",
        _DESK,
        (
            *("thread", "claim", "reply", "wait", "resolve", "transfer", "merge"),
            *("on_scene", "hand_over", "reveal"),
        ),
    ),
    Entry("shift", "交接", _DESK, ("give_shift", "sign_shift")),
    Entry("new_request", "登记", _DESK, ("enter",)),
    Entry("checkins", "签到", _DESK),
    Entry("facilities", "设施", _HOUSE, ("set_facility", "tell_basics")),
    Entry("cards", "会员卡", _HOUSE, ("verify_card", "refuse_card")),
    Entry(
        "kitchen",
        "后厨",
        ("staff", "kitchen", "supervisor"),
        ("hand_out_meal", "set_meal_order", "note_walk_in", "close_meal", "make_meal"),
    ),
    Entry("bulletins", "通告", tuple(NEWS_ROLES)),
    Entry("questions", "问答", tuple(NEWS_ROLES), ("answer_question",)),
    Entry("workdays", "工作日", ("admin",), ("set_workday", "remove_workday")),
    Entry("clocks", "时限", ("admin",), ("set_clocks", "remove_clocks")),
    Entry("settings", "设置"),
)


@dataclass(frozen=True)
class Rail:
    """The navigation of one page."""

    first: Sequence[Entry]
    rest: Sequence[Entry]
    here: str

    @property
    def folded_at(self) -> Entry | None:
        """Where one is, when that is one of those which a phone folds away."""
        return next((entry for entry in self.rest if entry.page == self.here), None)


def rail_of(caller: Caller, page: str) -> Rail:
    """What he has; all of it has room on a phone where only one more than the first would be folded away."""
    has = [entry for entry in ENTRIES if not entry.roles or caller.has(*entry.roles)]
    cut = ON_A_PHONE if len(has) > ON_A_PHONE + 1 else len(has)
    return Rail(has[:cut], has[cut:], entry_at(page))


def entry_at(page: str) -> str:
    """The entry to which a page belongs; nothing for one that belongs to none."""
    if page.startswith("bulletin") or page.endswith("_bulletin"):
        return "bulletins"
    return next((entry.page for entry in ENTRIES if page == entry.page or page in entry.pages), "")
