"""What goes over the wire about medical calls."""

from typing import Annotated, Literal

from app.web.fields import In, Text


class BeatIn(In):
    """The desk that listens: a station's code, or `CENTRE`."""

    station: Annotated[str, Text(10)]


class HandOverIn(In):
    """Into whose hands."""

    to: Literal["120", "hospital", "family"]
