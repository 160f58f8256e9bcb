"""What a driver reads while nobody has taken his call: the truth, and the numbers to dial."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import UNANSWERED, handed_on
from app.helpdesk.schemas import PhoneOut
from app.settings import Settings
from app.stations.models import Station


class _Current:
    """The duty centre's number of this process; a view is given a session and no settings."""

    centre = ""


def use_centre_phone(settings: Settings) -> None:
    """Set the duty centre's number once, when the process is put together."""
    _Current.centre = settings.helpdesk.centre_phone


def _rings(request: HelpRequest) -> bool:
    """Whether somebody waits for a person to take it, and ought to know that nobody has."""
    unheld = request.holder_id is None and request.state in UNANSWERED
    return unheld and get_kind(request.kind).advice_unheld is not None


def phones_of_unheld(session: Session, requests: Sequence[HelpRequest]) -> dict[uuid.UUID, list[PhoneOut]]:
    """The numbers for each request that rings; one statement, and none where nothing rings."""
    ringing = [request for request in requests if _rings(request)]
    codes = {code for request in ringing for code in _places(request)}
    shown = (Station.code, Station.name, Station.medical_phone, Station.duty_phone)
    found = select(*shown).where(Station.code.in_(codes))
    own = {row.code: row for row in session.execute(found)} if codes else {}
    return {request.id: _phones(request, own) for request in ringing}


def _places(request: HelpRequest) -> list[str]:
    """The station that has it, then the one that the driver named, where it was handed on."""
    if not request.station:
        return []
    return [request.desk, request.station] if handed_on(request.desk, request.station) else [request.station]


def _phones(request: HelpRequest, own: Mapping[str, Any]) -> list[PhoneOut]:
    """Of several stations each number says whose it is."""
    numbers = [(each["name"], each["phone"]) for each in get_kind(request.kind).phones]
    stations = [own[code] for code in _places(request) if code in own]
    for station in stations:
        medical, duty = ("站内医疗点", "服务区值班")
        if len(stations) > 1:
            medical, duty = f"{station.name}医疗点", f"{station.name}值班"
        numbers += [(medical, station.medical_phone or ""), (duty, station.duty_phone or "")]
    numbers.append(("值班中心", _Current.centre))
    return [PhoneOut(name=name, phone=phone) for name, phone in numbers if phone]


def advice(request: HelpRequest, phones: Sequence[PhoneOut]) -> str | None:
    """The sentence with the numbers in it; None when somebody has it, or nothing rings."""
    if not _rings(request):
        return None
    words = get_kind(request.kind).advice_unheld or ""
    return words.replace("{phones}", " " + "、".join(f"{each.phone}（{each.name}）" for each in phones))
