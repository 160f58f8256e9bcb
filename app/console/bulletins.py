"""Bulletins at the console: the list, one bulletin in whatever state, the poll while it is being sent."""

import uuid
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from app.bulletins import reading, rules, service
from app.bulletins.models import Bulletin
from app.bulletins.schemas import StaffBulletin, StaffBulletinQuery
from app.console import bulletin_forms as forms
from app.console import bulletin_views as views
from app.console.edge import EDITORS, NEWS, NEWS_FRAGMENT, new_once, page
from app.console.fields import Form
from app.console.frame import Sight, fragment, look, whole_page
from app.console.times import field_time
from app.foundation.clock import SHANGHAI
from app.web.turn import Turn, current

_PAGE = 40
_WITH_FIGURES = ("sending", "paused", "sent", "withdrawn")


@page("/bulletins", NEWS)
def bulletins() -> ResponseReturnValue:
    """All versions, the last touched on top; what waits for an approver stands in the tab."""
    turn, args = current(), request.args
    state = args.get("state", "")
    query = StaffBulletinQuery.model_validate(
        {
            "state": state if state in rules.STATES else None,
            "q": args.get("q", "")[:50] or None,
            "cursor": args.get("cursor"),
            "limit": _PAGE,
        }
    )
    listed = reading.staff_list(turn.session, turn.caller, query)
    return whole_page(
        turn,
        "console/bulletins.html",
        look(turn),
        lines=[views.line(item, turn.now) for item in listed.items],
        tabs=views.TABS,
        counts=_counts(turn),
        state=query.state or "",
        q=query.q or "",
        more=listed.next_cursor,
        writes=turn.caller.has(rules.WRITERS),
    )


def _counts(turn: Turn) -> dict[str, int]:
    """How many stand in the states that somebody must do something about."""
    waiting = ("draft", "submitted", "approved", "scheduled", "sending", "paused")
    found = select(Bulletin.state, func.count()).where(Bulletin.state.in_(waiting)).group_by(Bulletin.state)
    return {row[0]: row[1] for row in turn.session.execute(found)}


@page("/bulletins/new", EDITORS)
def new_bulletin() -> ResponseReturnValue:
    """An empty form."""
    return form_page(current(), Form({"category": "road"}))


@page("/bulletins/<uuid:id>", NEWS)
def bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """One version: the form while it is a draft, else as it is."""
    return bulletin_page(current(), id)


@page("/bulletins/<uuid:id>/live", NEWS_FRAGMENT)
def bulletin_live(id: uuid.UUID) -> ResponseReturnValue:
    """State, figures and steps, when one of them has changed."""
    turn = current()
    found = service.one(turn.session, turn.caller, id, turn.now)
    figures = service.deliveries(turn.session, id)
    mark = (found.state, found.revision, figures, len(found.timeline))
    values = _moving(turn, found, figures) | {"once": new_once()}
    return fragment(turn, "console/bulletin_live.html", None, mark, **values)


def _moving(turn: Turn, found: StaffBulletin, figures: Any) -> dict[str, Any]:
    """What changes by itself while the page is open."""
    return {
        "bulletin": found,
        "pill": views.pill(found.state),
        "may": views.may(found, turn.caller),
        "bar": views.bar(figures) if found.state in _WITH_FIGURES else None,
        "steps": views.timeline(found, turn.now),
        "fault": None,
        "typed": Form(),
        "audience_words": views.audience_words(found.audience),
        "shanghai": SHANGHAI,
    }


def bulletin_page(turn: Turn, id: uuid.UUID, status: int = 200, **given: Any) -> Response:
    """The page of one version. `given`: a fault and what was typed, how many people an audience has."""
    found = service.one(turn.session, turn.caller, id, turn.now)
    typed: Form = given.get("typed") or Form()
    if "edit" in views.may(found, turn.caller):
        return form_page(turn, typed or _as_form(found), status, bulletin=found, fault=given.get("fault"))
    sight = look(turn)
    values = _moving(turn, found, service.deliveries(turn.session, id)) | {
        "phone": views.phone(found, turn.now),
        "reach": None,
        "stations": _stations(sight),
        "roles": forms.ROLES,
        "since": views.SINCE_CHOICES,
        "send_at": field_time(turn.now),
        "expires_at": field_time(found.expires_at) if found.expires_at else "",
        **given,
        "live": url_for("console.bulletin_live", id=id)
        if found.state in ("scheduled", "sending", "paused")
        else "",
    }
    return whole_page(turn, "console/bulletin.html", sight, status, **values)


def form_page(
    turn: Turn, typed: Form, status: int = 200, *, bulletin: StaffBulletin | None = None, fault: Any = None
) -> Response:
    """The form, with what is typed in it and how that looks on the phone."""
    sight = look(turn)
    rows = forms.road_rows(typed)
    correction = bulletin is not None and bulletin.supersedes is not None
    return whole_page(
        turn,
        "console/bulletin_form.html",
        sight,
        status,
        bulletin=bulletin,
        pill=views.pill(bulletin.state if bulletin else "draft"),
        steps=views.timeline(bulletin, turn.now) if bulletin else [],
        typed=typed,
        rows=[*rows, dict.fromkeys(forms.ROAD_FIELDS, "")],
        phone=views.typed_phone(typed, rows, correction),
        categories=rules.CATEGORIES,
        headings=forms.HEADINGS,
        vehicles=forms.VEHICLES,
        measures=forms.MEASURES,
        stations=_stations(sight),
        may=views.may(bulletin, turn.caller) if bulletin else frozenset({"edit", "submit"}),
        fault=fault,
    )


def _stations(sight: Sight) -> list[tuple[str, str]]:
    return [(code, f"{sight.stations[code].road} {sight.stations[code].name}") for code in sight.stations]


def _as_form(found: StaffBulletin) -> Form:
    """What was saved, as if it had just been typed."""
    typed = Form(
        {
            "title": found.title,
            "category": found.category,
            "body_markdown": found.body_markdown,
            "source": found.source or "",
            "starts_at": field_time(found.starts_at) if found.starts_at else "",
            "expires_at": field_time(found.expires_at) if found.expires_at else "",
        }
    )
    typed.setlist("stations", found.stations)
    for name in forms.ROAD_FIELDS:
        values = [getattr(road, name) for road in found.roads]
        shown = [rules.km_post(value) if name.startswith("km") else value or "" for value in values]
        typed.setlist(f"roads.{name}", shown)
    return typed
