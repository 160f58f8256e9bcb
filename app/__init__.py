"""司机之家: puts the parts together, decides nothing."""

from functools import partial

from flask import Flask, redirect
from sqlalchemy.orm import Session

from app import claims, emergencies, facilities, helpdesk, meals
from app.bulletins import api as bulletins_api
from app.bulletins import erasure as bulletins_erasure
from app.bulletins import questions
from app.bulletins import staff_api as bulletin_desk
from app.bulletins.book import BulletinBook
from app.cards import api as cards_api
from app.cards import erasure as cards_erasure
from app.cards import service as cards
from app.checkins import api as checkins_api
from app.checkins import erasure as checkins_erasure
from app.claims import api as claims_api
from app.claims import erasure as claims_erasure
from app.claims import pages as claims_pages
from app.claims import staff_api as claims_desk
from app.claims.store import use_settings as use_claim_settings
from app.console import pages as console_pages
from app.content import api as content_api
from app.content import hooks as content_hooks
from app.content import pages as content_pages
from app.content.links import use_links
from app.content.workbench import Workbench, uploads_folder
from app.duty import api as duty_api
from app.duty import erasure as duty_erasure
from app.duty import staff_api as duty_office
from app.duty.screen import use_screens
from app.emergencies import alarm
from app.emergencies import api as emergencies_api
from app.emergencies import erasure as emergencies_erasure
from app.emergencies import staff_api as emergency_desk
from app.emergencies.channels import Channels
from app.facilities import api as facilities_api
from app.facilities import erasure as facilities_erasure
from app.facilities import service as facilities_service
from app.facilities import views as facilities_views
from app.foundation.home import Home, open_home
from app.foundation.logs import configure_logs
from app.helpdesk import api as helpdesk_api
from app.helpdesk import attachments, next_up, operating_api, own_desk, papers, phones, reopening, staff_api
from app.helpdesk import erasure as requests_erasure
from app.helpdesk.board import Board
from app.helpdesk.kinds import load_kinds
from app.jobs.clockwork import jobs_alive
from app.jobs.watch import figures as clockwork_figures
from app.jobs.watch import trouble as clockwork_trouble
from app.meals import api as meals_api
from app.meals import campaign_api
from app.meals import introductions as meals_introductions
from app.meals import staff_api as kitchen_api
from app.members import api as members_api
from app.members import erasure as members_erasure
from app.notices import api as notices_api
from app.notices import erasure as notices_erasure
from app.notices import events as notices_events
from app.notices import nicknames
from app.notices.tasks import deliveries_flow
from app.notices.tasks import figures as delivery_figures
from app.notices.templates import use_templates
from app.people import api as people_api
from app.people import consents, erasure, rights_api
from app.people import events as people_events
from app.people import service as people
from app.people.rules import home_place
from app.points import api as points_api
from app.points import erasure as points_erasure
from app.points import staff_api as points_office
from app.points import switches as points_switches
from app.preview import pages as preview
from app.settings import Settings, load_settings
from app.stations import api as stations_api
from app.stations import pages as station_pages
from app.stations.book import StationBook, add_card_section
from app.web import door, headers, health, limits, metrics, openapi, problems
from app.web.files import intake_for
from app.wechat import WeChat, slots_for
from app.wechat.callback import endpoint as callback

ROOMS = (
    people_api.room,
    rights_api.room,
    content_api.room,
    stations_api.room,
    checkins_api.room,
    notices_api.room,
    helpdesk_api.room,
    staff_api.room,
    operating_api.room,
    emergency_desk.room,
    emergencies_api.room,
    claims_desk.room,
    claims_api.room,
    bulletins_api.room,
    bulletin_desk.room,
    duty_api.room,
    duty_office.room,
    meals_api.room,
    kitchen_api.room,
    campaign_api.room,
    facilities_api.room,
    cards_api.room,
    members_api.room,
    points_api.room,
    points_office.room,
)
PAGES = (
    health.blueprint,
    metrics.blueprint,
    callback.blueprint,
    content_pages.blueprint,
    claims_pages.blueprint,
    station_pages.blueprint,
    console_pages.blueprint,
)
LISTENERS = (
    people_events,
    consents,
    checkins_erasure,
    notices_erasure,
    notices_events,
    claims_erasure,
    emergencies_erasure,
    requests_erasure,
    bulletins_erasure,
    questions,
    duty_erasure,
    meals_introductions,
    facilities_erasure,
    cards_erasure,
    members_erasure,
    points_erasure,
)
KINDS = (helpdesk.KINDS, emergencies.KINDS, meals.KINDS, claims.KINDS, facilities.KINDS)


def create_app(settings: Settings | None = None) -> Flask:
    """The web service. `settings` default to config.toml and the environment; database.url must be set."""
    settings = settings or load_settings()
    configure_logs(settings.log_level)
    home = furnish(open_home(settings), slots_for(settings.web.threads, settings.wechat.max_share))
    app = openapi.make_app("app")
    app.config["MAX_CONTENT_LENGTH"] = settings.web.max_body_bytes
    app.extensions["home"] = home
    headers.register(app, settings.web.trusted_proxies)
    problems.register(app)
    for room in ROOMS:
        openapi.open_room(app, room)
    for pages in PAGES:
        app.register_blueprint(pages)
    if preview.wanted(settings):
        app.register_blueprint(preview.blueprint)
    app.add_url_rule("/", "root", lambda: redirect("/console/"))
    return app


def furnish(home: Home, wechat_slots: int) -> Home:
    """Hang up what the rooms need and introduce them to one another; web, jobs and commands alike."""
    for file in KINDS:
        load_kinds(file)
    settings = home.settings
    home.hang(
        WeChat(
            settings.wechat,
            home.shared,
            slots=wechat_slots,
            now=home.clock.now,
            observe=metrics.wechat_call,
        )
    )
    home.hang(limits.Limits(settings.limits, settings.redis))
    home.hang(door.Doorkeeper(partial(people.find_caller, days=settings.web.sign_in_days)))
    home.hang(StationBook())
    home.hang(Channels(settings.emergencies))
    home.hang(Board())
    home.hang(BulletinBook())
    home.hang(use_templates(settings))
    home.hang(use_links(settings))
    home.hang(use_screens(settings))
    home.hang(Workbench(uploads_folder(settings), settings.uploads))
    home.hang(intake_for(settings, uploads_folder(settings) / "incoming"))
    _watch(home)
    _introduce(home)
    return home


def _watch(home: Home) -> None:
    """What the readiness page and the figures ask."""
    probes = {
        "redis": lambda h: h.shared.redis_alive(),
        "jobs": jobs_alive,
        "deliveries": deliveries_flow,
        "wechat": lambda h: h.part(WeChat).trouble() is None,
    }
    home.hang(health.Probes(probes, many=[clockwork_trouble]))
    home.hang(metrics.Sources([clockwork_figures, delivery_figures]))


def _introduce(home: Home) -> None:
    """Rooms that must not import one another meet here: who listens to whom, who shows what where."""
    settings = home.settings
    next_up.use_clocks(settings)
    reopening.use_on_shift(alarm.on_shift(settings.emergencies))
    phones.use_centre_phone(settings)
    use_claim_settings(settings)
    erasure.listen()
    content_hooks.listen(home)  # before the desk: a verdict takes its check first, then what was written
    for room in LISTENERS:
        room.listen()
    attachments.listen()
    papers.listen()
    nicknames.listen()
    on_page = ("这一侧的设施", facilities_views.page_lines)
    add_card_section("facilities", facilities_service.card_section, on_page)
    points_switches.follow_duty(settings.points)
    people.add_profile_section("home_station", partial(home_station, home.part(StationBook)))
    people.add_profile_section("desk", partial(own_desk.section, home.part(StationBook)))
    people.add_profile_section("card", partial(cards.card_section, home))


def home_station(
    book: StationBook, session: Session, _: object, grants: frozenset[tuple[str, str]]
) -> dict[str, object] | None:
    """The station of a staff member's desk, as the station list shows it."""
    place = home_place(grants)
    view = book.station(lambda: session, place) if place else None
    return view.item if view else None
