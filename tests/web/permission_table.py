"""Who may do what, written by hand: every rule of the service, every role, own and other people's objects.

An outcome is a status; "door" is a redirect to the console's sign-in page. A rule that is not here fails.
"""

from datetime import date, timedelta
from typing import Any

_SOON = date.today() + timedelta(days=200)
"""Neither past nor farther ahead than anything may be arranged."""

Outcome = int | str
Answers = dict[str, Outcome]

NOBODY = "stranger ended".split()
DRIVING = "driver driver2".split()
BRANCH = "member member2".split()
OFFICE = "secretary committee editor approver admin auditor viewer".split()
DESK = "staff staff2 supervisor kitchen responder elsewhere".split()
SIGNED_IN = [*DRIVING, *BRANCH, *OFFICE, *DESK]
EVERYBODY = [*NOBODY, *SIGNED_IN]

# Of the desks' people, who handles which request: by kind and by the station where it lies.
HANDLED_BY = {
    "other at GS001": "staff staff2 supervisor",
    "meal at GS001": "staff staff2 supervisor kitchen",
    "medical at GS001": "staff staff2 supervisor responder",
    "other at GS002": "supervisor elsewhere",
    "other at the centre": "supervisor",
}
# Who may enter one; a medical one whoever stands at a desk, and without a station it is the desk's own.
ENTERED_BY = {
    "other at GS001": "staff staff2 supervisor",
    "meal at GS001": "staff staff2 supervisor kitchen",
    "medical at GS001": "staff staff2 supervisor kitchen responder elsewhere",
    "other at GS002": "supervisor elsewhere",
    "medical at GS002": "staff staff2 supervisor kitchen responder elsewhere",
    "other at no station": "staff staff2 supervisor elsewhere",
    "meal at no station": "staff staff2 supervisor elsewhere kitchen",
    "medical at no station": "staff staff2 supervisor kitchen responder elsewhere",
}


def everybody(outcome: Outcome) -> Answers:
    """Strangers too."""
    return dict.fromkeys(EVERYBODY, outcome)


def signed_in(outcome: Outcome) -> Answers:
    """Whoever has a live token."""
    return everybody(401) | dict.fromkeys(SIGNED_IN, outcome)


def desk(outcome: Outcome, *, only: str | None = None, others: Outcome = 404) -> Answers:
    """Whoever works at a desk; with `only`, of these the named ones, `others` for the rest of them."""
    answers = signed_in(403) | dict.fromkeys(DESK, outcome if only is None else others)
    return answers | dict.fromkeys((only or "").split(), outcome)


def desk_page(
    outcome: Outcome, *, only: str | None = None, others: Outcome = 404, at_the_door: Outcome = "door"
) -> Answers:
    """The same at the console, where who is not signed in is led to the door."""
    return desk(outcome, only=only, others=others) | dict.fromkeys(NOBODY, at_the_door)


def console_page(outcome: Outcome) -> Answers:
    """Pages for everybody with an account of the console, at a desk or not."""
    answers = everybody(outcome) | dict.fromkeys(NOBODY, "door")
    return answers | dict.fromkeys([*DRIVING, *BRANCH], 403)


def handled(outcome: Outcome) -> dict[str, Answers]:
    """By object: who handles it gets `outcome`, the others at a desk 404, the rest 403."""
    return {thing: desk(outcome, only=who) for thing, who in HANDLED_BY.items()}


def handled_page(outcome: Outcome, at_the_door: Outcome = "door") -> dict[str, Answers]:
    """The same at the console."""
    return {thing: desk_page(outcome, only=who, at_the_door=at_the_door) for thing, who in HANDLED_BY.items()}


def stages_of_a_call() -> dict[str, Answers]:
    """Only a medical call has stages."""
    medical = "medical at GS001"
    return handled(409) | {medical: desk(200, only=HANDLED_BY[medical])}


def stages_of_a_call_page() -> dict[str, Answers]:
    """The same at the console."""
    medical = "medical at GS001"
    return handled_page(409) | {medical: desk_page(303, only=HANDLED_BY[medical])}


def entered(outcome: Outcome, page: bool = False) -> dict[str, Answers]:
    """Who may enter a request for somebody else."""
    answers = desk_page if page else desk
    return {thing: answers(outcome, only=who, others=403) for thing, who in ENTERED_BY.items()}


def news(editor: Outcome, approver: Outcome) -> Answers:
    """Who writes bulletins, and who approves them; nobody else, whatever else he may be."""
    return signed_in(403) | {"editor": editor, "approver": approver}


def news_page(editor: Outcome, approver: Outcome, at_the_door: Outcome = "door") -> Answers:
    """The same at the console."""
    return news(editor, approver) | dict.fromkeys(NOBODY, at_the_door)


def admin_page(outcome: Outcome) -> Answers:
    """The administrator's own pages."""
    return signed_in(403) | {"admin": outcome} | dict.fromkeys(NOBODY, "door")


def reviewed(only: str) -> Answers:
    """A picture that waits for a decision: who handles what it hangs on, as staff or supervisor."""
    return desk(200, only=only) | dict.fromkeys(("kitchen", "responder"), 403)


def cooks(outcome: Outcome, others: Outcome = 404) -> Answers:
    """Whoever hands out meals at GS001; `others` for those who do so elsewhere."""
    answers = signed_in(403) | dict.fromkeys(["staff", "staff2", "supervisor", "kitchen"], outcome)
    return answers | {"elsewhere": others}


def cooks_page(outcome: Outcome, others: Outcome) -> Answers:
    """The same at the console."""
    return cooks(outcome, others) | dict.fromkeys(NOBODY, "door")


def own(outcome: Outcome) -> dict[str, Answers]:
    """One's own object; another person's is not there, whatever else one may be."""
    return {"one's own": signed_in(outcome), "another's": signed_in(404)}


def members(outcome: Outcome, others: Outcome = 403) -> Answers:
    """Whoever belongs to the branch at GS001; to all others it is closed."""
    return signed_in(others) | dict.fromkeys([*BRANCH, "secretary", "committee"], outcome)


def office(outcome: Outcome) -> Answers:
    """The branch's secretary and committee."""
    return signed_in(403) | in_office(outcome)


def hidden_office(outcome: Outcome) -> Answers:
    """The same where all others shall not even learn that there is something."""
    return signed_in(404) | in_office(outcome)


def in_office(outcome: Outcome) -> Answers:
    """The two alone, to be laid over what others get."""
    return dict.fromkeys(("secretary", "committee"), outcome)


def keepers(outcome: Outcome, *, elsewhere: Outcome, there: Outcome = 403) -> Answers:
    """Who looks after the facilities at GS001; `elsewhere` is what staff of GS002 get, `there` those of GS001
    where it is about GS002."""
    answers = signed_in(403) | dict.fromkeys(("supervisor", "admin"), outcome) | {"elsewhere": elsewhere}
    return answers | dict.fromkeys(("staff", "staff2"), there)


def keepers_page(outcome: Outcome, *, elsewhere: Outcome, there: Outcome | None = None) -> Answers:
    """The same at the console, where the admin has no desk."""
    answers = keepers(outcome, elsewhere=elsewhere, there=outcome if there is None else there)
    return answers | {"admin": 403} | dict.fromkeys(NOBODY, "door")


def papers() -> dict[str, Answers]:
    """Whoever has the address: it was made for one person, whose name it shows."""
    return {
        "its address": everybody(200),
        "changed address": everybody(403),
        "old address": everybody(410),
    }


def claimed(outcome: Outcome, page: bool = False) -> dict[str, Answers]:
    """What the desk does with a claim, and with nothing else."""
    here, there, answers = "staff staff2 supervisor", "supervisor elsewhere", desk_page if page else desk
    return {
        "insurance at GS001": answers(outcome, only=here),
        "insurance at GS002": answers(outcome, only=there),
        "other at GS001": answers(404),
    }


def watched(outcome: Outcome, none: Outcome, page: bool = False) -> dict[str, Answers]:
    """What the desk does with a lorry that is watched; of another request there is `none`."""
    medical, there, answers = "medical at GS001", "supervisor elsewhere", desk_page if page else desk
    return {
        medical: answers(outcome, only=HANDLED_BY[medical]),
        "medical at GS002": answers(outcome, only=there),
        "other at GS001": answers(none, only=HANDLED_BY["other at GS001"]),
    }


API = "/api/v1"
ONE = f"{API}/requests/<uuid:id>"
AT_DESK = f"{API}/staff/requests/<uuid:id>"
PAGE = "/console/requests/<uuid:id>"
SHIFT = f"{API}/duty/shifts/<uuid:id>"
ATTENDANCE = f"{API}/duty/attendance/<uuid:id>"
MEMBER = f"{API}/staff/members/<uuid:id>"
QUARTER = f"{API}/staff/points/quarters/<quarter>"
NEWS = f"{API}/staff/bulletins/<uuid:id>"
CARD = f"{API}/staff/cards/<uuid:id>"
FACILITY = f"{API}/staff/facilities/<uuid:id>"
NEWS_PAGE = "/console/bulletins/<uuid:id>"

# (method, rule) → what comes of it, for each object that it can be about ("" when about none)
TABLE: dict[tuple[str, str], dict[str, Answers]] = {
    # without sign-in
    ("GET", "/"): {"": everybody(302)},
    ("GET", "/healthz"): {"": everybody(200)},
    ("GET", "/readyz"): {"": everybody(200)},
    ("GET", "/metrics"): {"allowed address": everybody(200), "other address": everybody(403)},
    ("GET", "/api/docs"): {"": everybody(200)},
    ("GET", "/api/openapi.json"): {"": everybody(200)},
    ("GET", "/web/<path:filename>"): {"": everybody(200)},
    ("GET", "/s/<key>"): {"live key": everybody(200), "unknown key": everybody(404)},
    ("GET", "/<name>.txt"): {"configured": everybody(200), "other": everybody(404)},
    ("GET", "/s/<name>.txt"): {"configured": everybody(200), "other": everybody(404)},
    ("GET", f"{API}/stations"): {"": everybody(200)},
    ("GET", f"{API}/stations/<code>"): {"": everybody(200)},
    ("GET", f"{API}/request-kinds"): {"": everybody(200)},
    ("GET", f"{API}/board"): {"": everybody(200)},
    ("GET", f"{API}/bulletins"): {"": everybody(200)},
    ("GET", f"{API}/bulletins/<uuid:id>"): {"sending": everybody(200), "scheduled": everybody(404)},
    ("GET", f"{API}/questions"): {"": everybody(200)},
    ("POST", f"{API}/auth/wechat"): {"": everybody(200)},
    ("GET", "/wechat/callback"): {"": everybody(403)},  # without WeChat's signature
    ("POST", "/wechat/callback"): {"": everybody(403)},
    # whoever is signed in, about himself
    ("POST", f"{API}/auth/logout"): {"": signed_in(204)},
    ("GET", f"{API}/me"): {"": signed_in(200)},
    ("PUT", f"{API}/me"): {"": signed_in(200)},
    ("POST", f"{API}/me/phone"): {"": signed_in(200)},
    ("GET", f"{API}/me/export"): {"": signed_in(200)},
    ("GET", f"{API}/me/consents"): {"": signed_in(200)},
    ("PUT", f"{API}/me/consents/<purpose>"): {"": signed_in(200)},
    ("POST", f"{API}/me/erasure"): {"": signed_in(422)},  # without "confirm": nobody is erased by mistake
    ("GET", f"{API}/inbox"): {"": signed_in(200)},
    ("GET", f"{API}/inbox/unread"): {"": signed_in(200)},
    ("POST", f"{API}/inbox/<uuid:id>/read"): own(204),
    ("GET", f"{API}/message-templates"): {"": signed_in(200)},
    ("POST", f"{API}/subscriptions"): {"": signed_in(204)},
    ("POST", f"{API}/checkins"): {"": signed_in(201)},
    ("GET", f"{API}/checkins"): {"": signed_in(200)},
    ("PUT", f"{API}/checkins/<uuid:id>"): own(200),
    ("POST", f"{API}/uploads"): {"": signed_in(201)},
    ("GET", "/u/<uuid:id>"): {  # whoever has the address
        "its address": everybody(200),
        "changed address": everybody(403),
        "old address": everybody(410),
    },
    ("POST", f"{API}/requests"): {"": signed_in(201)},
    ("GET", f"{API}/requests"): {"": signed_in(200)},
    ("GET", ONE): own(200),
    ("POST", f"{ONE}/messages"): own(201),
    ("POST", f"{ONE}/confirm"): own(200),
    ("POST", f"{ONE}/reopen"): own(200),
    ("POST", f"{ONE}/withdraw"): own(200),
    ("POST", f"{ONE}/rating"): own(200),
    ("POST", f"{API}/questions"): {"": signed_in(201)},
    # claims
    ("GET", f"{API}/claims/guides"): {"": signed_in(200)},
    ("GET", f"{API}/claims/hotlines"): {"": signed_in(200)},
    ("GET", f"{API}/claims"): {"": signed_in(200)},
    ("POST", f"{API}/claims/join"): {"": signed_in(404)},  # with a code that nobody made
    ("GET", f"{ONE}/insurance"): own(200),
    ("PUT", f"{ONE}/insurance"): own(200),
    ("PUT", f"{ONE}/insurance/evidence"): own(200),
    ("POST", f"{ONE}/documents"): own(201),
    ("DELETE", f"{API}/claims/documents/<uuid:id>"): own(204),
    ("POST", f"{ONE}/co-driver-code"): own(201),
    ("DELETE", f"{API}/claims/co-drivers/<uuid:id>"): own(204),
    ("GET", f"{ONE}/statement"): own(200),
    ("GET", "/c/documents/<uuid:id>"): papers(),
    ("GET", "/c/statements/<uuid:id>"): papers(),
    ("GET", f"{AT_DESK}/insurance"): claimed(200),
    ("PUT", f"{AT_DESK}/insurance"): claimed(200),
    ("PUT", f"{AT_DESK}/footage"): claimed(200),
    ("GET", f"{AT_DESK}/statement"): claimed(200),
    ("PUT", f"{API}/staff/claims/hotlines"): {"": signed_in(403) | {"admin": 200}},
    # lorry and cargo of who is in hospital
    ("POST", f"{ONE}/watch"): own(201),
    ("GET", f"{ONE}/watch"): own(200),
    ("POST", f"{ONE}/watch/received"): own(200),
    ("GET", f"{AT_DESK}/for-120"): stages_of_a_call(),
    ("POST", f"{AT_DESK}/watch"): watched(201, 409),
    ("GET", f"{AT_DESK}/watch"): watched(200, 404),
    ("PUT", f"{AT_DESK}/watch"): watched(200, 404),
    ("POST", f"{AT_DESK}/watch/hand-back"): watched(200, 404),
    # duty
    ("GET", f"{API}/duty/shifts"): {"": members(200)},
    ("GET", SHIFT): {"free": members(200, others=404)},
    ("POST", f"{SHIFT}/signup"): {"free": members(201)},
    ("DELETE", f"{SHIFT}/signup"): {"held": members(200)},
    ("POST", f"{SHIFT}/stand-in"): {"held": members(201)},
    ("GET", f"{API}/duty/stand-ins"): {"": members(200)},
    ("POST", f"{API}/duty/stand-ins/<uuid:id>/accept"): {"another's": members(200)},
    ("DELETE", f"{API}/duty/stand-ins/<uuid:id>"): own(204),
    ("POST", f"{API}/duty/attendance"): {"": members(409)},  # with no shift at this hour
    ("POST", f"{ATTENDANCE}/finish"): own(200),
    ("POST", f"{ATTENDANCE}/corrections"): own(201),
    ("GET", f"{API}/duty/mine"): {"": members(200)},
    ("POST", f"{API}/staff/duty/posts"): {"GS001": office(201), "GS002": office(403)},
    ("POST", f"{API}/staff/duty/shifts"): {"GS001": office(201)},
    ("POST", f"{API}/staff/duty/attendance/<uuid:id>/correct"): {"another's": office(200)},
    ("GET", f"{API}/staff/duty/code"): {
        "GS001": office(200) | dict.fromkeys(("staff", "staff2", "supervisor"), 200),
        "GS002": signed_in(403) | dict.fromkeys(("supervisor", "elsewhere"), 200),
    },
    ("POST", f"{API}/duty/task-forces/join"): {"": signed_in(200)},
    ("GET", f"{API}/branch/task-forces"): {"": members(200, others=404)},
    ("POST", f"{API}/branch/task-forces"): {"": signed_in(404) | dict.fromkeys(BRANCH, 403) | in_office(201)},
    ("POST", f"{API}/branch/task-forces/<uuid:id>/close"): {"GS001": signed_in(404) | in_office(200)},
    # meals
    ("GET", f"{API}/meals"): {"": signed_in(200)},
    ("GET", f"{API}/staff/meals/offers"): {"": cooks(200, 200), "GS001": cooks(200, 403)},
    ("POST", f"{API}/staff/meals/offers"): {"GS001": cooks(201, 403)},
    ("PUT", f"{API}/staff/meals/offers/<uuid:id>"): {"GS001": cooks(200)},
    ("POST", f"{API}/staff/meals/offers/<uuid:id>/close"): {"GS001": cooks(200)},
    ("POST", f"{API}/staff/meals/offers/<uuid:id>/walk-ins"): {"GS001": cooks(201)},
    ("DELETE", f"{API}/staff/meals/walk-ins/<uuid:id>"): {"GS001": cooks(200)},
    ("GET", f"{API}/staff/meals/orders"): {"": cooks(200, 200), "GS001": cooks(200, 403)},
    ("POST", f"{API}/staff/meals/orders/<uuid:id>/ready"): {"GS001": cooks(200)},
    ("POST", f"{API}/staff/meals/orders/<uuid:id>/cancel"): {"GS001": cooks(200)},
    ("POST", f"{API}/staff/meals/pickup"): {"GS001": cooks(200)},
    ("GET", f"{API}/staff/campaigns"): {"": cooks(200, 200), "GS001": cooks(200, 403)},
    ("POST", f"{API}/staff/campaigns"): {"GS001": cooks(201, 403) | {"kitchen": 403}},
    ("GET", f"{API}/staff/campaigns/<uuid:id>"): {"GS001": cooks(200)},
    ("POST", f"{API}/staff/campaigns/<uuid:id>/entries"): {"GS001": cooks(201)},
    ("POST", f"{API}/staff/campaign-entries/<uuid:id>/reverse"): {"GS001": cooks(201)},
    ("POST", f"{API}/staff/campaigns/<uuid:id>/settle"): {"GS001": cooks(200) | {"kitchen": 403}},
    # facilities
    ("GET", f"{API}/facilities"): {"": signed_in(200)},
    ("POST", f"{API}/facilities/<uuid:id>/bookings"): {"free": signed_in(201)},
    ("POST", f"{API}/facilities/<uuid:id>/reports"): {"": signed_in(201)},
    ("GET", f"{API}/bookings"): {"": signed_in(200)},
    ("POST", f"{API}/bookings/<uuid:id>/start"): own(200),
    ("DELETE", f"{API}/bookings/<uuid:id>"): own(204),
    ("GET", f"{API}/staff/facilities"): {
        "GS001": keepers(200, elsewhere=403, there=200),
        "GS002": keepers(200, elsewhere=200),
    },
    ("POST", f"{API}/staff/facilities"): {
        "GS001": keepers(201, elsewhere=403, there=201),
        "GS002": keepers(201, elsewhere=201),
    },
    ("PUT", FACILITY): {"at GS001": keepers(200, elsewhere=404, there=200)},
    ("GET", f"{FACILITY}/reports"): {"at GS001": keepers(200, elsewhere=404, there=200)},
    ("PUT", f"{API}/staff/stations/<code>/basics"): {"GS001": keepers(204, elsewhere=403, there=204)},
    # cards of the home
    ("POST", f"{API}/me/card"): {"": signed_in(201)},
    ("DELETE", f"{API}/me/card"): {"": signed_in(204)},
    ("GET", f"{API}/staff/cards"): {"": desk(200, only="staff staff2 supervisor elsewhere", others=403)},
    ("POST", f"{CARD}/verify"): {
        "another's": desk(200, only="staff staff2 supervisor elsewhere", others=403)
    },
    ("POST", f"{CARD}/refuse"): {
        "another's": desk(200, only="staff staff2 supervisor elsewhere", others=403)
    },
    # membership
    ("GET", f"{API}/me/membership"): {"": members(200, others=404)},
    ("POST", f"{API}/me/membership"): {"": signed_in(409)},  # without a consent of its own
    ("PUT", f"{API}/me/membership"): {"": members(200, others=404)},
    ("DELETE", f"{API}/me/membership"): {"": signed_in(404)},  # nothing of theirs waits
    ("GET", f"{API}/me/receipts"): {"": members(200, others=404)},
    ("GET", f"{API}/staff/members"): {"": hidden_office(200)},
    ("GET", f"{API}/staff/members/receipts"): {"": hidden_office(200)},
    ("POST", f"{MEMBER}/verify"): {"pending": hidden_office(200), "pending elsewhere": hidden_office(404)},
    ("POST", f"{MEMBER}/refuse"): {"pending": hidden_office(200), "pending elsewhere": hidden_office(404)},
    ("POST", f"{MEMBER}/transfer"): {"active": hidden_office(200), "active elsewhere": hidden_office(404)},
    ("POST", f"{MEMBER}/leave"): {"active": hidden_office(200), "active elsewhere": hidden_office(404)},
    # points
    ("GET", f"{API}/points"): {"": members(200, others=404)},
    ("GET", f"{API}/points/quarters/<quarter>"): {"2026Q4": members(200, others=404)},
    ("GET", f"{API}/points/quarters/<quarter>/objections"): {"2026Q4": members(200, others=404)},
    ("POST", f"{API}/points/quarters/<quarter>/objections"): {"2000Q1": members(409, others=404)},
    ("GET", QUARTER): {"2026Q4": hidden_office(200)},
    ("POST", f"{QUARTER}/settle"): {"settled": hidden_office(200), "published": hidden_office(409)},
    ("POST", f"{QUARTER}/publish"): {"settled": hidden_office(200), "published": hidden_office(409)},
    ("POST", f"{QUARTER}/finalize"): {"over": hidden_office(200), "published": hidden_office(409)},
    ("POST", f"{QUARTER}/rewards"): {"final": hidden_office(201), "over": hidden_office(409)},
    ("GET", f"{QUARTER}/list"): {"published": hidden_office(200), "settled": hidden_office(409)},
    ("GET", f"{API}/staff/points/objections"): {"": hidden_office(200)},
    ("POST", f"{API}/staff/points/objections/<uuid:id>/decide"): {
        "GS001": hidden_office(200),
        "GS002": hidden_office(404),
    },
    ("GET", f"{API}/staff/points/rules"): {"": hidden_office(200)},
    ("POST", f"{API}/staff/points/rules"): {"": hidden_office(201)},
    ("GET", f"{API}/staff/self-check"): {
        "": office(200) | dict.fromkeys(("admin", "supervisor", "auditor"), 200),
    },
    # bulletins
    ("GET", f"{API}/staff/bulletins"): {"": news(200, 200)},
    ("POST", f"{API}/staff/bulletins"): {"": news(201, 403)},
    ("GET", NEWS): {"draft": news(200, 200)},
    ("PUT", NEWS): {"draft": news(200, 403)},
    ("POST", f"{NEWS}/submit"): {"draft": news(200, 403)},
    ("POST", f"{NEWS}/approve"): {"submitted": news(403, 200)},
    ("POST", f"{NEWS}/return"): {"submitted": news(403, 200), "approved": news(403, 200)},
    ("POST", f"{NEWS}/schedule"): {"approved": news(403, 200)},
    ("POST", f"{NEWS}/unschedule"): {"scheduled": news(403, 200)},
    ("POST", f"{NEWS}/pause"): {"sending": news(200, 200)},
    ("POST", f"{NEWS}/resume"): {"paused": news(403, 200)},
    ("POST", f"{NEWS}/withdraw"): {"submitted": news(200, 200), "sending": news(403, 200)},
    ("POST", f"{NEWS}/correct"): {"sending": news(200, 403)},
    ("POST", f"{NEWS}/audience"): {"draft": news(200, 200)},
    ("GET", f"{NEWS}/deliveries"): {"sending": news(200, 200)},
    ("GET", f"{API}/staff/questions"): {"": news(200, 200)},
    ("POST", f"{API}/staff/questions/<uuid:id>/answer"): {"": news(200, 200)},
    # the desk
    ("GET", f"{API}/staff/checkins"): {
        "": desk(200) | {"supervisor": 422},  # bound to no station, he has to name one
        "GS001": desk(200, only="staff staff2 supervisor kitchen responder", others=403),
        "GS002": desk(200, only="supervisor elsewhere", others=403),
    },
    ("GET", f"{API}/staff/requests"): {"": desk(200)},
    ("POST", f"{API}/staff/requests"): entered(201),
    ("GET", AT_DESK): handled(200),
    ("POST", f"{AT_DESK}/claim"): handled(200),
    ("POST", f"{AT_DESK}/replies"): handled(201),
    ("POST", f"{AT_DESK}/transfer"): handled(200),
    ("POST", f"{AT_DESK}/resolve"): handled(200),
    ("POST", f"{AT_DESK}/wait"): handled(200),
    ("POST", f"{AT_DESK}/reveal-phone"): handled(200),
    ("POST", f"{API}/staff/desk/heartbeat"): {
        "GS001": desk(204, only="staff staff2 supervisor responder", others=403),
        "GS002": desk(204, only="supervisor elsewhere", others=403),
        "CENTRE": desk(204, only="supervisor", others=403),
    },
    ("POST", f"{AT_DESK}/merge"): handled(200),
    ("POST", f"{AT_DESK}/milestones"): handled(409),  # none of these is a claim
    ("POST", f"{API}/staff/shifts/hand-over"): {  # to staff2, who cannot hand over to himself
        "GS001": desk(200, only="staff supervisor kitchen responder", others=403) | {"staff2": 409},
    },
    ("GET", f"{API}/staff/shifts/hand-overs"): {"": desk(200)},
    ("POST", f"{API}/staff/shifts/hand-overs/<uuid:id>/sign"): {"another's": desk(404)},
    ("POST", f"{AT_DESK}/on-scene"): stages_of_a_call(),
    ("POST", f"{AT_DESK}/hand-over"): stages_of_a_call(),
    ("GET", f"{API}/staff/uploads"): {"": desk(200, only="staff staff2 supervisor elsewhere", others=403)},
    ("POST", f"{API}/staff/uploads/<uuid:id>/review"): {
        "other at GS001": reviewed("staff staff2 supervisor"),
        "other at GS002": reviewed("supervisor elsewhere"),
        "other at the centre": reviewed("supervisor"),
        "medical at GS001": reviewed(""),  # what is private nobody decides about
        "not yet used": reviewed(""),
    },
    # what is set for the desk
    ("GET", f"{API}/staff/workdays"): {"": desk(200) | {"admin": 200}},
    ("PUT", f"{API}/staff/workdays/<day>"): {"": signed_in(403) | {"admin": 200}},
    ("DELETE", f"{API}/staff/workdays/<day>"): {"": signed_in(403) | {"admin": 404}},  # none is set
    ("GET", f"{API}/staff/stations/<code>/clocks"): {
        "GS001": desk(200) | {"elsewhere": 403, "admin": 200},
    },
    ("PUT", f"{API}/staff/stations/<code>/clocks/<kind>"): {"GS001": signed_in(403) | {"admin": 200}},
    ("DELETE", f"{API}/staff/stations/<code>/clocks/<kind>"): {"GS001": signed_in(403) | {"admin": 204}},
    ("GET", f"{API}/staff/macros"): {"": desk(200) | {"admin": 200}},
    ("POST", f"{API}/staff/macros"): {
        "GS001": desk(201) | {"elsewhere": 403, "admin": 201},
        "all": signed_in(403) | {"supervisor": 201, "admin": 201},
    },
    ("PUT", f"{API}/staff/macros/<uuid:id>"): {
        "GS001": desk(200) | {"elsewhere": 404, "admin": 200},
        "all": desk(404) | {"supervisor": 200, "admin": 200},
    },
    ("DELETE", f"{API}/staff/macros/<uuid:id>"): {
        "GS001": desk(204) | {"elsewhere": 404, "admin": 204},
        "all": desk(404) | {"supervisor": 204, "admin": 204},
    },
    # the console: the same desk as pages
    ("GET", "/console/static/<path:filename>"): {"": everybody(200)},
    ("GET", "/console/sign-in"): {"": everybody(303) | dict.fromkeys(NOBODY, 200)},
    ("POST", "/console/sign-in"): {"": everybody(401)},  # with a wrong password
    ("POST", "/console/sign-out"): {"": console_page("door")},
    ("GET", "/console/password"): {"": console_page(200)},
    ("POST", "/console/password"): {"": console_page(422)},  # with a wrong old password
    ("GET", "/console/"): {
        "": desk_page(200) | dict.fromkeys(("editor", "approver", "admin"), 303)
    },  # elsewhere
    ("GET", "/console/live"): {"": desk_page(200, at_the_door=401)},
    ("GET", "/console/settings"): {"": desk_page(200) | dict.fromkeys(("editor", "approver", "admin"), 200)},
    ("POST", "/console/settings"): {"": desk_page(303) | dict.fromkeys(("editor", "approver", "admin"), 303)},
    ("GET", "/console/self-check"): {"": console_page(200)},
    ("GET", "/console/checkins"): {
        "GS001": desk_page(200, only="staff staff2 supervisor kitchen responder", others=403),
        "GS002": desk_page(200, only="supervisor elsewhere", others=403),
    },
    ("GET", "/console/requests/new"): {"": desk_page(200)},
    ("POST", "/console/requests/new"): entered(303, page=True),
    ("GET", PAGE): handled_page(200),
    ("GET", f"{PAGE}/live"): handled_page(200, at_the_door=401),
    ("POST", f"{PAGE}/claim"): handled_page(303),
    ("POST", f"{PAGE}/reply"): handled_page(303),
    ("POST", f"{PAGE}/resolve"): handled_page(303),
    ("POST", f"{PAGE}/reveal"): handled_page(200),
    ("POST", f"{PAGE}/transfer"): handled_page(303),
    ("POST", f"{PAGE}/wait"): handled_page(303),
    # the console: the kitchen
    ("GET", "/console/kitchen"): {"": cooks_page(200, 200), "GS001": cooks_page(200, 403)},
    ("POST", "/console/kitchen/pickup"): {"GS001": cooks_page(303, 404)},
    ("POST", "/console/kitchen/orders/<uuid:id>/set"): {"GS001": cooks_page(303, 404)},
    ("POST", "/console/kitchen/offers/<uuid:id>/walk-ins"): {"GS001": cooks_page(303, 404)},
    ("POST", "/console/kitchen/offers/<uuid:id>/close"): {"GS001": cooks_page(303, 404)},
    ("POST", "/console/kitchen/offers"): {"GS001": cooks_page(303, 403)},
    # the console: facilities and cards as pages
    ("GET", "/console/facilities"): {
        "": keepers_page(200, elsewhere=200),
        "GS001": keepers_page(200, elsewhere=403),
        "GS002": keepers_page(200, elsewhere=200, there=403),
    },
    ("POST", "/console/facilities/<uuid:id>/set"): {"at GS001": keepers_page(303, elsewhere=404)},
    ("POST", "/console/facilities/basics"): {"GS001": keepers_page(303, elsewhere=403)},
    ("GET", "/console/cards"): {"": keepers_page(200, elsewhere=200)},
    ("POST", "/console/cards/<uuid:id>/verify"): {"another's": keepers_page(303, elsewhere=303)},
    ("POST", "/console/cards/<uuid:id>/refuse"): {"another's": keepers_page(303, elsewhere=303)},
    ("POST", f"{PAGE}/merge"): handled_page(303),
    ("POST", f"{PAGE}/on-scene"): stages_of_a_call_page(),
    ("POST", f"{PAGE}/hand-over"): stages_of_a_call_page(),
    ("GET", "/console/shift"): {"": desk_page(200)},
    ("POST", "/console/shift"): {
        "GS001": desk_page(303, only="staff supervisor kitchen responder", others=403) | {"staff2": 409},
    },
    ("POST", "/console/shift/<uuid:id>/sign"): {"another's": desk_page(404)},
    ("GET", "/console/phrases"): {"": desk_page(200)},
    ("POST", "/console/phrases"): {
        "GS001": desk_page(303) | {"elsewhere": 403},
        "all": desk_page(403) | {"supervisor": 303},
    },
    ("POST", "/console/phrases/<uuid:id>"): {
        "GS001": desk_page(303) | {"elsewhere": 404},
        "all": desk_page(404) | {"supervisor": 303},
    },
    ("POST", "/console/phrases/<uuid:id>/remove"): {
        "GS001": desk_page(303) | {"elsewhere": 404},
        "all": desk_page(404) | {"supervisor": 303},
    },
    # the console: what an administrator sets
    ("GET", "/console/workdays"): {"": admin_page(200)},
    ("POST", "/console/workdays"): {"": admin_page(303)},
    ("POST", "/console/workdays/<day>/remove"): {"": admin_page(404)},  # none is set
    ("GET", "/console/clocks"): {"": admin_page(200)},
    ("POST", "/console/clocks/<kind>"): {"GS001": admin_page(303)},
    ("POST", "/console/clocks/<kind>/remove"): {"GS001": admin_page(303)},
    ("GET", f"{PAGE}/insurance"): claimed(200, page=True),
    ("POST", f"{PAGE}/insurance/footage"): claimed(303, page=True),
    ("POST", f"{PAGE}/insurance/milestone"): claimed(303, page=True),
    ("GET", f"{PAGE}/watch"): watched(200, 409, page=True),
    ("POST", f"{PAGE}/watch/begin"): watched(303, 409, page=True),
    ("POST", f"{PAGE}/watch/change"): watched(303, 404, page=True),
    ("POST", f"{PAGE}/watch/hand-back"): watched(303, 404, page=True),
    # the console: bulletins and questions as pages
    ("GET", "/console/bulletins"): {"": news_page(200, 200)},
    ("GET", "/console/bulletins/new"): {"": news_page(200, 403)},
    ("POST", "/console/bulletins/new"): {"": news_page(303, 403)},
    ("POST", "/console/bulletins/preview"): {"": news_page(200, 200, at_the_door=401)},
    ("GET", NEWS_PAGE): {"draft": news_page(200, 200), "sending": news_page(200, 200)},
    ("GET", f"{NEWS_PAGE}/live"): {"sending": news_page(200, 200, at_the_door=401)},
    ("POST", f"{NEWS_PAGE}/save"): {"draft": news_page(303, 403)},
    ("POST", f"{NEWS_PAGE}/approve"): {"submitted": news_page(403, 303)},
    ("POST", f"{NEWS_PAGE}/return"): {"submitted": news_page(403, 303)},
    ("POST", f"{NEWS_PAGE}/audience"): {"approved": news_page(200, 200)},
    ("POST", f"{NEWS_PAGE}/schedule"): {"approved": news_page(403, 303)},
    ("POST", f"{NEWS_PAGE}/unschedule"): {"scheduled": news_page(403, 303)},
    ("POST", f"{NEWS_PAGE}/pause"): {"sending": news_page(303, 303)},
    ("POST", f"{NEWS_PAGE}/resume"): {"paused": news_page(403, 303)},
    ("POST", f"{NEWS_PAGE}/withdraw"): {"draft": news_page(303, 303), "sending": news_page(403, 303)},
    ("POST", f"{NEWS_PAGE}/correct"): {"sending": news_page(303, 403)},
    ("GET", "/console/questions"): {"": news_page(200, 200)},
    ("POST", "/console/questions/<uuid:id>/answer"): {"": news_page(303, 303)},
    **{
        (method, "/console/<path:rest>"): {"": desk_page(404)}
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    },
}

# What is sent along, where that is more than nothing.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", f"{API}/auth/wechat"): {"code": "demo:somebody-else"},
    ("PUT", f"{API}/me"): {"nickname": "示例"},
    ("PUT", f"{API}/me/consents/<purpose>"): {"granted": True},
    ("POST", f"{API}/me/phone"): {"code": "demo:13800001234"},
    ("POST", f"{API}/subscriptions"): {"results": {"of-another-account": "accept"}},
    ("POST", f"{API}/requests"): {"kind": "other", "text": "示例"},
    ("POST", f"{API}/staff/uploads/<uuid:id>/review"): {"show": True},
    ("PUT", f"{API}/checkins/<uuid:id>"): {"purpose": "rest"},
    ("POST", f"{ONE}/messages"): {"text": "示例"},
    ("POST", f"{ONE}/reopen"): {"reason": "示例"},
    ("POST", f"{ONE}/rating"): {"score": 5},
    ("POST", f"{AT_DESK}/replies"): {"text": "示例"},
    ("POST", f"{AT_DESK}/transfer"): {"to_unit": "路政", "reason": "示例"},
    ("POST", f"{AT_DESK}/resolve"): {"text": "示例"},
    ("POST", f"{AT_DESK}/wait"): {"reason": "示例"},  # and until when, which ends within a month
    ("POST", f"{AT_DESK}/reveal-phone"): {"reason": "示例"},
    ("POST", f"{AT_DESK}/hand-over"): {"to": "120"},
    ("POST", f"{AT_DESK}/milestones"): {"kind": "police", "at": "2026-11-01T08:00:00+08:00"},
    ("PUT", f"{API}/staff/workdays/<day>"): {"kind": "workday", "reason": "示例"},
    ("PUT", f"{API}/staff/stations/<code>/clocks/<kind>"): {"ack": "1h"},
    ("POST", f"{API}/staff/macros"): {"text": "示例"},
    ("PUT", f"{API}/staff/macros/<uuid:id>"): {"text": "示例二"},
    ("POST", f"{API}/questions"): {"text": "示例"},
    ("POST", f"{ONE}/watch"): {"place": "示例"},
    ("PUT", f"{AT_DESK}/watch"): {"keys": "watcher"},
    ("POST", f"{AT_DESK}/watch/hand-back"): {"to": "family"},
    ("POST", f"{API}/claims/join"): {"code": "AAAA-AAAA"},
    ("PUT", f"{ONE}/insurance"): {"bay": "A12"},
    ("PUT", f"{ONE}/insurance/evidence"): {"code": "bay"},
    ("PUT", f"{AT_DESK}/insurance"): {"bay": "A12"},
    ("PUT", f"{AT_DESK}/footage"): {"outcome": "not_covered"},
    ("PUT", f"{API}/staff/claims/hotlines"): {"code": "picc", "checked_on": "2026-11-01"},
    ("POST", f"{ATTENDANCE}/corrections"): {"text": "示例"},
    ("POST", f"{API}/staff/duty/posts"): {"name": "示例", "kind": "area", "side": "A"},
    ("POST", f"{API}/staff/duty/shifts"): {
        "starts_at": f"{_SOON}T08:00:00+08:00",
        "ends_at": f"{_SOON}T12:00:00+08:00",
        "capacity": 2,
    },
    ("POST", f"{API}/staff/duty/attendance/<uuid:id>/correct"): {"minutes": 1, "reason": "示例"},
    ("POST", f"{API}/branch/task-forces"): {
        "name": "示例",
        "starts_at": "2099-12-01T08:00:00+08:00",
        "ends_at": "2099-12-03T08:00:00+08:00",
    },
    ("POST", f"{API}/branch/task-forces/<uuid:id>/close"): {"summary": "示例"},
    ("PUT", f"{API}/staff/meals/offers/<uuid:id>"): {"price_fen": 1200},
    ("POST", f"{API}/staff/meals/offers/<uuid:id>/walk-ins"): {"quantity": 1},
    ("POST", f"{API}/staff/meals/orders/<uuid:id>/cancel"): {"reason": "示例"},
    ("POST", f"{API}/staff/campaigns"): {
        "name": "示例",
        "stations": ["GS001"],
        "planned": 10,
        "starts_at": "2099-01-01T08:00:00+08:00",
        "ends_at": "2099-01-02T08:00:00+08:00",
    },
    ("POST", f"{API}/staff/campaigns/<uuid:id>/entries"): {"person_kind": "traveller", "quantity": 1},
    ("POST", f"{API}/facilities/<uuid:id>/reports"): {"state": "ok"},
    ("PUT", FACILITY): {"state": "ok"},
    ("POST", f"{CARD}/refuse"): {"reason": "示例"},
    ("PUT", f"{API}/staff/stations/<code>/basics"): {"shower": "ok"},
    ("POST", f"{API}/me/membership"): {"branch": "GS001", "kind": "fixed", "name": "示例"},
    ("PUT", f"{API}/me/membership"): {"receipts": False},
    ("POST", f"{MEMBER}/refuse"): {"reason": "示例"},
    ("POST", f"{MEMBER}/transfer"): {"to_branch": "GS003", "reason": "示例"},
    ("POST", f"{MEMBER}/leave"): {"reason": "示例"},
    ("POST", f"{API}/points/quarters/<quarter>/objections"): {"text": "示例"},
    ("POST", f"{QUARTER}/rewards"): {"text": "示例"},
    ("POST", f"{API}/staff/points/objections/<uuid:id>/decide"): {"accept": False, "text": "示例"},
    ("POST", f"{API}/staff/points/rules"): {
        "effective_from": f"{_SOON}",
        "base": 60,
        "most": 100,
        "note": "示例",
        **{item: {"points": 1} for item in ("duty", "meeting", "course")},
    },
    ("POST", f"{API}/staff/bulletins"): {"title": "示例", "category": "policy", "body_markdown": "示例"},
    ("PUT", NEWS): {"title": "示例二"},
    ("POST", f"{NEWS}/return"): {"reason": "示例"},
    ("POST", f"{NEWS}/schedule"): {
        "send_at": "2099-01-01T00:00:00+08:00",
        "expires_at": "2099-01-02T00:00:00+08:00",
        "audience": {},
    },
    ("POST", f"{NEWS}/audience"): {"audience": {"roles": ["driver"]}},
    ("POST", f"{API}/staff/questions/<uuid:id>/answer"): {"text": "示例"},
    ("POST", "/console/bulletins/new"): {"title": "示例", "category": "policy", "body_markdown": "示例"},
    ("POST", "/console/bulletins/preview"): {"title": "示例", "category": "policy", "body_markdown": "示例"},
    ("POST", f"{NEWS_PAGE}/save"): {"title": "示例二", "category": "policy", "body_markdown": "示例"},
    ("POST", f"{NEWS_PAGE}/return"): {"reason": "示例"},
    ("POST", f"{NEWS_PAGE}/schedule"): {"send_at": "2099-01-01T00:00", "expires_at": "2099-01-02T00:00"},
    ("POST", "/console/questions/<uuid:id>/answer"): {"text": "示例", "public": "yes"},
    ("POST", "/console/sign-in"): {"login": "nobody", "password": "示例"},
    ("POST", "/console/password"): {"old": "示例", "new": "示例示例示例示例", "again": "示例示例示例示例"},
    ("POST", "/console/settings"): {"theme": "night"},
    ("POST", "/console/facilities/<uuid:id>/set"): {"do": "ok", "station": "GS001"},
    ("POST", "/console/kitchen/orders/<uuid:id>/set"): {"do": "ready"},
    ("POST", "/console/kitchen/offers/<uuid:id>/walk-ins"): {"quantity": "1"},
    ("POST", "/console/kitchen/offers"): {
        "station": "GS001",
        "side": "A",
        "name": "示例",
        "price": "10",
        "quota": "5",
    },
    ("POST", "/console/facilities/basics"): {"shower": "ok", "station": "GS001"},
    ("POST", "/console/cards/<uuid:id>/refuse"): {"reason": "示例"},
    ("POST", f"{PAGE}/watch/change"): {"keys": "watcher"},
    ("POST", f"{PAGE}/watch/hand-back"): {"to": "family"},
    ("POST", f"{PAGE}/insurance/footage"): {"outcome": "not_covered"},
    ("POST", f"{PAGE}/insurance/milestone"): {"kind": "police", "at": "2026-11-01T08:00"},
    ("POST", f"{PAGE}/reply"): {"text": "示例", "to": "driver"},
    ("POST", f"{PAGE}/resolve"): {"result": "示例"},
    ("POST", f"{PAGE}/reveal"): {"reason": "示例"},
    ("POST", f"{PAGE}/hand-over"): {"to": "120"},
    ("POST", "/console/phrases"): {"text": "示例"},
    ("POST", "/console/workdays"): {"day": "2027-02-12", "kind": "holiday", "reason": "示例"},
    ("POST", "/console/clocks/<kind>"): {"ack": "1", "ack.unit": "h"},
    ("POST", "/console/phrases/<uuid:id>"): {"title": "示例", "text": "示例二"},
    ("POST", f"{PAGE}/transfer"): {"how": "to_unit", "to_unit": "路政", "reason": "示例"},
    ("POST", f"{PAGE}/wait"): {"preset": "morning", "reason": "示例"},
}

# In which state the object must be for the step to be possible at all.
STATES = {
    f"{ONE}/confirm": "answered",
    f"{ONE}/reopen": "answered",
    f"{ONE}/rating": "answered",
    f"{AT_DESK}/wait": "acknowledged",
    f"{AT_DESK}/on-scene": "acknowledged",
    f"{AT_DESK}/hand-over": "acknowledged",
    f"{PAGE}/wait": "acknowledged",
    f"{PAGE}/on-scene": "acknowledged",
    f"{PAGE}/hand-over": "acknowledged",
}
