"""What goes over the wire about people."""

import unicodedata
import uuid
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.people.rules import clean_plate
from app.web.fields import In, Out, Text

VehicleKind = Literal["heavy_truck", "light_truck", "dangerous_goods", "coach", "car", "other"]


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that are drawn as nothing


def _plate(written: str) -> str:
    plate = clean_plate(written)
    if plate is None:
        raise PydanticCustomError("plate", "not a plate")
    return plate


def _visible(name: str) -> str:
    """A name that nobody can see is none: zero-width joiners, direction marks, blank letters."""
    if not any(unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK for letter in name):
        raise PydanticCustomError("invisible", "nothing to see")
    return name


class SignInWechat(In):
    """The code that `wx.login` gave."""

    code: Annotated[str, Text(200)]


class Vehicle(In):
    """A driver's vehicle."""

    plate: Annotated[str, Text(20), AfterValidator(_plate)]
    kind: VehicleKind


class MeChange(In):
    """Only the fields sent are changed."""

    nickname: Annotated[str, Text(20), AfterValidator(_visible)] | None = None
    vehicle: Vehicle | None = None
    avatar_upload_id: uuid.UUID | None = None


class PhoneCode(In):
    """The code that the phone-number button gave."""

    code: Annotated[str, Text(200)]


class DeskStation(Out):
    """A station at which somebody has a desk."""

    code: str
    name: str


class OwnDesk(Out):
    """Somebody's desk: for which stations he may enter a request, and of which kinds."""

    everywhere: bool = Field(description="全部站点；这时 stations 不逐个列出")
    stations: list[DeskStation]
    kinds: list[str]


class User(Out):
    """The person as he sees himself."""

    id: str
    nickname: str
    phone_masked: str | None
    roles: list[str]
    home_station: dict[str, Any] | None = None
    desk: OwnDesk | None = Field(None, description="值班台：替人登记能选的站点和种类；不在值班台的为空")
    card: dict[str, Any] | None = None
    member: dict[str, Any] | None = None
    vehicle: dict[str, str] | None = None
    avatar: dict[str, Any] | None = Field(None, description="本人的头像，同上传的回答；没有则为空")


class SignedIn(Out):
    """A fresh sign-in; `expires_in` in seconds."""

    token: str
    expires_in: int
    user: User
    is_new: bool = Field(description="第一次登录")
