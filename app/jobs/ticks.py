"""What ticks, and how often; a room that has something to do in time adds its line here."""

from app.bulletins import tasks as bulletins
from app.claims import tasks as claims
from app.content import tasks as content
from app.duty import tasks as duty
from app.emergencies import tasks as emergencies
from app.foundation import shared
from app.foundation.home import Home
from app.helpdesk import tasks as helpdesk
from app.jobs.clockwork import BEAT_EVERY_S, Tick, beat, report
from app.meals import tasks as meals
from app.notices.tasks import deliver, expire_deliveries, reclaim_leases, wind_up_mailings
from app.people import service as people
from app.web import idempotency
from app.wechat import tasks as wechat
from app.wechat.callback import work as wechat_events


def sweep_kept_answers(home: Home) -> int:
    """Forget first answers that no retry asks for any more."""
    return idempotency.sweep(home.database, home.clock.now())


def sweep_shared_state(home: Home) -> int:
    """Throw away what has ended by itself."""
    return shared.sweep(home.database)


def sweep_sign_ins(home: Home) -> int:
    """Forget sign-ins that have ended."""
    with home.database.transaction() as session:
        return people.sweep_sign_ins(session, home.clock.now())


TICKS = (
    Tick("jobs.heartbeat", BEAT_EVERY_S, beat),
    Tick("jobs.report", 5, report),
    Tick("emergencies.climb", 1, emergencies.climb),
    Tick("emergencies.call_again", 5, emergencies.call_again),
    Tick("emergencies.ring", 1, emergencies.ring, drains=True),
    Tick("emergencies.remind_of_watches", 15, emergencies.remind_of_watches, drains=True),
    Tick("helpdesk.look_out", 5, helpdesk.look_out, drains=True),
    Tick("claims.open_cases", 5, claims.open_cases, drains=True),
    Tick("claims.remind_of_footage", 30, claims.remind_of_footage, drains=True),
    Tick("claims.destroy_papers", 60, claims.destroy_papers, drains=True),
    Tick("notices.deliver", 1, deliver, drains=True),
    Tick("notices.reclaim_leases", 5, reclaim_leases),
    Tick("notices.expire", 5, expire_deliveries),
    Tick("notices.mailings", 5, wind_up_mailings),
    Tick("bulletins.send", 1, bulletins.send, drains=True),
    Tick("duty.wind_up", 10, duty.wind_up),
    Tick("duty.call", 60, duty.call),
    Tick("meals.wind_up", 5, meals.wind_up, drains=True),
    Tick("content.check_texts", 1, content.check_texts),
    Tick("content.check_pictures", 1, content.check_pictures),
    Tick("content.time_out", 15, content.time_out),
    Tick("content.remove_gone", 5, content.remove_gone),
    Tick("content.sweep", 60, content.sweep),
    Tick("wechat.work_off_events", 1, wechat_events.work_off, drains=True),
    Tick("wechat.check_templates", 3600, wechat.check_templates),
    Tick("wechat.sweep_events", 3600, wechat_events.sweep),
    Tick("web.sweep_kept_answers", 600, sweep_kept_answers),
    Tick("foundation.sweep_shared_state", 600, sweep_shared_state),
    Tick("people.sweep_sign_ins", 3600, sweep_sign_ins),
)
